// What an agent writes: a reply made before, a note for a colleague, a draft that outlives the page, words taken back, an
// answer that quotes, and the conversation as a file; in both languages, with pictures of wide, narrow and dark.

import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { assertAccessible, assertFits, Customer, inLanguage, launch, limit, openDesk, openWindow, picture, Server } from './desk.js'

const ada = { name: 'Ada', email: 'ada@shop.example', password: 'a long password' }
const ben = { name: 'Ben', email: 'ben@shop.example', password: 'another long password' }

/** What is said in the stories. */
const lines = {
  en: {
    matter: 'My lamp from order LX-778120 is broken',
    title: 'Greeting',
    canned: 'Hello {{customer.name}}, I am {{agent.name}} and look after order {{order}}.',
    known: 'I am Ada and look after order LX-778120.',
    typed: 'Let me look into it',
    more: ' at once',
    note: ' please look at the lamp',
    slip: 'Sorry, wrong window',
    answer: 'That one we replace for free.',
  },
  zh: {
    matter: '我的订单 LX-778120 的台灯坏了',
    title: '问候',
    canned: '{{customer.name}}您好，我是{{agent.name}}，正在处理订单 {{order}}。',
    known: '我是Ada，正在处理订单 LX-778120。',
    typed: '我先查一下',
    more: '，请稍等',
    note: '请看一下这盏台灯',
    slip: '抱歉，发错窗口了',
    answer: '这盏灯我们免费更换。',
  },
}

/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  browser = await launch()
}, limit)

after(() => browser?.close())

/** @param {import('node:test').TestContext} t */
async function shop(t) {
  const server = await new Server().start()
  t.after(() => server.remove())
  return server
}

/** A customer who waits, in a window of their own. @param {Server} server @param {'en' | 'zh'} language */
async function visitor(server, language) {
  const window = await openWindow(browser, inLanguage(language))
  const customer = await new Customer(window.page, language, server.url).visit()
  await customer.openChat()
  await customer.wantsPerson(lines[language].matter)
  return { customer, ...window }
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  const said = lines[language]

  test(`an agent writes (${language})`, limit, async (t) => {
    const server = await shop(t)
    const { customer, context: shopWindow, mistakes: shopMistakes } = await visitor(server, language)
    const { page, agent, context, mistakes } = await openDesk(browser, language, server.url)
    const w = agent.words
    await agent.setUp(server.setup, ada)
    await agent.ask('POST', 'agents', { ...ben, role: 'agent' })

    // a reply is made, with what is wrong told at its field; one that is removed comes back
    await page.locator('.rail-item', { hasText: w.repliesTitle }).click()
    await page.getByRole('button', { name: w.addReply }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('button', { name: w.addButton }).click()
    await form.getByText(w.replyErrors.shortcut_invalid ?? '').waitFor()
    await form.getByText(w.replyErrors.text_empty ?? '').waitFor()
    await form.getByLabel(w.shortcut, { exact: true }).fill('hello')
    await form.getByLabel(w.replyTitle, { exact: true }).fill(said.title)
    await form.getByLabel(w.replyIn(w.languageNames[language]), { exact: true }).fill('{{customer.nam}}')
    await form.getByRole('button', { name: w.addButton }).click()
    await form.getByText(w.unknownVariable('customer.nam')).waitFor()
    await assertAccessible(page, 'the form of a reply')
    await picture(page, `writing-form-${language}`)
    await form.getByLabel(w.replyIn(w.languageNames[language]), { exact: true }).fill(said.canned)
    await form.getByRole('button', { name: w.addButton }).click()
    await page.locator('.replies-list li', { hasText: said.title }).waitFor()
    await page.getByRole('button', { name: w.removeReply('hello') }).click()
    await page.getByText(w.noReplies).waitFor()
    await page
      .locator('.toast', { hasText: w.replyRemoved('hello') })
      .getByRole('button', { name: w.undo })
      .click()
    await page.locator('.replies-list li', { hasText: said.title }).waitFor()
    await page.getByRole('button', { name: w.addReply }).click()
    await form.getByLabel(w.shortcut, { exact: true }).fill('HELLO')
    await form.getByLabel(w.replyTitle, { exact: true }).fill('x')
    await form.getByLabel(w.replyIn(w.languageNames[language]), { exact: true }).fill('x')
    await form.getByRole('button', { name: w.addButton }).click()
    await form.getByText(w.replyErrors.shortcut_taken ?? '').waitFor()
    await page.keyboard.press('Escape')
    await picture(page, `writing-replies-${language}`)

    // it is found by a slash; what is not known is marked, and not sent
    await page.goto(`${server.url}/console#/`)
    await agent.claimFirst()
    const box = page.locator('#reply')
    await box.click()
    await page.keyboard.type('/he')
    await page.getByRole('option', { name: said.title }).waitFor()
    await assertAccessible(page, 'the list of replies')
    await picture(page, `writing-menu-${language}`)
    await page.keyboard.press('Enter')
    await page.waitForFunction((text) => document.querySelector('textarea')?.value.includes(text), said.known)
    assert.match(await box.inputValue(), /\{\{customer\.name\}\}/)
    await page.keyboard.press('Enter')
    await page
      .getByRole('alert')
      .filter({ hasText: w.fillInFirst('customer.name') })
      .waitFor()
    await assertAccessible(page, 'what is missing')
    await picture(page, `writing-missing-${language}`)
    await page.keyboard.type('Li')
    await page.keyboard.press('Enter')
    await customer.sees(said.known, 'agent')
    await page.locator('.mark-read, .mark-delivered').first().waitFor()

    // a draft outlives the page, also where the browser keeps nothing; the list shows it
    await box.fill(said.typed)
    await page.waitForResponse((answer) => answer.url().includes('/drafts/reply') && answer.ok())
    await page.locator('.card-mine .draft-chip', { hasText: w.draft }).waitFor()
    await page.evaluate(() => {
      for (const name of Object.keys(localStorage).filter((key) => key.includes('drafts.'))) localStorage.removeItem(name)
    })
    await page.reload()
    await page.waitForFunction((text) => document.querySelector('textarea')?.value === text, said.typed)
    // the other tab shows the later words
    const other = await context.newPage()
    await other.goto(page.url())
    await other.waitForFunction((text) => document.querySelector('textarea')?.value === text, said.typed)
    await page.locator('#reply').fill(said.typed + said.more)
    await other.waitForFunction((text) => document.querySelector('textarea')?.value === text, said.typed + said.more)
    await page.press('#reply', 'Enter')
    await customer.sees(said.typed + said.more, 'agent')
    await other.waitForFunction(() => document.querySelector('textarea')?.value === '')
    await page.locator('.draft-chip').waitFor({ state: 'detached' })
    await other.close()

    // an answer that quotes, seen on both sides
    await page.locator('.row-customer', { hasText: said.matter }).hover()
    await page.locator('.row-customer', { hasText: said.matter }).locator('.row-quote').click()
    await page.locator('.quoting', { hasText: said.matter }).waitFor()
    await page.locator('[data-files]').setInputFiles({ name: 'label.txt', mimeType: 'text/plain', buffer: Buffer.from('label') })
    await page.locator('.draft-file-ready', { hasText: 'label.txt' }).waitFor()
    await picture(page, `writing-quoting-${language}`)
    await page.setViewportSize({ width: 390, height: 844 })
    await picture(page, `writing-quoting-phone-${language}`)
    await assertFits(page, 'a file and a quote on a phone')
    await page.setViewportSize({ width: 1280, height: 860 })
    // a note is words alone: the file waits for the reply
    await page.locator('.composer-modes').getByRole('button', { name: w.noteMode }).click()
    await page.locator('.draft-file').waitFor({ state: 'detached' })
    await page.locator('.composer-modes').getByRole('button', { name: w.replyMode }).click()
    await page.locator('.draft-file-ready').waitFor()
    await page.locator('#reply').focus()
    await page.keyboard.type(said.answer)
    await page.keyboard.press('Enter')
    await customer.open.locator('.row-agent', { hasText: said.answer }).locator('.file', { hasText: 'label.txt' }).waitFor()
    await page.locator('.row-own', { hasText: said.answer }).locator('.file', { hasText: 'label.txt' }).waitFor()
    await customer.open.locator('.row-agent', { hasText: said.answer }).locator('.quoted', { hasText: said.matter }).waitFor()
    await page.locator('.row-own', { hasText: said.answer }).locator('.quoted', { hasText: said.matter }).waitFor()
    await picture(customer.page, `writing-quoted-widget-${language}`)
    await assertAccessible(customer.open, 'a quote in the chat')

    // a note for a colleague, who is told at once and finds it; the customer is not
    const colleague = await openDesk(browser, language, server.url)
    await colleague.agent.signIn(ben)
    await page.getByRole('log').focus()
    await page.keyboard.press('n')
    await page.locator('.composer-note').waitFor()
    await page.locator('#reply').focus()
    await page.keyboard.type('@be')
    await page.getByRole('option', { name: 'Ben' }).waitFor()
    await picture(page, `writing-note-menu-${language}`)
    await page.keyboard.press('Tab')
    await page.keyboard.type(said.note.trim())
    await assertAccessible(page, 'a note that is written')
    await picture(page, `writing-note-${language}`)
    await page.keyboard.press('Enter')
    await page.locator('.note', { hasText: said.note.trim() }).locator('.named', { hasText: '@Ben' }).waitFor()
    const toast = colleague.page.locator('.toast', { hasText: said.note.trim() })
    await toast.waitFor()
    await colleague.page.getByRole('button', { name: w.mentionsNow(1) }).waitFor()
    await picture(colleague.page, `writing-mentioned-${language}`)
    await toast.getByRole('button', { name: w.openIt }).click()
    await colleague.page.locator('.note .named-me', { hasText: '@Ben' }).waitFor()
    await colleague.page.getByRole('button', { name: w.mentionsNow(1) }).waitFor({ state: 'detached' })
    await assertAccessible(colleague.page, 'a note that names one')
    // they answer with a note, without the conversation being theirs
    await colleague.page.getByRole('button', { name: w.writeNote }).click()
    await colleague.page.locator('#reply').fill('OK')
    await colleague.page.press('#reply', 'Enter')
    await page.locator('.note', { hasText: 'OK' }).waitFor()
    assert.ok(!(await customer.said()).join('\n').includes(said.note.trim()), 'the customer sees a note')

    // the conversation as a file
    await page.getByRole('button', { name: w.more, exact: true }).click()
    await picture(page, `writing-more-${language}`)
    const [text] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: w.asText }).click()])
    assert.match(text.suggestedFilename(), /^conversation-[0-9a-f]{8}-\d{4}-\d\d-\d\d\.txt$/)
    const file = readFileSync(await text.path(), 'utf8')
    assert.ok(file.includes(said.matter) && file.includes(said.answer), file)
    assert.ok(!file.includes(said.note.trim()), 'notes are not in it unless they are asked for')
    await page.getByRole('button', { name: w.more, exact: true }).click()
    await page.getByLabel(w.withNotes).check()
    const [json] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: w.asJson }).click()])
    assert.ok(readFileSync(await json.path(), 'utf8').includes(said.note.trim()))

    // on a phone and in the dark
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('.composer-modes').getByRole('button', { name: w.replyMode }).click()
    await page.locator('#reply').fill('')
    await page.keyboard.type('/')
    await page.getByRole('option', { name: said.title }).waitFor()
    await picture(page, `writing-phone-${language}`)
    await assertFits(page, 'the list of replies on a phone')
    await assertAccessible(page, 'the list of replies in the dark')
    assert.deepEqual([...mistakes, ...colleague.mistakes, ...shopMistakes], [])
    await Promise.all([context.close(), colleague.context.close(), shopWindow.close()])
  })

  test(`what was sent can be taken back, and is never lost (${language})`, limit, async (t) => {
    const server = await shop(t)
    const { customer, context: shopWindow } = await visitor(server, language)
    const { page, agent, context, mistakes } = await openDesk(browser, language, server.url, true)
    const w = agent.words
    await agent.setUp(server.setup, ada)
    await agent.claimFirst()
    const box = page.locator('#reply')
    await box.fill(said.slip)
    await box.press('Enter')
    const held = page.locator('.row-pending', { hasText: said.slip })
    await held
      .getByText(w.sendsIn(5).replace(/\d+/, '').trim().split(' ')[0] ?? '')
      .first()
      .waitFor()
    assert.equal(await box.inputValue(), '')
    await assertAccessible(page, 'what is about to be sent')
    await picture(page, `writing-held-${language}`)
    await held.getByRole('button', { name: w.undo }).click()
    await held.waitFor({ state: 'detached' })
    assert.equal(await box.inputValue(), said.slip)
    // once more, by keyboard
    await box.press('Enter')
    await held.waitFor()
    await box.press('Control+z')
    await held.waitFor({ state: 'detached' })
    assert.equal(await box.inputValue(), said.slip)
    // leaving the page makes a draft of it again
    await box.press('Enter')
    await held.waitFor()
    await page.reload()
    await page.waitForFunction((text) => document.querySelector('textarea')?.value === text, said.slip)
    assert.equal(await page.locator('.row-pending').count(), 0)
    // a file comes back too, and outlives the page
    await page.locator('[data-files]').setInputFiles({ name: 'label.txt', mimeType: 'text/plain', buffer: Buffer.from('label') })
    const file = page.locator('.draft-file-ready', { hasText: 'label.txt' })
    await file.waitFor()
    await box.press('Enter')
    await held.locator('.file', { hasText: 'label.txt' }).waitFor()
    await file.waitFor({ state: 'detached' })
    await held.getByRole('button', { name: w.undo }).click()
    await file.waitFor()
    await box.press('Enter')
    await held.waitFor()
    await page.reload()
    await page.waitForFunction((text) => document.querySelector('textarea')?.value === text, said.slip)
    await file.waitFor()
    await file.getByRole('button').click()
    await file.waitFor({ state: 'detached' })
    // what is left alone goes out by itself
    await box.fill(said.answer)
    await box.press('Enter')
    await customer.sees(said.answer, 'agent')
    // and closing the conversation does not wait, nor overtake
    await box.fill(said.typed)
    await box.press('Enter')
    await page.getByRole('button', { name: w.resolve, exact: true }).click()
    await customer.sees(said.typed, 'agent')
    const all = (await customer.said()).join('\n')
    assert.ok(!all.includes(said.slip), all)
    assert.deepEqual(mistakes, [])
    await Promise.all([context.close(), shopWindow.close()])
  })
}
