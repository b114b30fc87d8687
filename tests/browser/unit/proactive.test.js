/** Messages with which the desk speaks first: how often, and how a form becomes a rule. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldOf, fresh, ruleOf } from '../../../static/console/state/proactive.js'
import { allows, noted, seenOf } from '../../../static/teaser/often.js'

const day = 86_400_000
const rule = { id: 'a', times: 2, days: 7 }

test('a visitor sees a rule so often in a period and no more', () => {
  let seen = seenOf(null)
  assert.ok(allows(seen, rule, 0))
  seen = noted(noted(seen, 'a', 0), 'a', day)
  assert.ok(!allows(seen, rule, 2 * day))
  assert.ok(allows(seen, rule, 7 * day), 'the first showing is a week ago')
  assert.ok(allows(seen, { ...rule, id: 'b' }, 2 * day), 'another rule is another rule')
  assert.ok(!allows({ ...seen, quiet: true }, { ...rule, id: 'b' }, 9 * day))
})

test('what the browser keeps does not grow for ever, and damage in it is no matter', () => {
  let seen = seenOf({ quiet: 'yes', shown: { a: [1, 'x', null], b: 'broken' } })
  assert.deepEqual(seen, { quiet: false, shown: { a: [1] } })
  for (let at = 0; at < 300; at++) seen = noted(seen, 'c', 400 * day + at)
  assert.deepEqual(Object.keys(seen.shown), ['c'], 'what lies years back is forgotten')
  assert.equal(Object.values(seen.shown)[0]?.length, 100)
})

test('a form becomes a rule; what is left out is not sent', () => {
  const fields = {
    name: ' Help ',
    pages: '/a\n /b ,',
    seconds: '5',
    times: '2',
    days: 'x',
    when: 'open',
    segment: '',
    site: 'https://a.example/',
  }
  const texts = { 'text.en': 'Hi', 'text.zh': ' ', 'choices[0].en': '', 'choices[1].en': 'Yes', 'choices[1].zh': '好' }
  const made = ruleOf({ ...fields, ...texts }, { ...fresh, id: 'r', on: true })
  assert.deepEqual(made, {
    id: 'r',
    name: 'Help',
    on: true,
    pages: ['/a', '/b'],
    seconds: 5,
    when: 'open',
    site: 'https://a.example',
    text: { en: 'Hi' },
    choices: [{ en: 'Yes', zh: '好' }],
    times: 2,
    days: 999_999,
  })
  assert.equal(fieldOf('rules[12].choices[0].en'), 'choices[0].en')
})
