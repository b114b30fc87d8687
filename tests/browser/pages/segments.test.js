// Segments and joined customers in Chromium: rules are written, tried out, ordered and saved, a mistake is shown at its
// field; and a customer who was joined with another is taken apart again.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, Customer, inLanguage, limit, openWindow, picture, Server, ada, openShop } from './desk.js'

const secret = 'what the shop and the desk have in common'
const key = 'the-key-of-the-shop'

const server = new Server({ FRONTDESK_IDENTITY_SECRETS: secret, FRONTDESK_API_KEYS: key })
/** @type {import('playwright-core').Browser} */
let browser

/** The shop's own program. @param {string} path @param {object} body */
async function put(path, body) {
  const headers = { 'Content-Type': 'application/json', 'X-Api-Key': key, Connection: 'close' }
  const response = await fetch(`${server.url}/api/v1/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) })
  assert.equal(response.status, 200, await response.text())
}

/** @param {string} subject */
function token(subject) {
  const now = Math.floor(Date.now() / 1_000)
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: subject, iat: now, exp: now + 3_600 })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

before(async () => {
  browser = await openShop(server)
  for (const [id, spent] of /** @type {const} */ ([
    ['rich', 2_000],
    ['regular', 150],
  ]))
    await put(`customers/${id}`, { attributes: { spent } })
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`segments are written, tried out, ordered and saved (${language})`, limit, async () => {
    const { page, context, mistakes } = await openWindow(browser, {
      ...inLanguage(language),
      colorScheme: language === 'zh' ? 'dark' : 'light',
    })
    const agent = new Agent(page, language, server.url)
    const t = agent.words
    await agent.signIn(ada)
    await agent.ask('PUT', 'segments', { segments: [] })
    await page.getByRole('link', { name: t.routing }).click()
    const part = page.locator('.customer-segments')
    await part.getByText(t.noSegments).waitFor()
    const rows = part.locator('.rule')
    const write = async (/** @type {number} */ at, /** @type {{ name: string, band: string, value: string }} */ { name, band, value }) => {
      await part.getByRole('button', { name: t.addSegment }).click()
      const row = rows.nth(at)
      await row.getByLabel(t.segmentName).fill(name)
      await row.getByLabel(t.valueBand, { exact: true }).selectOption(band)
      await row.getByLabel(t.attribute).fill('spent')
      await row.getByLabel(t.comparison).selectOption('gt')
      await row.getByLabel(t.conditionValue, { exact: true }).fill(value)
    }
    await write(0, { name: 'buyers', band: 'normal', value: '100' })
    await write(1, { name: 'big spenders', band: 'vip', value: 'much' })

    // a mistake stands at its field, has the cursor, and changes nothing
    await part.getByRole('button', { name: t.saveSegments }).click()
    await rows.nth(1).locator('.condition .field-error').waitFor()
    await part.getByText(t.segmentsNotSaved).waitFor()
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'value')
    await assertAccessible(page, 'segments with a mistake')
    assert.deepEqual((await agent.ask('GET', 'segments')).body, { segments: [] }, 'nothing was changed')
    await rows.nth(1).getByLabel(t.conditionValue, { exact: true }).fill('1000')

    // the first that fits counts: as they stand, nobody is a big spender
    const counts = () => rows.locator('.segment-count').allInnerTexts()
    await part.getByRole('button', { name: t.previewSegments }).click()
    await rows
      .nth(1)
      .locator('.segment-count', { hasText: t.customersCount(0) })
      .waitFor()
    assert.deepEqual(await counts(), [t.customersCount(2), t.customersCount(0)])
    await rows.nth(1).getByRole('button', { name: t.moveUp }).click()
    assert.equal(await rows.nth(0).getByLabel(t.segmentName).inputValue(), 'big spenders')
    await part.getByRole('button', { name: t.previewSegments }).click()
    await rows.nth(1).locator('.segment-count').waitFor()
    assert.deepEqual(await counts(), [t.customersCount(1), t.customersCount(1)])
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 860 })
      await assertFits(page, `segments at ${width}`)
      await part.scrollIntoViewIfNeeded()
      await picture(page, `segments-${language}-${width}`)
    }
    await part.getByRole('button', { name: t.saveSegments }).click()
    await part.getByText(t.segmentsSaved).waitFor()
    await page.reload()
    await rows.nth(1).waitFor()
    assert.equal(await rows.nth(0).getByLabel(t.segmentName).inputValue(), 'big spenders')
    assert.equal(await rows.nth(0).getByLabel(t.conditionValue, { exact: true }).inputValue(), '1000')
    assert.deepEqual(mistakes, [])
    await context.close()
  })

  test(`a customer who was joined with another is taken apart (${language})`, limit, async () => {
    const contact = { email: `${language}@mail.example`, email_verified: true }
    const name = language === 'zh' ? '李娜' : 'Ana Lima'
    const other = language === 'zh' ? '李明' : 'Tom Lima'
    await put(`customers/${language}-1`, { ...contact, name })
    await put(`customers/${language}-2`, { ...contact, name: other })
    const shop = await openWindow(browser, inLanguage(language))
    const customer = await new Customer(shop.page, language, server.url).visit()
    await shop.page.evaluate((identity) => window.frontdesk?.identify(identity), token(`${language}-1`))
    await customer.openChat()
    await customer.say(language === 'zh' ? '转人工' : 'I want a person')

    const desk = await openWindow(browser, inLanguage(language))
    const agent = new Agent(desk.page, language, server.url)
    const t = agent.words
    await agent.signIn(ada)
    await agent.waiting().waitFor()
    await agent.claimFirst()
    const panel = desk.page.locator('.details')
    await panel.locator('.customer-name', { hasText: other }).waitFor()
    await panel.locator('.joined-profile').getByRole('button', { name: t.unmerge }).click()
    const dialog = desk.page.locator('dialog')
    await dialog.getByText(t.unmergeLead).waitFor()
    await assertAccessible(desk.page, 'taking apart')
    await picture(desk.page, `segments-${language}-unmerge`)
    await dialog.getByRole('button', { name: t.unmerge }).click()
    await panel.locator('.customer-name', { hasText: name }).waitFor()
    await panel.locator('.joined-profile').waitFor({ state: 'detached' })
    const found = await agent.ask('GET', `customers/${language}-2`)
    assert.deepEqual([found.body.name, found.body.merged], [other, []], 'the other is a customer of their own')
    assert.deepEqual([shop.mistakes, desk.mistakes], [[], []])
    await shop.context.close()
    await desk.context.close()
  })
}
