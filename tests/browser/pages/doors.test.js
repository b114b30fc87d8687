// The admins' page of doors, in both languages: a receiver is made, tried out, told what happens, and its log replayed;
// a bot is made and put to use.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, Customer, launch, limit, openWindow, picture, Server, words, ada } from './desk.js'

process.env.FRONTDESK_WEBHOOKS_PRIVATE_ADDRESSES = 'true'
const server = new Server()
/** @type {string[]} the types of what the receiver got */
const got = []
const receiver = createServer((request, response) => {
  let text = ''
  request.on('data', (part) => {
    text += part
  })
  request.on('end', () => {
    got.push(JSON.parse(text).type)
    response.end('thank you')
  })
})
let address = ''
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  await server.start()
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const at = receiver.address()
  address = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/in`
  browser = await launch()
}, limit)

after(async () => {
  await browser?.close()
  receiver.close()
  receiver.closeAllConnections()
  await server.remove()
})

test('a receiver is made, told and its log replayed; a bot is put to use', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser)
  await new Agent(page, 'en', server.url).setUp(server.setup, ada)
  const t = words.en.console
  await page.getByRole('link', { name: t.doorsTitle }).click()
  await page.getByText(t.doors.noWebhooks).waitFor()

  await page.getByRole('button', { name: t.doors.addWebhook }).click()
  await page.getByLabel(t.doors.address).fill('nowhere')
  await page.getByRole('button', { name: t.addButton, exact: true }).click()
  await page.locator('.field-error').waitFor()
  assert.equal(await page.getByLabel(t.doors.address).getAttribute('aria-invalid'), 'true')
  await page.getByLabel(t.doors.address).fill(address)
  await page.getByRole('button', { name: t.addButton, exact: true }).click()
  const secret = await page.getByLabel(t.doors.keys.secret ?? '').inputValue()
  assert.match(secret, /^whsec_/)
  await assertAccessible(page, 'the keys')
  await page.locator('.dialog-actions').getByRole('button', { name: t.close }).click()

  await page.getByRole('button', { name: `${t.doors.test}: ${address}` }).click()
  await page.getByText(t.doors.answered(200)).first().waitFor()
  assert.deepEqual(got, ['webhook.test'])

  const shop = await openWindow(browser, { locale: 'en-GB' })
  const customer = await new Customer(shop.page, 'en', server.url).visit()
  await customer.openChat()
  await customer.say('hello')
  await customer.answer()
  await page.getByRole('button', { name: `${t.doors.log}: ${address}` }).click()
  await page.getByText('webhook.test').waitFor()
  await assertAccessible(page, 'the log')
  await assertFits(page, 'the log')
  await picture(page, 'doors-log')
  const again = page.getByRole('button', { name: new RegExp(`^${t.doors.replay}: message.created`) })
  await again.first().click()
  await page
    .getByText(t.doors.causes.replay ?? '')
    .first()
    .waitFor()
  assert.ok(got.filter((type) => type === 'message.created').length >= 3, String(got))
  await page.locator('.dialog-actions').getByRole('button', { name: t.close }).click()

  await page.getByRole('button', { name: t.doors.addBot }).click()
  await page.getByLabel(t.name, { exact: true }).fill('Robo')
  await page.getByLabel(t.doors.address).fill(address)
  await page.getByRole('button', { name: t.addButton, exact: true }).click()
  assert.ok((await page.getByLabel(t.doors.keys.token ?? '').inputValue()).length > 20)
  await page.locator('.dialog-actions').getByRole('button', { name: t.close }).click()
  await page.getByRole('button', { name: `${t.doors.use}: Robo` }).click()
  await page.getByText(t.doors.inUse).waitFor()
  await assertAccessible(page, 'the doors')
  await assertFits(page, 'the doors')
  await picture(page, 'doors')
  await page.getByRole('button', { name: `${t.doors.remove}: Robo` }).click()
  await page.locator('.dialog-actions').getByRole('button', { name: t.doors.remove }).click()
  await page.getByText(t.doors.noBots).waitFor()
  assert.deepEqual([...mistakes, ...shop.mistakes], [])
  await context.close()
  await shop.context.close()
})

test('the doors on a phone, in Chinese', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'zh-CN', viewport: { width: 390, height: 760 } })
  await new Agent(page, 'zh', server.url).signIn(ada)
  await page.goto(`${server.url}/console#/doors`)
  await page.getByText(words.zh.console.doors.webhooksLead).waitFor()
  await page.getByText(address).first().waitFor()
  await assertAccessible(page, 'the doors on a phone')
  await assertFits(page, 'the doors on a phone')
  await picture(page, 'doors-phone-zh')
  assert.deepEqual(mistakes, [])
  await context.close()
})
