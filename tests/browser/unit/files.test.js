import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isImage, sayBytes, thumbSize } from '../../../static/shared/files.js'

test('a picture takes room in its own proportion, never more than there is', () => {
  assert.deepEqual(thumbSize({ width: 4000, height: 3000 }), { width: 240, height: 180 })
  assert.deepEqual(thumbSize({ width: 3000, height: 4000 }), { width: 150, height: 200 })
  assert.deepEqual(thumbSize({ width: 100, height: 50 }), { width: 100, height: 50 }, 'a small one is not blown up')
  assert.deepEqual(thumbSize({ width: 1, height: 1 }), { width: 24, height: 24 }, 'and can still be hit')
  assert.deepEqual(thumbSize({}), { width: 240, height: 200 })
})

test('sizes are said in the language of the page', () => {
  assert.equal(sayBytes(10_485_760, 'en'), '10.5 MB')
  assert.match(sayBytes(1_400, 'en'), /^1\s?kB$/)
  assert.match(sayBytes(3, 'en'), /^1\s?kB$/)
  assert.match(sayBytes(2_000_000, 'zh'), /^2\s?(MB|兆字节)$/)
})

test('what is a picture is shown as one', () => {
  assert.equal(isImage({ type: 'image/webp' }), true)
  assert.equal(isImage({ type: 'application/pdf' }), false)
})
