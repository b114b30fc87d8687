// The console under load, `npm run load`: fills a server with conversations, then measures in Chromium what an agent
// feels. Prints a table of figures beside their bars, and ends with 1 when one is missed.
//
//   npm run load -- --conversations 2000 --messages 200000 --seconds 300 --keep /tmp/desk
//
// `--keep` names a folder in which the filled server stays for the next run.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Agent, launch, openWindow, Server } from './pages/desk.js'

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '2000' },
    messages: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '300' },
    rate: { type: 'string', default: '10' },
    keep: { type: 'string' },
  },
})
const wanted = { conversations: Number(values.conversations), messages: Number(values.messages) }
const seconds = Number(values.seconds)
const rate = Number(values.rate)
const admin = { name: 'Ada', email: 'ada@shop.example', password: 'correct horse battery' }

/** So many are as long as `long`. */
const longOnes = 6
const long = 500
const atOnce = 24

const said = [
  'where is my parcel? It should have been here on Tuesday',
  '我的订单什么时候发货，已经等了三天了',
  'I have opened the earbuds, can I still get a refund',
  '请问怎么申请退款，钱多久能到账',
  'the address of the order is wrong, please change it',
  '优惠券为什么不能用',
]
const queries = ['退款', '订单', '款', 'refund', 'ref', 'parcel Tuesday', '订单 77', '琉璃', 'm-1234']

/** @typedef {{ conversation: string, token: string }} Visitor */

/** @type {{ what: string, figure: string, bar: string, kept: boolean }[]} */
const figures = []

/** @param {string} what @param {number} value @param {string} unit @param {number} [bar] */
function note(what, value, unit, bar) {
  const kept = bar === undefined || value <= bar
  const figure = `${value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${unit}`
  figures.push({ what, figure, bar: bar === undefined ? '' : `${bar} ${unit}`, kept })
  say(`${kept ? ' ' : '!'} ${what}: ${figure}${bar === undefined ? '' : ` (${bar} at most)`}`)
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`)
}

/** @param {number[]} all */
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN

// customers write for as long as the run takes
const server = new Server({ FRONTDESK_LIMITS_CONVERSATION_PER_SECOND: '1000', FRONTDESK_VISITOR_TOKEN_MINUTES: '1440' })
const list = values.keep ? join(values.keep, 'load.json') : ''
if (values.keep) {
  rmSync(server.data, { recursive: true, force: true })
  mkdirSync(values.keep, { recursive: true })
  server.data = values.keep
}
const browser = await launch()
try {
  /** @type {Visitor[]} */
  let visitors
  if (list && existsSync(list)) {
    visitors = JSON.parse(readFileSync(list, 'utf8'))
  } else {
    await server.start()
    await setUp()
    visitors = await fill()
    if (list) writeFileSync(list, JSON.stringify(visitors))
    await indexed(visitors)
    await server.stop()
  }
  const began = performance.now()
  await server.start()
  while (!(await fetch(`${server.url}/readyz`)).ok) await pause(5)
  note('start of the server with this data', performance.now() - began, 'ms')
  await measure(visitors)
} finally {
  await browser.close()
  if (values.keep) await server.stop()
  else await server.remove()
}
for (const { what, figure, bar, kept } of figures)
  say(`${kept ? '  ' : '! '}${what.padEnd(66)} ${figure.padStart(10)} ${bar && `(${bar} at most)`}`)
process.exitCode = figures.every(({ kept }) => kept) ? 0 : 1

async function setUp() {
  const { page, context } = await openWindow(browser, { locale: 'en-GB' })
  await new Agent(page, 'en', server.url).setUp(server.setup, admin)
  await context.close()
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/**
 * @param {string} path
 * @param {object} body
 * @param {string} [token]
 */
async function post(path, body, token) {
  for (;;) {
    const response = await fetch(`${server.url}/api/v1/visitor/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
    if (response.ok) return response.json()
    await response.arrayBuffer()
    assert.equal(response.status, 429, path)
    await pause(200)
  }
}

/** Conversations whose customers wait for a person and have written a lot. */
async function fill() {
  const { conversations, messages } = wanted
  const each = Math.max(1, Math.round((messages - longOnes * long) / (conversations - longOnes)))
  /** @type {Visitor[]} */
  const visitors = []
  const began = performance.now()
  let next = 0
  const work = async () => {
    while (next < conversations) {
      const number = next
      next += 1
      const { conversation, token } = await post('conversations', {})
      visitors[number] = { conversation, token }
      const at = `conversations/${conversation}`
      await post(`${at}/handoff`, { client_id: 'h-1', language: number % 2 ? 'zh' : 'en' }, token)
      const count = (number < longOnes ? long : each) - 2
      for (let message = 0; message < count; message += 1) {
        const text = `${said[(number + message) % said.length]} · 订单 ${number}-${message}`
        await post(`${at}/messages`, { client_id: `m-${message}`, text }, token)
      }
      if (number % 100 === 99) say(`  ${number + 1} conversations after ${Math.round((performance.now() - began) / 1000)} s`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  note('filling, messages a second', messages / ((performance.now() - began) / 1_000), '')
  return visitors
}

/** Waits until the search knows what was said last. @param {Visitor[]} visitors */
async function indexed(visitors) {
  const { page, context } = await openWindow(browser, { locale: 'en-GB' })
  await new Agent(page, 'en', server.url).signIn(admin)
  const complete = () => page.evaluate(async () => (await (await fetch('/api/v1/search?q=%E8%AE%A2%E5%8D%95')).json()).complete)
  while (!(await complete())) await pause(200)
  assert.ok(visitors.length > 0)
  await context.close()
}

/** @param {Visitor[]} visitors */
async function measure(visitors) {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'en-GB' })
  await firstLoad(page)

  const tools = await context.newCDPSession(page)
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const processor = async () => {
    const { metrics } = await tools.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000
  }
  const opened = []
  const worked = []
  for (const { conversation } of visitors.slice(0, longOnes)) {
    const before = await processor()
    opened.push(await page.evaluate(open, { conversation, rows: long - 10 }))
    worked.push((await processor()) - before)
    await page.evaluate(() => (location.hash = '#/'))
    await page.locator('.log-rows').waitFor({ state: 'detached' })
  }
  note(`opening a conversation with ${long} messages, median of ${longOnes}`, median(opened), 'ms', 100)
  note('the slowest of these', Math.max(...opened), 'ms')
  note('processor time of the page for one, which other programs do not change, median', median(worked), 'ms', 100)

  const took = []
  for (const query of queries) {
    for (let round = 0; round < 5; round += 1) took.push(await page.evaluate(find, query))
  }
  note('search, median', median(took), 'ms', 50)
  note('search, two Chinese characters, slowest of 5', Math.max(...took.slice(0, 5)), 'ms', 50)
  note('search, slowest of all', Math.max(...took), 'ms')

  await type(page, visitors)
  await traffic(page, visitors)
  assert.deepEqual(mistakes, [])
  await context.close()
}

/**
 * What is loaded until the list can be used, and what is fetched after that while the page is idle; with it, how long
 * a page that the browser has nothing of takes. @param {import('playwright-core').Page} page
 */
async function firstLoad(page) {
  /** @type {Promise<number>[]} */
  const sizes = []
  page.context().on('requestfinished', (request) => {
    if (/\/(w\/|console|embed)/.test(new URL(request.url()).pathname)) sizes.push(request.sizes().then((size) => size.responseBodySize))
  })
  const bytes = async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1_000
  // the page is idle when we say so
  await page.addInitScript(() => {
    /** @type {(() => void)[]} */
    const later = []
    const idle = window.requestIdleCallback.bind(window)
    Object.assign(window, { later, idle, requestIdleCallback: (/** @type {() => void} */ run) => later.push(run) })
  })
  await new Agent(page, 'en', server.url).signIn(admin)
  await page.locator('.card').first().waitFor()
  await page.waitForLoadState('networkidle')
  const first = await bytes()
  note('first load of the console, compressed', first, 'kB', 120)
  note('files of that', sizes.length, '')
  await idle(page)
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/parts/notifications.js')))
  await page.waitForLoadState('networkidle')
  note('fetched ahead while it is idle', (await bytes()) - first, 'kB')

  const tools = await page.context().newCDPSession(page)
  await tools.send('Network.enable')
  await tools.send('Network.setCacheDisabled', { cacheDisabled: true })
  const painted = []
  const usable = []
  for (let round = 0; round < 5; round += 1) {
    await page.reload()
    await page.locator('.card').first().waitFor()
    const times = await page.evaluate(() => ({
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
      now: performance.now(),
    }))
    painted.push(times.paint)
    usable.push(times.now)
  }
  await tools.send('Network.setCacheDisabled', { cacheDisabled: false })
  note('first paint with nothing in the cache, median of 5', median(painted), 'ms')
  note('the list is there, median of 5', median(usable), 'ms')
  await idle(page)
  await page.waitForLoadState('networkidle')
}

/** From now on the page has time when the browser says so. @param {import('playwright-core').Page} page */
async function idle(page) {
  await page.evaluate(() => {
    const { later, idle } = /** @type {any} */ (window)
    window.requestIdleCallback = idle
    for (const run of later.splice(0)) idle(run)
  })
}

/**
 * In the page: from the click to the frame in which all of it is painted.
 * @param {{ conversation: string, rows: number }} what
 */
async function open({ conversation, rows }) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  await frame()
  const began = performance.now()
  location.hash = `#/c/${conversation}`
  for (;;) {
    await frame()
    const log = document.querySelector('.log[aria-busy="false"]')
    // what happens beside messages, such as a promise that was missed, has no number
    const last = [...(log?.querySelectorAll('.log-rows > .row[data-seq]') ?? [])].at(-1)
    const seq = Number(last?.getAttribute('data-seq') ?? 0)
    if (log && seq >= rows) break
    if (performance.now() - began > 20_000) throw new Error('it does not open')
  }
  await frame()
  return performance.now() - began
}

/** In the page: one search, with its answer read. @param {string} query */
async function find(query) {
  const began = performance.now()
  const answer = await fetch(`/api/v1/search?q=${encodeURIComponent(query)}`)
  if (!answer.ok) throw new Error(`${query}: ${answer.status}`)
  await answer.json()
  return performance.now() - began
}

/** Messages come in while the agent writes a reply. @param {import('playwright-core').Page} page @param {Visitor[]} visitors */
async function type(page, visitors) {
  const mine = /** @type {Visitor} */ (visitors[0])
  await page.evaluate((conversation) => (location.hash = `#/c/${conversation}`), mine.conversation)
  await page.locator('.standing .button.primary').or(page.locator('#reply')).first().waitFor()
  if (!(await page.locator('#reply').isVisible())) await page.locator('.standing .button.primary').click()
  await page.locator('#reply').waitFor()
  await page.evaluate(() => {
    /** @type {number[]} */
    const tasks = []
    Object.assign(window, { tasks })
    new PerformanceObserver((seen) => tasks.push(...seen.getEntries().map(({ duration }) => duration))).observe({
      entryTypes: ['longtask'],
    })
  })
  const writes = send(visitors, 10, rate)
  const began = performance.now()
  await page.locator('#reply').pressSequentially('Thank you for waiting, I look into your order now and tell you at once. '.repeat(3), {
    delay: 30,
    timeout: 120_000,
  })
  const typed = performance.now() - began
  await writes
  const tasks = await page.evaluate(() => /** @type {any} */ (window).tasks)
  note('typing 216 characters', typed, 'ms')
  note('the longest task meanwhile', Math.max(0, ...tasks), 'ms', 50)
  await page.fill('#reply', '')
}

/** So many messages a second for so long, all over the desk. @param {Visitor[]} visitors @param {number} forSeconds @param {number} perSecond */
async function send(visitors, forSeconds, perSecond) {
  const began = performance.now()
  const run = Math.random().toString(36).slice(2)
  const all = []
  for (let number = 0; number < forSeconds * perSecond; number += 1) {
    const due = began + (number * 1_000) / perSecond
    if (due > performance.now()) await pause(due - performance.now())
    // every fourth comes to the conversation on the screen
    const { conversation, token } = /** @type {Visitor} */ (visitors[number % 4 === 0 ? 0 : (number * 37) % visitors.length])
    const text = `${said[number % said.length]} · ${number}`
    all.push(post(`conversations/${conversation}/messages`, { client_id: `${run}-${number}`, text }, token))
  }
  await Promise.all(all)
}

/** Memory of the page over a long time of traffic, minute by minute. @param {import('playwright-core').Page} page @param {Visitor[]} visitors */
async function traffic(page, visitors) {
  const tools = await page.context().newCDPSession(page)
  await tools.send('Performance.enable')
  const look = async () => {
    await tools.send('HeapProfiler.collectGarbage')
    const { metrics } = await tools.send('Performance.getMetrics')
    const of = (/** @type {string} */ name) => metrics.find((metric) => metric.name === name)?.value ?? 0
    return { heap: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes'), listeners: of('JSEventListeners') }
  }
  const tell = (/** @type {string} */ when, /** @type {Awaited<ReturnType<typeof look>>} */ { heap, nodes, listeners }) =>
    say(
      `  ${when.padStart(6)} ${heap.toFixed(1).padStart(8)} MB ${String(nodes).padStart(8)} nodes ${String(listeners).padStart(6)} listeners`,
    )
  const before = await look()
  tell('before', before)
  note('heap of the page before the traffic', before.heap, 'MB')
  let after = before
  /** @type {number[]} */
  const minutes = []
  for (let gone = 0; gone < seconds; gone += 60) {
    await send(visitors, Math.min(60, seconds - gone), rate)
    after = await look()
    tell(`${Math.min(gone + 60, seconds)} s`, after)
    minutes.push(after.heap)
  }
  const messages = seconds * rate
  note(`heap after ${messages} messages in ${seconds} s`, after.heap, 'MB')
  note('the largest heap after any minute', Math.max(...minutes), 'MB')
  note('growth of the heap after the first minute', after.heap - (minutes[0] ?? after.heap), 'MB', 2)
  note('nodes of the page before the traffic', before.nodes, '')
  note('nodes of the page after it', after.nodes, '')
}
