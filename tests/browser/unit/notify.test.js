/** When nobody wants to be disturbed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isQuiet } from '../../../static/console/state/notify.js'

const wishes = { sound: true, desktop: true, badge: true, quiet: true, from: '18:00', to: '08:00' }
/** @param {number} hours @param {number} minutes */
const at = (hours, minutes) => new Date(2026, 10, 30, hours, minutes)

test('quiet hours go over midnight, and end to the minute', () => {
  assert.equal(isQuiet(wishes, at(17, 59)), false)
  assert.equal(isQuiet(wishes, at(18, 0)), true)
  assert.equal(isQuiet(wishes, at(3, 0)), true)
  assert.equal(isQuiet(wishes, at(8, 0)), false)
  const lunch = { ...wishes, from: '12:00', to: '13:00' }
  assert.equal(isQuiet(lunch, at(12, 30)), true)
  assert.equal(isQuiet(lunch, at(13, 0)), false)
})

test('the same time twice is the whole day; no time at all, or not wished for, is never', () => {
  assert.equal(isQuiet({ ...wishes, to: '18:00' }, at(4, 0)), true)
  assert.equal(isQuiet({ ...wishes, from: '' }, at(20, 0)), false)
  assert.equal(isQuiet({ ...wishes, quiet: false }, at(20, 0)), false)
})
