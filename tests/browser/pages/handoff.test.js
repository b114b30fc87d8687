// The hand-off in Chromium, with three agents and six customers in both languages: rules are written, customers are
// raced for, offered, missed, declined, passed on, taken over, and given back when an agent's line is gone.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAccessible, assertFits, Customer, inLanguage, launch, limit, openDesk, openWindow, picture, Server } from './desk.js'

const people = {
  ada: { name: 'Ada', email: 'ada@shop.example', password: 'correct horse battery' },
  bo: { name: 'Bo', email: 'bo@shop.example', password: 'staple correct horse' },
  cai: { name: '小蔡', email: 'cai@shop.example', password: 'battery staple horse' },
}

const server = new Server({
  FRONTDESK_HANDOFF_OFFER_SECONDS: '6',
  FRONTDESK_HANDOFF_LAPSE_SECONDS: '2',
  FRONTDESK_HANDOFF_GIVE_BACK_SECONDS: '3',
  FRONTDESK_HANDOFF_DECLINED_SECONDS: '2',
})
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

/** @typedef {Awaited<ReturnType<typeof openWindow>>} Window */

/** @param {'en' | 'zh'} language */
const deskIn = (language) => openDesk(browser, language, server.url)

/** @param {import('./desk.js').Agent} agent @param {'queueTab' | 'teamTab'} tab */
const turnTo = (agent, tab) => agent.page.locator('.list-tabs').getByRole('button', { name: agent.words[tab] }).click()

/** @type {Window[]} */
const shops = []

/**
 * A customer who asks for a person, and the words with which they do.
 * @param {'en' | 'zh'} language
 * @param {string} matter
 */
async function customerWants(language, matter) {
  const shop = await openWindow(browser, inLanguage(language))
  shops.push(shop)
  const customer = await new Customer(shop.page, language, server.url).visit()
  await customer.openChat()
  await customer.wantsPerson(matter)
  return customer
}

test('an admin writes the rules; a mistake is shown at its field and changes nothing', limit, async () => {
  const { page, context, mistakes, agent } = await deskIn('en')
  const t = agent.words
  await agent.setUp(server.setup, people.ada)
  for (const who of [people.bo, people.cai]) {
    const added = await agent.ask('POST', 'agents', { ...who, role: 'agent' })
    assert.equal(added.status, 201)
  }
  await page.getByRole('link', { name: t.routing }).click()
  await page.getByLabel(t.alwaysOpen).uncheck()
  await page.getByLabel(t.timeZone).fill('Asia/Shanghai')
  for (const day of Object.values(t.days)) await page.getByLabel(day, { exact: true }).fill('00:00-12:00, 12:00-24:00')
  await page.getByLabel(t.days.friday, { exact: true }).fill('12:00-09:00')
  await page.getByRole('button', { name: t.addHoliday }).click()
  await page.getByLabel(t.holidayDate, { exact: true }).fill('2031-10-01')
  await page.getByLabel(t.holidayName).fill('国庆节')
  await page.getByRole('button', { name: t.addSla }).click()
  await page.getByLabel(t.slaMinutes.first_response_minutes).fill('one')
  await page.getByLabel(t.warnMinutes).fill('1')
  const save = page.getByRole('button', { name: t.saveRules, exact: true })
  const wrong = (/** @type {string} */ label) =>
    page.locator('.field', { has: page.getByLabel(label, { exact: true }) }).locator('.field-error')
  await save.click()
  await wrong(t.slaMinutes.first_response_minutes).getByText(t.notANumber).waitFor()
  await page.getByLabel(t.slaMinutes.first_response_minutes).fill('1')
  await save.click()
  await wrong(t.days.friday).waitFor()
  await page.locator('[name=friday]:focus').waitFor() // the cursor is put there with the next frame
  await assertAccessible(page, 'the rules with a mistake')
  await picture(page, 'handoff-0-rules')
  const { body: kept } = await agent.ask('GET', 'routing')
  assert.deepEqual([kept.hours ?? null, kept.sla], [null, []], 'nothing was changed')
  await page.getByLabel(t.days.friday, { exact: true }).fill('00:00-24:00')
  // a team with hours of its own, and a channel whose conversations weigh two
  await page.getByRole('button', { name: t.addTeamHours }).click()
  const team = page.locator('.team-hours .rule')
  await save.click()
  await team.getByText(t.hoursTeamMissing).waitFor()
  await team.getByLabel(t.teamId).fill('night')
  await team.getByLabel(t.timeZone).fill('UTC')
  await team.getByLabel(t.days.monday, { exact: true }).fill('22:00')
  await page.getByRole('button', { name: t.addUnits }).click()
  const unit = page.locator('.unit')
  await unit.getByLabel(t.unitsChannel, { exact: true }).fill('telegram')
  await unit.getByLabel(t.unitsCount, { exact: true }).fill('2')
  await save.click()
  await team
    .locator('.field', { has: page.getByLabel(t.days.monday, { exact: true }) })
    .locator('.field-error')
    .waitFor()
  await team.getByLabel(t.days.monday, { exact: true }).fill('22:00-24:00')
  await save.click()
  await page.getByText(t.savedRules).waitFor()
  await page.reload()
  await page.getByLabel(t.timeZone).first().waitFor()
  assert.equal(await page.getByLabel(t.timeZone).first().inputValue(), 'Asia/Shanghai')
  assert.equal(await team.getByLabel(t.days.monday, { exact: true }).inputValue(), '22:00-24:00')
  assert.deepEqual(
    [
      await unit.getByLabel(t.unitsChannel, { exact: true }).inputValue(),
      await unit.getByLabel(t.unitsCount, { exact: true }).inputValue(),
    ],
    ['telegram', '2'],
  )
  assert.equal(await page.getByLabel(t.days.monday, { exact: true }).first().inputValue(), '00:00-12:00, 12:00-24:00')
  assert.equal(await page.getByLabel(t.holidayName).inputValue(), '国庆节')
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 860 })
    await assertFits(page, `the rules at ${width}`)
  }
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('three agents and six customers, in both languages', limit, async () => {
  const [ada, bo, cai] = await Promise.all([deskIn('en'), deskIn('en'), deskIn('zh')])
  const desks = [ada, bo, cai]
  await ada.agent.signIn(people.ada)
  await bo.agent.signIn(people.bo)
  await cai.agent.signIn(people.cai)
  const t = ada.agent.words
  const zh = cai.agent.words

  // whoever is busy is offered nothing; colleagues see it
  for (const { agent } of desks) await agent.be('busy')
  await ada.page.locator('.not-offered', { hasText: t.notOffered(t.presences.busy) }).waitFor()
  await turnTo(ada.agent, 'teamTab')
  const onFloor = (/** @type {string} */ name) => ada.page.locator('.floor li', { hasText: name })
  await onFloor(people.bo.name).getByText(t.presences.busy).waitFor()
  await onFloor(people.cai.name).getByText(t.loadWords(0, 5)).waitFor({ state: 'attached' })
  await assertAccessible(ada.page, 'the team')

  // somebody whom Bo takes and then forgets: what was promised to them, within a minute, will be seen to be late
  const forgotten = await customerWants('en', 'how do I get an invoice?')
  await turnTo(ada.agent, 'queueTab')
  await bo.agent.claimFirst()
  const forgottenId = bo.agent.conversation()
  await forgotten.open.getByText(forgotten.words.claimed(people.bo.name)).waitFor()
  await bo.page.goto(`${server.url}/console#/`)
  await bo.page.locator('#reply').waitFor({ state: 'detached' })

  // a race for one customer: three press at once, one has them, the others are told who
  const first = await customerWants('en', 'My order LX-778120 never arrived and I am really angry')
  for (const { agent } of desks) await agent.waiting().waitFor()
  await ada.agent.waiting().locator('.sla-soon').waitFor()
  assert.equal(await bo.agent.offer().count(), 0, 'nothing is offered to whoever is busy')
  await picture(ada.page, 'handoff-1-queue')
  // the buttons are found first: of those who look only now, the last might find that the customer has gone
  const buttons = await Promise.all(desks.map(({ agent }) => agent.waiting().locator('.card-claim').elementHandle()))
  await Promise.all(buttons.map((button) => button?.evaluate((element) => /** @type {HTMLElement} */ (element).click())))
  const winner = await Promise.any(desks.map((desk) => desk.page.waitForSelector('#reply').then(() => desk)))
  const winnerName = Object.values(people)[desks.indexOf(winner)]?.name ?? ''
  for (const desk of desks) {
    if (desk !== winner) await desk.page.getByText(desk.agent.words.alreadyClaimed(winnerName)).first().waitFor()
  }
  const writers = await Promise.all(desks.map(({ page }) => page.locator('#reply').count()))
  assert.deepEqual(writers.toSorted(), [0, 0, 1], 'one may write')
  await first.open.getByText(first.words.claimed(winnerName)).waitFor()

  // the card: their own words, what they named already, and an answer that goes into the reply with one click
  const panel = winner.page.locator('.details')
  await panel.getByText(winner.agent.words.summary).waitFor()
  await panel.locator('.slot', { hasText: 'LX-778120' }).first().waitFor()
  await assertAccessible(winner.page, 'the card')
  await picture(winner.page, 'handoff-2-card')
  await panel.locator('.suggested .button').first().click()
  const suggested = await panel.locator('.suggested-text').first().innerText()
  const begun = suggested.slice(0, 40)
  await winner.page.waitForFunction((words) => document.querySelector('textarea')?.value.startsWith(words), begun)
  assert.equal((await winner.page.inputValue('#reply')).slice(0, 40), begun)
  await winner.page.press('#reply', 'Enter')
  await first.open.locator('.row-agent .bubble:not(.dots)').waitFor()
  await winner.page.locator('.thread-head').getByRole('button', { name: winner.agent.words.resolve }).click()
  await first.open.getByText(first.words.resolved(winnerName)).waitFor()

  // an offer that nobody answers lapses; the second makes the agent away, and says so
  await bo.agent.be('online')
  const second = await customerWants('zh', '我的订单 LX-778121 一直没有收到，太失望了')
  await bo.agent.offer().locator('.offer-words', { hasText: 'LX-778121' }).waitFor()
  await assertAccessible(bo.page, 'an offer')
  await assertFits(bo.page, 'an offer')
  await picture(bo.page, 'handoff-3-offer')
  await bo.page
    .locator('.toast', { hasText: /has passed/ })
    .first()
    .waitFor()
  await bo.page.getByText(t.setAway).waitFor()
  await picture(bo.page, 'handoff-4-missed')
  await bo.page.locator('.not-offered').getByRole('button', { name: t.goOnline }).click()

  // declined with a reason, which colleagues read in their language
  await bo.agent.offer().locator('.decline > button').press('Enter')
  await bo.page.locator('.decline-menu button:focus').waitFor()
  await bo.page.locator('.decline-menu').getByRole('button', { name: t.declineReasons.not_my_field }).press('Enter')
  await bo.agent.offer().waitFor({ state: 'detached' })
  await bo.agent.be('busy')
  await cai.page.goto(`${server.url}/console#/`)
  await cai.page.locator('.declined', { hasText: zh.declinedBy(people.bo.name, zh.declineReasons.not_my_field ?? '') }).waitFor()
  await picture(cai.page, 'handoff-5-declined')

  // offered to the next, who takes it
  await cai.agent.be('online')
  await cai.agent.offer().waitFor()
  await picture(cai.page, 'handoff-6-offer-zh')
  await cai.agent.accept()
  await second.open.getByText(second.words.claimed(people.cai.name)).waitFor()
  await cai.agent.reply('您好，我来帮您查一下')
  const secondId = cai.agent.conversation()

  // passed on to a colleague with a note that the customer does not see
  await cai.page.getByRole('button', { name: zh.more }).click()
  await cai.page.getByRole('button', { name: zh.transfer }).click()
  await cai.page.locator('dialog .primary').click()
  await cai.page.locator('dialog .field-error', { hasText: zh.colleagueMissing }).waitFor()
  await cai.page.locator('.colleague-choice label', { hasText: people.bo.name }).click()
  await cai.page.locator('dialog textarea').fill('请查物流，客户很着急')
  await assertAccessible(cai.page, 'passing on')
  await picture(cai.page, 'handoff-7-transfer')
  await cai.page.locator('dialog .primary').click()
  await bo.agent.be('online')
  await cai.agent.sees(zh.youTransferred(people.bo.name))
  await second.open.getByText(second.words.transferred(people.cai.name)).waitFor()
  await bo.agent.accept()
  assert.equal(bo.agent.conversation(), secondId)
  await bo.agent.sees('请查物流，客户很着急')
  assert.ok(!(await second.said()).join().includes('请查物流'), 'customers do not see the note')
  await second.open.getByText(second.words.claimed(people.bo.name)).waitFor()

  // the admin takes it over; the colleague is told, and may not write any more
  await turnTo(ada.agent, 'teamTab')
  const taken = ada.page.locator('.card-taken', { hasText: people.bo.name }).filter({ has: ada.page.locator(`[data-row="${secondId}"]`) })
  await taken.waitFor()
  await picture(ada.page, 'handoff-8-team')
  await taken.locator('.card-take').click()
  await ada.page.waitForSelector('#reply')
  await ada.agent.sees(t.youTookOver(people.bo.name))
  await bo.agent.sees(t.takenOver(people.ada.name, t.youLower))
  await bo.page.locator('#reply').waitFor({ state: 'detached' })
  await second.open.getByText(second.words.claimed(people.ada.name)).waitFor()
  await ada.agent.reply('你好，我是 Ada')
  await second.sees('你好，我是 Ada', 'agent')

  // back to the assistant
  await ada.page.getByRole('button', { name: t.more }).click()
  await ada.page.getByRole('button', { name: t.returnToBot }).click()
  await ada.agent.sees(t.youReturned)
  await second.open.getByText(second.words.returnedToBot(people.ada.name)).waitFor()
  await second.say('怎么退货')
  await second.answer()

  // a line that is gone for too long: the customer waits again, and what was written meanwhile is refused in words
  await bo.agent.be('busy')
  const third = await customerWants('en', 'can I return something?')
  await cai.agent.accept()
  await cai.agent.reply('Hello, this is 小蔡')
  await third.sees('Hello, this is 小蔡', 'agent')
  await cai.cut()
  await onFloor(people.cai.name).getByText(t.lostConnection).waitFor()
  await cai.page.fill('#reply', 'Are you there?')
  await cai.page.press('#reply', 'Enter')
  await cai.page.locator('.row-pending').waitFor()
  await third.open.getByText(third.words.lapsed(people.cai.name)).waitFor()
  await third.open.locator('#queue .queue-place').waitFor()
  await picture(ada.page, 'handoff-9-lost')
  await cai.mend()
  await cai.page.locator('.row-failed', { hasText: zh.errors.not_yours ?? '' }).waitFor()
  await cai.agent.sees(zh.youLapsed)
  await cai.agent.be('busy')
  await picture(cai.page, 'handoff-10-lapsed')
  assert.ok(!(await third.said()).join().includes('Are you there?'), 'what was written under a lost claim is not said')

  // two more come: each has a place, and after some were served an honest range of the wait
  const fourth = await customerWants('zh', '怎么开发票')
  const fifth = await customerWants('en', 'where is my parcel')
  const places = await Promise.all(
    [third, fourth, fifth].map(async ({ open, words: { queuePlace } }) => {
      const possible = [1, 2, 3].map((place) => queuePlace(place, 3))
      const place = open.locator('.queue-place', { hasText: new RegExp(possible.map(escaped).join('|')) })
      await place.waitFor()
      return possible.indexOf(await place.innerText())
    }),
  )
  assert.deepEqual(places.sort(), [0, 1, 2], 'each has a place of their own')
  await fifth.open.locator('.queue-wait', { hasText: /Usually/ }).waitFor()
  await picture(fifth.page, 'handoff-11-wait')

  // an offer is seen on a phone too, also above a conversation
  await bo.page.setViewportSize({ width: 390, height: 844 })
  await bo.page.getByRole('button', { name: t.back }).click()
  await bo.agent.be('online')
  await bo.agent.offer().waitFor()
  await assertFits(bo.page, 'an offer on a phone')
  await picture(bo.page, 'handoff-12-phone')
  await bo.agent.accept()
  await bo.page.locator('.offer-bar').waitFor()
  await assertFits(bo.page, 'a conversation on a phone, with an offer')
  await bo.page.locator('.offer-bar button').click()
  await bo.agent.accept()

  // the forgotten one: what was promised is late, for the agent, in the log, and for the admin, who sees it escalated
  const late = { timeout: 80_000 }
  await bo.page.goto(`${server.url}/console#/c/${forgottenId}`)
  await bo.page.locator('.happening.bad').waitFor(late)
  await picture(bo.page, 'handoff-13-late-phone')
  await bo.page.setViewportSize({ width: 1280, height: 860 })
  await bo.page.locator('.card-mine .sla-late').first().waitFor(late)
  const escalated = ada.page.locator('.card-taken', { hasText: people.bo.name }).filter({ has: ada.page.locator('.chip-bad') })
  await escalated.first().locator('.sla-late').waitFor(late)
  await assertAccessible(ada.page, 'a broken promise')
  await picture(ada.page, 'handoff-14-late')
  await picture(bo.page, 'handoff-15-late')

  assert.deepEqual(
    [...shops, ...desks].flatMap(({ mistakes }) => mistakes),
    [],
  )
  for (const { context } of [...shops, ...desks]) await context.close()
})

/** Words as a regular expression that finds them and nothing else. @param {string} text */
function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
