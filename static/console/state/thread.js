/** One conversation as this page knows it: its events in order, where it stands, who types, what has been read. */

/** @import { ConversationEvent, HandoffCard, OpenedFrame, Status } from '../../shared/wire.js' */
/** @typedef {Extract<ConversationEvent, { type: 'bot_message' }>} BotMessage */
import { Sequence } from '../../shared/sequence.js'
import { batch, signal } from '../lib.js'
import { trimmed, withEarlier } from './trim.js'

/** After how long a customer of whom nothing more is heard is not typing any more. */
const typingEndsMs = 8_000

/** @typedef {{ id: string, name: string }} Owner */

export class Thread {
  /** @param {string} conversation */
  constructor(conversation) {
    this.conversation = conversation
    this.sequence = new Sequence()
    /** While what comes before the sequence is still on its way: what is here of it. @type {ConversationEvent[] | undefined} */
    this.early = undefined
    /** Whether the server sends what happens here. */
    this.subscribed = false
    /** Up to here the server has events for us. */
    this.target = 0
    this.events = signal(/** @type {readonly ConversationEvent[]} */ ([]))
    /** From this event on none is missing; of those before it only some are here. */
    this.from = signal(1)
    /** Somebody reads above the end: nothing is taken away. */
    this.held = false
    /** Whether earlier events are on their way. */
    this.fetching = false
    /** The last one with what the assistant understood; of those before it nobody asks any more. @type {BotMessage | undefined} */
    this.understood = undefined
    /** @type {OpenedFrame | undefined} */
    this.told = undefined
    this.status = signal(/** @type {Status | null} */ (null))
    this.owner = signal(/** @type {Owner | null} */ (null))
    /** What an agent needs to know, since it was handed over. */
    this.card = signal(/** @type {HandoffCard | null} */ (null))
    /** The claim that is ours, which goes with what we write. @type {number | undefined} */
    this.fence = undefined
    this.loaded = signal(false)
    this.missing = signal(false)
    this.typing = signal(false)
    /** What the customer is writing, where the desk shows that. */
    this.unsent = signal('')
    /** The last event that the customer has seen. */
    this.customerRead = signal(0)
    /** The last event that a device of theirs has been given. */
    this.customerGot = signal(0)
    /** @type {any} */
    this.typingTimer = 0
  }

  /** Where it stands. What is drawn for the first time is drawn once, with the first words. @param {OpenedFrame} frame */
  opened(frame) {
    this.target = Math.max(this.target, frame.last)
    this.told = frame
    if (this.loaded.peek() || this.sequence.last >= this.target) this.#arrive()
  }

  /** What was told of where it stands counts from now on. */
  #arrive() {
    if (!this.told) return
    const { status, owner, fence, handoff, delivered = 0, read = 0 } = this.told
    this.told = undefined
    this.deliveredToCustomer(delivered)
    this.seenByCustomer(read)
    if (status !== 'human') this.unsent.value = ''
    this.missing.value = false
    this.status.value = status
    this.owner.value = owner ?? null
    this.card.value = handoff ?? null
    this.fence = fence
    this.#settle()
  }

  /** Up to here no event is missing. */
  get complete() {
    return this.early ? (this.early.at(-1)?.seq ?? 0) : this.sequence.last
  }

  /**
   * Takes events in, which follow one another; `gap` means that those before one have to be asked for.
   * @param {ConversationEvent[]} events
   */
  add(...events) {
    const isTail = !this.loaded.peek() && events.length > 1 && (events[0]?.seq ?? 0) > this.sequence.last + 1
    this.#arrive()
    if (isTail && (events.at(-1)?.seq ?? 0) >= this.target) {
      this.early = this.sequence.events
      this.from.value = events[0]?.seq ?? 1
      this.sequence.startAfter(this.from.peek() - 1)
    } else if (this.early && (events[0]?.seq ?? 0) < (this.sequence.events[0]?.seq ?? 0)) {
      this.#fill(this.early, events)
      if (this.early) return 'known'
    }
    return this.#append(events)
  }

  /**
   * Takes in what comes before the sequence. Nothing of it is drawn until it reaches that.
   * @param {ConversationEvent[]} early
   * @param {ConversationEvent[]} events
   */
  #fill(early, events) {
    const begin = this.sequence.events[0]?.seq ?? 0
    let last = early.at(-1)?.seq ?? 0
    for (const event of events) {
      if (event.seq !== last + 1 || event.seq >= begin) continue
      last = event.seq
      early.push(event)
      if (event.type === 'visitor_message') this.seenByCustomer(event.seq)
      // what was understood last is in the sequence, or here
      if (event.type !== 'bot_message' || !event.reading) continue
      if (!this.understood || this.understood.seq < event.seq) this.#understands(event)
      else event.reading = undefined
    }
    if (last + 1 < begin) return
    this.early = undefined
    this.sequence.events = [...early.filter(({ seq }) => seq < begin), ...this.sequence.events]
    this.from.value = 1
    this.#settle()
  }

  /** @param {BotMessage} event */
  #understands(event) {
    if (this.understood) this.understood.reading = undefined
    this.understood = event
  }

  /** @param {ConversationEvent[]} events */
  #append(events) {
    /** @type {ReturnType<Sequence['add']>} */
    let result = 'known'
    let isNew = false
    for (const event of events) {
      result = this.sequence.add(event)
      if (result === 'gap') {
        this.target = Math.max(this.target, event.seq)
        break
      }
      if (result === 'new') isNew = true
      if (result === 'new' && event.type === 'bot_message' && event.reading) this.#understands(event)
      if (result !== 'new' || event.type !== 'visitor_message') continue
      this.setTyping(false)
      this.unsent.value = ''
      // Whoever writes has seen what stands above.
      this.seenByCustomer(event.seq)
    }
    if (isNew) this.#settle()
    return result
  }

  /** The server has less than we do: everything is told again. */
  reset() {
    this.sequence.clear()
    this.early = undefined
    this.target = 0
    this.loaded.value = false
    this.from.value = 1
    this.events.value = []
  }

  /** Takes in a page of events that ends where this one begins. @param {ConversationEvent[]} page */
  addEarlier(page) {
    this.#keep(withEarlier(this.sequence.events, this.from.peek(), page))
  }

  /** @param {boolean} on */
  setTyping(on) {
    clearTimeout(this.typingTimer)
    this.typing.value = on
    if (on) this.typingTimer = setTimeout(() => this.setTyping(false), typingEndsMs)
  }

  /** @param {number} seq */
  seenByCustomer(seq) {
    this.customerRead.value = Math.max(this.customerRead.value, seq)
  }

  /** @param {number} seq */
  deliveredToCustomer(seq) {
    this.customerGot.value = Math.max(this.customerGot.value, seq)
  }

  #settle() {
    const { last } = this.sequence
    if (last < this.target) return
    this.loaded.value = true
    const { events } = this.sequence
    this.#keep((this.held ? undefined : trimmed(events)) ?? { events, from: this.from.peek() })
  }

  /** @param {{ events: ConversationEvent[], from: number }} what */
  #keep({ events, from }) {
    this.sequence.events = events
    batch(() => {
      this.from.value = from
      this.events.value = events.slice()
    })
  }
}

/**
 * How many of the customer's messages an agent has not seen: those after what this browser has shown
 * and after the agent's own last word.
 * @param {readonly ConversationEvent[]} events
 * @param {number} read
 * @param {string} agent
 */
export function unreadOf(events, read, agent) {
  let count = 0
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const event = events[at]
    if (!event || event.seq <= read) break
    if ((event.type === 'agent_message' || event.type === 'claimed' || event.type === 'taken_over') && event.agent === agent) break
    if (event.type === 'visitor_message') count += 1
  }
  return count
}
