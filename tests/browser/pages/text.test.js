// What people write is only ever text: markup, scripts, endless words and other scripts of the world, from a customer,
// from an agent, in names, notes and comments. With all of that on the pages, nothing lies outside a narrow window.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertFits, Customer, launch, limit, openWindow, picture, Server } from './desk.js'

const hostileName = '<img src=x onerror="hurt=1">'
const mallory = { name: hostileName, email: 'mallory@shop.example', password: 'correct horse battery' }

/** Each would set `window.hurt` if any of it were taken for more than text. */
const payloads = [
  '<script>hurt=1</script>',
  '<img src=x onerror="hurt=1">',
  '<svg/onload=hurt=1>',
  '"><iframe srcdoc="<script>parent.hurt=1</script>"></iframe>',
  '</textarea></title></style><script>hurt=1</script>',
  '<a href="javascript:hurt=1">press me</a>',
  'javascript:hurt=1 data:text/html,<script>hurt=1</script> //shop.example/x',
  'https://shop.example/"onmouseover="hurt=1',
  'https://shop.example/<img src=x onerror=hurt=1>',
  `{{constructor.constructor('hurt=1')()}} \${hurt=1}`,
  '&lt;img src=x onerror=hurt=1&gt; &amp; &#60;b&#62;',
  '# heading *bold* [link](javascript:hurt=1) `code`',
  'two\nlines',
  `https://shop.example/${'path/'.repeat(60)}?q=<b>`,
  'مرحبا، أين طلبي رقم 4711؟ and English',
  '👩‍👩‍👧‍👦 🇪🇺 👍🏽 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A',
  'W'.repeat(400),
]

/** How many of the payloads hold an address that becomes a link. */
const links = payloads.filter((text) => text.includes('https://')).length

const server = new Server()
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  await server.start()
  browser = await launch()
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

/**
 * Only text is in the bubbles, and every link in them goes to the web and gives nothing away.
 * @param {import('playwright-core').Page | import('playwright-core').Frame} page
 * @param {string} where
 */
async function assertOnlyText(page, where) {
  const found = await page.evaluate(() => {
    const said = [...document.querySelectorAll('.bubble, .note, .rated, .panel, .card, .line, .happening, .account-menu')]
    const inside = said.flatMap((element) => [...element.querySelectorAll('*')])
    const anchors = said.flatMap((element) => [...element.querySelectorAll('a')]).filter((a) => !a.classList.contains('card-link'))
    return {
      hurt: 'hurt' in window,
      said: said.length,
      foreign: inside
        .map((element) => element.localName)
        .filter((name) => /^(script|img|iframe|style|object|embed|form|base|b)$/.test(name)),
      handlers: inside.flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith('on')),
      wrongLinks: anchors
        .filter((a) => !/^https?:$/.test(a.protocol) || !a.relList.contains('noopener') || a.target !== '_blank')
        .map((a) => a.outerHTML),
    }
  })
  assert.ok(found.said > 0, `${where}: there is something to look at`)
  assert.deepEqual({ ...found, said: 0 }, { hurt: false, said: 0, foreign: [], handlers: [], wrongLinks: [] }, where)
}

/**
 * The words of the bubbles, as they would be copied; without who said them.
 * @param {import('playwright-core').Locator} bubbles
 */
function wordsOf(bubbles) {
  return bubbles.evaluateAll((all) =>
    all.map((bubble) => {
      const copy = /** @type {Element} */ (bubble.cloneNode(true))
      copy.querySelector('.only-read')?.remove()
      return (copy.textContent ?? '').trim()
    }),
  )
}

/** Whoever reads the end goes on reading it, whatever the window does. @param {import('playwright-core').Page | import('playwright-core').Frame} page */
function waitForEnd(page) {
  return page.waitForFunction(() => {
    const log = document.querySelector('.log')
    return log && log.scrollHeight > log.clientHeight && log.scrollHeight - log.scrollTop - log.clientHeight < 2
  })
}

/** @param {import('playwright-core').Page | import('playwright-core').Frame} page */
async function readFromStart(page) {
  await page.press('.log', 'Home')
  await page.waitForFunction(() => document.querySelector('.log')?.scrollTop === 0)
}

test('what customers and agents write is only text, and fits a narrow window', limit, async () => {
  const desk = await openWindow(browser, { locale: 'en-GB' })
  const agent = new Agent(desk.page, 'en', server.url)
  await agent.setUp(server.setup, mallory)
  const shop = await openWindow(browser, { locale: 'en-GB' })
  const customer = await new Customer(shop.page, 'en', server.url).visit()
  await customer.openChat()
  await customer.say('I want a person')
  await customer.open.locator('#queue .queue-place').waitFor()

  // from the customer
  for (const text of payloads) {
    await customer.open.fill('#words', text)
    await customer.open.press('#words', 'Enter')
  }
  await agent.claimFirst()
  await customer.open.getByText(customer.words.claimed(hostileName)).waitFor()
  const own = customer.open.locator('.row-own .bubble')
  const theirs = desk.page.locator('.row-customer .bubble')
  await own.nth(payloads.length).waitFor()
  await theirs.nth(payloads.length).waitFor()
  await customer.open
    .locator('.row-own:is([data-mark="stored"], [data-mark="delivered"], [data-mark="seen"])')
    .nth(payloads.length)
    .waitFor()
  assert.deepEqual(await wordsOf(own), ['I want a person', ...payloads])
  assert.deepEqual(await wordsOf(theirs), ['I want a person', ...payloads])
  assert.equal(await own.locator('a').count(), links)
  assert.equal(await theirs.locator('a').count(), links)

  // from the agent
  for (const text of payloads) {
    await desk.page.fill('#reply', text)
    await desk.page.press('#reply', 'Enter')
  }
  const heard = customer.open.locator('.row-agent .bubble:not(.dots)')
  await heard.nth(payloads.length - 1).waitFor()
  assert.deepEqual(await wordsOf(heard), payloads)
  assert.equal(await heard.locator('a').count(), links)
  await assertOnlyText(customer.open, 'the chat')
  await assertOnlyText(desk.page, 'the console')
  for (const width of [1440, 320]) {
    await desk.page.setViewportSize({ width, height: 860 })
    await assertFits(desk.page, `the console with a long conversation at ${width}`)
  }
  await desk.page.getByRole('button', { name: agent.words.back }).click()
  await desk.page.locator('.list .card-mine').waitFor()
  await assertFits(desk.page, 'the list with a conversation of ours')
  await desk.page.setViewportSize({ width: 1280, height: 860 })
  await desk.page.locator('.card-link').click()
  await desk.page.locator('#reply').waitFor()

  // whoever reads further up stays there, and is told what is new
  await readFromStart(customer.open)
  await desk.page.fill('#reply', 'Something new')
  await desk.page.press('#reply', 'Enter')
  await customer.open.locator('#jump:not([hidden])').click()
  await waitForEnd(customer.open)
  await readFromStart(desk.page)
  await customer.say('And something else')
  await desk.page.locator('.jump').click()
  await waitForEnd(desk.page)

  // a note between agents, then a rating with a comment
  const note = payloads.join('\n').slice(0, 900)
  await desk.page.getByRole('button', { name: agent.words.release }).click()
  await desk.page.locator('dialog textarea').fill(note)
  await desk.page.locator('dialog .primary').click()
  await desk.page.locator('.log .note').waitFor()
  await customer.open.getByText(customer.words.released(hostileName)).waitFor()
  await agent.claimFirst()
  await desk.page.locator('.thread-head').getByRole('button', { name: agent.words.resolve }).click()
  await customer.open.locator('.rate-face').nth(1).click()
  await customer.open.getByLabel(customer.words.comment).fill(note)
  await customer.open.getByRole('button', { name: customer.words.rate }).click()
  await customer.open.locator('.rated-comment').waitFor()
  const rated = desk.page.getByRole('log').locator('.rated')
  await rated.getByRole('img', { name: agent.words.stars(2) }).waitFor()
  assert.equal((await rated.locator('blockquote').textContent())?.trim(), note)
  await assertOnlyText(customer.open, 'the rated chat')
  await assertOnlyText(desk.page, 'the console with a note and a rating')

  // all of it in a narrow window, and on the largest screens
  const windows = [
    [1600, 900],
    [1280, 800],
    [1024, 768],
    [390, 844],
    [320, 640],
  ]
  for (const [width = 0, height = 0] of windows) {
    for (const { page } of [shop, desk]) await page.setViewportSize({ width, height })
    await assertFits(customer.open, `the chat at ${width}`)
    await assertFits(desk.page, `the console's conversation at ${width}`)
    for (const page of [customer.open, desk.page]) await waitForEnd(page)
    await picture(shop.page, `text-chat-${width}`)
    await picture(desk.page, `text-console-${width}`)
  }
  await desk.page.getByRole('button', { name: agent.words.back }).click()
  await desk.page.locator('.list .card').first().waitFor()
  await assertFits(desk.page, "the console's list")
  await assertOnlyText(desk.page, "the console's list")
  await desk.page.getByRole('link', { name: agent.words.people }).click()
  await desk.page.locator('.table').getByText(hostileName).waitFor()
  await assertFits(desk.page, "the console's people")
  await picture(desk.page, 'text-people-320')
  await customer.open.press('#words', 'Escape')
  await assertFits(shop.page, 'the shop')

  assert.deepEqual([...shop.mistakes, ...desk.mistakes], [])
  for (const { context } of [shop, desk]) await context.close()
})
