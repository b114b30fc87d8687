// The knowledge is edited in Chromium and in both languages: an entry is added, tried out and published, a customer is
// answered with it, and it is taken back; and of two admins who change the same entry neither loses what they wrote.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, Customer, inLanguage, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const bea = { name: 'Bea', email: 'bea@shop.example', password: 'another long password' }
const folder = mkdtempSync(join(tmpdir(), 'knowledge-'))
cpSync(fileURLToPath(new URL('../../../intents', import.meta.url)), folder, { recursive: true })
const server = new Server({ FRONTDESK_SERVER_INTENTS: folder })
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  await server.start()
  browser = await launch()
  const { page, context } = await openWindow(browser)
  const agent = new Agent(page, 'en', server.url)
  await agent.setUp(server.setup, ada)
  assert.equal((await agent.ask('POST', 'agents', { ...bea, role: 'admin' })).status, 201)
  await context.close()
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})

const stories = {
  en: {
    id: 'engraving',
    question: 'Do you engrave names on lamps?',
    zhQuestion: '台灯可以刻字吗？',
    variants: 'laser engraving on a lamp\ncan I have my name engraved',
    answer: 'Yes, up to twelve letters, free of charge.',
    zhAnswer: '可以，最多十二个字母，免费。',
    asked: 'can you engrave a name on the lamp',
    mine: 'You have 45 days to return it.',
    theirs: 'You have 60 days to return it.',
  },
  zh: {
    id: 'gift-wrap-lamp',
    question: 'Is the lamp delivered in a wooden case?',
    zhQuestion: '台灯可以配木盒包装吗？',
    variants: 'wooden case for the lamp',
    answer: 'Yes, on request.',
    zhAnswer: '可以，下单时备注木盒即可。',
    asked: '台灯能配木盒包装吗',
    mine: '退货期限为 45 天。',
    theirs: '退货期限为 60 天。',
  },
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  const story = stories[language]
  const answerField = language === 'zh' ? 'answer.zh' : 'answer.en'
  const asAdmin = async (/** @type {typeof ada} */ who) => {
    const window = await openWindow(browser, { ...inLanguage(language), colorScheme: language === 'zh' ? 'dark' : 'light' })
    // trying out and publishing learn anew, which takes a build without optimisation its time
    window.context.setDefaultTimeout(90_000)
    const agent = new Agent(window.page, language, server.url)
    await agent.signIn(who)
    await window.page.getByRole('link', { name: agent.words.knowledge }).click()
    await window.page.locator('.knowledge-row').first().waitFor()
    return { ...window, agent, t: agent.words.editor }
  }

  test(`an entry is added, tried out, published, and taken back (${language})`, limit, async () => {
    const { page, context, mistakes, t, agent } = await asAdmin(ada)
    await picture(page, `knowledge-${language}-1-list`)
    await page.getByRole('button', { name: t.newFaq }).click()
    const form = page.locator('.knowledge-form')
    const field = (/** @type {keyof typeof t.fields} */ name) => form.getByLabel(t.fields[name], { exact: true })
    await form.getByLabel(t.file).selectOption('goods.toml')
    await field('id').fill(story.id)
    await field('question.en').fill(story.question)
    await field('question.zh').fill(story.zhQuestion)
    await field('variants.en').fill(story.variants)
    await field('answer.en').fill(story.answer)

    // what is missing is told at its field, in the reader's language
    await form.locator('.field:has([name="answer.zh"]) .field-error').waitFor()
    assert.equal(await field('answer.zh').getAttribute('aria-invalid'), 'true')
    await assertAccessible(page, 'a form with a mistake')
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 860 })
      await assertFits(page, `the form at ${width}`)
      await picture(page, `knowledge-${language}-2-form-${width}`)
    }
    await field('answer.zh').fill(story.zhAnswer)
    await form.locator('.field-error').waitFor({ state: 'detached' })

    // what is not published outlives a reload, and is told nobody
    await page.reload()
    await page.locator('.knowledge-row', { hasText: story.id }).click()
    assert.equal(await field('answer.zh').inputValue(), story.zhAnswer)

    const tryOut = page.locator('.knowledge-try')
    await tryOut.getByLabel(t.question).fill(story.asked)
    await tryOut.getByRole('button', { name: t.ask }).click()
    const answer = language === 'zh' ? story.zhAnswer : story.answer
    await tryOut.locator('.knowledge-heard').nth(1).getByText(answer).waitFor()
    assert.ok(!(await tryOut.locator('.knowledge-heard').nth(0).innerText()).includes(answer), 'it is not in use yet')
    await tryOut.scrollIntoViewIfNeeded()
    await picture(page, `knowledge-${language}-3-try`)

    await page.getByRole('button', { name: t.review }).click()
    const review = page.locator('.knowledge-review')
    await review.locator('.diff-added', { hasText: story.id }).first().waitFor()
    await review.locator('.knowledge-compared [role=status] > p:not(.log-loading)').waitFor()
    await assertAccessible(page, 'the review')
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 860 })
      await assertFits(page, `the review at ${width}`)
    }
    await picture(page, `knowledge-${language}-4-review`)
    await review.getByLabel(t.note).fill('for the lamps')
    await review.getByRole('button', { name: t.publish, exact: true }).click()
    const said = page.locator('.toast', { hasText: story.id === 'engraving' ? t.published(1) : /./ }).first()
    await said.waitFor()
    assert.ok(readFileSync(join(folder, 'goods.toml'), 'utf8').includes(`id = "${story.id}"`), 'it stands in the file')

    // a customer is answered with it
    const shop = await openWindow(browser, inLanguage(language))
    const customer = await new Customer(shop.page, language, server.url).visit()
    await customer.openChat()
    await customer.say(story.asked)
    await customer.sees(answer, 'bot')
    await picture(shop.page, `knowledge-${language}-5-customer`)

    // and it is taken back, in the history
    await page.getByRole('button', { name: t.history, exact: true }).click()
    const version = page.locator('.knowledge-history li').first()
    await version.getByText('for the lamps').waitFor()
    await picture(page, `knowledge-${language}-6-history`)
    await assertAccessible(page, 'the history')
    await version.getByRole('button', { name: t.undoThis }).click()
    const dialog = page.locator('dialog')
    await dialog.locator('.diff-removed', { hasText: story.id }).first().waitFor()
    await picture(page, `knowledge-${language}-7-undo`)
    await dialog.getByRole('button', { name: t.undoThis, exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.ok(!readFileSync(join(folder, 'goods.toml'), 'utf8').includes(story.id), 'it is out of the file')
    await customer.say(story.asked)
    await customer.answer()
    const answers = (await customer.said()).filter((words) => words.includes(answer))
    assert.equal(answers.length, 1, 'it is not answered with it any more')
    const trail = await agent.ask('GET', 'audit?limit=500')
    assert.ok(trail.body.entries.some((/** @type {any} */ entry) => entry.act === 'knowledge.published'))
    assert.deepEqual([mistakes, shop.mistakes], [[], []])
    await context.close()
    await shop.context.close()
  })

  test(`two admins change one entry: the second sees both texts and chooses (${language})`, limit, async () => {
    const first = await asAdmin(ada)
    const second = await asAdmin(bea)
    const { t } = first
    for (const [{ page }, words] of /** @type {const} */ ([
      [first, story.theirs],
      [second, story.mine],
    ])) {
      await page.getByLabel(t.search).fill('return-window')
      await page.locator('.knowledge-row', { hasText: 'return-window' }).first().click()
      await page.locator(`.knowledge-form [name="${answerField}"]`).fill(words)
      await page.locator('.knowledge-foot').waitFor()
    }
    const publish = async (/** @type {import('playwright-core').Page} */ page) => {
      await page.getByRole('button', { name: t.review }).click()
      await page.locator('.knowledge-review .diff').first().waitFor()
      await page.locator('.knowledge-review').getByRole('button', { name: t.publish, exact: true }).click()
    }
    // the second has the review open when the first publishes
    await second.page.getByRole('button', { name: t.review }).click()
    await second.page.locator('.knowledge-review .diff').first().waitFor()
    await publish(first.page)
    await first.page.locator('.knowledge-review').waitFor({ state: 'detached' })
    await second.page.locator('.knowledge-review').getByRole('button', { name: t.publish, exact: true }).click()
    await second.page
      .locator('.knowledge-publish')
      .getByText(t.refusals.knowledge_conflict ?? '')
      .waitFor()
    await second.page.getByRole('button', { name: t.backToEdit }).click()
    const conflict = second.page.locator('.knowledge-conflict')
    await conflict.getByText(story.theirs).waitFor()
    await conflict.getByText(story.mine).waitFor()
    await assertAccessible(second.page, 'both texts')
    for (const width of [390, 1280]) {
      await second.page.setViewportSize({ width, height: 860 })
      await assertFits(second.page, `both texts at ${width}`)
      await picture(second.page, `knowledge-${language}-8-conflict-${width}`)
    }
    await conflict.getByRole('button', { name: t.keepMine }).click()
    await conflict.waitFor({ state: 'detached' })
    await publish(second.page)
    await second.page.locator('.knowledge-review').waitFor({ state: 'detached' })
    const written = readFileSync(join(folder, 'returns.toml'), 'utf8')
    assert.ok(written.includes(story.mine) && !written.includes(story.theirs), 'what was chosen stands in the file')
    assert.deepEqual([first.mistakes, second.mistakes], [[], []])
    await first.context.close()
    await second.context.close()
  })
}
