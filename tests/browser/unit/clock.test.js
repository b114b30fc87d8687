/** Countdowns go by the server's clock, whatever the agent's machine says. */
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { heardTime, now, serverNow } from '../../../static/console/state/clock.js'
import { Desk } from '../../../static/console/state/desk.js'

const hour = 3_600_000
/** The server's time. */
const noon = Date.UTC(2031, 0, 1, 12)

test('an agent whose clock is wrong sees how long an offer really stands', (t) => {
  mock.timers.enable({ apis: ['Date'], now: noon - 3 * hour })
  t.after(() => mock.timers.reset())
  heardTime(noon)
  assert.equal(serverNow(), noon)
  assert.equal(now.value, noon, 'what ticks is right at once')
  mock.timers.setTime(noon - 3 * hour + 10_000)
  assert.equal(noon + 30_000 - serverNow(), 20_000, 'ten seconds later twenty of thirty are left')

  // a frame that was on its way for a second seems to say that it is earlier: nobody loses a second by that
  heardTime(noon + 9_000)
  assert.equal(serverNow(), noon + 10_000)
  // the machine's clock is set right in between: the next frame says so
  mock.timers.setTime(noon + 12_000)
  heardTime(noon + 12_000)
  assert.equal(serverNow(), noon + 12_000)
  // and set wrong the other way
  mock.timers.setTime(noon - hour)
  heardTime(noon + 20_000)
  assert.equal(serverNow(), noon + 20_000)
})

test('the desk takes the time from what the server sends, and tells a missed offer from one that was taken', (t) => {
  mock.timers.enable({ apis: ['Date'], now: noon + 5 * hour })
  t.after(() => mock.timers.reset())
  /** @type {any} */
  const page = { addEventListener() {}, visibilityState: 'visible' }
  Object.assign(globalThis, { document: page, addEventListener() {}, location: new URL('http://desk.example/console') })
  /** @type {string[][]} */
  const heard = []
  const missed = (/** @type {string[]} */ conversations) => void heard.push(conversations)
  const desk = new Desk(
    { id: 'a', name: 'Ada', role: 'agent' },
    { refused() {}, done() {}, closed: async () => 'stop', missed, mentioned() {} },
  )
  const { onFrame } = desk.line.options
  const conversation = 'c'.repeat(32)
  const floor = { type: /** @type {const} */ ('floor'), presence: /** @type {const} */ ('online'), agents: [] }
  const item = /** @type {any} */ ({ conversation, status: 'waiting' })
  onFrame({ type: 'welcome', agent: desk.me, now: noon })
  onFrame({ type: 'board', waiting: [item], mine: [], others: 0 })
  onFrame({ ...floor, now: noon, offers: [{ conversation, until: noon + 30_000 }] })
  assert.equal(serverNow(), noon)
  mock.timers.setTime(noon + 5 * hour + 10_000)
  onFrame({ ...floor, now: noon + 10_000, offers: [] })
  assert.deepEqual(heard, [], 'by a clock that is five hours ahead it would have passed long ago')
  onFrame({ ...floor, now: noon + 10_000, offers: [{ conversation, until: noon + 40_000 }] })
  mock.timers.setTime(noon + 5 * hour + 40_000)
  onFrame({ ...floor, now: noon + 40_000, offers: [] })
  assert.deepEqual(heard, [[conversation]])
})

test('what was looked at lately is kept, the next is fetched before it is opened, the rest is forgotten', () => {
  const desk = new Desk(
    { id: 'a', name: 'Ada', role: 'agent' },
    { refused() {}, done() {}, closed: async () => 'stop', missed() {}, mentioned() {} },
  )
  /** @type {any[]} */
  const said = []
  desk.line.send = (frame) => said.push(frame) > 0
  const named = (/** @type {number} */ number) => String(number).padStart(32, '0')
  for (let number = 0; number < 60; number += 1) desk.show(named(number))
  assert.equal(desk.threads.size, 21, 'twenty and the one on the screen')
  const first = desk.thread(named(45))
  desk.show(named(45))
  for (let number = 100; number < 119; number += 1) desk.show(named(number))
  assert.equal(desk.threads.get(named(45)), first, 'what was looked at last is forgotten last')

  said.length = 0
  desk.lookAhead(named(200))
  assert.deepEqual(
    said.map(({ type, conversation }) => [type, conversation]),
    [['open', named(200)]],
  )
  const next = desk.thread(named(200))
  desk.show(named(200))
  assert.equal(said.filter(({ type }) => type === 'open').length, 1, 'it is there already')
  assert.equal(desk.thread(named(200)), next)
  desk.lookAhead(named(201))
  desk.lookAhead(named(202))
  assert.ok(
    said.some(({ type, conversation }) => type === 'close' && conversation === named(201)),
    'one at a time is fetched ahead',
  )
})
