// Who the customer is, in Chromium and in both languages: the site says it with a signed token, the agent sees it
// beside the conversation, and a token that is not the site's stops nobody from chatting.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, Customer, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const secret = 'what the shop and the desk have in common'
const key = 'the-key-of-the-shop'
process.env.FRONTDESK_IDENTITY_SECRETS = secret
process.env.FRONTDESK_API_KEYS = key

const server = new Server()
/** @type {import('playwright-core').Browser} */
let browser
/** @type {Agent} */
let admin

/** @param {string} subject @param {string} signedWith */
function token(subject, signedWith = secret) {
  const now = Math.floor(Date.now() / 1_000)
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: subject, iat: now, exp: now + 3_600 })}`
  return `${signed}.${createHmac('sha256', signedWith).update(signed).digest('base64url')}`
}

/** The shop's own program. @param {string} path @param {object} body */
async function put(path, body) {
  const headers = { 'Content-Type': 'application/json', 'X-Api-Key': key }
  const response = await fetch(`${server.url}/api/v1/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) })
  assert.equal(response.status, 200, await response.text())
}

before(async () => {
  await server.start()
  browser = await launch()
  const { page, context } = await openWindow(browser, { locale: 'en-GB' })
  admin = new Agent(page, 'en', server.url)
  await admin.setUp(server.setup, ada)
  await context.close()
  const condition = { attribute: 'spent', op: 'gt', value: 1_000 }
  await put('segments', { segments: [{ name: 'Big spenders', value_band: 'high', all: [condition] }] })
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'

  test(`the agent sees whom the site has named (${language})`, limit, async () => {
    const name = language === 'zh' ? '李娜' : 'Ana Lima'
    const order = { id: 'LX-778120', status: language === 'zh' ? '运输中' : 'on its way', total: 129.5, currency: 'EUR' }
    const attributes = { spent: 2_500, newsletter: true }
    await put(`customers/${language}-1`, { name, email: `${language}@mail.example`, attributes, open_orders: [order] })

    const shop = await openWindow(browser, { locale })
    const customer = await new Customer(shop.page, language, server.url).visit()
    await shop.page.evaluate((identity) => window.frontdesk?.identify(identity), token(`${language}-1`))
    await customer.openChat()
    await customer.say(language === 'zh' ? '转人工' : 'I want a person')

    const desk = await openWindow(browser, { locale })
    const agent = new Agent(desk.page, language, server.url)
    await agent.signIn(ada)
    await agent.waiting().waitFor()
    await agent.claimFirst()
    const t = agent.words
    const panel = desk.page.locator('.details')
    await panel.getByText(t.customerProfile).waitFor()
    for (const text of [
      name,
      t.verified,
      'Big spenders',
      t.valueBands.high,
      order.id,
      order.status,
      t.yes,
      '2500',
      `${language}@mail.example`,
    ]) {
      await panel.getByText(text, { exact: true }).first().waitFor()
    }
    assert.match(await panel.locator('.order-total').innerText(), /129[.,]50/)
    await assertAccessible(desk.page, 'the customer beside the conversation')
    await assertFits(desk.page, 'the customer beside the conversation')
    await picture(desk.page, `${language}-customer`)

    // another customer of the site at the same machine gets a conversation of their own
    await shop.page.evaluate((identity) => window.frontdesk?.identify(identity), token(`${language}-2`))
    await customer.open.waitForFunction(() => document.querySelectorAll('.row-own').length === 0)
    await customer.say(language === 'zh' ? '我的包裹到哪里了？' : 'Where is my parcel?')
    await customer.answer()
    assert.deepEqual([shop.mistakes, desk.mistakes], [[], []])
    await shop.context.close()
    await desk.context.close()
  })

  test(`a token that is not the site's is refused where one sees it, and the chat goes on (${language})`, limit, async () => {
    const shop = await openWindow(browser, { locale })
    const customer = await new Customer(shop.page, language, server.url).visit()
    await customer.openChat()
    await customer.open.locator('#log[aria-busy="false"]').waitFor()
    const forged = token(`${language}-1`, 'a secret that only the attacker has, 32 bytes')
    await shop.page.evaluate((identity) => window.frontdesk?.identify(identity), forged)
    await customer.open.getByText(customer.words.errors.identity_refused).waitFor()
    await customer.say(language === 'zh' ? '我的包裹到哪里了？' : 'Where is my parcel?')
    await customer.answer()
    assert.deepEqual(shop.mistakes, [])
    await shop.context.close()
  })
}
