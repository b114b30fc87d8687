// For everybody: the chat and the console with the keyboard alone, the focus back where it was, no motion for whoever
// wants none, and both colour schemes readable.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, Customer, launch, limit, openWindow, picture, Server, ada } from './desk.js'

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

/** @param {import('playwright-core').Page | import('playwright-core').Frame} page the focused element's `#id`, or its tag */
const focused = (page) =>
  page.evaluate(() => (document.activeElement?.id ? `#${document.activeElement.id}` : document.activeElement?.localName))

/**
 * @param {import('playwright-core').Page | import('playwright-core').Frame} page
 * @param {string} selector
 */
const waitForFocus = (page, selector) =>
  page.waitForFunction((wanted) => document.hasFocus() && document.activeElement?.matches(wanted), selector)

/**
 * The launcher and the chat are in one closed shadow root, so the page names the same element for both: only the chat
 * can say that it has not got the focus.
 * @param {import('playwright-core').Frame} chat
 */
async function backAtLauncher(chat) {
  await chat.waitForFunction(() => !document.hasFocus())
  assert.equal(await focused(chat.page()), 'frontdesk-widget')
}

test('the chat with the keyboard alone', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'en-GB' })
  const customer = await new Customer(page, 'en', server.url).visit()
  const stops = 80
  for (let stop = 0; stop < stops && (await focused(page)) !== 'frontdesk-widget'; stop += 1) await page.keyboard.press('Tab')
  assert.equal(await focused(page), 'frontdesk-widget', 'the launcher is among the stops of the page')
  await page.keyboard.press('Enter')
  const chat = await customer.frame()
  await waitForFocus(chat, '#words')
  await page.keyboard.type('gift')
  await page.keyboard.press('Enter')
  await customer.answer()
  const choices = chat.locator('.choices').last().getByRole('button')
  await choices.first().waitFor()
  for (let stop = 0; stop < stops && !(await choices.last().evaluate((one) => one === document.activeElement)); stop += 1)
    await page.keyboard.press('Shift+Tab')
  const picked = await choices.last().innerText()
  await page.keyboard.press('Enter')
  await customer.sees(picked, 'own')
  assert.equal(await focused(chat), '#words', 'the focus goes on from a button that is spent')

  await page.keyboard.press('Escape')
  await backAtLauncher(chat)
  await page.keyboard.press('Enter')
  await waitForFocus(chat, '#words')
  for (let stop = 0; stop < stops && (await focused(chat)) !== '#close'; stop += 1) await page.keyboard.press('Shift+Tab')
  assert.equal(await focused(chat), '#close')
  await page.keyboard.press('Enter')
  await backAtLauncher(chat)
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('a question that the page suggests waits in the composer; what the customer wrote stays', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'en-GB' })
  const customer = await new Customer(page, 'en', server.url).visit()
  const asks = page.locator('#asks button')
  const [first, second] = await asks.allInnerTexts()
  assert.ok(first && second)
  await asks.first().click()
  const chat = await customer.frame()
  const written = () => chat.locator('#words').inputValue()
  await chat.waitForFunction((text) => /** @type {HTMLTextAreaElement} */ (document.querySelector('#words')).value === text, first)
  assert.equal(await chat.locator('.row-own').count(), 0, 'nothing is said in the name of the customer')
  await asks.nth(1).evaluate((/** @type {HTMLElement} */ button) => button.click())
  await chat.waitForFunction((text) => /** @type {HTMLTextAreaElement} */ (document.querySelector('#words')).value === text, second)
  await chat.fill('#words', 'My own words')
  await chat.press('#words', 'Escape')
  await asks.first().click()
  await waitForFocus(chat, '#words')
  assert.equal(await written(), 'My own words')
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('the console with the keyboard alone, and a set-up link in a tab that is open already', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'en-GB' })
  const agent = new Agent(page, 'en', server.url)
  const { words } = agent
  await page.goto(`${server.url}/console`)
  await page.getByRole('heading', { name: words.setupNeededTitle }).waitFor()
  await assertAccessible(page, 'no account yet')
  await page.goto(server.setup) // changes no more than what is after the #
  await page.getByRole('heading', { name: words.setupTitle }).waitFor()
  await assertAccessible(page, 'the first admin')
  await agent.setUp(server.setup, ada)

  const shop = await openWindow(browser, { locale: 'en-GB' })
  const customer = await new Customer(shop.page, 'en', server.url).visit()
  await customer.openChat()
  await customer.say('I want a person')
  await agent.waiting().waitFor()
  await page.keyboard.press('j')
  await waitForFocus(page, '.card-link')
  await page.keyboard.press('?')
  await page.locator('dialog[open]').waitFor()
  await assertAccessible(page, 'the shortcuts')
  await picture(page, 'reach-shortcuts')
  await page.keyboard.press('Escape')
  await waitForFocus(page, '.card-link')
  await page.keyboard.press('c')
  await waitForFocus(page, '#reply')
  await page.keyboard.type('Here I am')
  await page.keyboard.press('Enter')
  await customer.sees('Here I am', 'agent')
  await page.keyboard.press('Escape')
  await waitForFocus(page, '.card-link')
  await page.keyboard.press('Enter')
  await page.locator('#reply').waitFor()

  await page.getByRole('button', { name: words.release }).click()
  await waitForFocus(page, 'dialog textarea')
  await assertAccessible(page, 'the note')
  await page.keyboard.press('Escape')
  await page.waitForFunction((name) => document.activeElement?.textContent?.includes(name), words.release)
  assert.deepEqual([...mistakes, ...shop.mistakes], [])
  for (const each of [context, shop.context]) await each.close()
})

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`motion only for those who want it, and readable words, also while the server is away (${colorScheme})`, limit, async () => {
    if (!server.process || server.process.exitCode !== null || server.process.signalCode !== null) await server.start()
    const { page, context, mistakes } = await openWindow(browser, { locale: 'zh-CN', colorScheme, reducedMotion: 'no-preference' })
    const customer = await new Customer(page, 'zh', server.url).visit()
    await assertAccessible(page, 'the shop')
    await customer.openChat()
    await customer.say('转人工')
    await customer.open.locator('#queue .pulse').waitFor()
    const moving = () => customer.open.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length)
    assert.ok((await moving()) > 0, 'the sign for waiting moves')
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await customer.open.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'))
    await assertAccessible(customer.open, 'waiting')

    await server.stop('SIGKILL')
    await customer.open.fill('#words', '还在吗')
    await customer.open.press('#words', 'Enter')
    await customer.open.locator('.row[data-mark="sending"]').waitFor()
    await customer.open.locator('#connection:not([hidden])').waitFor()
    await assertAccessible(customer.open, 'the server is away')
    await server.start()
    await customer.open.locator('.row[data-mark="sending"]').waitFor({ state: 'detached' })
    await customer.open.locator('#connection').waitFor({ state: 'hidden' })
    assert.deepEqual(mistakes, [])
    await context.close()
  })
}
