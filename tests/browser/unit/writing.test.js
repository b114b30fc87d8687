/** What agents write: replies found and filled in, names that keep their places, words that can be taken back, drafts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drafts } from '../../../static/console/state/drafts.js'
import { asSent, moved, pieces, placed, signAt } from '../../../static/console/state/mentions.js'
import { Outbox } from '../../../static/console/state/outbox.js'
import { quoteOf } from '../../../static/console/state/quotes.js'
import { filledIn, fitting, slashAt, variablesIn, wordsOf } from '../../../static/console/state/replies.js'
import { fileRules, filesOf, uploadsOf } from '../../../static/console/state/uploads.js'

/** @param {string} text the cursor stands at its end */
const query = (text) => slashAt(text, text.length)?.query

test('a slash looks for a reply at the beginning, after a space, and where Chinese leaves none', () => {
  assert.equal(query('/'), '')
  assert.equal(query('Hello /ref'), 'ref')
  assert.equal(query('您好，/退'), '退')
  assert.equal(query('您好／tui'), 'tui')
  for (const text of ['https://a', 'and/or', '/two words', 'a', '1/2']) assert.equal(query(text), undefined, text)
  assert.deepEqual(slashAt('a /he b', 5), { query: 'he', from: 2, to: 5 })
})

/** @param {string} id @param {object} more @returns {any} */
const reply = (id, more = {}) => ({ id, shortcut: id, title: id.toUpperCase(), text: { en: `words of ${id}` }, team: null, ...more })

test('replies are found by shortcut first, then by title and words, and only those of own teams', () => {
  const all = [
    reply('bye'),
    reply('refund', { title: '退款', text: { zh: '退款在路上' } }),
    reply('night', { team: 'night' }),
    reply('rebate'),
  ]
  const found = (/** @type {string} */ wanted, teams = ['day']) => fitting(all, wanted, teams).map(({ id }) => id)
  assert.deepEqual(found(''), ['bye', 'refund', 'rebate'])
  assert.deepEqual(found('RE'), ['refund', 'rebate'])
  assert.deepEqual(found('退款'), ['refund'])
  assert.deepEqual(found('words of'), ['bye', 'rebate'])
  assert.deepEqual(found('night', ['night']), ['night'])
  assert.equal(wordsOf(all[1], 'en'), '退款在路上', 'in the other language rather than not at all')
})

test('variables are filled in as far as they are known, and the others stay to be seen', () => {
  const text = 'Hi {{customer.name}}, {{ order }} {{agent.name}}'
  const filled = filledIn(text, { 'customer.name': '{{order}} $& Li', 'agent.name': 'Ada' })
  assert.equal(filled, 'Hi {{order}} $& Li, {{ order }} Ada')
  assert.deepEqual(
    variablesIn('{{order}} and {{other}} {{', ['order']).map(({ name, from, to }) => [name, from, to]),
    [['order', 0, 9]],
  )
})

test('an at sign names a colleague, in any script, and is no part of an address', () => {
  const named = (/** @type {string} */ text) => signAt(text, text.length)?.query
  assert.equal(named('@'), '')
  assert.equal(named('ask @Be'), 'Be')
  assert.equal(named('问一下@王'), '王')
  for (const text of ['li@shop', 'a.b@c', '@Ben look']) assert.equal(named(text), undefined, text)
})

test('names keep their places while one types around them, and mean nobody once they are changed', () => {
  const ben = { agent: 'b', from: 4, to: 8 }
  const text = 'ask @Ben now'
  assert.deepEqual(moved([ben], text, 'please ask @Ben now'), [{ agent: 'b', from: 11, to: 15 }])
  assert.deepEqual(moved([ben], text, 'ask @Ben right now'), [ben])
  assert.deepEqual(moved([ben], text, 'ask @Bn now'), [])
  assert.deepEqual(moved([ben], 'ask @Ben', 'ask @Benny'), [], 'a longer name is another one')
  assert.deepEqual(moved([ben], 'ask @Ben', 'ask @Ben,'), [ben])
  assert.deepEqual(moved([ben], text, ''), [])
})

test('places are counted in characters for the server and in code units for the page', () => {
  const text = '  🎉 陈 @Ben look '
  const from = text.indexOf('@')
  const sent = asSent(text, [{ agent: 'b', from, to: from + 4 }])
  assert.deepEqual(sent, { text: '🎉 陈 @Ben look', mentions: [{ agent: 'b', at: 4, length: 4 }] })
  assert.deepEqual(placed(sent.text, sent.mentions), [{ agent: 'b', from: 5, to: 9 }])
  const renamed = pieces(sent.text, sent.mentions, () => 'Benjamin')
  assert.deepEqual(renamed, [{ text: '🎉 陈 ' }, { text: '@Benjamin', agent: 'b' }, { text: ' look' }])
  assert.equal(pieces(sent.text, sent.mentions, () => undefined)[1]?.text, '@Ben', 'who is gone keeps the name of the time')
  assert.deepEqual(placed('short', [{ agent: 'b', at: 3, length: 9 }]), [])
})

test('words can be taken back until they go out, and what comes after them waits', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  /** @type {string[]} */
  const sent = []
  const box = new Outbox('held', (frame) => sent.push('client_id' in frame ? frame.client_id : '') > 0)
  /** @type {string[]} */
  const released = []
  box.onRelease = (item) => released.push(item.client_id)
  const put = (/** @type {string} */ id, /** @type {any} */ type = 'send', hold = 5_000) =>
    box.put({ type, conversation: 'a', client_id: id, at: 0, text: id }, hold)
  put('1')
  put('2', 'note')
  t.mock.timers.tick(4_000)
  assert.equal(box.takeBack('1')?.text, '1')
  assert.deepEqual(sent, [])
  t.mock.timers.tick(1_000)
  assert.deepEqual([sent, released], [['2'], ['2']])
  assert.equal(box.takeBack('2'), undefined, 'it is too late')
  box.stored('2', false)
  // whoever closes the conversation closes it after their last words
  put('3')
  put('4', 'resolve', 0)
  assert.deepEqual(sent, ['2', '3'])
  box.stored('3', false)
  assert.deepEqual(sent, ['2', '3', '4'])
})

test('a reply takes files and a quote along, also where it is held back first', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  /** @type {any[]} */
  const sent = []
  const box = new Outbox('both', (frame) => sent.push(frame) > 0)
  const file = { id: 'f', name: 'a.pdf', type: 'application/pdf', size: 9 }
  const reply = { type: /** @type {const} */ ('send'), conversation: 'a', client_id: '1', at: 1, text: '', quoted: 3, attachments: [file] }
  box.put(reply, 5_000)
  assert.deepEqual(box.takeBack('1')?.attachments, [file], 'taken back, the file is there')
  box.put(reply, 5_000)
  t.mock.timers.tick(5_000)
  const { conversation, client_id, text, quoted } = reply
  assert.deepEqual(sent, [{ type: 'send', conversation, client_id, text, quoted, attachments: ['f'], fence: undefined }])
})

test('files that were taken back stand before those that were picked since, each agent has their own', () => {
  const file = { id: 'f', name: 'a.png', type: 'image/png', size: 9 }
  filesOf('ada')
  fileRules.value = { file_bytes: 10, per_message: 2 }
  const uploads = uploadsOf('a')
  uploads.putBack([file])
  assert.deepEqual(
    uploads.drafts.value.map(({ name, preview }) => [name, preview]),
    [['a.png', '/api/v1/conversations/a/attachments/f']],
  )
  assert.ok(uploads.areReady)
  uploads.putBack([{ ...file, id: 'g', name: 'b.png' }])
  assert.ok(uploads.areReady)
  uploads.putBack([{ ...file, id: 'h', name: 'c.png' }])
  assert.ok(!uploads.areReady, 'more than one message takes')
  uploads.remove(uploads.drafts.value[0]?.key ?? 0)
  assert.deepEqual(
    uploads.take().map(({ id }) => id),
    ['g', 'f'],
  )
  assert.deepEqual(uploads.drafts.value, [])
  uploads.putBack([file])
  filesOf('ben')
  assert.deepEqual(uploadsOf('a').drafts.value, [])
})

test('a quote has words and files by name, as the server says it', () => {
  /** @type {any} */
  const said = { seq: 3, at: 1, type: 'visitor_message', text: 'see\nhere', attachments: [{ name: 'a.pdf' }] }
  assert.deepEqual(quoteOf(said), { seq: 3, from: 'visitor', text: 'see here \u{1f4ce} a.pdf' })
  assert.equal(quoteOf({ ...said, text: '' })?.text, '\u{1f4ce} a.pdf')
})

/** A server that keeps drafts. @param {any} t */
function server(t) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  /** @type {any[]} */
  const written = []
  const answers = { later: /** @type {any} */ (null), up: true, kept: /** @type {any[]} */ ([]) }
  t.mock.method(globalThis, 'fetch', async (/** @type {string} */ url, /** @type {any} */ { method, body }) => {
    if (!answers.up) throw new Error('away')
    if (method === 'GET') return Response.json({ drafts: answers.kept })
    const [, conversation, , kind] = /conversations\/(.*)\/(drafts)\/(.*)$/.exec(url) ?? []
    const draft = { conversation, kind, ...JSON.parse(body) }
    written.push(draft)
    return Response.json(answers.later ?? draft)
  })
  const settle = async () => {
    for (let round = 0; round < 20; round += 1) await Promise.resolve()
  }
  return { written, answers, settle }
}

test('a draft is written after a pause, once a second at most, and again when the server was away', async (t) => {
  const { written, answers, settle } = server(t)
  const drafts = new Drafts('me', () => false)
  for (let round = 1; round <= 30; round += 1) {
    drafts.typed('a', 'reply', { text: 'x'.repeat(round) })
    t.mock.timers.tick(100)
    await settle()
  }
  assert.ok(written.length >= 2 && written.length <= 4, `${written.length} in three seconds`)
  answers.up = false
  drafts.typed('a', 'reply', { text: 'the end' })
  t.mock.timers.tick(1_500)
  await settle()
  answers.up = true
  t.mock.timers.tick(10_000)
  await settle()
  assert.equal(written.at(-1).text, 'the end')
  assert.equal(drafts.dirty.size, 0)
  assert.deepEqual([...drafts.begun.value], ['a'])
})

test('of two tabs both show the later words', async (t) => {
  const { answers, settle } = server(t)
  const drafts = new Drafts('me', () => false)
  const other = (/** @type {string} */ text, /** @type {number} */ at) =>
    drafts.heard({ type: 'draft', conversation: 'a', kind: 'reply', text, at })
  other('from the other', 999_000)
  assert.equal(drafts.of('a', 'reply')?.text, 'from the other')
  drafts.typed('a', 'reply', { text: 'here' })
  other('late', 999_500)
  assert.equal(drafts.of('a', 'reply')?.text, 'here', 'what was typed before does not come back')
  answers.later = { conversation: 'a', kind: 'reply', text: 'much later', at: 2_000_000 }
  t.mock.timers.tick(500)
  await settle()
  assert.equal(drafts.of('a', 'reply')?.text, 'much later')
  other('', 2_000_001)
  assert.equal(drafts.of('a', 'reply'), undefined)
  assert.equal(drafts.begun.value.size, 0)
})

test('words that are about to be sent leave the box and not the server', async (t) => {
  const { written, settle } = server(t)
  const held = { text: '' }
  const drafts = new Drafts('me', (_conversation, _kind, text) => text === held.text)
  drafts.typed('a', 'reply', { text: 'Hello' })
  held.text = 'Hello'
  drafts.leaves('a', 'reply', true)
  await settle()
  assert.deepEqual(
    written.map(({ text }) => text),
    ['Hello'],
  )
  // what the server says of it to every tab is nothing new here
  drafts.heard({ type: 'draft', conversation: 'a', kind: 'reply', text: 'Hello', at: 1_000_000 })
  assert.equal(drafts.of('a', 'reply'), undefined)
  drafts.sent('a', 'reply')
  t.mock.timers.tick(1_500)
  await settle()
  assert.equal(written.at(-1)?.text, '')
})
