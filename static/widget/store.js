/**
 * What this browser remembers of a customer, in the frame's own storage: who they are to the server,
 * what has not been acknowledged yet, what they were typing, what they have read. Read afresh on
 * every use, because another tab may have written it. Without storage it lives as long as the page.
 */

/** @import { Attachment, Language, Tokens } from '../shared/wire.js' */

/** @typedef {Tokens & { conversation: string, replaces?: string }} Identity `replaces`: the conversation that this one was started instead of */

/**
 * Something said or done that the server has not acknowledged yet.
 * @typedef {object} Pending
 * @property {string} client_id
 * @property {'send' | 'handoff' | 'leave_queue' | 'rate' | 'contact' | 'proactive'} type
 * @property {string} [text]
 * @property {string} [choice]
 * @property {string[]} [attachments] ids of files that are up
 * @property {Attachment[]} [files] the same, to show them
 * @property {string} [rule] by which the desk spoke first
 * @property {number} [score]
 * @property {string} [comment]
 * @property {Record<string, string>} [contact] what the customer says of themselves, by field
 * @property {number} at
 * @property {string} tab the tab that sends it
 * @property {string} [refused] the error code after which it is not tried any more
 */

const prefix = 'frontdesk.'

export class Store {
  constructor() {
    /** @type {Map<string, string>} */
    this.memory = new Map()
    /** @type {Storage | null} */
    this.storage = null
    try {
      this.storage = window.localStorage
    } catch {
      // The browser refuses storage to frames of other sites; memory has to do.
    }
  }

  /** @returns {Identity | null} */
  get identity() {
    return this.#get('identity')
  }

  set identity(identity) {
    this.#set('identity', identity)
  }

  /** @returns {Pending[]} */
  get outbox() {
    const outbox = this.#get('outbox')
    return Array.isArray(outbox) ? outbox : []
  }

  /** @param {(outbox: Pending[]) => Pending[]} change */
  changeOutbox(change) {
    const outbox = change(this.outbox)
    this.#set('outbox', outbox.length > 0 ? outbox : null)
  }

  /** @returns {string} */
  get draft() {
    return this.#get('draft') ?? ''
  }

  set draft(words) {
    this.#set('draft', words || null)
  }

  /** The last `seq` that was on a visible screen, in the conversation at hand. */
  get read() {
    const read = this.#get('read')
    return read?.conversation === this.identity?.conversation ? Number(read?.seq ?? 0) : 0
  }

  set read(seq) {
    this.#set('read', { conversation: this.identity?.conversation, seq })
  }

  /** What the customer has written into the form about themselves, and whether that is done. @returns {{ fields: Record<string, string>, done: boolean }} */
  get contact() {
    return this.#get('contact') ?? { fields: {}, done: false }
  }

  set contact(contact) {
    this.#set('contact', contact)
  }

  /** Off until the customer wants it. */
  get sound() {
    return this.#get('sound') === true
  }

  set sound(on) {
    this.#set('sound', on || null)
  }

  /** Forgets the customer; the language and the sound are this device's. */
  forget() {
    for (const name of ['identity', 'outbox', 'draft', 'read', 'contact']) this.#set(name, null)
  }

  /** @returns {Language | null} */
  get language() {
    return this.#get('language')
  }

  set language(language) {
    this.#set('language', language)
  }

  /**
   * Calls back when another tab has written something.
   * @param {(name: string) => void} changed
   */
  watch(changed) {
    addEventListener('storage', (event) => {
      if (event.storageArea === this.storage && event.key?.startsWith(prefix)) changed(event.key.slice(prefix.length))
    })
  }

  /**
   * @param {string} name
   * @returns {any}
   */
  #get(name) {
    try {
      const text = this.storage ? this.storage.getItem(prefix + name) : this.memory.get(name)
      return text ? JSON.parse(text) : null
    } catch {
      return null
    }
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  #set(name, value) {
    const text = JSON.stringify(value)
    if (this.storage) {
      try {
        if (value === null) this.storage.removeItem(prefix + name)
        else this.storage.setItem(prefix + name, text)
        return
      } catch {
        // Full or taken away: carry over what it held, and go on in memory.
        this.#leaveStorage()
      }
    }
    if (value === null) this.memory.delete(name)
    else this.memory.set(name, text)
  }

  #leaveStorage() {
    const storage = this.storage
    this.storage = null
    for (const name of ['identity', 'outbox', 'draft', 'read', 'language', 'contact', 'sound']) {
      try {
        const text = storage?.getItem(prefix + name)
        if (text) this.memory.set(name, text)
      } catch {
        return
      }
    }
  }
}
