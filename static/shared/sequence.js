/**
 * Keeps the events of one conversation dense and in order, whatever the connection does: an event
 * seen twice counts once, and a hole is reported so that the caller can ask for what is missing.
 */

/** @import { ConversationEvent } from './wire.js' */

export class Sequence {
  constructor() {
    /** @type {ConversationEvent[]} */
    this.events = []
    /** The place before the first. */
    this.after = 0
  }

  /** The last `seq` that is here without a hole before it. */
  get last() {
    return this.events.at(-1)?.seq ?? this.after
  }

  /** Forgets everything and goes on from a place: what is before it is the caller's to find. @param {number} after */
  startAfter(after) {
    this.events = []
    this.after = after
  }

  /**
   * Takes an event in. `new`: it was the next one. `known`: it was here already. `gap`: events before it
   * are missing, it was not taken, ask again from `last`.
   * @param {ConversationEvent} event
   * @returns {'new' | 'known' | 'gap'}
   */
  add(event) {
    if (event.seq <= this.last) return 'known'
    if (event.seq > this.last + 1) return 'gap'
    this.events.push(event)
    return 'new'
  }

  /** Forgets everything, after the server's `reset`. */
  clear() {
    this.startAfter(0)
  }
}
