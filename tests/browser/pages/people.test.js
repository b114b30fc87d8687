// People in Chromium and in both languages: an admin gives a colleague role and team, reads in the audit log who did
// it, and signs in with a second factor; who may not see a page is not shown the way to it.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const bo = { name: 'Bo', email: 'bo@shop.example', password: 'staple correct horse' }
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  browser = await launch()
}, limit)

after(() => browser?.close())

/** What an authenticator app shows (RFC 6238), some steps of 30 seconds from now. @param {string} secret @param {number} steps */
function codeOf(secret, steps) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const hash = createHmac('sha1', key).update(step).digest()
  const at = (hash[19] ?? 0) & 15
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`rights, teams, the audit log and a second factor (${language})`, limit, async (story) => {
    const server = await new Server().start()
    story.after(() => server.remove())
    const { page, context, mistakes } = await openWindow(browser, { locale: language === 'zh' ? 'zh-CN' : 'en-GB' })
    const admin = new Agent(page, language, server.url)
    const t = admin.words
    const dialog = page.getByRole('dialog')
    const press = (/** @type {string} */ name) => dialog.getByRole('button', { name, exact: true }).click()
    await admin.setUp(server.setup, ada)
    const added = await page.request.post(`${server.url}/api/v1/agents`, { data: { ...bo, role: 'agent' } })
    assert.equal(added.status(), 201)

    // a team, a role of one's own, and both for a colleague
    await page.getByRole('link', { name: t.people }).click()
    await page.getByRole('button', { name: t.addTeam }).click()
    await dialog.getByLabel(t.name, { exact: true }).fill('Night shift')
    await dialog.getByLabel(t.shortName).fill('Not Good')
    await press(t.addButton)
    await dialog.getByText(t.fieldErrors.id ?? '').waitFor()
    await dialog.getByLabel(t.shortName).fill('night')
    await press(t.addButton)
    await page.getByText('Night shift').waitFor()
    await page.getByRole('button', { name: t.addRole }).click()
    await dialog.getByLabel(t.name, { exact: true }).fill('Trainee')
    await dialog.getByLabel(t.shortName).fill('trainee')
    await dialog.getByLabel(t.permissions['conversations.answer'] ?? '').check()
    await assertAccessible(page, 'a new role')
    await press(t.addButton)
    await page.getByText('Trainee').waitFor()
    await page.getByRole('button', { name: t.editTitle('Bo') }).click()
    await dialog.getByLabel(t.role).selectOption('trainee')
    await dialog.getByLabel('Night shift').check()
    await dialog.getByLabel(t.capacity).fill('0')
    await press(t.save)
    await dialog.getByText(t.fieldErrors.capacity ?? '').waitFor()
    await dialog.getByLabel(t.capacity).fill('2')
    await assertAccessible(page, 'a colleague')
    await press(t.save)
    await page.getByRole('row', { name: 'Bo' }).getByText('Trainee').waitFor()
    await assertAccessible(page, 'people')
    await picture(page, `${language}-people`)

    // a colleague without these rights is not shown the way
    const other = await openWindow(browser, { locale: language === 'zh' ? 'zh-CN' : 'en-GB' })
    const colleague = new Agent(other.page, language, server.url)
    await colleague.signIn(bo)
    await other.page.getByRole('link', { name: t.inbox }).waitFor()
    assert.equal(await other.page.getByRole('link', { name: t.people }).count(), 0)
    assert.equal(await other.page.getByRole('link', { name: t.audit }).count(), 0)
    await other.context.close()

    // who did it
    await page.getByRole('link', { name: t.audit }).click()
    const rows = page.getByRole('row')
    await rows
      .filter({ hasText: t.acts['agent.changed'] ?? '' })
      .filter({ hasText: 'trainee' })
      .first()
      .waitFor()
    await assertAccessible(page, 'the audit log')
    await picture(page, `${language}-audit`)
    await page.setViewportSize({ width: 320, height: 640 })
    await assertFits(page, 'the audit log on a phone')
    await page.getByRole('link', { name: t.people }).click()
    await page.getByText('Trainee').first().waitFor()
    await assertFits(page, 'people on a phone')
    await page.setViewportSize({ width: 1280, height: 860 })

    // the second factor: turned on, asked for, turned off
    await page.getByRole('button', { name: t.account }).click()
    await page.getByRole('button', { name: t.secondFactor }).click()
    await dialog.getByLabel(t.password, { exact: true }).fill('not my password')
    await press(t.factorBegin)
    await dialog.getByText(t.notYourPassword).waitFor()
    await dialog.getByLabel(t.password, { exact: true }).fill(ada.password)
    await press(t.factorBegin)
    const secret = await dialog.locator('.sample').innerText()
    await dialog.getByLabel(t.code).fill(codeOf(secret, 0))
    await assertAccessible(page, 'the second factor')
    await press(t.factorConfirm)
    await dialog.getByText(t.recoveryLead).waitFor()
    const recovery = await dialog.locator('.codes code').allInnerTexts()
    assert.equal(recovery.length, 10)
    await press(t.recoveryKept)
    await page.getByRole('button', { name: t.account }).click()
    await page.getByRole('button', { name: t.signOut, exact: true }).click()
    await page.getByLabel(t.email).fill(ada.email)
    await page.getByLabel(t.password, { exact: true }).fill(ada.password)
    await page.getByRole('button', { name: t.signInButton }).click()
    await page.getByLabel(t.code).fill('000000')
    await assertAccessible(page, 'signing in with a code')
    await page.getByRole('button', { name: t.signInButton }).click()
    await page.getByText(t.codeWrong).waitFor()
    await page.getByLabel(t.code).fill(codeOf(secret, 1))
    await page.getByRole('button', { name: t.signInButton }).click()
    await page.waitForSelector('.list')
    await page.getByRole('button', { name: t.account }).click()
    await page.getByRole('button', { name: t.secondFactor }).click()
    await dialog.getByLabel(t.code).fill(recovery[0] ?? '')
    await press(t.factorOff)
    await page.getByText(t.factorGone).waitFor()
    assert.deepEqual(mistakes, [])
    await context.close()
  })
}
