/** The hand-off's parts that need no page: rules as a form, clocks, fences, who is in front, what the wait is called. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Outbox } from '../../../static/console/state/outbox.js'
import { insightInto } from '../../../static/console/state/insight.js'
import { badNames, formOf, notNumbers, rulesOf, teamHoursForm, unitsForm } from '../../../static/console/state/rules.js'
import { routeOf } from '../../../static/console/state/route.js'
import { Thread, unreadOf } from '../../../static/console/state/thread.js'
import { en as consoleEn } from '../../../static/console/strings/later.en.js'
import { zh as consoleZh } from '../../../static/console/strings/later.zh.js'
import { isKnown, parseAgentFrame } from '../../../static/shared/frame.js'
import { follow, start } from '../../../static/widget/conversation.js'
import { en } from '../../../static/widget/strings/en.js'
import { zh } from '../../../static/widget/strings/zh.js'
import { waitWords } from '../../../static/widget/wait.js'

/** @param {number} seq @param {object} body @returns {any} */
function event(seq, body) {
  return { seq, at: seq * 1_000, ...body }
}

const noDays = { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] }

const rules = {
  hours: {
    time_zone: 'Asia/Shanghai',
    monday: ['09:00-12:00', '13:00-18:00'],
    tuesday: [],
    wednesday: [],
    thursday: [],
    friday: [],
    saturday: [],
    sunday: [],
    holidays: [{ date: '2031-10-01', name: '国庆节', hours: ['10:00-12:00'] }],
  },
  team_hours: { night: { time_zone: 'UTC', ...noDays, monday: ['00:00-24:00'], holidays: [] } },
  routing: [
    {
      when: { intents: ['refund'], channels: [], segments: ['vip'], languages: ['zh'], urgency: ['urgent'], reasons: [] },
      skills: ['refunds', 'mandarin'],
      team: null,
    },
  ],
  sla: [
    {
      when: { intents: [], channels: [], segments: [], languages: [], urgency: [], reasons: [] },
      first_response_minutes: 5,
      next_response_minutes: null,
      resolution_minutes: 90,
      warn_minutes: 2,
    },
  ],
  overflow_after_minutes: 10,
  units: { web: 2 },
}

test('teams and channels that are not named, or named twice, are told before two of them become one', () => {
  const form = formOf(rules)
  assert.deepEqual(badNames(form), {})
  const teams = [...form.teams, teamHoursForm(' night '), teamHoursForm()]
  const wrong = badNames({ ...form, teams, units: [...form.units, unitsForm('web'), unitsForm('  ')] })
  assert.deepEqual(wrong, {
    'team_hours[1]': 'thereTwice',
    'team_hours[2]': 'hoursTeamMissing',
    'units[1]': 'thereTwice',
    'units[2]': 'channelMissing',
  })
  assert.deepEqual(notNumbers({ ...form, units: [unitsForm('web'), { ...unitsForm('email'), units: 'two' }] }), ['units.email'])
})

test('rules go through the form unharmed', () => {
  assert.deepEqual(rulesOf(formOf(rules)), rules)
  const none = rulesOf(formOf({}))
  assert.deepEqual([none.hours, none.routing, none.sla, none.overflow_after_minutes], [null, [], [], 0])
})

test('lists may be written with the commas and dashes of either language', () => {
  const form = formOf(rules)
  form.week.monday = '09：00 – 12：00，13:00至18:00'
  const [rule] = form.routing
  assert.ok(rule)
  rule.skills = 'refunds， mandarin、 '
  const written = rulesOf(form)
  assert.deepEqual(written.hours?.monday, ['09:00-12:00', '13:00-18:00'])
  assert.deepEqual(written.routing?.[0]?.skills, ['refunds', 'mandarin'])
})

test('what is no number is named by its field before the server is asked', () => {
  const form = formOf(rules)
  assert.deepEqual(notNumbers(form), [])
  const [promise] = form.sla
  assert.ok(promise)
  Object.assign(promise, { first_response_minutes: '-1', warn_minutes: 'five' })
  form.overflow_after_minutes = '1.5'
  assert.deepEqual(notNumbers(form), ['sla[0].first_response_minutes', 'sla[0].warn_minutes', 'overflow_after_minutes'])
})

test('mistakes in rules are told in the language of the page', () => {
  assert.equal(consoleEn.ruleMistake('1 or more'), '1 or more')
  assert.equal(consoleZh.ruleMistake('129600 at most'), '最多为 129600。')
  assert.equal(consoleZh.ruleMistake('`9-8` is no range such as 09:00-12:00'), '时段格式应如 09:00-12:00。')
  assert.equal(consoleZh.ruleMistake('something new'), 'something new')
})

test('words go out under the claim they were written under, and again under the one that holds then', () => {
  /** @type {any[]} */
  const sent = []
  const box = new Outbox('me', (frame) => sent.push(frame) > 0)
  box.put({ type: 'send', conversation: 'a', client_id: '1', at: 0, text: 'hi', fence: 4 })
  box.refused({ type: 'error', message: '', client_id: '1', code: 'lapsed' })
  assert.equal(box.find('1')?.refused, 'lapsed')
  box.retry('1', 9)
  assert.deepEqual(
    sent.map(({ fence }) => fence),
    [4, 9],
  )
})

test('a transfer says to whom; without anybody it goes to the queue', () => {
  /** @type {any[]} */
  const sent = []
  const box = new Outbox('me', (frame) => sent.push(frame) > 0)
  box.put({ type: 'transfer', conversation: 'a', client_id: '1', at: 0, target: { to: 'agent', agent: 'bo' }, note: 'look' })
  box.put({ type: 'transfer', conversation: 'b', client_id: '2', at: 0 })
  assert.deepEqual(sent[0], { type: 'transfer', conversation: 'a', client_id: '1', target: { to: 'agent', agent: 'bo' }, note: 'look' })
  assert.deepEqual(sent[1].target, { to: 'queue' })
})

test('a thread knows its card and its claim as long as the server says so', () => {
  const thread = new Thread('a')
  const handoff = { reason: 'requested', urgency: 'normal', language: /** @type {const} */ ('en') }
  thread.opened({ type: 'opened', conversation: 'a', last: 0, status: 'human', owner: { id: 'me', name: 'Me' }, fence: 3, handoff })
  assert.deepEqual([thread.fence, thread.card.value?.reason], [3, 'requested'])
  thread.opened({ type: 'opened', conversation: 'a', last: 0, status: 'waiting', handoff })
  assert.deepEqual([thread.fence, thread.owner.value], [undefined, null])
})

test('whoever takes over has read what stands above; a note of a transfer stays in sight', () => {
  const events = [
    event(1, { type: 'visitor_message', text: 'a' }),
    event(2, { type: 'transferred', name: 'Bo', agent: 'bo', target: { to: 'queue' }, note: 'look it up' }),
    event(3, { type: 'taken_over', name: 'Me', agent: 'me', from: 'bo' }),
    event(4, { type: 'visitor_message', text: 'b' }),
  ]
  assert.equal(unreadOf(events, 0, 'me'), 1)
  assert.equal(insightInto(events).lastNote, 'look it up')
})

test('a floor is known by what it must have, and new events by theirs', () => {
  const floor = { type: 'floor', presence: 'online', offers: [], agents: [] }
  assert.deepEqual(parseAgentFrame(JSON.stringify(floor)), floor)
  assert.equal(parseAgentFrame(JSON.stringify({ ...floor, offers: undefined })), null)
  assert.equal(isKnown(event(1, { type: 'lapsed', name: 'Bo' })), true)
  assert.equal(isKnown(event(1, { type: 'transferred' })), false)
})

test('the rules have an address of their own', () => {
  assert.deepEqual(routeOf('#/routing'), { page: 'routing', conversation: '' })
})

test('a customer waits again after a transfer and a lost line, and is with the bot when given back', () => {
  const human = follow(start, event(1, { type: 'claimed', name: 'Bo' }))
  assert.equal(follow(human, event(2, { type: 'transferred', name: 'Bo' })).status, 'waiting')
  assert.equal(follow(human, event(2, { type: 'lapsed', name: 'Bo' })).status, 'waiting')
  assert.equal(follow(human, event(2, { type: 'returned_to_bot', name: 'Bo' })).status, 'bot')
  assert.deepEqual(follow(human, event(2, { type: 'sla_breached' })), human)
})

test('the wait is a range in whole minutes, and nothing where nothing is known', () => {
  assert.equal(waitWords(undefined, en), '')
  assert.equal(waitWords({ low: 20, high: 50 }, en), en.waitShort)
  assert.equal(waitWords({ low: 20, high: 290 }, zh), zh.waitUpTo(5))
  assert.equal(waitWords({ low: 130, high: 350 }, en), 'Usually about 2 to 6 minutes')
  assert.equal(waitWords({ low: 4_000, high: 9_000 }, zh), zh.waitLong)
  assert.equal(waitWords({ low: 9, high: 2 }, en), '')
})
