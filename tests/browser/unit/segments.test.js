/** Segments as a form holds them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionForm, moved, segmentForm, segmentsOf } from '../../../static/console/state/segments.js'

const segments = [
  {
    name: 'big spenders',
    value_band: 'vip',
    all: [
      { attribute: 'spent', op: 'gt', value: 1_000.5 },
      { attribute: 'plan', op: 'eq', value: '42' },
      { attribute: 'newsletter', op: 'ne', value: true },
      { attribute: 'email', op: 'exists', value: false },
      { attribute: 'phone', op: 'exists', value: true },
    ],
    any: [
      { attribute: 'country', op: 'in', value: ['de', 'cn', 7] },
      { attribute: 'tags', op: 'contains', value: '100' },
      { attribute: 'last_order', op: 'days_since_lt', value: 90 },
    ],
  },
]

test('segments go through the form unharmed, numbers as numbers and texts as texts', () => {
  assert.deepEqual(segmentsOf(segments.map(segmentForm)), segments)
})

test('what is no value is left to the server, which names the field', () => {
  const value = (/** @type {string} */ op, /** @type {string} */ text) => {
    const form = { ...segmentForm(), all: [{ ...conditionForm(), op, value: text }] }
    return segmentsOf([form])[0]?.all?.[0]?.value
  }
  assert.deepEqual([value('gt', 'much'), value('gt', ''), value('eq', ' '), value('in', ' ，')], [null, null, null, []])
  assert.deepEqual([value('days_since_lt', ' 30 '), value('eq', 'true'), value('eq', '"true"')], [30, true, 'true'])
})

test('a segment moves in the order, and not beyond its ends', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 2, -1), ['a', 'c', 'b'])
  assert.deepEqual(moved(['a', 'b', 'c'], 0, 1), ['b', 'a', 'c'])
  assert.deepEqual(
    [moved(['a', 'b'], 0, -1), moved(['a', 'b'], 1, 1)],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  )
})
