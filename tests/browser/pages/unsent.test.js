// What is not sent yet, in Chromium: where the desk wants it, the agent who has a conversation sees what the customer is
// writing, and the customer is told so; nobody else sees it. And the marks of what was sent are there after a reload.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, Customer, inLanguage, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const open = new Server({ FRONTDESK_VISITOR_UNSENT_TEXT: 'true' })
const usual = new Server()
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  browser = await launch()
  for (const server of [open, usual]) {
    await server.start()
    const { page, context } = await openWindow(browser)
    await new Agent(page, 'en', server.url).setUp(server.setup, ada)
    await context.close()
  }
}, limit)

after(async () => {
  await browser?.close()
  await open.remove()
  await usual.remove()
})

/** A customer who is with Ada. @param {Server} server @param {'en' | 'zh'} language */
async function together(server, language) {
  const look = /** @type {const} */ ({ ...inLanguage(language), colorScheme: language === 'zh' ? 'dark' : 'light' })
  const [shop, desk] = [await openWindow(browser, look), await openWindow(browser, look)]
  const customer = await new Customer(shop.page, language, server.url).visit()
  await customer.openChat()
  await customer.say(language === 'zh' ? '转人工' : 'I want a person')
  const agent = new Agent(desk.page, language, server.url)
  await agent.signIn(ada)
  await agent.waiting().waitFor()
  await agent.claimFirst()
  return { shop, desk, customer, agent }
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`the agent sees what is being written, and the customer knows (${language})`, limit, async () => {
    const { shop, desk, customer, agent } = await together(open, language)
    const note = customer.open.getByText(customer.words.unsentSeen)
    await note.waitFor()
    const begun = language === 'zh' ? '我的订单号是' : 'My order number is'
    await customer.open.locator('#words').pressSequentially(begun)
    const unsent = desk.page.locator('.row-unsent')
    await unsent.getByText(begun, { exact: true }).waitFor()
    await unsent.getByText(agent.words.unsent).waitFor()
    await assertAccessible(desk.page, 'what is not sent')
    await assertAccessible(customer.open, 'writing what is seen')
    await picture(desk.page, `unsent-${language}-desk`)
    await picture(shop.page, `unsent-${language}-shop`)
    const stored = await agent.ask('GET', `conversations/${agent.conversation()}/events`)
    assert.ok(!JSON.stringify(stored.body).includes(begun), 'it is nowhere')

    // what was written and taken back is gone, and what is sent is a message
    await customer.open.locator('#words').fill('')
    await unsent.waitFor({ state: 'detached' })
    await customer.open.locator('#words').pressSequentially('LX-7')
    await unsent.getByText('LX-7', { exact: true }).waitFor()
    await customer.open.press('#words', 'Enter')
    await agent.sees('LX-7')
    await unsent.waitFor({ state: 'detached' })
    assert.deepEqual([shop.mistakes, desk.mistakes], [[], []])
    await shop.context.close()
    await desk.context.close()
  })
}

test('as a rule nothing is sent before it is sent', limit, async () => {
  const { shop, desk, customer, agent } = await together(usual, 'en')
  /** @type {string[]} */
  const frames = []
  await customer.open.locator('#words').waitFor()
  shop.page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => frames.push(String(payload))))
  await shop.page.reload()
  await customer.openChat()
  await customer.open.locator('#log[aria-busy="false"]').waitFor()
  await customer.open.locator('#words').pressSequentially('a secret')
  await desk.page.locator('.row-typing').waitFor()
  assert.ok(
    frames.some((frame) => frame.includes('"typing"')),
    'that they write is told',
  )
  assert.ok(!frames.join().includes('secret'), 'what they write is not')
  assert.equal(await customer.open.locator('.unsent-note').count(), 0)
  assert.equal(await desk.page.locator('.row-unsent').count(), 0)

  // what was delivered stays so after a reload
  await shop.page.evaluate(() => window.frontdesk?.close())
  await agent.reply('One moment please')
  const mark = desk.page.locator('.mark-delivered').first()
  await mark.waitFor()
  await desk.page.reload()
  await agent.sees('One moment please')
  await mark.waitFor()
  assert.deepEqual([shop.mistakes, desk.mistakes], [[], []])
  await shop.context.close()
  await desk.context.close()
})
