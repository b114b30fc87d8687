/** The parts of the widget with something in each of them. */

/** @import { ConversationEvent, Language } from '../../shared/wire.js' */
import { el, fill, icon } from '../../shared/dom.js'
import { showContact } from '../../widget/contact.js'
import { icons } from '../../widget/icons.js'
import { face, MessageLog } from '../../widget/log.js'
import { showQueue } from '../../widget/queue.js'
import { RatingCard } from '../../widget/rating.js'
import { laterStringsOf, stringsOf } from '../../widget/strings.js'
import { sample } from './sample.js'

const nothing = () => {}

/** @param {HTMLElement} main @param {Language} language @param {typeof import('./strings.js').en} words */
export async function showWidget(main, language, words) {
  const [strings, later] = await Promise.all([stringsOf(language), laterStringsOf(language)])
  const rating = el('div', {})
  const about = el('section', { class: 'contact' })
  const queue = el('section', { class: 'queue', hidden: true })
  await new RatingCard(rating, { rate: nothing, startNew: nothing }).show('ask', language)
  showContact(about, {
    asked: [
      { name: 'name', required: false },
      { name: 'email', required: true },
    ],
    words: { title: later.askTitle, hint: later.askHint, send: later.askSend, skip: later.askSkip },
    strings: later,
    values: { email: 'ana@' },
    refused: true,
    onDraft: nothing,
    onSend: nothing,
    onSkip: nothing,
  })
  const now = {
    queue: { type: /** @type {const} */ ('queue'), place: 2, waiting: 5, wait_seconds: { low: 130, high: 350 } },
    leaving: false,
    known: false,
  }
  showQueue(queue, { ...now, strings: { ...strings, ...later } }, { leave: nothing, details: nothing })
  const notices = [
    el('p', { class: 'notice' }, strings.offline),
    el('p', { class: 'toast' }, later.errors.rate_limited),
    el('p', { class: 'toast toast-good' }, later.contactKept),
  ]
  main.append(
    sample(words.header, header(strings)),
    sample(words.messages, messages(language, strings, words)),
    sample(words.waiting, queue),
    sample(words.about, about),
    sample(words.rating, rating),
    sample(words.notices, ...notices),
    sample(words.loading, el('div', { class: 'still' }, el('div', { class: 'skeleton' }, el('i'), el('i'), el('i')))),
    sample(words.writing, composer(strings)),
  )
}

/** @param {import('../../widget/strings/en.js').Strings} strings */
function header(strings) {
  const button = (/** @type {string} */ name, /** @type {string} */ path) =>
    el('button', { type: 'button', class: 'head-button', 'aria-label': name }, icon(path))
  const title = el(
    'div',
    { class: 'head-words' },
    el('p', { class: 'head-name' }, strings.assistant),
    el('p', { class: 'head-status' }, strings.statusBot),
  )
  return el('div', { class: 'head' }, face('bot', ''), title, button(strings.soundOn, icons.silent), button(strings.close, icons.close))
}

/** @param {import('../../widget/strings/en.js').Strings} strings */
function composer(strings) {
  const text = el('textarea', { rows: 1, 'aria-label': strings.message, placeholder: strings.placeholder })
  const human = el('button', { type: 'button', class: 'human' }, icon(icons.person), strings.human)
  const send = el('button', { type: 'button', class: 'send', 'aria-label': strings.send }, icon(icons.send))
  return el('div', { class: 'composer' }, text, el('div', { class: 'tools' }, human, el('span', { class: 'counter' }), send))
}

/**
 * @param {Language} language
 * @param {import('../../widget/strings/en.js').Strings} strings
 * @param {typeof import('./strings.js').en} words
 */
function messages(language, strings, words) {
  const root = el('div', { class: 'log', role: 'log' })
  const log = new MessageLog(root, el('button', { type: 'button', hidden: true }), { choose: nothing, retry: nothing, edit: nothing })
  log.clear(language, strings)
  const at = Date.now()
  const [gift = '', back = ''] = words.choices
  const choices = [gift, back].map((label) => ({ id: label, label }))
  /** @type {ConversationEvent[]} */
  const events = [
    { seq: 1, at, type: 'visitor_message', text: words.ask },
    { seq: 2, at, type: 'bot_message', text: words.answer },
    { seq: 3, at, type: 'bot_message', text: words.vague, choices },
    { seq: 4, at, type: 'claimed', name: words.agent },
    { seq: 5, at, type: 'agent_message', name: words.agent, text: words.reply },
    { seq: 6, at, type: 'visitor_message', text: words.more },
    { seq: 7, at, type: 'rated', score: 5 },
  ]
  for (const event of events) log.add(event)
  const own = { type: /** @type {const} */ ('send'), at, tab: '' }
  log.pending([
    { ...own, client_id: 'a', text: words.more, refused: 'text_too_long' },
    { ...own, client_id: 'b', text: words.more },
  ])
  log.typing(words.agent, 'agent')
  fill(log.end)
  return root
}
