// What axe knows about accessibility, everywhere and in each theme and language: the shop, the chat in its states, the
// styleguide with every component, and the console from the door to its pages for admins.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, Customer, limit, openWindow, picture, Server, ada, openShop } from './desk.js'

const server = new Server()
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  browser = await openShop(server)
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const options = { locale: language === 'zh' ? 'zh-CN' : 'en-GB', colorScheme }
    const where = `${language}, ${colorScheme}`

    test(`the shop, the chat and the console from both sides of one conversation (${where})`, limit, async () => {
      const shop = await openWindow(browser, { ...options, viewport: { width: 390, height: 844 } })
      const customer = await new Customer(shop.page, language, server.url).visit()
      await assertAccessible(shop.page, 'the shop')
      await customer.openChat()
      await customer.open.locator('.row-bot').first().waitFor()
      await assertAccessible(customer.open, 'the greeting')
      await customer.say(language === 'zh' ? '耳机' : 'gift')
      await customer.answer()
      await assertAccessible(customer.open, 'suggested answers')
      await customer.open.locator('#human').click()
      await customer.open.locator('#queue .details').click()
      await customer.open.locator('#contact-email').fill('ana@')
      await customer.open.locator('.contact-form button[type=submit]').click()
      await customer.open.locator('#contact-email[aria-invalid=true]').waitFor()
      await assertAccessible(customer.open, 'the queue and the form')
      await picture(shop.page, `axe-form-${language}-${colorScheme}`)

      const desk = await openWindow(browser, options)
      const agent = new Agent(desk.page, language, server.url)
      await desk.page.goto(`${server.url}/console`)
      await desk.page.getByLabel(agent.words.email).waitFor()
      await assertAccessible(desk.page, 'the door')
      await agent.signIn(ada)
      await agent.waiting().waitFor()
      await assertAccessible(desk.page, 'the inbox')
      await agent.claimFirst()
      await agent.reply(language === 'zh' ? '您好' : 'Hello')
      await assertAccessible(desk.page, 'a conversation')
      await customer.sees(language === 'zh' ? '您好' : 'Hello', 'agent')
      await assertAccessible(customer.open, 'with an agent')
      await desk.page.getByRole('button', { name: agent.words.resolve, exact: true }).first().click()
      await customer.open.locator('.rate').waitFor()
      await assertAccessible(customer.open, 'the rating')
      for (const page of ['people', 'audit', 'doors', 'routing', 'knowledge', 'report']) {
        await desk.page.goto(`${server.url}/console#/${page}`)
        await desk.page.locator('h1, h2').first().waitFor()
        await desk.page.waitForLoadState('networkidle')
        await assertAccessible(desk.page, page)
      }
      assert.deepEqual([...shop.mistakes, ...desk.mistakes], [])
      for (const { context } of [shop, desk]) await context.close()
    })
  }

  test(`every component in both themes (${language})`, limit, async () => {
    const { page, context, mistakes } = await openWindow(browser, { locale: language === 'zh' ? 'zh-CN' : 'en-GB' })
    await page.goto(`${server.url}/demo/styleguide.html?lang=${language}`)
    await page.locator('iframe').nth(5).waitFor()
    const frames = await Promise.all((await page.locator('iframe').all()).map(async (one) => (await one.elementHandle())?.contentFrame()))
    assert.equal(frames.length, 6)
    await assertAccessible(page, 'the styleguide')
    for (const frame of frames) {
      assert.ok(frame)
      await frame.waitForSelector('html[data-ready]')
      assert.ok((await frame.locator('.sample').count()) >= 3, frame.url())
      await assertAccessible(frame, frame.url())
    }
    await picture(page, `styleguide-${language}`)
    assert.deepEqual(mistakes, [])
    await context.close()
  })
}
