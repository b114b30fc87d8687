// A supervisor in Chromium and in both languages: reads along, whispers to the agent, who sees it at once while the
// customer never does, and reads how the day goes.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, Customer, inLanguage, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const bo = { name: 'Bo', email: 'bo@shop.example', password: 'another long password' }
const server = new Server()
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  await server.start()
  browser = await launch()
  const { page, context } = await openWindow(browser)
  const agent = new Agent(page, 'en', server.url)
  await agent.setUp(server.setup, ada)
  assert.equal((await agent.ask('POST', 'agents', { ...bo, role: 'agent' })).status, 201)
  await context.close()
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`a supervisor whispers, and reads how the day goes (${language})`, limit, async () => {
    const shop = await openWindow(browser, inLanguage(language))
    const customer = await new Customer(shop.page, language, server.url).visit()
    await customer.openChat()
    await customer.wantsPerson(language === 'zh' ? '怎么退货' : 'can I return something?')

    const desk = await openWindow(browser, inLanguage(language))
    const agent = new Agent(desk.page, language, server.url)
    const t = agent.words
    await agent.signIn(bo)
    await agent.waiting().waitFor()
    await agent.claimFirst()
    await customer.open.getByText(customer.words.claimed(bo.name)).waitFor()

    // the supervisor reads along and whispers
    const over = await openWindow(browser, { ...inLanguage(language), colorScheme: language === 'zh' ? 'dark' : 'light' })
    const supervisor = new Agent(over.page, language, server.url)
    await supervisor.signIn(ada)
    const address = new URL(desk.page.url()).hash
    await over.page.goto(`${server.url}/console${address}`)
    const whisper = language === 'zh' ? '可以送他一张优惠券' : 'You may offer a voucher'
    const line = over.page.getByLabel(t.whisperLabel)
    await line.fill(whisper)
    await over.page.getByRole('button', { name: t.whisper, exact: true }).click()
    await over.page.locator('.note', { hasText: whisper }).waitFor()
    await over.page.waitForFunction(() => document.querySelector('[name=whisper]')?.matches(':placeholder-shown'))
    await assertAccessible(over.page, 'reading along')
    await picture(over.page, `supervisor-${language}-1-whispers`)

    // the agent sees it above the composer, with the cursor left where it is
    await desk.page.locator('#reply').focus()
    await desk.page.locator('.whispers', { hasText: whisper }).waitFor()
    await desk.page.locator('.whispers', { hasText: t.whisperFrom(ada.name) }).waitFor()
    assert.equal(await desk.page.evaluate(() => document.activeElement?.id), 'reply')
    await assertAccessible(desk.page, 'a whisper')
    for (const width of [390, 1280]) {
      await desk.page.setViewportSize({ width, height: 860 })
      await assertFits(desk.page, `a whisper at ${width}`)
      await picture(desk.page, `supervisor-${language}-2-heard-${width}`)
    }
    await desk.page.locator('.whispers').getByRole('button', { name: t.whisperDone }).click()
    await desk.page.locator('.whispers').waitFor({ state: 'detached' })
    const answer = language === 'zh' ? '送您一张优惠券' : 'Here is something for you'
    await agent.reply(answer)
    await customer.sees(answer, 'agent')
    assert.ok(!(await customer.said()).join().includes(whisper), 'the customer has not heard it')
    await desk.page.locator('.thread-head').getByRole('button', { name: t.resolve }).click()
    await customer.open.getByText(customer.words.resolved(bo.name)).waitFor()

    // the day, with what has just happened in it
    await over.page.getByRole('link', { name: t.reportTitle }).click()
    const count = language === 'en' ? '1' : '2'
    const tile = (/** @type {string} */ name) =>
      over.page.locator('.report-tiles > div', { has: over.page.locator('dt', { hasText: name }) })
    await tile(t.report.resolved).locator('dd', { hasText: count }).first().waitFor()
    assert.equal(await tile(t.report.handedOver).locator('dd').first().innerText(), count)
    await over.page.locator('table', { hasText: bo.name }).first().waitFor()
    await over.page.getByText(t.report.asTable).click()
    const rows = over.page.getByRole('region', { name: t.report.byHour }).locator('tbody tr')
    assert.ok((await rows.count()) >= 23, 'an hour for each of the day')
    await assertAccessible(over.page, 'the report')
    for (const width of [390, 1280]) {
      await over.page.setViewportSize({ width, height: 860 })
      await assertFits(over.page, `the report at ${width}`)
    }
    await over.page.getByText(t.report.asTable).click()
    await picture(over.page, `supervisor-${language}-3-report`)
    await over.page.locator('.report-now').scrollIntoViewIfNeeded()
    await picture(over.page, `supervisor-${language}-4-now`)

    // an agent is not shown the way
    assert.equal(await desk.page.getByRole('link', { name: t.reportTitle }).count(), 0)
    assert.equal((await agent.ask('GET', 'report')).status, 403)
    assert.deepEqual([shop.mistakes, desk.mistakes, over.mistakes], [[], [], []])
    for (const { context } of [shop, desk, over]) await context.close()
  })
}
