/** What a text from the socket may become. */
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { test } from 'node:test'
import { isKnown, newClientId, parseAgentFrame, parseVisitorFrame } from '../../../static/shared/frame.js'

// Browsers have it, and so has Node, but not Debian 12's.
globalThis.crypto ??= /** @type {Crypto} */ (webcrypto)

const welcome = { type: 'welcome', conversation: 'c', token: 't', renewal: 'r', token_expires_at: 1, last: 0, status: 'bot' }

test('a frame with everything it needs comes out as it went in', () => {
  assert.deepEqual(parseVisitorFrame(JSON.stringify(welcome)), welcome)
})

test('fields we do not know are left alone', () => {
  const frame = { ...welcome, weather: 'fine' }
  assert.deepEqual(parseVisitorFrame(JSON.stringify(frame)), frame)
})

test('what is no frame of ours is null', () => {
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '7',
    '"welcome"',
    '{}',
    '{"type":7}',
    '{"type":"toString"}',
    '{"type":"__proto__"}',
    '{"type":"news"}',
  ]) {
    assert.equal(parseVisitorFrame(text), null, text)
  }
})

test('a frame that lacks a field, or has it with another type, is null', () => {
  for (const field of Object.keys(welcome).filter((name) => name !== 'type')) {
    assert.equal(parseVisitorFrame(JSON.stringify({ ...welcome, [field]: undefined })), null, field)
    assert.equal(parseVisitorFrame(JSON.stringify({ ...welcome, [field]: [1] })), null, field)
  }
})

test('an event of a type we do not know still counts, but is not shown', () => {
  const frame = parseVisitorFrame('{"type":"event","event":{"seq":3,"at":5,"type":"translated"}}')
  assert.ok(frame?.type === 'event')
  assert.equal(frame.event.seq, 3)
  assert.equal(isKnown(frame.event), false)
})

test('an event without its number or time is refused', () => {
  assert.equal(parseVisitorFrame('{"type":"event","event":{"at":5,"type":"left_queue"}}'), null)
  assert.equal(parseVisitorFrame('{"type":"event","event":null}'), null)
})

test('a known event that lacks its words is not shown', () => {
  assert.equal(isKnown(/** @type {any} */ ({ seq: 1, at: 1, type: 'agent_message', name: 'Ana' })), false)
  assert.equal(isKnown({ seq: 1, at: 1, type: 'agent_message', name: 'Ana', text: 'hi' }), true)
})

test('an agent hears other frames than a customer', () => {
  const board = { type: 'board', waiting: [], mine: [], others: 0 }
  assert.deepEqual(parseAgentFrame(JSON.stringify(board)), board)
  assert.equal(parseVisitorFrame(JSON.stringify(board)), null)
  assert.equal(parseAgentFrame(JSON.stringify({ ...board, waiting: {} })), null)
})

test('client ids are printable, short, and never the same', () => {
  const ids = new Set(Array.from({ length: 1000 }, newClientId))
  assert.equal(ids.size, 1000)
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/)
})
