/**
 * The list of messages. Every event has one row, found by its `client_id` while it is still pending,
 * so that nothing is on the screen twice; rows only ever go in at the end.
 */

/** @import { Choice, Cited, ConversationEvent, Greeting, Language, Quote } from '../shared/wire.js' */
/** @import { Standing } from './conversation.js' */
/** @import { Pending } from './store.js' */
/** @import { Strings } from './strings/en.js' */
import { el, fill, icon, withLinks } from '../shared/dom.js'
import { clockTime, dayName, fullTime, sameDay } from '../shared/time.js'
import { laterStyles, withCards } from './cards.js'
import { icons } from './icons.js'
import { laterStringsOf } from './strings.js'

/**
 * @typedef {object} LogActions
 * @property {(choice: Choice) => void} choose
 * @property {(clientId: string) => void} retry
 * @property {(clientId: string) => void} edit
 */

/** @typedef {'own' | 'bot' | 'agent'} Author */
/** @typedef {{ author: Author, name: string, text: string, at: number }} Message */
/** @typedef {'sending' | 'stored' | 'delivered' | 'seen' | 'failed'} Mark */

/** Messages of one author this close together read as one. */
const togetherMs = 4 * 60_000
/** How far from the end still counts as reading the end. */
const nearEndPx = 80

export class MessageLog {
  /**
   * @param {HTMLElement} root the element with `role="log"`
   * @param {HTMLElement} jump the button shown when there is something new further down
   * @param {LogActions} actions
   */
  constructor(root, jump, actions) {
    this.root = root
    this.jump = jump
    this.actions = actions
    /** @type {Strings} */
    this.strings = /** @type {any} */ (null)
    /** @type {Language} */
    this.language = 'en'
    this.end = el('div', { class: 'log-end' })
    this.dots = el('div', { class: 'row row-bot typing', hidden: true })
    this.pendingStart = el('div', { hidden: true })
    /** @type {Map<string, HTMLElement>} own rows by client id */
    this.own = new Map()
    /** @type {{ row: HTMLElement, seq: number }[]} own rows in order */
    this.stored = []
    this.seenSeq = 0
    /** Up to here somebody or the assistant has taken up what was said. */
    this.deliveredSeq = 0
    /** @type {HTMLElement | null} the row whose state is written out */
    this.newest = null
    /** @type {{ row: HTMLElement, author: Author, at: number } | null} */
    this.previous = null
    this.lastDay = 0
    jump.addEventListener('click', () => this.toEnd(true))
    /** Whether the list follows its end: until the customer scrolls up. */
    this.stick = true
    this.lastTop = 0
    root.addEventListener('scroll', () => this.#scrolled(), { passive: true })
    new ResizeObserver(() => this.stick && this.toEnd()).observe(root)
  }

  /**
   * Empties the list; the next rows are in this language.
   * @param {Language} language
   * @param {Strings} strings
   */
  clear(language, strings) {
    this.language = language
    this.strings = strings
    this.own.clear()
    this.stored = []
    this.newest = null
    this.deliveredSeq = 0
    this.previous = null
    this.lastDay = 0
    this.stick = true
    this.root.setAttribute('aria-label', strings.log)
    fill(this.jump, icon(icons.down), strings.jump)
    fill(this.dots, el('div', { class: 'said' }, face('bot', ''), el('div', { class: 'bubble dots' }, el('i'), el('i'), el('i'))))
    fill(this.root, this.pendingStart, this.dots, this.end)
  }

  /** @param {Greeting} greeting */
  greet({ text, choices }) {
    const row = this.#row({ author: 'bot', name: this.strings.assistant, text, at: 0 }, choices)
    this.#insert(row, 'bot', 0)
  }

  /** @param {ConversationEvent} event */
  add(event) {
    const strings = this.strings
    if (event.type === 'bot_message' || event.type === 'claimed') this.delivered(event.seq)
    switch (event.type) {
      case 'visitor_message':
        return this.#addOwn(event)
      case 'bot_message':
        this.#message(event, { author: 'bot', name: strings.assistant, text: event.text, at: event.at }, event.choices)
        return event.sources && this.#sources(event.sources)
      case 'agent_message':
        this.seen(event.seq)
        this.#message(event, { author: 'agent', name: event.name, text: event.text, at: event.at })
        return event.quoted && this.#quote(event.quoted)
      case 'handoff_requested':
        return this.line(event.at, event.reason === 'requested' ? strings.asked : strings.handedOver)
      case 'left_queue':
        return this.line(event.at, strings.leftQueue)
      case 'claimed':
        return this.line(event.at, strings.claimed(event.name))
      case 'released':
        return this.line(event.at, strings.released(event.name))
      case 'transferred':
        return this.line(event.at, strings.transferred(event.name))
      case 'lapsed':
        return this.line(event.at, strings.lapsed(event.name))
      case 'returned_to_bot':
        return this.line(event.at, strings.returnedToBot(event.name))
      case 'resolved':
        return this.line(event.at, strings.resolved(event.name))
      case 'rated':
        return this.#rated(event.at, event.score, event.comment)
      case 'erased':
        this.clear(this.language, strings)
        return this.line(event.at, strings.erased)
    }
  }

  /** @param {Quote} quote what the last message answers */
  #quote(quote) {
    const row = this.previous?.row
    import('./quote.js').then(({ quoteIn }) => quoteIn(this, row, quote))
  }

  /** @param {Cited[]} sources the entries from which the last message comes */
  #sources(sources) {
    const row = this.previous?.row
    import('./phrasing.js').then(({ sourcesIn }) => sourcesIn(this, row, sources))
  }

  /**
   * A line that nobody said.
   * @param {number} at
   * @param {string} text
   */
  line(at, text) {
    this.#day(at)
    this.#append(el('p', { class: 'line' }, text))
    this.previous = null
  }

  /**
   * Shows what waits to be sent, as it is now.
   * @param {Pending[]} outbox
   */
  pending(outbox) {
    const waiting = outbox.filter((item) => item.type === 'send')
    const ids = new Set(waiting.map((item) => item.client_id))
    for (const [id, row] of this.own) {
      const mark = row.dataset.mark
      if (!row.dataset.seq && !ids.has(id) && mark !== 'stored') {
        row.remove()
        this.own.delete(id)
      }
    }
    for (const item of waiting) this.#pendingRow(item)
    if (this.stick) this.toEnd()
  }

  /**
   * The server has it on disk.
   * @param {string} clientId
   */
  acknowledged(clientId) {
    const row = this.own.get(clientId)
    if (row?.dataset.mark === 'sending') this.#mark(row, 'stored')
  }

  /**
   * Somebody has it before them, or the assistant has dealt with it.
   * @param {number} [seq] all that is stored, if left out
   */
  delivered(seq = Infinity) {
    this.deliveredSeq = Math.max(this.deliveredSeq, Math.min(seq, this.stored.at(-1)?.seq ?? 0))
    for (let index = this.stored.length - 1; index >= 0; index -= 1) {
      const { row, seq: own } = /** @type {{ row: HTMLElement, seq: number }} */ (this.stored[index])
      if (own > seq) continue
      if (row.dataset.mark !== 'stored') return
      this.#mark(row, 'delivered')
    }
  }

  /**
   * The agent has read up to here.
   * @param {number} seq
   */
  seen(seq) {
    this.seenSeq = Math.max(this.seenSeq, seq)
    for (let index = this.stored.length - 1; index >= 0; index -= 1) {
      const { row, seq: own } = /** @type {{ row: HTMLElement, seq: number }} */ (this.stored[index])
      if (own > seq) continue
      if (row.dataset.mark === 'seen') return
      this.#mark(row, 'seen')
    }
  }

  /**
   * @param {string} name who types, or '' for nobody
   * @param {Author} author
   */
  typing(name, author) {
    this.dots.hidden = name === ''
    this.dots.className = `row row-${author} typing`
    if (name) {
      this.dots.querySelector('.face')?.replaceWith(face(author, name))
      if (this.stick) this.toEnd()
    }
  }

  /**
   * Only the buttons of what was said last can still be pressed.
   * @param {Standing} standing
   */
  spendChoices(standing) {
    for (const group of this.root.querySelectorAll('.choices')) {
      const seq = Number(/** @type {HTMLElement} */ (group).dataset.seq)
      const spent = seq < standing.spoke || standing.status === 'human' || standing.status === 'waiting'
      for (const button of group.querySelectorAll('button')) button.disabled = spent
    }
  }

  /** Something was said here and now: every button so far is spent. */
  spendAllChoices() {
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.root.querySelectorAll('.choices button')))
      button.disabled = true
  }

  /** @param {boolean} [smoothly] */
  toEnd(smoothly = false) {
    const calm = smoothly && !matchMedia('(prefers-reduced-motion: reduce)').matches
    this.root.scrollTo({ top: this.root.scrollHeight, behavior: calm ? 'smooth' : 'instant' })
    this.stick = true
    this.#showJump(false)
  }

  /** @param {ConversationEvent & { type: 'visitor_message' }} event */
  #addOwn(event) {
    const id = event.client_id ?? `seq-${event.seq}`
    const row = this.own.get(id) ?? this.#row({ author: 'own', name: this.strings.you, text: event.text, at: event.at })
    this.own.set(id, row)
    row.dataset.seq = String(event.seq)
    this.stored.push({ row, seq: event.seq })
    this.#mark(row, event.seq <= this.seenSeq ? 'seen' : 'stored')
    this.#newest(row)
    this.#day(event.at)
    this.#insert(row, 'own', event.at)
  }

  /**
   * @param {ConversationEvent} event
   * @param {Message} message
   * @param {Choice[]} [choices]
   */
  #message(event, message, choices) {
    this.#day(event.at)
    this.#insert(this.#row(message, choices, event.seq), message.author, event.at)
  }

  /** @param {Pending} item */
  #pendingRow(item) {
    let row = this.own.get(item.client_id)
    if (!row) {
      row = this.#row({ author: 'own', name: this.strings.you, text: item.text ?? '', at: item.at })
      row.classList.add('first', 'last')
      this.own.set(item.client_id, row)
      this.dots.before(row)
      this.#newest(row)
    }
    if (!row.dataset.seq) this.#mark(row, item.refused ? 'failed' : 'sending', item)
  }

  /**
   * @param {Message} message
   * @param {Choice[]} [choices]
   * @param {number} [seq]
   */
  #row({ author, name, text, at }, choices = [], seq = 0) {
    // Only the site's own answers have cards: what customers write stays as they wrote it.
    const { words, cards } = author === 'own' ? { words: withLinks(text), cards: [] } : withCards(text)
    if (cards.length > 0) laterStyles()
    const bubble =
      words.length > 0 && el('div', { class: 'bubble', dir: 'auto' }, el('span', { class: 'only-read' }, `${name}: `), ...words)
    const meta =
      at > 0 &&
      el(
        'div',
        { class: 'meta' },
        el('time', { datetime: new Date(at).toISOString(), title: fullTime(at, this.language) }, clockTime(at, this.language)),
      )
    const who = author !== 'own' && el('p', { class: 'who', 'aria-hidden': 'true' }, name)
    const said = el('div', { class: 'said' }, author !== 'own' && face(author, name), bubble, ...cards)
    return el(
      'div',
      { class: `row row-${author}`, 'data-seq': seq || null },
      who,
      said,
      choices.length > 0 && this.#choices(choices, seq),
      meta,
    )
  }

  /**
   * @param {Choice[]} choices
   * @param {number} seq
   */
  #choices(choices, seq) {
    const buttons = choices.map((choice) =>
      el('button', { type: 'button', class: 'choice', dir: 'auto', onclick: () => this.actions.choose(choice) }, choice.label),
    )
    return el('div', { class: 'choices', role: 'group', 'aria-label': this.strings.choices, 'data-seq': seq }, ...buttons)
  }

  /**
   * @param {HTMLElement} row
   * @param {Mark} mark
   * @param {Pending} [item] needed for `failed`
   */
  #mark(row, mark, item) {
    if (row.dataset.mark === mark) return
    row.dataset.mark = mark
    row.querySelector('.mark')?.remove()
    const said = this.strings[mark]
    const words =
      item && mark === 'failed' ? this.#remedies(item) : [el('span', { class: row === this.newest ? 'state' : 'state only-read' }, said)]
    row.querySelector('.meta')?.append(el('span', { class: 'mark', title: said }, icon(icons[mark]), ...words))
  }

  /** The state of the last own message is written out; of others an icon tells it. @param {HTMLElement} row */
  #newest(row) {
    if (this.newest === row) return
    this.newest?.querySelector('.state')?.classList.add('only-read')
    row.querySelector('.state')?.classList.remove('only-read')
    this.newest = row
  }

  /** @param {Pending} item */
  #remedies({ client_id, refused = 'other' }) {
    const { failed, retry, edit } = this.strings
    const why = el('span', { class: 'why' }, failed)
    laterStringsOf(this.language).then(({ errors }) => why.append(` ${errors[refused] ?? errors.other}`))
    return [
      why,
      el('button', { type: 'button', class: 'plain', onclick: () => this.actions.retry(client_id) }, retry),
      el('button', { type: 'button', class: 'plain', onclick: () => this.actions.edit(client_id) }, edit),
    ]
  }

  /**
   * @param {number} at
   * @param {number} score
   * @param {string} [comment]
   */
  #rated(at, score, comment) {
    laterStyles()
    this.#day(at)
    const smile = el('span')
    import('./faces.js').then(({ faces }) => smile.replaceWith(icon(faces[Math.min(5, Math.max(1, Math.round(score))) - 1] ?? '')))
    this.#append(
      el(
        'div',
        { class: 'rated' },
        smile,
        el('p', {}, this.strings.rated(score)),
        comment && el('p', { class: 'rated-comment', dir: 'auto' }, `“${comment}”`),
        el('p', { class: 'rated-thanks' }, this.strings.thanks),
      ),
    )
    this.previous = null
  }

  /**
   * A row at the end, joined to the one before it when the same person goes on talking.
   * @param {HTMLElement} row
   * @param {Author} author
   * @param {number} at
   */
  #insert(row, author, at) {
    const joins = this.previous?.author === author && Math.abs(at - this.previous.at) < togetherMs
    if (joins) this.previous?.row.classList.remove('last')
    row.classList.toggle('first', !joins)
    row.classList.add('last')
    this.previous = { row, author, at }
    this.#append(row)
  }

  /** @param {number} at */
  #day(at) {
    if (this.lastDay > 0 && sameDay(this.lastDay, at)) return
    this.#append(el('p', { class: 'day' }, dayName(at, this.language)))
    this.lastDay = at
    this.previous = null
  }

  /** @param {HTMLElement} element */
  #append(element) {
    const stick = this.stick || element.classList.contains('row-own')
    if (element.nextElementSibling !== this.pendingStart) this.pendingStart.before(element)
    if (stick) this.toEnd()
    else if (this.root.getAttribute('aria-busy') !== 'true') this.#showJump(true)
  }

  #scrolled() {
    const { scrollTop } = this.root
    if (this.#atEnd()) {
      this.stick = true
      this.#showJump(false)
    } else if (scrollTop < this.lastTop - 1) {
      // Only a hand scrolls up; a list that got shorter or longer under us does not.
      this.stick = false
    }
    this.lastTop = scrollTop
  }

  #atEnd() {
    return this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < nearEndPx
  }

  /** @param {boolean} on */
  #showJump(on) {
    this.jump.hidden = !on
  }
}

/**
 * The round picture beside a message: the assistant's mark or the first letter of the agent's name.
 * @param {Author} author
 * @param {string} name
 */
export function face(author, name) {
  return el(
    'div',
    { class: `face face-${author}`, 'aria-hidden': 'true' },
    author === 'agent' ? (Array.from(name.trim())[0] ?? '?') : icon(icons.assistant),
  )
}
