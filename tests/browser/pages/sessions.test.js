// One's own sessions in Chromium and in both languages: who is signed in at two places ends one of them from the other.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, inLanguage, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const server = new Server()
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  await server.start()
  browser = await launch()
  const { page, context } = await openWindow(browser)
  await new Agent(page, 'en', server.url).setUp(server.setup, ada)
  await page.getByRole('button', { name: new Agent(page, 'en', server.url).words.account }).click()
  await page.getByRole('button', { name: new Agent(page, 'en', server.url).words.signOut }).click()
  await context.close()
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`a session elsewhere is seen and ended (${language})`, limit, async () => {
    const elsewhere = await openWindow(browser, inLanguage(language))
    const other = new Agent(elsewhere.page, language, server.url)
    await other.signIn(ada)
    const here = await openWindow(browser, inLanguage(language))
    const agent = new Agent(here.page, language, server.url)
    const t = agent.words
    await agent.signIn(ada)
    const { page } = here
    await page.getByRole('button', { name: t.account }).click()
    await page.getByRole('button', { name: t.sessions }).click()
    const dialog = page.locator('dialog')
    await dialog.locator('li').nth(1).waitFor()
    const own = dialog.locator('li', { hasText: t.thisSession })
    assert.equal(await own.count(), 1)
    await own.getByText(/Chrome/).waitFor()
    await assertAccessible(page, 'sessions')
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 860 })
      await assertFits(page, `sessions at ${width}`)
      await picture(page, `sessions-${language}-${width}`)
    }
    await dialog
      .locator('li', { hasNotText: t.thisSession })
      .getByRole('button', { name: new RegExp(`^${t.endSession}`) })
      .click()
    await elsewhere.page.getByText(t.endedNotice).waitFor()
    await dialog.locator('li').nth(1).waitFor({ state: 'detached' })
    await dialog.getByRole('button', { name: t.signOut }).click()
    await page.getByRole('button', { name: t.signInButton }).waitFor()
    assert.deepEqual([here.mistakes, elsewhere.mistakes], [[], []])
    await here.context.close()
    await elsewhere.context.close()
  })
}
