// The desk speaks first, in Chromium: an admin writes a message, visitors see it near the closed chat, open it, answer
// it, close it, or want none any more; and the admin sees what came of it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { en } from '../../../static/console/strings/proactive.en.js'
import { zh } from '../../../static/console/strings/proactive.zh.js'
import { Agent, assertAccessible, assertFits, Customer, inLanguage, limit, openWindow, picture, Server, ada, openShop } from './desk.js'

const strings = { en, zh }
const said = { en: 'Can we help you choose a lamp?', zh: '需要帮您挑选灯具吗？' }
const yes = { en: 'When are you open?', zh: '你们几点营业？' }

const server = new Server()
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  browser = await openShop(server)
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

/** A rule for every page of the shop, at once. */
const rule = { name: 'Help', on: true, pages: ['/**'], seconds: 0, times: 1, days: 7, text: said, choices: [yes] }

/** Puts rules in use. @param {object[]} rules */
async function use(rules) {
  const { page, context } = await openWindow(browser)
  const agent = new Agent(page, 'en', server.url)
  await agent.signIn(ada)
  const { status, body } = await agent.ask('PUT', 'proactive', { rules })
  assert.equal(status, 200, JSON.stringify(body))
  await context.close()
}

/** The small frame near the launcher. @param {import('playwright-core').Page} page */
async function teaserOf(page) {
  const isTeaser = (/** @type {import('playwright-core').Frame} */ frame) => frame.url().endsWith('/widget/teaser')
  return page.frames().find(isTeaser) ?? page.waitForEvent('framenavigated', isTeaser)
}

/** Until the server has answered what applies here. @param {import('playwright-core').Page} page @param {() => Promise<unknown>} what */
async function asked(page, what) {
  const answered = page.waitForResponse((response) => response.url().endsWith('/visitor/proactive'))
  await what()
  return (await answered).json()
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  const t = strings[language]
  const look = /** @type {const} */ ({ ...inLanguage(language), colorScheme: language === 'zh' ? 'dark' : 'light' })

  test(`an admin writes a message, a visitor answers it, and that is counted (${language})`, limit, async () => {
    await use([])
    const desk = await openWindow(browser, look)
    const agent = new Agent(desk.page, language, server.url)
    await agent.signIn(ada)
    await desk.page.getByRole('link', { name: agent.words.proactive, exact: true }).click()
    await desk.page.getByText(t.none).waitFor()
    await desk.page.getByRole('button', { name: t.add }).click()
    const dialog = desk.page.locator('dialog')
    const field = (/** @type {string} */ name) => dialog.getByLabel(name, { exact: true })
    const names = agent.words.languageNames
    await field(t.name).fill('Help')
    await field(t.pages).fill('lamps')
    await field(t.seconds).fill('0')
    for (const one of /** @type {const} */ (['en', 'zh'])) {
      await field(t.textIn(names[one])).fill(said[one])
      await field(t.answer(1, names[one])).fill(yes[one])
    }
    // a mistake stands at its field, has the cursor, and loses nothing
    await dialog.getByRole('button', { name: agent.words.save }).click()
    await dialog.getByText(t.mistakes.page_invalid ?? '', { exact: true }).waitFor()
    await desk.page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'pages')
    await assertAccessible(desk.page, 'a message with a mistake')
    await assertFits(desk.page, 'a message with a mistake')
    await picture(desk.page, `proactive-${language}-mistake`)
    await field(t.pages).fill('/**')
    await dialog.getByRole('button', { name: agent.words.save }).click()
    const row = desk.page.locator('.proactive-rule')
    await row.getByText(said[language]).waitFor()
    assert.equal(await row.getByRole('checkbox').isChecked(), false, 'nothing is shown before somebody wants it')
    await row.getByRole('checkbox').check()
    await desk.page.waitForFunction(async () => (await (await fetch('/embed.js')).text()).includes('teaser'))

    const shop = await openWindow(browser, look)
    const customer = await new Customer(shop.page, language, server.url).visit()
    const teaser = await teaserOf(shop.page)
    await teaser.getByText(said[language], { exact: true }).waitFor()
    await teaser.locator('#said', { hasText: said[language] }).waitFor({ state: 'attached' })
    await assertAccessible(teaser, 'the message')
    await assertFits(teaser, 'the message')
    await shop.page.waitForTimeout(300)
    await picture(shop.page, `proactive-${language}-teaser`)
    await teaser.getByRole('button', { name: yes[language] }).click()
    await customer.frame()
    await customer.sees(said[language], 'bot')
    await customer.sees(yes[language], 'own')
    await customer.answer()
    assert.equal(await teaser.locator('#card').innerText(), '', 'it is gone from beside the launcher')
    await picture(shop.page, `proactive-${language}-opened`)

    await desk.page.reload()
    const figures = () => row.locator('dd').allInnerTexts()
    await row.locator('dd').first().waitFor()
    assert.deepEqual(await figures(), ['1', '1', '1'])
    for (const width of [390, 1280]) {
      await desk.page.setViewportSize({ width, height: 860 })
      await assertFits(desk.page, `messages at ${width}`)
      await picture(desk.page, `proactive-${language}-${width}`)
    }
    await assertAccessible(desk.page, 'messages')

    // removed by mistake: it comes back with its figures
    await row.getByRole('button', { name: t.remove('Help') }).click()
    await row.waitFor({ state: 'detached' })
    await desk.page.getByRole('button', { name: agent.words.undo }).click()
    await row.locator('dd').first().waitFor()
    assert.deepEqual(await figures(), ['1', '1', '1'])
    assert.deepEqual([desk.mistakes, shop.mistakes], [[], []])
    await shop.context.close()
    await desk.context.close()
  })
}

test('who closes a message does not see it again, and makes no conversation', limit, async () => {
  await use([rule])
  const { page, context, mistakes } = await openWindow(browser, inLanguage('en'))
  await new Customer(page, 'en', server.url).visit()
  const teaser = await teaserOf(page)
  await teaser.getByRole('button', { name: 'Close this message' }).click()
  await teaser.waitForFunction(() => document.getElementById('card')?.childElementCount === 0)
  assert.ok(!page.frames().some((frame) => frame.url().endsWith('/widget/')), 'the chat itself was not even loaded')
  const kept = await teaser.evaluate(() => localStorage.getItem('frontdesk.identity'))
  assert.equal(kept, null, 'nobody has a conversation for having been asked')
  const { rules } = await asked(page, () => page.reload())
  assert.equal(rules.length, 1, 'it applies, but was seen')
  const again = await teaserOf(page)
  await page.waitForTimeout(2_500)
  assert.equal(await again.locator('#card').innerText(), '')
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('who wants no such messages gets no other one either', limit, async () => {
  await use([rule, { ...rule, name: 'Another', text: { en: 'Something else?' } }])
  const { page, context, mistakes } = await openWindow(browser, inLanguage('en'))
  await new Customer(page, 'en', server.url).visit()
  const teaser = await teaserOf(page)
  await teaser.getByRole('button', { name: /Don't show/ }).click()
  const { rules } = await asked(page, () => page.reload())
  assert.equal(rules.length, 2)
  const again = await teaserOf(page)
  await page.waitForTimeout(2_500)
  assert.equal(await again.locator('#card').innerText(), '')
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('nothing is shown while the chat is open or a conversation goes on, and it fits a phone from right to left', limit, async () => {
  await use([{ ...rule, times: 100, choices: [] }])
  const { page, context, mistakes } = await openWindow(browser, { ...inLanguage('en'), viewport: { width: 390, height: 780 } })
  await page.addInitScript(() => addEventListener('DOMContentLoaded', () => (document.documentElement.dir = 'rtl')))
  const customer = await new Customer(page, 'en', server.url).visit()
  const first = await teaserOf(page)
  await first.getByText(said.en, { exact: true }).waitFor()
  assert.equal(await first.evaluate(() => document.documentElement.dir), 'rtl')
  await assertFits(page, 'the message on a phone')
  await page.waitForTimeout(300)
  await picture(page, 'proactive-phone')
  // by keyboard, and without an answer to choose
  await first.getByRole('button', { name: 'Open the chat' }).press('Enter')
  await customer.frame()
  await customer.sees(said.en, 'bot')
  assert.equal(await first.locator('#card').innerText(), '')
  await customer.say('When are you open?')
  await customer.answer()
  const { rules } = await asked(page, () => page.reload())
  assert.deepEqual(rules, [], 'a conversation goes on')
  assert.deepEqual(mistakes, [])
  await context.close()
})
