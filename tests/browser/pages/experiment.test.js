// An experiment in the console, in both languages: after some conversations a supervisor reads how its two sides fare,
// and that they are too few to rely on.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, inLanguage, limit, openWindow, picture, Server, ada, openShop } from './desk.js'

// on the side of the trial nothing is ever sure enough
const server = new Server({
  FRONTDESK_DIALOGUE_EXPERIMENT_NAME: 'careful',
  FRONTDESK_DIALOGUE_EXPERIMENT_WRONG_ANSWER: '1000000',
})
const conversations = 24
/** @type {import('playwright-core').Browser} */
let browser

/** A customer's program asks something, and the bot says something. */
async function ask() {
  const api = `${server.url}/api/v1/visitor/conversations`
  const begun = await (await fetch(api, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json()
  const headers = { authorization: `Bearer ${begun.token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ client_id: '1', text: 'Can I return something?' })
  const said = await fetch(`${api}/${begun.conversation}/messages`, { method: 'POST', headers, body })
  assert.ok(said.ok, await said.text())
  await fetch(`${api}/${begun.conversation}/events?after=1&wait_ms=20000`, { headers })
}

before(async () => {
  browser = await openShop(server)
  for (let n = 0; n < conversations; n += 1) await ask()
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`a supervisor reads how an experiment fares (${language})`, limit, async () => {
    const colorScheme = language === 'zh' ? 'dark' : 'light'
    const { page } = await openWindow(browser, { ...inLanguage(language), colorScheme })
    const supervisor = new Agent(page, language, server.url)
    const t = supervisor.words.report
    await supervisor.signIn(ada)
    await page.getByRole('link', { name: supervisor.words.reportTitle }).click()
    const table = page.getByRole('region', { name: `${t.experiment.title} careful` })
    await table.waitFor()
    await page.getByText(t.experiment.tooFew).waitFor()
    const row = (/** @type {string} */ name) => table.locator('tr', { has: page.getByRole('rowheader', { name, exact: true }) })
    const cells = await row(t.experiment.measures.resolved).locator('td').allInnerTexts()
    const counts = cells.slice(0, 2).map((cell) => Number(/(\d+)\s*$/.exec(cell)?.[1]))
    assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), conversations, cells.join(' | '))
    assert.match(cells[2] ?? '', /\(.+ … .+\)/, 'the difference has an interval')
    assert.equal(cells[3], t.experiment.few)
    assert.match(await row(t.experiment.measures.rating).innerText(), /–/, 'nobody has rated')
    await assertAccessible(page, 'an experiment')
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 860 })
      await assertFits(page, `an experiment at ${width}`)
      await table.scrollIntoViewIfNeeded()
      await picture(page, `experiment-${language}-${width}`)
    }
  })
}
