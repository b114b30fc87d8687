// The chat as a guest on somebody's own site: it looks as the owner wants and stays readable, asks what the owner wants
// to know, keeps what was written without a network, and tells the page what happens.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { assertAccessible, assertFits, Customer, launch, limit, openWindow, picture, Server, words } from './desk.js'

const key = 'the-key-of-the-shop'
const logo = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><circle cx="10" cy="10" r="10" fill="#d33"/></svg>'

/** The page that the site shows at the moment. */
const site = { tag: '', dir: 'ltr', url: '' }
const pages = createServer((request, response) => {
  const isLogo = request.url === '/logo.svg'
  response.setHeader('Content-Type', isLogo ? 'image/svg+xml' : 'text/html; charset=utf-8')
  const head =
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title><link rel="icon" href="data:,">'
  response.end(isLogo ? logo : `<!doctype html><html lang="en" dir="${site.dir}">${head}<h1>A shop</h1>${site.tag}</html>`)
})
/** @type {Server} */
let server
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  pages.listen(0, '127.0.0.1')
  await once(pages, 'listening')
  const address = pages.address()
  site.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  server = await new Server({ FRONTDESK_SITES_ORIGINS: site.url, FRONTDESK_API_KEYS: key }).start()
  browser = await launch()
}, limit)

after(async () => {
  await browser?.close()
  await server?.remove()
  pages.close()
})

/**
 * A customer on the site, with the chat open.
 * @param {Record<string, string>} attributes of the tag
 * @param {import('playwright-core').BrowserContextOptions & { dir?: string }} options
 */
async function visit(attributes = {}, { dir = 'ltr', ...options } = {}) {
  const written = Object.entries(attributes).map(([name, value]) => ` data-${name}="${value}"`)
  site.tag = `<script src="${server.url}/embed.js"${written.join('')} async></script>`
  site.dir = dir
  const window_ = await openWindow(browser, { locale: 'en-GB', ...options })
  /** @type {string[]} */
  const warnings = []
  window_.context.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  return { ...window_, warnings, customer: await enter(window_.page) }
}

/** @param {import('playwright-core').Page} page */
async function enter(page) {
  await page.addInitScript(() => {
    if (window !== window.top) return
    /** @type {string[]} */
    const heard = []
    Object.assign(window, { heard })
    for (const name of ['ready', 'open', 'close', 'message', 'identify', 'reset'])
      document.addEventListener(`frontdesk:${name}`, (event) => heard.push(`${name} ${JSON.stringify(/** @type {any} */ (event).detail)}`))
  })
  const customer = new Customer(page, 'en', site.url)
  await customer.visit()
  await page.evaluate(() => window.frontdesk?.open())
  await customer.frame()
  await customer.open.locator('#log[aria-busy="false"]').waitFor()
  return customer
}

for (const theme of ['light', 'dark']) {
  test(`whatever colour the owner takes, words stay readable (${theme})`, limit, async () => {
    for (const color of ['#ffffff', '#000000', '#ffd400', '#777777', 'oklch(0.7 0.2 30)', 'rgb(0 90 200 / 40%)']) {
      const { customer, context, mistakes, warnings } = await visit({ color, theme, ask: 'name' })
      await customer.open.locator('.contact-form .primary').waitFor()
      await assertAccessible(customer.open, `the form in ${color}`)
      await customer.open.locator('.contact-form .plain').click()
      await customer.say('gift')
      await customer.answer()
      await assertAccessible(customer.open, `the chat in ${color}`)
      const scheme = await customer.open.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
      assert.equal(scheme, theme)
      assert.deepEqual([warnings, mistakes], [[], []])
      await context.close()
    }
  })
}

test('name, first words, quick replies and logo are the owner’s; what does not work is named', limit, async () => {
  const { customer, page, context, mistakes, warnings } = await visit({
    title: 'Lumen help',
    'title-zh': '灯小二',
    subtitle: 'Mornings only',
    greeting: 'Welcome back!',
    quick: 'Where is my parcel? | Can I return a gift?',
    logo: `${site.url}/logo.svg`,
    color: 'blurple',
    theme: 'sepia',
    ask: 'fax',
  })
  await customer.open.getByRole('heading', { name: 'Lumen help' }).waitFor()
  await customer.open.getByText('Mornings only').waitFor()
  await customer.sees('Welcome back!', 'bot')
  await customer.open.waitForFunction(() => (document.querySelector('img')?.naturalWidth ?? 0) > 0)
  await picture(page, 'widget-owner')
  for (const name of ['data-color', 'data-theme', 'data-ask'])
    assert.ok(
      warnings.some((warning) => warning.includes(name)),
      `${name}: ${warnings}`,
    )
  await customer.open.getByRole('button', { name: 'Where is my parcel?' }).click()
  await customer.sees('Where is my parcel?', 'own')
  await customer.answer()
  await customer.open.locator('#language').click()
  await customer.open.getByRole('heading', { name: '灯小二' }).waitFor()
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('the form before the chat names what is wrong, outlives a reload, and reaches the customer’s profile', limit, async () => {
  const { customer, page, context, mistakes } = await visit({ ask: 'name, email!', quick: 'Where is my parcel?' })
  const submit = () => customer.open.locator('.contact-form button[type=submit]').click()
  await customer.open.locator('#contact-name').fill('Ana Lima')
  await customer.open.locator('#contact-email').fill('ana@')
  await submit()
  await customer.open.getByText(words.en.widget.fieldErrors.email).waitFor()
  await assertAccessible(customer.open, 'the mistake')
  await customer.open.getByRole('button', { name: 'Where is my parcel?' }).click()
  assert.equal(await customer.open.locator('.row-own').count(), 0, 'nobody goes around what must be said')

  await page.reload()
  await page.evaluate(() => window.frontdesk?.open())
  await customer.frame()
  await customer.open.locator('#contact-email').waitFor()
  assert.equal(await customer.open.locator('#contact-name').inputValue(), 'Ana Lima')
  await customer.open.locator('#contact-email').fill('ana@mail.example')
  await submit()
  await customer.open.getByText(words.en.widget.contactKept).waitFor()
  await customer.say('Where is my parcel?')
  await customer.answer()
  const conversation = await customer.open.evaluate(() => JSON.parse(localStorage.getItem('frontdesk.identity') ?? '{}').conversation)
  const known = await fetch(`${server.url}/api/v1/conversations/${conversation}/customer`, { headers: { 'X-Api-Key': key } })
  const { customer: profile } = await known.json()
  assert.deepEqual([profile.name, profile.email], ['Ana Lima', 'ana@mail.example'])
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('who waits may leave an address and go', limit, async () => {
  const { customer, context, mistakes } = await visit()
  await customer.say('I want a person')
  await customer.open.locator('#queue .details').click()
  await customer.open.locator('#contact-email').fill('ana@mail.example')
  await customer.open.locator('#contact-email').press('Enter')
  await customer.open.getByText(words.en.widget.contactKept).waitFor()
  await customer.open.locator('.contact-form').waitFor({ state: 'detached' })
  assert.equal(await customer.open.locator('#queue .details').isVisible(), false)
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('what is written without a network waits, outlives the tab, and is sent once and in order', limit, async () => {
  const { customer, page, context } = await visit()
  await customer.say('Where is my parcel?')
  await customer.answer()
  await customer.open.locator('.row-own[data-mark="delivered"] .state:not(.only-read)', { hasText: words.en.widget.delivered }).waitFor()
  await context.setOffline(true)
  await customer.open.getByText(words.en.widget.offline).waitFor()
  for (const text of ['First in the tunnel', 'Second in the tunnel']) {
    await customer.say(text)
    await customer.open.locator('.row-own[data-mark="sending"]', { hasText: text }).waitFor()
  }
  await picture(page, 'widget-offline')
  await page.close()
  await context.setOffline(false)

  const back = await enter(await context.newPage())
  await back.open.locator('.row-own[data-mark="delivered"]', { hasText: 'Second in the tunnel' }).waitFor()
  const own = await back.open.locator('.row-own .bubble').allInnerTexts()
  assert.deepEqual(
    own.map((text) =>
      text
        .split('\n')
        .at(-1)
        ?.replace(/^You: /, ''),
    ),
    ['Where is my parcel?', 'First in the tunnel', 'Second in the tunnel'],
  )
  await context.close()
})

test('the page hears what happens, never what is said, and can forget the customer', limit, async () => {
  const { customer, page, context, mistakes } = await visit()
  const heard = () => page.evaluate(() => /** @type {any} */ (window).heard.join('\n'))
  await customer.say('My secret is 4711')
  await customer.answer()
  await page.evaluate(() => window.frontdesk?.identify('forged'))
  await page.waitForFunction(() => /** @type {any} */ (window).heard.some((/** @type {string} */ one) => one.startsWith('identify')))
  assert.equal(
    await heard(),
    ['ready null', 'open null', 'message {"from":"customer"}', 'message {"from":"assistant"}', 'identify {"accepted":false}'].join('\n'),
  )
  await customer.open.fill('#words', 'something personal')
  await page.evaluate(() => window.frontdesk?.reset())
  await customer.open.locator('.row-own').waitFor({ state: 'detached' })
  await page.evaluate(() => window.frontdesk?.open())
  await customer.open.locator('#words').waitFor()
  assert.equal(await customer.open.inputValue('#words', {}), '')
  assert.equal(await page.evaluate(() => localStorage.getItem('frontdesk')), '')
  assert.match(await heard(), /close null\nreset null\nopen null$/)
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('a page that forgets the customer before the chat is there shows nothing of them', limit, async () => {
  const { customer, page, context, mistakes } = await visit()
  await customer.say('Where is my parcel?')
  await customer.answer()
  await page.addInitScript(() => {
    if (window === window.top) document.addEventListener('frontdesk:ready', () => window.frontdesk?.reset(), { once: true })
  })
  await page.reload()
  await page.evaluate(() => window.frontdesk?.open())
  await customer.frame()
  await customer.open.locator('#log[aria-busy="false"]').waitFor()
  await customer.open.locator('.row-bot').first().waitFor()
  assert.equal(await customer.open.locator('.row-own').count(), 0)
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('a page that runs from right to left has the chat so too', limit, async () => {
  const { customer, page, context, mistakes } = await visit({}, { dir: 'rtl' })
  assert.equal(await customer.open.evaluate(() => getComputedStyle(document.body).direction), 'rtl')
  await customer.say('I want a person')
  await customer.open.locator('#queue .queue-place').waitFor()
  const own = await customer.open.locator('.row-own .bubble').first().boundingBox()
  assert.ok(own && own.x < 200, 'the chat is at the left, and what is one’s own at its left')
  await assertFits(customer.open, 'from right to left')
  await picture(page, 'widget-rtl')
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('on a phone the chat ends where the keyboard begins', limit, async () => {
  const { customer, page, context, mistakes } = await visit({}, { viewport: { width: 390, height: 844 } })
  const height = () => customer.open.evaluate(() => window.innerHeight)
  assert.equal(await height(), 844)
  await page.evaluate(() => {
    const view = /** @type {VisualViewport} */ (window.visualViewport)
    Object.defineProperty(view, 'height', { configurable: true, get: () => 500 })
    view.dispatchEvent(new Event('resize'))
  })
  await customer.open.waitForFunction(() => window.innerHeight === 500)
  const composer = await customer.open.locator('#composer').boundingBox()
  assert.ok(composer && composer.y + composer.height <= 500)
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('the chat is silent until somebody wants a sound, and remembers that', limit, async () => {
  const { customer, page, context, mistakes } = await visit()
  const sound = () => customer.open.locator('#sound').getAttribute('aria-label')
  assert.equal(await sound(), words.en.widget.soundOn)
  await customer.open.locator('#sound').click()
  assert.equal(await sound(), words.en.widget.soundOff)
  await page.reload()
  await page.evaluate(() => window.frontdesk?.open())
  await customer.frame()
  assert.equal(await sound(), words.en.widget.soundOff)
  assert.deepEqual(mistakes, [])
  await context.close()
})
