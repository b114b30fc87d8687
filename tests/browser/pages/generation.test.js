// Answers that a language model phrases, in Chromium, against one that really streams: the customer sees the answer grow
// by whole sentences, then the message with the entry that it comes from; the agent sees the same, and a summary.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, Customer, launch, limit, openWindow, picture, Server, words, ada } from './desk.js'

const told = 'I ordered a Halo 2 on Monday, order LX-778120. The left earbud arrived broken. I want to talk to a human'

/** Lets the model go on after its first sentence. @type {() => void} */
let goOn = () => {}
/** Said before the entry. */
const friendly = { en: 'Happy to help!', zh: '您好！' }

/** A model that says the first sentence of the first source, or of a summary what it was told here. */
const model = createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  const asked = JSON.parse(body).messages[1].content
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const write = (/** @type {string} */ content) => response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
  const source = /«source 1»\n.*\n(.*?[.。！!])/.exec(asked)?.[1]
  if (source) {
    const language = asked.endsWith('Chinese.') ? 'zh' : 'en'
    write(`${friendly[language]} `)
    write(source.slice(0, 5))
    await new Promise((resolve) => (goOn = () => resolve(undefined)))
    write(`${source.slice(5)} [1]`)
  } else write('The customer ordered a Halo 2 on Monday, order LX-778120. The left earbud arrived broken.')
  response.end('data: [DONE]\n\n')
})

/** @type {Server} */
let server
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  await new Promise((resolve) => model.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (model.address())
  server = await new Server({
    FRONTDESK_GENERATION_URL: `http://127.0.0.1:${port}/v1`,
    FRONTDESK_GENERATION_MODEL: 'small',
    FRONTDESK_GENERATION_TIMEOUT_MS: '60000',
  }).start()
  browser = await launch()
  const { page, context } = await openWindow(browser, { locale: 'en-GB' })
  await new Agent(page, 'en', server.url).setUp(server.setup, ada)
  await context.close()
}, limit)

after(async () => {
  await browser?.close()
  await server?.remove()
  model.closeAllConnections()
  model.close()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`a customer sees an answer grow, and where it comes from (${language})`, limit, async () => {
    const look = language === 'zh' ? { locale: 'zh-CN', colorScheme: /** @type {const} */ ('dark') } : { locale: 'en-GB' }
    const { page, context, mistakes } = await openWindow(browser, { ...look, viewport: { width: 390, height: 780 } })
    const customer = await new Customer(page, language, server.url).visit()
    const chat = await customer.openChat()
    await customer.say(language === 'zh' ? '你们的营业时间是什么？' : 'What are your opening hours?')
    const growing = chat.locator('.phrasing .bubble')
    await growing.filter({ hasText: friendly[language] }).waitFor()
    assert.equal(await growing.innerText(), friendly[language], 'a sentence that is not whole is not shown')
    assert.equal(await chat.locator('.typing').isVisible(), false)
    await picture(page, `phrasing-grows-${language}`)
    goOn()
    const sources = chat.locator('.row-bot .sources')
    await sources.waitFor()
    assert.ok((await sources.innerText()).startsWith(words[language].widget.sources))
    assert.equal(await chat.locator('.phrasing').count(), 0, 'the message has taken its place')
    await assertAccessible(chat, 'an answer with its sources')
    await picture(page, `phrasing-said-${language}`)
    assert.deepEqual(mistakes, [])
    await context.close()
  })
}

test('an agent reads what a waiting customer wrote in short', limit, async () => {
  const desk = await openWindow(browser, { locale: 'en-GB' })
  const agent = new Agent(desk.page, 'en', server.url)
  await agent.signIn(ada)
  const shop = await openWindow(browser, { locale: 'en-GB' })
  const customer = await new Customer(shop.page, 'en', server.url).visit()
  await customer.openChat()
  await customer.say(told)
  await agent.claimFirst()
  await agent.page.getByText(words.en.console.summaryWrittenHint).waitFor()
  await agent.page.getByText('The left earbud arrived broken.', { exact: true }).first().waitFor()
  await agent.page.getByText(words.en.console.summedUp).waitFor()
  await picture(agent.page, 'phrasing-summary')
  assert.deepEqual([...desk.mistakes, ...shop.mistakes], [])
})
