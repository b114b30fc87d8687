/** The inbox's parts that need no page: the order of rows, queries as text, what was said of a conversation, times. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InboxList, inOrder, queryOf, textOf } from '../../../static/console/state/inbox.js'
import { routeOf } from '../../../static/console/state/route.js'
import { snoozeTimes, triageOf } from '../../../static/console/state/triage.js'
import { isKnown, parseAgentFrame } from '../../../static/shared/frame.js'

/** @param {string} conversation @param {object} more @returns {any} */
function row(conversation, more = {}) {
  return { conversation, at: 0, since: 0, ...more }
}

/** @param {readonly { conversation: string }[]} rows */
const ids = (rows) => rows.map(({ conversation }) => conversation).join('')

test('rows stand as the server sorts them', () => {
  const rows = [row('a', { at: 1, since: 9 }), row('b', { at: 3, since: 5 }), row('c', { at: 2, since: 7, counts_from: 1 })]
  assert.equal(ids(inOrder('all', rows)), 'bca')
  assert.equal(ids(inOrder('waiting', rows)), 'cba')
  const snoozed = [row('a', { at: 1 }), row('b', { at: 2, snoozed_until: 50 }), row('c', { snoozed_until: 40 })]
  assert.equal(ids(inOrder('snoozed', snoozed)), 'cba')
})

test('a query goes through its text unharmed', () => {
  const query = /** @type {const} */ ({ view: 'mine', label: '退款,vip', unread: true })
  assert.deepEqual(queryOf(textOf(query)), { view: 'mine', label: '退款,vip', unread: true })
  assert.equal(textOf({ view: 'all', label: undefined, unread: false }), 'view=all')
  assert.equal(queryOf('view=nonsense').view, 'waiting')
})

test('news change a list, and what left it is not chosen any more', () => {
  /** @type {string[]} */
  const watched = []
  const list = new InboxList((query) => watched.push(query))
  list.query.value = { view: 'all' }
  list.rows.value = [row('a', { at: 2 }), row('b', { at: 1 })]
  list.chooseAll(true)
  const counts = { waiting: 1, mine: 0, team: 0, all: 2, snoozed: 0, resolved: 0, mentions: 0 }
  const news = { type: /** @type {const} */ ('inbox'), counts, reset: false, complete: true }
  list.heard({ ...news, rows: [row('c', { at: 3 }), row('b', { at: 4 })], gone: ['a'] })
  assert.equal(ids(list.rows.value), 'bc')
  assert.deepEqual([...list.chosen.value], ['b'])
  assert.equal(list.counts.value?.all, 2)
})

test('what agents said of a conversation is folded from its events', () => {
  let seq = 0
  const event = (/** @type {string} */ type, more = {}) => ({ seq: ++seq, at: seq, type, name: 'Ada', ...more })
  const events = /** @type {any[]} */ ([
    event('labelled', { added: ['vip', 'refund'] }),
    event('labelled', { removed: ['vip'] }),
    event('prioritised', { priority: 'high' }),
    event('snoozed', { until: 99 }),
    event('marked_unread'),
  ])
  assert.ok(events.every(isKnown))
  assert.deepEqual(triageOf(events), { labels: ['refund'], priority: 'high', snoozed: { until: 99 } })
  assert.equal(triageOf([...events, event('visitor_message', { text: 'hello?' })].map((one) => /** @type {any} */ (one))).snoozed, null)
  assert.equal(triageOf([...events, event('prioritised')].map((one) => /** @type {any} */ (one))).priority, undefined)
})

test('the times to snooze until lie ahead, whatever the day', () => {
  for (const day of [22, 23, 24, 28, 29]) {
    for (const hour of [1, 16, 23]) {
      const now = new Date(2026, 10, day, hour, 30)
      const times = snoozeTimes(now)
      assert.ok(
        times.every(({ at }) => at > now.getTime()),
        String(now),
      )
      assert.equal(new Set(times.map(({ at }) => at)).size, times.length, String(now))
      for (const { name, at } of times) if (name === 'monday') assert.equal(new Date(at).getDay(), 1)
    }
  }
})

test('an address leads to a message, and a frame must be whole', () => {
  const conversation = 'e2b0e091'.repeat(4)
  assert.deepEqual(routeOf(`#/c/${conversation}/12`), { page: 'inbox', conversation, seq: 12 })
  assert.deepEqual(routeOf(`#/c/${conversation}`), { page: 'inbox', conversation })
  assert.equal(routeOf(`#/c/${conversation}/0`).conversation, '')
  assert.equal(parseAgentFrame('{"type":"inbox","rows":[],"gone":[]}'), null)
  assert.equal(parseAgentFrame('{"type":"inbox","rows":[],"gone":[],"counts":{}}')?.type, 'inbox')
})
