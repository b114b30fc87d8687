// A conversation of many hundred messages: its end is there at once, what stands above comes as one scrolls, and a search
// leads to a message that the page has let go of.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ada, limit, openDesk, openShop, Server } from './desk.js'

const server = new Server({ FRONTDESK_LIMITS_CONVERSATION_PER_SECOND: '1000' })
const count = 620
/** @type {import('playwright-core').Browser} */
let browser
/** @type {string} */
let conversation
/** @type {string} */
let token

/** @param {string} path @param {object} body */
async function post(path, body) {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
  const answer = await fetch(`${server.url}/api/v1/visitor/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  assert.ok(answer.ok, `${path}: ${answer.status}`)
  return answer.json()
}

/** @param {number} number */
const says = (number) => post(`conversations/${conversation}/messages`, { client_id: `m-${number}`, text: `line ${number}.` })

before(async () => {
  browser = await openShop(server)
  ;({ conversation, token } = await post('conversations', {}))
  await post(`conversations/${conversation}/handoff`, { client_id: 'h', language: 'en' })
  for (let number = 1; number <= count; number += 1) await says(number)
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

test('a long conversation is there at its end, and all of it as one goes up', limit, async () => {
  const { page, context, agent, mistakes } = await openDesk(browser, 'en', server.url)
  await agent.signIn(ada)
  await page.evaluate((id) => (location.hash = `#/c/${id}`), conversation)
  const log = page.locator('.log')
  const numbers = async () => {
    const lines = await log.locator('.row-customer .bubble').allInnerTexts()
    return lines.map((line) => Number(/line (\d+)\./.exec(line)?.[1]))
  }
  const run = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
  await log.getByText(`line ${count}.`).waitFor()
  // what stands above the screen is drawn when the page is idle
  await log.getByText(`line ${count - 49}.`).waitFor({ state: 'attached' })
  assert.deepEqual(await numbers(), run(count - 49, count), 'the end of it, drawn')

  // the page lets go of the first with the next message; they are fetched again
  await says(count + 1)
  await log.getByText(`line ${count + 1}.`).waitFor()
  const seen = new Set()
  await log.hover()
  while ((await log.locator('.log-earlier').count()) > 0) {
    seen.add(await log.locator('.row').first().getAttribute('data-seq'))
    await page.mouse.wheel(0, -4_000)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  assert.ok(seen.size > 3, 'it came in several steps')
  assert.deepEqual(await numbers(), run(1, count + 1), 'all of it, in order and once')

  // what comes meanwhile moves nothing and is one click away
  await says(count + 2)
  await page.locator('.jump').click()
  await log.getByText(`line ${count + 2}.`).waitFor()
  await page.waitForFunction(() => document.querySelectorAll('.log .row-customer').length <= 60)
  await says(count + 3)
  await log.getByText(`line ${count + 3}.`).waitFor()

  // a search leads to what the page has let go of
  await page.evaluate((id) => (location.hash = `#/c/${id}/20`), conversation)
  const found = log.locator('[data-seq="20"]')
  await found.waitFor()
  await page.waitForFunction(() => {
    const [box, row] = ['.log', '[data-seq="20"]'].map((what) => document.querySelector(what)?.getBoundingClientRect())
    return box && row && row.top >= box.top && row.bottom <= box.bottom
  })
  assert.deepEqual(mistakes, [])
  await context.close()
})
