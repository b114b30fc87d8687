// Tasks in the chat, in Chromium, against the demo shop: a customer looks up an order in English, and another changes
// an address in Chinese, with a question in between and an order that was the wrong one; where the shop's own system
// is away, a person comes and sees what was collected.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, Customer, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const binary = process.env.FRONTDESK_BIN ?? `${root}/target/debug/frontdesk`

/** The shop's own system. */
const shop = { url: '', process: /** @type {import('node:child_process').ChildProcess | undefined} */ (undefined) }
/** @type {Server} */
let server
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  const demo = spawn(binary, ['demo-shop', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  shop.process = demo
  for await (const line of createInterface({ input: demo.stdout })) {
    const found = /http:\S+:\d+/.exec(line)
    if (found) {
      shop.url = found[0]
      break
    }
  }
  server = await new Server({ FRONTDESK_ACTIONS_BASE_URL: shop.url }).start()
  browser = await launch()
  const { page, context } = await openWindow(browser, { locale: 'en-GB' })
  await new Agent(page, 'en', server.url).setUp(server.setup, ada)
  await context.close()
}, limit)

after(async () => {
  await browser?.close()
  await server?.remove()
  shop.process?.kill()
})

/** Waits until the bot has said something with these words. @param {Customer} customer @param {string} words */
const hears = (customer, words) => customer.sees(words, 'bot')

test('a customer looks up an order in English', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'en-GB', viewport: { width: 390, height: 780 } })
  const customer = await new Customer(page, 'en', server.url).visit()
  const chat = await customer.openChat()
  await customer.say('Where is my parcel?')
  const look = chat.getByRole('button', { name: 'Look up my order' })
  await look.waitFor()
  await assertAccessible(chat, 'an answer with a task below it')
  await look.click()
  await hears(customer, "What's your order number?")
  await customer.say('A-77')
  await hears(customer, 'doesn’t look like'.replace('’', "'"))
  await customer.say('778120')
  await hears(customer, 'Order 778120 (Halo 2) is on its way to you.')
  await picture(page, 'task-status-en')
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('a customer changes an address in Chinese, with a question and a correction in between', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'zh-CN' })
  const customer = await new Customer(page, 'zh', server.url).visit()
  const chat = await customer.openChat()
  await customer.say('我想修改订单LX-778124的收货地址')
  await hears(customer, '订单 LX-778124 要寄到哪里')
  await customer.say('退货免运费吗？')
  await hears(customer, '运费由我们承担')
  await customer.say('不是这个订单，是LX-778121')
  await hears(customer, '订单 LX-778121 要寄到哪里')
  await customer.say('上海市浦东新区世纪大道100号')
  await hears(customer, '订单 LX-778121 将寄到')
  await customer.say('不对，地址改成北京市海淀区中关村大街1号')
  await hears(customer, '北京市海淀区中关村大街1号')
  await picture(page, 'task-address-zh')
  await assertFits(chat, 'a confirmation with its buttons')
  await chat.getByRole('button', { name: '确认' }).last().click()
  await hears(customer, '已修改：订单 LX-778121 将寄往北京市海淀区中关村大街1号')
  const { orders } = await (await fetch(shop.url)).json()
  const address = (/** @type {string} */ id) => orders.find((/** @type {{ id: string }} */ order) => order.id === id).address
  assert.equal(address('LX-778121'), '北京市海淀区中关村大街1号')
  assert.equal(address('LX-778124'), '上海市浦东新区世纪大道100号')
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('where the shop is away a person comes, who sees what was collected', limit, async () => {
  const gone = shop.process && once(shop.process, 'exit')
  shop.process?.kill()
  await gone
  const { page, context } = await openWindow(browser, { locale: 'en-GB' })
  const customer = await new Customer(page, 'en', server.url).visit()
  const chat = await customer.openChat()
  await customer.say('where is my order LX-778122')
  await chat.locator('#queue .queue-place').waitFor()
  const desk = await openWindow(browser, { locale: 'en-GB' })
  const agent = new Agent(desk.page, 'en', server.url)
  await agent.signIn(ada)
  await agent.waiting().waitFor()
  await agent.claimFirst()
  const t = agent.words
  await desk.page.locator('.slot', { hasText: 'LX-778122' }).waitFor()
  await desk.page
    .getByText(t.called('order-status', t.callEnds.failed ?? ''))
    .first()
    .waitFor()
  await desk.page
    .getByText(t.taskEnded('order-status', t.taskEnds.handed_over ?? ''))
    .first()
    .waitFor()
  await picture(desk.page, 'task-handed-over-en')
  await assertFits(desk.page, 'the console with a task')
  assert.deepEqual(desk.mistakes, [])
  await desk.context.close()
  await context.close()
})
