/** Words: both languages say the same things, and there is room for as much as the server takes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago } from '../../../static/shared/ago.js'
import { dayName } from '../../../static/shared/time.js'
import { roomLeft } from '../../../static/widget/composer.js'
import { en as laterEn } from '../../../static/widget/strings/later.en.js'
import { zh as laterZh } from '../../../static/widget/strings/later.zh.js'
import { en } from '../../../static/widget/strings/en.js'
import { zh } from '../../../static/widget/strings/zh.js'
import { chooseLanguage } from '../../../static/widget/strings.js'

test('both languages have the same keys and no empty words', () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort())
  assert.deepEqual(Object.keys(laterZh).sort(), Object.keys(laterEn).sort())
  assert.deepEqual(Object.keys(laterZh.fieldErrors).sort(), Object.keys(laterEn.fieldErrors).sort())
  assert.deepEqual(Object.keys(laterZh.errors).sort(), Object.keys(laterEn.errors).sort())
  for (const words of [en, zh]) for (const word of Object.values(words)) assert.notEqual(word, '')
  for (const words of [laterEn, laterZh]) {
    for (const word of Object.values({ ...words, ...words.fields, ...words.fieldErrors, ...words.errors })) assert.notEqual(word, '')
    assert.equal(words.scores.length, 5)
  }
})

test('the first wish that can be fulfilled is', () => {
  assert.equal(chooseLanguage(null, 'zh-Hans-CN', 'en'), 'zh')
  assert.equal(chooseLanguage(undefined, 'fr-FR', 'EN-GB'), 'en')
  assert.equal(chooseLanguage('fr', ''), 'en')
})

test('room is counted in what people see as characters, and in bytes', () => {
  assert.equal(roomLeft('x'.repeat(4_000)), 0)
  assert.equal(roomLeft('问'.repeat(4_001)), -1)
  const family = '👨‍👩‍👧‍👦'
  assert.equal(roomLeft(family.repeat(500)), 4_000 - 500)
  assert.equal(roomLeft(family.repeat(700)), 16 * 1024 - 25 * 700)
})

test('the place in the queue is a sentence in both languages', () => {
  assert.equal(en.queuePlace(2, 3), 'You are number 2 of 3.')
  assert.equal(en.queuePlace(1, 1), 'You are next.')
  assert.equal(zh.queuePlace(2, 3), '您排在第 2 位，共 3 人在等待。')
})

test('days and ages are named from a given now', () => {
  const now = new Date(2026, 10, 23, 12).getTime()
  const day = 24 * 60 * 60 * 1000
  assert.deepEqual([dayName(now, 'en', now), dayName(now - day, 'zh', now)], ['Today', '昨天'])
  assert.deepEqual(
    [ago(now - 30_000, 'en', now), ago(now - 5 * 60_000, 'zh', now), ago(now - 3 * day, 'en', now)],
    ['now', '5 分钟', '3 d'],
  )
})
