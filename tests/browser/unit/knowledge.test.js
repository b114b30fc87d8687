/** Changes of the knowledge as a form holds them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  changesAnything,
  changesOf,
  contentOf,
  diffLines,
  emptyForm,
  formOf,
  mistakesAt,
  withDraft,
} from '../../../static/console/state/knowledge.js'

const entry = /** @type {const} */ ({
  kind: 'faq',
  id: 'lamp',
  category: null,
  question: { en: 'How?', zh: '怎么？' },
  variants: { en: ['a', 'b'], zh: [] },
  answer: { en: 'So.\nAnd so.', zh: '这样。' },
  sites: [],
  segments: ['vip'],
})
/** @param {Partial<import('../../../static/console/state/knowledge.js').Draft>} [more] */
const draft = (more) => {
  const form = formOf(/** @type {any} */ (entry))
  return { key: 'faq:lamp', kind: /** @type {'faq'} */ ('faq'), base: 'v1', file: 'a.toml', form, was: form, ...more }
}

test('a form says what the item says', () => {
  assert.deepEqual(contentOf('faq', formOf(/** @type {any} */ (entry))), entry)
  const intent = /** @type {any} */ ({
    kind: 'intent',
    id: 'hi',
    category: 'x',
    entry: null,
    act: 'smalltalk',
    examples: { en: ['hi'], zh: ['你好'] },
    reply: { en: 'Hello', zh: '您好' },
  })
  assert.deepEqual(contentOf('intent', formOf(intent)), intent)
  const spaced = { ...formOf(/** @type {any} */ (entry)), 'variants.en': ' a \n\n b\n', category: ' ' }
  assert.deepEqual(contentOf('faq', spaced), entry)
})

test('what changes nothing is no draft, and what is taken back is none any more', () => {
  assert.equal(changesAnything(draft()), false)
  const changed = draft({ form: { ...draft().was, 'answer.en': 'Otherwise.' } })
  assert.equal(withDraft([], changed).length, 1)
  assert.deepEqual(withDraft([changed], draft()), [])
  assert.equal(changesAnything(draft({ form: null })), true)
  const empty = emptyForm('faq')
  const begun = draft({ key: 'new:1', base: null, form: empty, was: empty })
  assert.equal(changesAnything(begun), false)
  assert.equal(changesAnything({ ...begun, form: null }), false)
})

test('the server is told what to change, and not of what has no name yet', () => {
  const empty = emptyForm('intent')
  const nameless = {
    key: 'new:1',
    kind: /** @type {'intent'} */ ('intent'),
    base: null,
    file: 'a.toml',
    form: { ...empty, 'reply.en': 'x' },
    was: empty,
  }
  const removed = draft({ form: null })
  assert.deepEqual(changesOf([nameless, removed]), [{ kind: 'faq', id: 'lamp', base: 'v1', file: null, content: null }])
  const named = { ...nameless, form: { ...nameless.form, id: ' hi ' } }
  const [change] = changesOf([named])
  assert.deepEqual([change?.id, change?.base, change?.file, change?.content?.id], ['hi', null, 'a.toml', 'hi'])
})

test('mistakes stand at the field of their item', () => {
  const told = (/** @type {string | null} */ field, /** @type {string} */ message) => ({
    file: 'a.toml',
    line: 3,
    message,
    item: { kind: /** @type {'faq'} */ ('faq'), id: 'lamp' },
    field,
  })
  const all = [told('variants.en[2]', 'twice'), told('answer.en', 'first'), told('answer.en', 'second'), told(null, 'whole')]
  assert.deepEqual(mistakesAt(all, { kind: 'faq', id: 'lamp' }), { 'variants.en': 'twice', 'answer.en': 'first', id: 'whole' })
  assert.deepEqual(mistakesAt(all, { kind: 'intent', id: 'lamp' }), {})
})

test('the lines of a diff say what they are', () => {
  const lines = diffLines('@@ -1 +1 @@\n same\n-old\n+new\n')
  assert.deepEqual(
    lines.map(({ what }) => what),
    ['place', 'same', 'removed', 'added'],
  )
})
