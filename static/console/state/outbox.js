/**
 * What this agent does, until the server has it on disk. Each thing goes out under its own id, again
 * after a lost connection, one at a time within a conversation, so nothing is lost, doubled or swapped.
 * Words may be held back for a moment, in which they can be taken back.
 */

/** @import { AgentSays, Attachment, ErrorFrame, Mention, Target } from '../../shared/wire.js' */
import { signal } from '../lib.js'
import { keep, kept } from './kept.js'

/**
 * @typedef {object} Pending
 * @property {'send' | 'note' | 'claim' | 'take_over' | 'transfer' | 'return_to_bot' | 'release' | 'resolve' | 'whisper'} type
 * @property {string} conversation
 * @property {string} client_id
 * @property {number} at
 * @property {string} [text]
 * @property {Attachment[]} [attachments] files that are up
 * @property {string} [note]
 * @property {Mention[]} [mentions] of a note
 * @property {number} [quoted] the place of the message that words answer
 * @property {number} [until] held back until then, by this machine's clock
 * @property {Target} [target] of a transfer
 * @property {number} [fence] the claim under which words were written: under a later one they are refused
 * @property {boolean} [stored] the server has it; its event is on the way
 * @property {string} [refused] the code with which the server said no
 */

/** Errors that pass: what was refused is tried again. */
const passing = new Set(['rate_limited', 'overloaded', 'unavailable'])
const retryMs = 3_000

/** Whether something is words, which are kept until they are seen, and not a click. @param {{ type: string }} item */
export const isWords = ({ type }) => type === 'send' || type === 'note'

export class Outbox {
  /**
   * @param {string} agent whose words these are
   * @param {(frame: AgentSays) => boolean} send
   */
  constructor(agent, send) {
    this.name = `outbox.${agent}`
    this.send = send
    this.items = signal(/** @type {readonly Pending[]} */ (kept(this.name, /** @type {Pending[]} */ ([]), session())))
    /** What is on its way, by conversation. @type {Map<string, string>} */
    this.inFlight = new Map()
    /** Told when words that were held back go out. @type {(item: Pending) => void} */
    this.onRelease = () => {}
    /** @type {any} */
    this.timer = 0
    this.#wait()
  }

  /**
   * @param {Pending} pending
   * @param {number} [holdMs] for how long it can be taken back
   */
  put(pending, holdMs = 0) {
    // Whoever ends a conversation means it to end after what they have written.
    if (!isWords(pending)) this.release(pending.conversation)
    this.#change([...this.items.value, holdMs > 0 ? { ...pending, until: Date.now() + holdMs } : pending])
    this.#wait()
    this.pump()
  }

  /** Takes words back that are held, if they still are. @param {string} clientId */
  takeBack(clientId) {
    const item = this.find(clientId)
    if (item?.until === undefined) return undefined
    this.remove(clientId)
    this.pump()
    return item
  }

  /** Sends at once what is held back. @param {string} [conversation] all, if left out */
  release(conversation) {
    this.#letGo((item) => conversation === undefined || item.conversation === conversation)
    this.pump()
  }

  /** @param {string} conversation */
  heldIn(conversation) {
    return this.items.value.filter((item) => item.until !== undefined && item.conversation === conversation)
  }

  /** @param {(item: Pending) => boolean} goes */
  #letGo(goes) {
    const gone = this.items.value.filter((item) => item.until !== undefined && goes(item))
    if (gone.length === 0) return
    this.#change(this.items.value.map((item) => (gone.includes(item) ? { ...item, until: undefined } : item)))
    for (const item of gone) this.onRelease(item)
  }

  /** Looks again when the time of the next one has come. */
  #wait() {
    clearTimeout(this.timer)
    const times = this.items.value.flatMap(({ until }) => until ?? [])
    if (times.length === 0) return
    this.timer = setTimeout(
      () => {
        this.#letGo(({ until = 0 }) => until <= Date.now())
        this.#wait()
        this.pump()
      },
      Math.max(0, Math.min(...times) - Date.now()),
    )
  }

  /** @param {string} clientId */
  find(clientId) {
    return this.items.value.find((item) => item.client_id === clientId)
  }

  /** Sends the oldest waiting item of each conversation that has nothing on its way. */
  pump() {
    /** What comes after words that are held back waits with them. @type {Set<string>} */
    const held = new Set()
    for (const item of this.items.value) {
      if (item.until !== undefined) held.add(item.conversation)
      if (item.refused || item.stored || held.has(item.conversation) || this.inFlight.has(item.conversation)) continue
      if (!this.send(frameOf(item))) return
      this.inFlight.set(item.conversation, item.client_id)
    }
  }

  /** The connection is gone: nothing is on its way any more. */
  lost() {
    this.inFlight.clear()
  }

  /**
   * @param {string} clientId
   * @param {boolean} keepUntilSeen whether its event will come
   */
  stored(clientId, keepUntilSeen) {
    const item = this.#landed(clientId)
    if (item) {
      if (keepUntilSeen && isWords(item)) this.#replace({ ...item, stored: true })
      else this.remove(clientId)
    }
    this.pump()
    return item
  }

  /**
   * @param {ErrorFrame} frame
   * @returns {Pending | undefined} what the server will not do
   */
  refused({ client_id = '', code, retry_after_ms = retryMs }) {
    const item = this.find(client_id)
    if (item && passing.has(code)) {
      setTimeout(() => {
        this.#landed(client_id)
        this.pump()
      }, retry_after_ms)
      return undefined
    }
    this.#landed(client_id)
    // Words are kept for another try; a click whose time has passed is not.
    if (item && isWords(item)) this.#replace({ ...item, refused: code })
    else this.remove(client_id)
    this.pump()
    return item
  }

  /**
   * @param {string} clientId
   * @param {number} [fence] of the claim that holds now
   */
  retry(clientId, fence) {
    const item = this.find(clientId)
    if (item) this.#replace({ ...item, refused: undefined, fence })
    this.pump()
  }

  /** @param {string} clientId */
  remove(clientId) {
    this.#landed(clientId)
    if (this.find(clientId)) this.#change(this.items.value.filter((item) => item.client_id !== clientId))
  }

  /** @param {string} clientId */
  #landed(clientId) {
    const item = this.find(clientId)
    if (item && this.inFlight.get(item.conversation) === clientId) this.inFlight.delete(item.conversation)
    return item
  }

  /** @param {Pending} item */
  #replace(item) {
    this.#change(this.items.value.map((other) => (other.client_id === item.client_id ? item : other)))
  }

  /** @param {readonly Pending[]} items */
  #change(items) {
    this.items.value = items
    const words = items.filter(isWords)
    keep(this.name, words.length > 0 ? words : undefined, session())
  }
}

/** Where words outlive a reload of this tab, if there is such a place. */
function session() {
  return typeof sessionStorage === 'undefined' ? undefined : sessionStorage
}

/**
 * @param {Pending} item
 * @returns {AgentSays}
 */
function frameOf({ type, conversation, client_id, text = '', note, target, fence, attachments, quoted, mentions }) {
  if (type === 'send') return { type, conversation, client_id, text, fence, attachments: attachments?.map(({ id }) => id), quoted }
  if (type === 'note') return { type, conversation, client_id, text, mentions: mentions ?? [] }
  if (type === 'whisper') return { type, conversation, client_id, text }
  if (type === 'transfer') return { type, conversation, client_id, note, target: target ?? { to: 'queue' } }
  return type === 'release' ? { type, conversation, client_id, note } : { type, conversation, client_id }
}
