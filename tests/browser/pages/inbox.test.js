// An agent's inbox in Chromium and in both languages: labels, a filter that is kept, snooze and its end, an old
// conversation found by two Chinese characters, many resolved at once and taken back, and the palette by keyboard alone.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, launch, limit, openWindow, picture, Server, ada } from './desk.js'

/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  browser = await launch()
}, limit)

after(() => browser?.close())

/** A customer's program. */
class Customer {
  /** @param {import('playwright-core').APIRequestContext} request @param {string} url */
  constructor(request, url) {
    this.request = request
    this.url = url
    this.said = 0
  }

  /** @param {string[]} texts */
  async wait(...texts) {
    const started = await (await this.request.post(`${this.url}/api/v1/visitor/conversations`, { data: {} })).json()
    this.conversation = started.conversation
    this.headers = { authorization: `Bearer ${started.token}` }
    for (const text of texts) await this.say(text)
    await this.#post('handoff', { client_id: 'wants-a-person' })
    return this
  }

  /** @param {string} text */
  say(text) {
    this.said += 1
    return this.#post('messages', { client_id: `m-${this.said}`, text })
  }

  /** @param {string} path @param {object} data */
  async #post(path, data) {
    const address = `${this.url}/api/v1/visitor/conversations/${this.conversation}/${path}`
    const answer = await this.request.post(address, { data, headers: this.headers })
    assert.ok(answer.ok() || answer.status() === 409, `${path}: ${await answer.text()}`)
  }
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`the inbox (${language})`, limit, async (story) => {
    const server = await new Server().start()
    story.after(() => server.remove())
    const { page, context, mistakes } = await openWindow(browser, { locale: language === 'zh' ? 'zh-CN' : 'en-GB' })
    const agent = new Agent(page, language, server.url)
    const t = agent.words
    await agent.setUp(server.setup, ada)
    const customers = []
    for (const text of ['请问退款多久能到账', 'Where is my parcel?', 'The lamp is broken', 'Do you ship to Norway?']) {
      customers.push(await new Customer(context.request, server.url).wait(text))
    }
    const row = page.locator('.view-row', { hasText: '请问退款' })
    const toast = page.locator('.toast-good')
    const count = (/** @type {number} */ wanted) => page.waitForFunction((n) => document.querySelectorAll('.view-row').length === n, wanted)
    const pick = async (/** @type {string} */ view) => {
      await page.locator('#view-button').click()
      await page.locator('.view-menu').getByRole('button', { name: view }).click()
    }

    // the view of who waits, by keyboard: the first gets a label and a priority
    await pick(t.views.waiting)
    await count(4)
    await assertAccessible(page, 'a view')
    await page.keyboard.press('j')
    while (!(await page.evaluate(() => document.activeElement?.closest('li')?.textContent?.includes('请问退款')))) {
      await page.keyboard.press('j')
    }
    await page.keyboard.press('l')
    await page.getByLabel(t.labelNew).fill('退款, vip')
    await assertAccessible(page, 'labels')
    await page.keyboard.press('Enter')
    await row.getByText('退款', { exact: true }).waitFor()
    await page.keyboard.press('p')
    await page.getByRole('dialog').getByRole('button', { name: t.priorities.high }).press('Enter')
    await row.getByText(t.priorities.high).waitFor()
    await page.keyboard.press('Control+z')
    await row.getByText(t.priorities.high).waitFor({ state: 'detached' })

    // a filter, kept under a name
    await page.getByRole('button', { name: t.filter, exact: true }).click()
    await page.locator('.filter select').first().selectOption('vip')
    await count(1)
    await page.getByRole('button', { name: t.saveFilter, exact: true }).click()
    await page.getByLabel(t.filterName).fill('VIP')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: t.forgetFilter }).waitFor()
    await page.reload()
    await page.waitForSelector('.list')
    await pick('VIP')
    await count(1)

    // snoozed until the customer writes, and back
    await page.keyboard.press('j')
    await page.keyboard.press('z')
    await assertAccessible(page, 'snooze')
    await page.getByRole('dialog').getByRole('button', { name: t.snoozeOpen }).click()
    await count(0)
    await pick(t.views.snoozed)
    await count(1)
    await customers[0]?.say('有人吗？')
    await count(0)
    await pick(t.views.waiting)
    await count(4)

    // an old conversation, found by two characters
    await page.keyboard.press('/')
    await page.getByRole('dialog').getByRole('combobox').fill('退款')
    const found = page.getByRole('option', { name: '请问退款多久能到账' })
    await found.waitFor()
    assert.equal(await found.locator('mark').innerText(), '退款')
    await assertAccessible(page, 'search')
    await assertFits(page, 'search')
    await picture(page, `inbox-search-${language}`)
    await found.click()
    await page.locator('.row-found', { hasText: '请问退款多久能到账' }).waitFor()
    await page.locator('.triage').getByText('vip, 退款').waitFor()
    await picture(page, `inbox-${language}`)
    await assertFits(page, 'a view beside a conversation')

    // all of them resolved at once, and back
    await page.getByLabel(t.chooseAll).check()
    await page.locator('.bulk-acts').getByRole('button', { name: t.inboxActs.resolve }).click()
    await toast.filter({ hasText: t.didResolve(4) }).waitFor()
    await count(0)
    await toast
      .filter({ hasText: t.didResolve(4) })
      .getByRole('button', { name: t.undo })
      .click()
    await count(4)

    // the palette, by keyboard alone
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill(t.views.resolved)
    await assertAccessible(page, 'the palette')
    await page.keyboard.press('Enter')
    await page.locator('#view-button', { hasText: t.views.resolved }).waitFor()
    await page.getByText(t.viewEmpty.resolved).waitFor()

    // on a phone and in the dark
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${server.url}/console#/`)
    await page.waitForSelector('.list')
    await pick(t.views.waiting)
    await count(4)
    await assertFits(page, 'a view on a phone')
    await assertAccessible(page, 'a view in the dark')
    await picture(page, `inbox-phone-${language}`)
    assert.deepEqual(mistakes, [])
    await context.close()
  })
}
