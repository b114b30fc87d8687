// How an agent is told that somebody needs them, in Chromium: by sound, by notifications of the system, or not at all
// during hours of their own. What the page does with the browser is written down by what stands in the browser's place.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, Customer, inLanguage, limit, openWindow, picture, Server, ada, openShop } from './desk.js'

const server = new Server({ FRONTDESK_HANDOFF_OFFERS: 'false' })
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  browser = await openShop(server)
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

/** Writes down which notes are played and which notifications are shown; looks elsewhere. @param {import('playwright-core').Page} page */
async function listenTo(page) {
  await page.addInitScript(() => {
    const told = { notes: 0, shown: /** @type {string[]} */ ([]) }
    Object.assign(window, { told })
    document.hasFocus = () => false
    const { start } = OscillatorNode.prototype
    OscillatorNode.prototype.start = /** @this {OscillatorNode} @param {number} [when] */ function (when) {
      told.notes += 1
      return start.call(this, when)
    }
    class Shown {
      static permission = 'granted'
      static requestPermission = async () => 'granted'
      onclick = null
      close() {}
      /** @param {string} title */
      constructor(title) {
        told.shown.push(title)
      }
    }
    Object.assign(window, { Notification: Shown })
  })
}

/** @param {import('playwright-core').Page} page @returns {Promise<{ notes: number, shown: string[] }>} */
const toldIn = (page) => page.evaluate('({ ...window.told })')

/** Somebody comes into the queue. @param {'en' | 'zh'} language */
async function somebodyWaits(language) {
  const { page, context } = await openWindow(browser, inLanguage(language))
  const customer = await new Customer(page, language, server.url).visit()
  await customer.openChat()
  await customer.say(language === 'zh' ? '转人工' : 'I want a person')
  await customer.open.locator('#queue .queue-place').waitFor()
  await context.close()
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`an agent is told as they wish, and not while they want no disturbance (${language})`, limit, async () => {
    const { page, context, mistakes } = await openWindow(browser, {
      ...inLanguage(language),
      colorScheme: language === 'zh' ? 'dark' : 'light',
    })
    await listenTo(page)
    const agent = new Agent(page, language, server.url)
    const t = agent.words.notify
    await agent.signIn(ada)
    const waitingBefore = await page.locator('.card:has(.card-claim)').count()
    const dialog = page.locator('dialog')
    const openSettings = async () => {
      await page.locator('.account-button').click()
      await page.getByRole('button', { name: t.title, exact: true }).click()
      await dialog.getByText(t.lead).waitFor()
    }
    const close = async () => {
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }

    await openSettings()
    assert.equal(await dialog.getByLabel(t.sound, { exact: true }).isChecked(), false, 'nothing makes a noise before somebody wants it')
    await dialog.getByLabel(t.sound, { exact: true }).check()
    assert.equal((await toldIn(page)).notes, 2, 'how it sounds is heard at once')
    await dialog.getByLabel(t.desktop, { exact: true }).check()
    await assertAccessible(page, 'notifications')
    await close()

    await somebodyWaits(language)
    await page.waitForFunction(() => /** @type {any} */ (window).told.shown.length > 0)
    const told = await toldIn(page)
    assert.deepEqual([told.notes, told.shown.length], [4, 1])
    assert.ok(!/person|人工/.test(told.shown.join()), 'what customers say does not stand on the screen for everybody')

    // hours without disturbance: the whole day
    await openSettings()
    await dialog.getByLabel(t.quiet, { exact: true }).check()
    for (const name of ['from', 'to']) await dialog.locator(`[name=${name}]`).fill('08:00')
    await dialog.getByText(t.quietNow).waitFor()
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 860 })
      await assertFits(page, `notifications at ${width}`)
      await picture(page, `notifications-${language}-${width}`)
    }
    await close()
    await somebodyWaits(language)
    await page
      .locator('.card:has(.card-claim)')
      .nth(waitingBefore + 1)
      .waitFor()
    assert.deepEqual(await toldIn(page), told, 'they came, and nobody was disturbed')

    // kept in this browser; and an hour that is over disturbs again
    await page.reload()
    await page.waitForSelector('.list')
    await openSettings()
    assert.ok(await dialog.getByLabel(t.quiet, { exact: true }).isChecked())
    const clock = (/** @type {number} */ ahead) => new Date(Date.now() + ahead * 3_600_000).toTimeString().slice(0, 5)
    await dialog.locator('[name=from]').fill(clock(2))
    await dialog.locator('[name=to]').fill(clock(4))
    await dialog.getByText(t.quietNow).waitFor({ state: 'detached' })
    await close()
    await somebodyWaits(language)
    await page.waitForFunction(() => /** @type {any} */ (window).told.shown.length > 0)
    assert.deepEqual(mistakes, [])
    await context.close()
  })
}
