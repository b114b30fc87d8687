// The README's pictures: plays a short story against a server of its own, once in English on a light screen and once in
// Chinese on a dark one, and writes what the customer and the agent see into pictures/.

import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Agent, Customer, launch, openWindow, Server } from './pages/desk.js'

const folder = fileURLToPath(new URL('pictures/', import.meta.url))

/** @typedef {'en' | 'zh'} Language */

/**
 * @typedef {object} Story
 * @property {string} locale
 * @property {'light' | 'dark'} colorScheme
 * @property {string} suffix of the files' names
 * @property {string} agent
 * @property {string[]} asks in the first picture; the last one is vague, so that the bot asks back
 * @property {string[]} waiting what those say who wait, one each
 * @property {string[]} chat customer and agent in turns; the customer begins
 * @property {string} draft what the agent is about to say
 * @property {string} receipt the name of a file that the customer sends with their second words
 */

/** @type {Record<Language, Story>} */
const stories = {
  en: {
    locale: 'en-GB',
    colorScheme: 'light',
    suffix: '',
    agent: 'Ada Moreau',
    asks: ['How long is the warranty?', 'return'],
    waiting: [
      'My new lamp gets very hot and smells burnt',
      'My refund has not arrived for three weeks, talk to a person',
      'Talk to a person about a company invoice',
    ],
    chat: [
      'The left earbud of my Drift is silent',
      'Hello, this is Ada. I am sorry about that. Does the case show a light when you put it in?',
      'No light at all. I cleaned the contacts, as your page says: https://lumen.example/help/earbuds',
      'Thank you, that was the right thing to try. I will send you a new earbud today, free of charge.',
      'That was quick, thank you! Do I have to send the old one back?',
    ],
    draft: 'No need to. Please take it to a recycling point.',
    receipt: 'Receipt 4711.pdf',
  },
  zh: {
    locale: 'zh-CN',
    colorScheme: 'dark',
    suffix: '-zh-dark',
    agent: '林小雨',
    asks: ['保修多久？', '耳机'],
    waiting: ['充电器冒烟了，有烧焦味', '被扣了两次款，钱还没退，转人工', '我想找人工客服咨询公司发票'],
    chat: [
      'Drift 耳机左边没有声音',
      '您好，我是小雨。很抱歉给您带来不便。放进充电盒时，指示灯会亮吗？',
      '完全不亮。我按帮助页清洁过触点了：https://lumen.example/help/earbuds',
      '谢谢，您的处理很正确。今天就给您免费补发一只左耳机。',
      '太快了，谢谢！旧的那只需要寄回吗？',
    ],
    draft: '不用寄回，请交给就近的电子产品回收点。',
    receipt: '购买凭证 4711.pdf',
  },
}

mkdirSync(folder, { recursive: true })
const browser = await launch()
try {
  for (const language of /** @type {const} */ (['en', 'zh'])) {
    const server = new Server()
    try {
      await take(language, await server.start())
    } finally {
      await server.remove()
    }
  }
} finally {
  await browser.close()
}

/** @param {Language} language @param {Server} server */
async function take(language, server) {
  const { locale, colorScheme, suffix, agent: name, asks, waiting, chat, draft, receipt } = stories[language]
  const visit = async () => {
    const { page, context } = await openWindow(browser, { locale, colorScheme, viewport: { width: 1280, height: 800 } })
    const customer = await new Customer(page, language, server.url).visit()
    await customer.openChat()
    return { customer, page, context }
  }

  const shop = await visit()
  for (const text of asks) {
    await shop.customer.say(text)
    await shop.customer.answer()
  }
  await shop.customer.open.locator('.choices').last().getByRole('button').first().waitFor()
  await shop.page.evaluate(() => document.querySelector('#goods')?.scrollIntoView())
  await shop.page.waitForFunction(() => [...document.images].every((image) => image.complete))
  await shop.page.screenshot({ path: `${folder}widget${suffix}.png` })
  await shop.page.setViewportSize({ width: 390, height: 844 })
  await shop.customer.open.locator('.choices').last().getByRole('button').last().scrollIntoViewIfNeeded()
  await shop.page.screenshot({ path: `${folder}widget-narrow${suffix}.png` })

  const desk = await openWindow(browser, { locale, colorScheme, viewport: { width: 1440, height: 900 } })
  const agent = new Agent(desk.page, language, server.url)
  await agent.setUp(server.setup, { name, email: 'ada@lumen.example', password: 'correct horse battery' })
  const served = await visit()
  const [problem = '', ...turns] = chat
  await wantPerson(served.customer, problem)
  await agent.claimFirst()
  for (const [turn, text] of turns.entries()) {
    if (turn % 2 === 0) await agent.reply(text)
    else {
      if (turn === 1) await attach(served.customer, receipt)
      await served.customer.say(text)
    }
    await (turn % 2 === 0 ? served.customer.sees(text, 'agent') : agent.sees(text))
  }
  const others = []
  for (const text of waiting) {
    others.push(await visit())
    await wantPerson(/** @type {typeof shop} */ (others.at(-1)).customer, text)
  }
  await desk.page
    .locator('.card:has(.card-claim)')
    .nth(waiting.length - 1)
    .waitFor()
  const levels = await desk.page.locator('.card:has(.card-claim) .urgency').allInnerTexts()
  assert.equal(new Set(levels).size, waiting.length, `those who wait differ in urgency: ${levels}`)
  await desk.page.fill('#reply', draft)
  await desk.page.mouse.move(0, 0)
  await desk.page.screenshot({ path: `${folder}console${suffix}.png` })
  await desk.page.setViewportSize({ width: 390, height: 844 })
  await desk.page
    .getByRole('log')
    .getByText(turns.at(-1) ?? '')
    .waitFor()
  await desk.page.screenshot({ path: `${folder}console-narrow${suffix}.png` })
  for (const { context } of [shop, served, desk, ...others]) await context.close()
}

/**
 * Puts a document beside what is said next.
 * @param {Customer} customer
 * @param {string} name
 */
async function attach(customer, name) {
  const content = `%PDF-1.4\n${'%'.repeat(48_000)}\n%%EOF`
  await customer.open.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/pdf', buffer: Buffer.from(content) })
  await customer.open.locator('.draft-ready').waitFor()
}

/**
 * Says what it is about, and asks for a person if none is on the way already.
 * @param {Customer} customer
 * @param {string} text
 */
async function wantPerson(customer, text) {
  await customer.say(text)
  await customer.answer()
  const human = customer.open.locator('#human')
  if (await human.isVisible()) await human.click()
  await customer.open.locator('#queue .queue-place').waitFor()
}
