// The chat on one's own site, in Chromium: the tag is made by a form, is the same that the preview shows, and works when it
// is pasted into a page.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, inLanguage, limit, openWindow, picture, Server, ada, openShop } from './desk.js'

const server = new Server({ FRONTDESK_SITES_ORIGINS: 'https://shop.example' })
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
  test(`a tag is chosen, seen, copied and pasted (${language})`, limit, async () => {
    const { page, context, mistakes } = await openWindow(browser, {
      ...inLanguage(language),
      colorScheme: language === 'zh' ? 'dark' : 'light',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const agent = new Agent(page, language, server.url)
    const t = agent.words.site
    await agent.signIn(ada)
    await page.getByRole('link', { name: agent.words.doorsTitle }).click()
    const part = page.locator('.site')
    await part.getByText('https://shop.example', { exact: true }).waitFor()
    const code = part.locator('pre')
    assert.equal(await code.innerText(), `<script src="${server.url}/embed.js" async></script>`, 'nothing is chosen yet')

    const title = language === 'zh' ? '灯具“客服”' : 'Lamps & "more"'
    const field = (/** @type {string} */ name) => part.getByLabel(name, { exact: true })
    await field(t.inEnglish(t.attributes.title)).fill(title)
    await field(t.inChinese(t.attributes.title)).fill(title)
    await field(t.attributes.color).fill('#7a1fa2')
    await field(t.attributes.theme).selectOption('dark')
    await field(t.inEnglish(t.attributes.quick)).fill('Parcel|Returns')
    // the preview is the chat itself, with what was chosen
    const preview = part.frameLocator('iframe')
    await preview.locator('#title', { hasText: title }).waitFor()
    await preview.getByRole('button', { name: 'Parcel' }).waitFor()
    const accent = await preview.locator('html').evaluate((root) => root.style.getPropertyValue('--accent'))
    assert.equal(accent, 'rgb(122 31 162)')
    await assertAccessible(page, 'the tag')
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      await assertFits(page, `the tag at ${width}`)
      await part.scrollIntoViewIfNeeded()
      await picture(page, `site-${language}-${width}`)
    }

    await part.getByRole('button', { name: t.copy, exact: true }).click()
    await page.getByText(t.copied).waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    assert.equal(copied, await code.innerText())
    await page.reload()
    await part.locator('pre', { hasText: '#7a1fa2' }).waitFor()
    assert.equal(await code.innerText(), copied, 'what was chosen is still there')

    // pasted into a page, it says what was typed, quotation marks and all
    const shop = await context.newPage()
    await shop.route('**/pasted', (route) =>
      route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: `<!doctype html><html lang="en"><title>Shop</title><body>${copied}</body></html>`,
      }),
    )
    await shop.goto(`${server.url}/pasted`)
    await shop.waitForFunction('window.frontdesk')
    await shop.evaluate(() => window.frontdesk?.open())
    const chat = await shop.waitForEvent('framenavigated', (frame) => frame.url().endsWith('/widget/'))
    await chat.locator('#title', { hasText: title }).waitFor()
    assert.deepEqual(mistakes, [])
    await context.close()
  })
}
