/**
 * What this agent is writing: a reply and a note for each conversation. It is kept on the server, once a second at most,
 * and until it is there in this browser, so that neither a reload nor a lost connection loses a word. Of two tabs the later
 * words stay, and both show them.
 */

/** @import { Draft, DraftFrame, DraftKind } from '../../shared/wire.js' */
import { api, Refused } from '../api.js'
import { signal } from '../lib.js'
import { serverNow } from './clock.js'
import { keep, kept } from './kept.js'

/** How long a pause in writing is waited for, and how often a draft is written at most. */
const pauseMs = 400
const everyMs = 1_000
const retryMs = 5_000

/** @typedef {{ text: string, mentions?: Draft['mentions'], quoted?: number }} Typed */

/** @param {string} conversation @param {DraftKind} kind */
const keyOf = (conversation, kind) => `${conversation}/${kind}`

export class Drafts {
  /**
   * @param {string} agent whose they are
   * @param {(conversation: string, kind: DraftKind, text: string) => boolean} isHeld whether these words are about to be sent
   */
  constructor(agent, isHeld) {
    this.name = `drafts.${agent}`
    this.isHeld = isHeld
    /** What the server does not have yet. @type {Map<string, Draft>} */
    this.dirty = new Map(Object.entries(kept(this.name, /** @type {Record<string, Draft>} */ ({}))))
    this.all = signal(/** @type {ReadonlyMap<string, Draft>} */ (new Map(this.dirty)))
    /** The conversations in which something is begun. */
    this.begun = signal(/** @type {ReadonlySet<string>} */ (new Set()))
    /** Where the server has words, as far as we know. @type {Set<string>} */
    this.there = new Set()
    /** @type {Map<string, any>} */
    this.timers = new Map()
    /** @type {Map<string, number>} */
    this.writtenAt = new Map()
    this.#mark()
  }

  /** @param {string} conversation @param {DraftKind} kind */
  of(conversation, kind) {
    return this.all.value.get(keyOf(conversation, kind))
  }

  /** The same, for those who are not drawn anew. @param {string} conversation @param {DraftKind} kind */
  peek(conversation, kind) {
    return this.all.peek().get(keyOf(conversation, kind))
  }

  /** What is being written, the last words first: that is what one goes on with. @param {string} conversation @returns {DraftKind | undefined} */
  lastOf(conversation) {
    const reply = this.all.peek().get(keyOf(conversation, 'reply'))
    const note = this.all.peek().get(keyOf(conversation, 'note'))
    if (!reply || !note) return reply ? 'reply' : note ? 'note' : undefined
    return note.at > reply.at ? 'note' : 'reply'
  }

  /** The connection is there: what is on the server and what is here become one. */
  async start() {
    /** @type {Draft[]} */
    let found
    try {
      found = await api.drafts()
    } catch {
      return
    }
    const all = new Map(this.dirty)
    this.there = new Set()
    for (const draft of found) {
      const key = keyOf(draft.conversation, draft.kind)
      this.there.add(key)
      const own = this.dirty.get(key)
      if (this.isHeld(draft.conversation, draft.kind, draft.text)) continue
      if (!own || own.at < draft.at) {
        all.set(key, draft)
        this.#clean(key)
      }
    }
    this.#show(all)
    for (const key of this.dirty.keys()) this.#schedule(key)
  }

  /** Somebody else who is us has written. @param {DraftFrame} frame */
  heard({ type: _, ...draft }) {
    const key = keyOf(draft.conversation, draft.kind)
    if (draft.text.trim() === '') this.there.delete(key)
    else this.there.add(key)
    if ((this.dirty.get(key)?.at ?? 0) >= draft.at) return
    const known = this.all.peek().get(key)
    if (known?.text === draft.text || (known && known.at > draft.at)) return
    if (this.isHeld(draft.conversation, draft.kind, draft.text)) return
    this.#clean(key)
    this.#set(key, draft)
  }

  /**
   * @param {string} conversation
   * @param {DraftKind} kind
   * @param {Typed} typed
   */
  typed(conversation, kind, typed) {
    const key = keyOf(conversation, kind)
    const draft = { conversation, kind, ...typed, at: serverNow() }
    this.#set(key, draft)
    this.dirty.set(key, draft)
    this.#remember()
    this.#schedule(key)
  }

  /**
   * These words leave the box: they are sent now, or in a moment, until when they stay on the server.
   * @param {string} conversation
   * @param {DraftKind} kind
   * @param {boolean} isHeld
   */
  leaves(conversation, kind, isHeld) {
    const key = keyOf(conversation, kind)
    if (isHeld) this.#write(key)
    this.#clean(key)
    this.#set(key, undefined)
    if (!isHeld) this.sent(conversation, kind)
  }

  /** Words were sent: what is left of them on the server goes. @param {string} conversation @param {DraftKind} kind */
  sent(conversation, kind) {
    const key = keyOf(conversation, kind)
    if (this.all.peek().has(key)) return
    this.#clean(key)
    if (!this.there.has(key)) return
    this.dirty.set(key, { conversation, kind, text: '', at: serverNow() })
    this.#remember()
    this.#schedule(key)
  }

  /** The page goes away: everything is written that is not, in a way that outlives the page. */
  leave() {
    for (const key of this.dirty.keys()) {
      clearTimeout(this.timers.get(key))
      this.timers.delete(key)
      this.#write(key, true)
    }
  }

  stop() {
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
  }

  /** @param {string} key */
  #schedule(key) {
    if (this.timers.has(key)) return
    const due = Math.max(pauseMs, (this.writtenAt.get(key) ?? 0) + everyMs - Date.now())
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key)
        this.#write(key)
      }, due),
    )
  }

  /** @param {string} key @param {boolean} [leaving] */
  async #write(key, leaving = false) {
    const draft = this.dirty.get(key)
    if (!draft) return
    this.writtenAt.set(key, Date.now())
    if (draft.text.trim() !== '') this.there.add(key)
    try {
      const answer = await api.putDraft(draft, leaving)
      if (this.dirty.get(key) !== draft) return
      this.#clean(key)
      // Later words were there already: these are shown.
      if (answer.at > draft.at && answer.text !== draft.text && !this.isHeld(draft.conversation, draft.kind, answer.text))
        this.#set(key, answer)
    } catch (error) {
      if (this.dirty.get(key) !== draft) return
      const isForGood = error instanceof Refused && ['forbidden', 'not_found', 'unauthorized'].includes(error.code)
      if (!isForGood) this.writtenAt.set(key, Date.now() + retryMs)
      if (!isForGood && !leaving) this.#schedule(key)
    }
  }

  /** @param {string} key */
  #clean(key) {
    if (this.dirty.delete(key)) this.#remember()
  }

  #remember() {
    keep(this.name, this.dirty.size > 0 ? Object.fromEntries(this.dirty) : undefined)
  }

  /** @param {string} key @param {Draft | undefined} draft */
  #set(key, draft) {
    const all = new Map(this.all.peek())
    if (!draft || (draft.text === '' && draft.quoted === undefined)) all.delete(key)
    else all.set(key, draft)
    this.#show(all)
  }

  /** @param {Map<string, Draft>} all */
  #show(all) {
    for (const [key, draft] of all) if (draft.text === '' && draft.quoted === undefined) all.delete(key)
    this.all.value = all
    this.#mark()
  }

  /** The list looks only at where something is begun, which changes seldom. */
  #mark() {
    const begun = new Set([...this.all.peek().values()].filter(({ text }) => text.trim() !== '').map(({ conversation }) => conversation))
    const before = this.begun.peek()
    if (begun.size !== before.size || [...begun].some((conversation) => !before.has(conversation))) this.begun.value = begun
  }
}
