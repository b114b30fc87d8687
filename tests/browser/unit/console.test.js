/** The console's parts that need no page: words, places, the outbox, what is unread, what events say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepSame } from '../../../static/console/state/board.js'
import { batch, effect } from '../../../static/console/lib.js'
import { waited } from '../../../static/console/state/clock.js'
import { insightInto } from '../../../static/console/state/insight.js'
import { Outbox } from '../../../static/console/state/outbox.js'
import { roomLeft } from '../../../static/console/state/room.js'
import { routeOf } from '../../../static/console/state/route.js'
import { Thread, unreadOf } from '../../../static/console/state/thread.js'
import { TypingReporter } from '../../../static/console/state/typing.js'
import { en } from '../../../static/console/strings/en.js'
import { en as laterEn } from '../../../static/console/strings/later.en.js'
import { zh as laterZh } from '../../../static/console/strings/later.zh.js'
import { zh } from '../../../static/console/strings/zh.js'
import { chooseLanguage } from '../../../static/console/strings.js'

/** @param {object} words @returns {string[]} */
function keysOf(words, prefix = '') {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'object' ? keysOf(value, `${prefix}${key}.`) : [`${prefix}${key}:${typeof value}`],
  )
}

/** @param {number} seq @param {object} body @returns {any} */
function event(seq, body) {
  return { seq, at: seq * 1_000, ...body }
}

test('both languages have the same keys and no empty words', () => {
  assert.deepEqual(keysOf(zh).sort(), keysOf(en).sort())
  assert.deepEqual(keysOf(laterZh).sort(), keysOf(laterEn).sort())
  for (const words of [en, zh, laterEn, laterZh]) assert.ok(!JSON.stringify(words).includes('""'))
})

test('no word stands both in what is loaded first and in what comes later', () => {
  assert.deepEqual(
    Object.keys(laterEn).filter((key) => key in en),
    [],
  )
})

test('the first language that we speak is chosen', () => {
  assert.equal(chooseLanguage(['fr', 'zh-Hans', 'en']), 'zh')
  assert.equal(chooseLanguage(['', 'EN-GB']), 'en')
  assert.equal(chooseLanguage([]), 'en')
})

test('an address names a page or a conversation, anything else is the inbox', () => {
  const conversation = '0123456789abcdef0123456789abcdef'
  assert.deepEqual(routeOf(`#/c/${conversation}`), { page: 'inbox', conversation })
  assert.deepEqual(routeOf('#/people'), { page: 'people', conversation: '' })
  assert.deepEqual(routeOf('#/doors'), { page: 'doors', conversation: '' })
  for (const hash of ['', '#/', '#/c/nonsense', `#/c/${conversation}/more`]) {
    assert.deepEqual(routeOf(hash), { page: 'inbox', conversation: '' })
  }
})

test('waiting is told in seconds, then in hours, then in days', () => {
  assert.equal(waited(-5, 'en'), '0:00')
  assert.equal(waited(725_900, 'en'), '12:05')
  assert.equal(waited(3_900_000, 'en'), '1 h 05 min')
  assert.equal(waited(3_900_000, 'zh'), '1 小时 5 分')
  assert.equal(waited(27 * 3_600_000, 'en'), '1 d 3 h')
})

test('room is counted as the server counts it', () => {
  assert.equal(roomLeft(''), 4_000)
  assert.equal(roomLeft('x'.repeat(4_001)), -1)
  assert.equal(roomLeft('👨‍👩‍👧‍👦'.repeat(700)), 16 * 1024 - 25 * 700)
})

/** An outbox with the frames that it sent. */
function outbox() {
  /** @type {any[]} */
  const sent = []
  const line = { up: true }
  const box = new Outbox('me', (frame) => line.up && sent.push(frame) > 0)
  const put = (/** @type {string} */ id, /** @type {any} */ type = 'send', conversation = 'a') =>
    box.put({ type, conversation, client_id: id, at: 0, text: id })
  return { box, line, put, ids: () => sent.map((frame) => frame.client_id) }
}

test('one thing at a time goes out in a conversation, the others do not wait for it', () => {
  const { box, put, ids } = outbox()
  put('1')
  put('2')
  put('3', 'send', 'b')
  assert.deepEqual(ids(), ['1', '3'])
  box.stored('1', false)
  assert.deepEqual(ids(), ['1', '3', '2'])
})

test('after a lost connection everything that was not confirmed goes out again, in order', () => {
  const { box, line, put, ids } = outbox()
  put('1')
  line.up = false
  put('2')
  box.lost()
  line.up = true
  box.pump()
  box.stored('1', false)
  box.stored('2', false)
  assert.deepEqual(ids(), ['1', '1', '2'])
  assert.deepEqual(box.items.value, [])
})

test('words that are confirmed stay until their event is there, and are not sent again', () => {
  const { box, put, ids } = outbox()
  put('1')
  box.stored('1', true)
  assert.equal(box.find('1')?.stored, true)
  box.lost()
  box.pump()
  assert.deepEqual(ids(), ['1'])
  box.remove('1')
  assert.deepEqual(box.items.value, [])
})

test('refused words are kept for another try, a refused click is not', () => {
  const { box, put, ids } = outbox()
  const error = /** @type {const} */ ({ type: 'error', message: '' })
  put('1')
  put('2', 'claim', 'b')
  assert.equal(box.refused({ ...error, client_id: '1', code: 'not_yours' })?.type, 'send')
  assert.equal(box.refused({ ...error, client_id: '2', code: 'already_claimed' })?.type, 'claim')
  assert.deepEqual(
    box.items.value.map((item) => [item.client_id, item.refused]),
    [['1', 'not_yours']],
  )
  box.retry('1')
  assert.deepEqual(ids(), ['1', '2', '1'])
})

test('what passes is tried again and nobody is bothered', async () => {
  const { box, put, ids } = outbox()
  put('1')
  assert.equal(box.refused({ type: 'error', message: '', client_id: '1', code: 'overloaded', retry_after_ms: 1 }), undefined)
  await new Promise((done) => setTimeout(done, 20))
  assert.deepEqual(ids(), ['1', '1'])
})

test('a thread takes every event once and is loaded when it has all that was promised', () => {
  const thread = new Thread('a')
  thread.opened({ type: 'opened', conversation: 'a', last: 2, status: 'waiting' })
  assert.equal(thread.add(event(1, { type: 'visitor_message', text: 'hi' })), 'new')
  assert.equal(thread.loaded.value, false)
  assert.equal(thread.add(event(3, { type: 'left_queue' })), 'gap')
  assert.equal(thread.add(event(2, { type: 'left_queue' })), 'new')
  assert.equal(thread.loaded.value, false, 'the third is known to be missing')
  assert.equal(thread.add(event(3, { type: 'left_queue' })), 'new')
  assert.equal(thread.add(event(2, { type: 'left_queue' })), 'known')
  assert.deepEqual(
    thread.events.value.map(({ seq }) => seq),
    [1, 2, 3],
  )
})

test('what the customer has read is known from the beginning, whatever they wrote before it', () => {
  const thread = new Thread('a')
  thread.opened({ type: 'opened', conversation: 'a', last: 2, status: 'human', delivered: 2, read: 2 })
  thread.add(event(1, { type: 'visitor_message', text: 'hi' }), event(2, { type: 'agent_message', name: 'Me', agent: 'me', text: 'hello' }))
  assert.deepEqual([thread.customerRead.value, thread.customerGot.value], [2, 2])
})

test('many events come at once, and what is missing among them is asked for', () => {
  const thread = new Thread('a')
  thread.opened({ type: 'opened', conversation: 'a', last: 3, status: 'waiting' })
  let drawn = 0
  const stop = effect(() => {
    if (thread.events.value) drawn += 1
  })
  const [one, two, three, five] = [1, 2, 3, 5].map((seq) => event(seq, { type: 'visitor_message', text: `${seq}` }))
  assert.equal(thread.add(one, two, three), 'new')
  assert.equal(drawn, 2, 'at the beginning, and once for all of them')
  assert.equal(thread.customerRead.value, 3)
  assert.equal(thread.add(three, five), 'gap')
  assert.deepEqual([thread.events.value.length, thread.target], [3, 5])
  assert.equal(thread.add(two, three), 'known')
  stop()
})

test('of a long conversation the end is there first, and what comes before it joins when it is whole', () => {
  const thread = new Thread('a')
  const reading = (/** @type {string} */ name) => ({ intent: { name, confidence: 0.9 }, answers: [] })
  const all = Array.from({ length: 300 }, (_, at) =>
    at % 3 === 1
      ? event(at + 1, { type: 'bot_message', text: 'b', reading: reading(`of ${at + 1}`) })
      : event(at + 1, { type: 'visitor_message', text: `${at + 1}` }),
  )
  const part = (/** @type {number} */ from, /** @type {number} */ to) => structuredClone(all.slice(from - 1, to))
  const seqs = () => thread.events.value.map(({ seq }) => seq)
  const opened = (/** @type {number} */ last) => thread.opened({ type: 'opened', conversation: 'a', last, status: 'waiting' })
  let drawn = 0
  const stop = effect(() => {
    if (thread.events.value && thread.status.value) drawn += 1
  })
  opened(300)
  assert.deepEqual([thread.loaded.value, drawn], [false, 0], 'nothing to draw yet')
  assert.equal(
    batch(() => thread.add(...part(241, 300))),
    'new',
  )
  assert.deepEqual([thread.loaded.value, thread.from.value, seqs().length, thread.complete, drawn], [true, 241, 60, 0, 1])
  // what happens meanwhile comes at the end
  assert.equal(thread.add(event(301, { type: 'visitor_message', text: 'now' })), 'new')
  assert.deepEqual([seqs().at(-1), thread.complete], [301, 0])
  assert.equal(thread.add(...part(1, 100)), 'known')
  assert.deepEqual([thread.complete, seqs()[0]], [100, 241])
  // a page that somebody scrolled up to
  thread.addEarlier(part(201, 240))
  assert.deepEqual([thread.from.value, seqs()[0]], [201, 201])
  // the line broke, and what is missing is told again with some that is here
  opened(301)
  assert.equal(thread.add(...part(101, 230)), 'known')
  assert.deepEqual(
    seqs(),
    Array.from({ length: 301 }, (_, at) => at + 1),
  )
  assert.deepEqual([thread.from.value, thread.complete, thread.customerRead.value], [1, 301, 301])
  assert.equal(thread.add(...part(231, 300)), 'known')
  const kept = thread.events.value.filter((one) => one.type === 'bot_message' && one.reading)
  assert.deepEqual(
    kept.map(({ seq }) => seq),
    [299],
  )
  stop()
})

test('what was understood stays where only what comes before the end has any of it', () => {
  const thread = new Thread('a')
  thread.opened({ type: 'opened', conversation: 'a', last: 4, status: 'waiting' })
  const said = (/** @type {number} */ seq) => event(seq, { type: 'visitor_message', text: `${seq}` })
  thread.add(said(3), said(4))
  thread.add(said(1), event(2, { type: 'bot_message', text: 'b', reading: { intent: { name: 'refund', confidence: 0.9 }, answers: [] } }))
  assert.equal(insightInto(thread.events.value).understood?.of, '1')
  thread.reset()
  assert.deepEqual([thread.loaded.value, thread.complete, thread.events.value.length], [false, 0, 0])
})

test('only the last reading is kept, which is the one that is shown', () => {
  const thread = new Thread('a')
  thread.opened({ type: 'opened', conversation: 'a', last: 4, status: 'waiting' })
  const answer = (/** @type {number} */ seq, /** @type {string} */ name) =>
    event(seq, { type: 'bot_message', text: name, reading: { intent: { name, confidence: 0.9 }, answers: [] } })
  const said = (/** @type {number} */ seq) => event(seq, { type: 'visitor_message', text: 'hi' })
  thread.add(said(1), answer(2, 'refund'), said(3), answer(4, 'parcel'))
  assert.equal(insightInto(thread.events.value).understood?.intent?.name, 'parcel')
  const kept = thread.events.value.filter((one) => one.type === 'bot_message' && one.reading)
  assert.deepEqual(
    kept.map(({ seq }) => seq),
    [4],
  )
})

test('what says the same on the board stays the same object', () => {
  const item = (/** @type {string} */ conversation, /** @type {string} */ preview) => /** @type {any} */ ({ conversation, preview })
  const board = (/** @type {any[]} */ waiting, /** @type {any[]} */ mine) => ({
    type: /** @type {const} */ ('board'),
    waiting,
    mine,
    others: 0,
  })
  const before = board([item('a', 'hi'), item('b', 'help')], [item('c', 'thanks')])
  const now = keepSame(before, board([item('b', 'help!'), item('a', 'hi')], [item('c', 'thanks')]))
  assert.equal(now.waiting[1], before.waiting[0])
  assert.equal(now.mine[0], before.mine[0])
  assert.equal(now.waiting[0]?.preview, 'help!')
})

test('unread is what the customer wrote since the agent looked, wrote or took over', () => {
  const events = [
    event(1, { type: 'visitor_message', text: 'a' }),
    event(2, { type: 'claimed', name: 'Me', agent: 'me' }),
    event(3, { type: 'visitor_message', text: 'b' }),
    event(4, { type: 'agent_message', name: 'Other', agent: 'other', text: 'c' }),
    event(5, { type: 'visitor_message', text: 'd' }),
  ]
  assert.equal(unreadOf(events, 0, 'me'), 2)
  assert.equal(unreadOf(events, 3, 'me'), 1)
  assert.equal(unreadOf(events, 0, 'other'), 1)
  assert.equal(unreadOf(events, 5, 'me'), 0)
})

test('the panel is told from the events, whatever the wire holds', () => {
  const reading = {
    intent: { name: 'refund', confidence: 0.9 },
    category: null,
    urgency: { level: 'high', confidence: 2 },
    answers: [{ name: 'faq-1', confidence: 0.5 }, { nonsense: true }, 7],
    asked_in_full: 'Can I have my money back?',
  }
  const insight = insightInto([
    event(1, { type: 'visitor_message', text: 'money back' }),
    event(2, { type: 'bot_message', text: '…', reading }),
    event(3, { type: 'handoff_requested', reason: 'urgent' }),
    event(4, { type: 'released', name: 'Ana', note: 'call back' }),
    event(5, { type: 'rated', score: 5 }),
  ])
  assert.equal(insight.firstMessage, 'money back')
  assert.equal(insight.lastNote, 'call back')
  assert.equal(insight.handoff?.reason, 'urgent')
  assert.equal(insight.rated?.score, 5)
  assert.deepEqual(insight.understood, {
    of: 'money back',
    readAs: 'Can I have my money back?',
    intent: { name: 'refund', confidence: 0.9 },
    category: null,
    urgency: { name: 'high', confidence: 1 },
    answers: [{ name: 'faq-1', confidence: 0.5 }],
  })
  assert.deepEqual(insightInto([]).understood, null)
})

test('typing is told once for many keys and taken back once', () => {
  /** @type {boolean[]} */
  const told = []
  const reporter = new TypingReporter((on) => told.push(on))
  reporter.stop()
  for (let key = 0; key < 10; key += 1) reporter.typed()
  reporter.stop()
  reporter.stop()
  assert.deepEqual(told, [true, false])
})
