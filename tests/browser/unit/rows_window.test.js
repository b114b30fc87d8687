import assert from 'node:assert/strict'
import { test } from 'node:test'
import { earlier, endRows, firstRow, moreRows } from '../../../static/console/state/rows_window.js'

test('of a short conversation all is drawn, of a long one its end', () => {
  assert.equal(firstRow({ count: 0, from: 0, atEnd: true }), 0)
  assert.equal(firstRow({ count: endRows, from: 0, atEnd: true }), 0)
  assert.equal(firstRow({ count: 500, from: 0, atEnd: true }), 500 - endRows)
})

test('at first only as much is drawn as can be seen', () => {
  assert.equal(firstRow({ count: 500, from: 0, atEnd: true, height: 480 }), 488)
  assert.equal(firstRow({ count: 500, from: 0, atEnd: true, height: 10_000 }), 500 - endRows)
  assert.equal(firstRow({ count: 8, from: 0, atEnd: true, height: 480 }), 0)
  // who has come for a message gets it at once
  assert.equal(firstRow({ count: 500, from: 480, atEnd: false, height: 480, found: 450 }), 420)
})

test('who reads above keeps what is drawn while more comes in below', () => {
  const from = firstRow({ count: 500, from: 420, atEnd: false })
  assert.equal(from, 420)
  assert.equal(firstRow({ count: 600, from, atEnd: false }), 420)
  // and back at the end what stands above goes
  assert.equal(firstRow({ count: 600, from, atEnd: true }), 600 - endRows)
})

test('scrolling up brings more until the beginning', () => {
  assert.equal(earlier(420), 420 - moreRows)
  assert.equal(earlier(20), 0)
})

test('a message that was searched for is drawn with some before it', () => {
  assert.equal(firstRow({ count: 500, from: 420, atEnd: false, found: 200 }), 170)
  assert.equal(firstRow({ count: 500, from: 420, atEnd: false, found: 5 }), 0)
  assert.equal(firstRow({ count: 500, from: 420, atEnd: false, found: 450 }), 420)
})
