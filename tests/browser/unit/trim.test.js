/** Of a long conversation its last messages stay; what is folded from the others is the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insightInto } from '../../../static/console/state/insight.js'
import { Thread } from '../../../static/console/state/thread.js'
import { triageOf } from '../../../static/console/state/triage.js'
import { mostMessages, trimmed, withEarlier } from '../../../static/console/state/trim.js'

/** @import { ConversationEvent } from '../../../static/shared/wire.js' */

/** @param {number} count @param {Record<number, object>} [others] what happens instead of a message */
const talk = (count, others = {}) =>
  Array.from({ length: count }, (_, index) => {
    const seq = index + 1
    const type = seq % 2 ? 'visitor_message' : 'agent_message'
    return /** @type {ConversationEvent} */ (/** @type {any} */ ({ seq, at: seq, type, agent: 'a', text: `${seq}`, ...others[seq] }))
  })

const seqs = (/** @type {readonly ConversationEvent[]} */ events) => events.map(({ seq }) => seq)

test('a conversation of usual length stays whole', () => {
  assert.equal(trimmed(talk(mostMessages + 100)), undefined)
  assert.equal(trimmed([]), undefined)
})

test('of a long one the last messages stay, from a place on without a hole', () => {
  const { events, from } = trimmed(talk(1_000)) ?? assert.fail()
  assert.equal(from, 1_000 - mostMessages + 1)
  assert.deepEqual(seqs(events), [1, 2, ...Array.from({ length: mostMessages }, (_, index) => from + index)])
  assert.equal(trimmed(events), undefined)
})

test('labels, snoozes and what was understood are as before', () => {
  const others = {
    20: { type: 'labelled', added: ['fragile'] },
    30: { type: 'snoozed', until: 9 },
    40: { type: 'bot_message', reading: { intent: { name: 'refund', confidence: 0.9 }, answers: [] } },
    50: { type: 'prioritised', priority: 'high' },
    60: { type: 'snoozed' },
    61: { type: 'labelled', added: ['vip'], removed: ['fragile'] },
  }
  const all = talk(1_000, others)
  const { events } = trimmed(all) ?? assert.fail()
  assert.ok(events.length < mostMessages + 20)
  assert.deepEqual(triageOf(events), triageOf(all))
  assert.deepEqual(triageOf(all), { labels: ['vip'], priority: 'high', snoozed: null })
  assert.deepEqual(insightInto(events), insightInto(all))
  assert.equal(insightInto(all).understood?.of, '39')
})

test('earlier pages are put before what is complete, and one that does not fit is not', () => {
  const all = talk(1_000, { 20: { type: 'labelled', added: ['fragile'] } })
  const short = trimmed(all) ?? assert.fail()
  let { events, from } = withEarlier(short.events, short.from, all.slice(short.from - 201, short.from + 299))
  assert.equal(from, short.from - 200)
  assert.deepEqual(seqs(events.filter(({ seq }) => seq >= from)), seqs(all.slice(from - 1)))
  ;({ events, from } = withEarlier(events, from, all.slice(0, from - 1)))
  assert.equal(from, 1)
  assert.deepEqual(events, all)
  const far = withEarlier(short.events, short.from, all.slice(0, 200))
  assert.deepEqual(far, short)
})

test('a thread takes nothing away from somebody who reads above, and goes on with the next event after it did', () => {
  const thread = new Thread('a')
  thread.opened({ type: 'opened', conversation: 'a', last: 900, status: 'human' })
  thread.held = true
  thread.add(...talk(900))
  assert.deepEqual([thread.from.value, thread.events.value.length], [1, 900])
  thread.held = false
  thread.add(...talk(901).slice(900))
  assert.equal(thread.from.value, 901 - mostMessages + 1)
  assert.equal(thread.sequence.last, 901)
  assert.equal(thread.add(...talk(903).slice(902)), 'gap')
  assert.equal(thread.add(...talk(902).slice(901)), 'new')
  const page = talk(902).slice(0, thread.from.value - 1)
  thread.addEarlier(page)
  assert.deepEqual(seqs(thread.events.value), seqs(talk(902)))
  assert.equal(thread.from.value, 1)
})
