/** Events stay dense and in order, and the conversation follows from them alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sequence } from '../../../static/shared/sequence.js'
import { follow, start } from '../../../static/widget/conversation.js'

/** @import { ConversationEvent } from '../../../static/shared/wire.js' */

/** @param {number} seq @returns {ConversationEvent} */
const said = (seq) => ({ seq, at: seq, type: 'visitor_message', text: `${seq}` })

test('an event seen twice counts once', () => {
  const sequence = new Sequence()
  assert.equal(sequence.add(said(1)), 'new')
  assert.equal(sequence.add(said(1)), 'known')
  assert.equal(sequence.last, 1)
})

test('a hole is reported and nothing after it is taken', () => {
  const sequence = new Sequence()
  sequence.add(said(1))
  assert.equal(sequence.add(said(3)), 'gap')
  assert.equal(sequence.last, 1)
  assert.deepEqual(
    [said(2), said(3)].map((event) => sequence.add(event)),
    ['new', 'new'],
  )
})

test('any order with repetitions ends with the same dense list, when what is missing is sent again', () => {
  let seed = 7
  const random = () => {
    seed = (seed * 48271) % 2147483647
    return seed / 2147483647
  }
  for (let round = 0; round < 200; round += 1) {
    const sequence = new Sequence()
    for (let step = 0; step < 60; step += 1) {
      const event = said(1 + Math.floor(random() * 12))
      if (sequence.add(event) === 'gap') for (let seq = sequence.last + 1; seq <= event.seq; seq += 1) sequence.add(said(seq))
    }
    assert.deepEqual(
      sequence.events.map((event) => event.seq),
      Array.from({ length: sequence.last }, (_, index) => index + 1),
    )
  }
})

/** @param {object[]} events @returns {import('../../../static/widget/conversation.js').Standing} */
const after = (...events) =>
  events.map((event, index) => /** @type {any} */ ({ seq: index + 1, at: index, ...event })).reduce(follow, start)

test('the story of a conversation, from the bot to a rating', () => {
  const asked = [{ type: 'visitor_message', text: 'a person please' }, { type: 'handoff_requested' }]
  assert.equal(after(...asked).status, 'waiting')
  assert.equal(after(...asked, { type: 'left_queue' }).status, 'bot')
  const claimed = [...asked, { type: 'claimed', name: 'Ana' }]
  assert.deepEqual([after(...claimed).status, after(...claimed).agent], ['human', 'Ana'])
  assert.deepEqual(
    [after(...claimed, { type: 'released', name: 'Ana' }).status, after(...claimed, { type: 'released', name: 'Ana' }).agent],
    ['waiting', ''],
  )
  const closed = [...claimed, { type: 'resolved', name: 'Ana' }]
  assert.deepEqual([after(...closed).status, after(...closed).rated], ['resolved', false])
  assert.equal(after(...closed, { type: 'rated', score: 5 }).rated, true)
  assert.equal(after(...closed, { type: 'visitor_message', text: 'one more thing' }).status, 'bot')
})

test('closed a second time, it can be rated a second time', () => {
  const events = [
    { type: 'resolved', name: 'Ana' },
    { type: 'rated', score: 5 },
    { type: 'resolved', name: 'Bo' },
  ]
  assert.equal(after(...events).rated, false)
})
