/** The figures of a day, as they are drawn and said. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bars, days, differs, measured, waitedFor } from '../../../static/console/state/report.js'

test('the tallest bar fills the box, and a day without anything has none', () => {
  const drawn = bars([0, 2, 4], { width: 30, height: 100 })
  assert.deepEqual(
    drawn.map(({ height }) => height),
    [0, 50, 100],
  )
  assert.deepEqual(
    drawn.map(({ y }) => y),
    [100, 50, 0],
  )
  assert.ok(drawn.every(({ x, width }) => x >= 0 && x + width <= 30))
  assert.deepEqual(
    bars([0, 0], { width: 30, height: 100 }).map(({ height }) => height),
    [0, 0],
  )
})

test('waits are said in the unit that people would use', () => {
  assert.equal(waitedFor(null, 'en'), '–')
  assert.equal(waitedFor(45_400, 'en'), '45 sec')
  assert.equal(waitedFor(185_000, 'en'), '3 min')
  assert.equal(waitedFor(9_000_000, 'en'), '2.5 hr')
  assert.equal(waitedFor(45_400, 'zh'), '45秒')
})

test('the days are those of the reader, today first', () => {
  const late = Date.parse('2026-11-30T23:30:00Z')
  assert.deepEqual(days(late, 'UTC').slice(0, 2), ['2026-11-30', '2026-11-29'])
  assert.equal(days(late, 'Asia/Shanghai')[0], '2026-12-01')
  assert.equal(days(late, 'America/New_York').length, 7)
})

test('an experiment is told in percent and points, and ratings as they are', () => {
  assert.equal(measured('resolved', 0.625, 'en'), '62.5%')
  assert.equal(measured('rating', 4, 'en'), '4.00')
  assert.equal(measured('rating', null, 'en'), '–')
  const interval = { difference: -0.125, low: -0.3, high: 0.05 }
  assert.equal(differs('escalated', interval, 'en'), '-12.5 (-30.0 … +5.0)')
  assert.equal(differs('rating', interval, 'en'), '-0.13 (-0.30 … +0.05)')
  assert.equal(differs('rating', null, 'en'), '–')
})
