/**
 * The agent's line to the server: the board, the conversations that are open here, and everything the
 * agent does. Knows nothing of the DOM; what is to be seen stands in signals.
 */

/** @import { Agent, AgentFrame, AgentSays, BoardFrame, ConversationEvent, ErrorFrame, FloorFrame, MentionedFrame, Presence } from '../../shared/wire.js' */
/** @import { Closed, LinkState } from '../../shared/link.js' */
/** @import { Pending } from './outbox.js' */
import { newClientId, parseAgentFrame } from '../../shared/frame.js'
import { Link, socketUrl, wakeWithPage } from '../../shared/link.js'
import { batch, computed, signal } from '../lib.js'
import { api } from '../api.js'
import { keepSame } from './board.js'
import { heardTime, serverNow } from './clock.js'
import { Drafts } from './drafts.js'
import { InboxList } from './inbox.js'
import { keep, kept } from './kept.js'
import { isWords, Outbox } from './outbox.js'
import { endRows } from './rows_window.js'
import { undoMs } from './settings.js'
import { Thread, unreadOf } from './thread.js'
import { fileRules, filesOf, uploadsOf } from './uploads.js'

/**
 * @typedef {object} Hears
 * @property {(frame: ErrorFrame, item: Pending | undefined) => void} refused
 * @property {(item: Pending) => void} done what was done, other than writing, that the server has
 * @property {(missed: string[], setAway: boolean) => void} missed offers that passed, and whether the server took us for away
 * @property {(frame: MentionedFrame) => void} mentioned a colleague named us in a note
 * @property {(closed: Closed) => Promise<'retry' | 'stop'>} closed
 */

/** @typedef {BoardFrame & { waiting_count?: number }} Board the count is of all who wait, the list of the first of them */

/** @typedef {{ id: string, name: string, active: boolean }} Colleague */

/** The server takes 100 open conversations a socket; a few are left for reading. */
const mostFollowed = 80
/** So many conversations that are followed no more stay as they were, for when somebody comes back to one. */
const mostLeft = 20
const mostMarks = 300
/** So many of the last events of a long conversation come before the others: a few more than are drawn. */
const tailEvents = endRows + 20
/** Earlier events that are fetched at once, and how many are wanted above one that is looked for. */
const pageEvents = 200
const fewEvents = 40
/** An offer that ends this near its time has passed; one that ends earlier was taken by somebody. */
const nearlyMs = 2_500

export class Desk {
  /**
   * @param {Agent} me
   * @param {Hears} hears
   */
  constructor(me, hears) {
    this.me = me
    this.hears = hears
    filesOf(me.id)
    this.board = signal(/** @type {Board} */ ({ type: 'board', waiting: [], mine: [], others: 0 }))
    /** Whether there has been a board yet. */
    this.known = signal(false)
    /** Who is at the desk, and what is offered to us. */
    this.floor = signal(/** @type {FloorFrame} */ ({ type: 'floor', presence: 'offline', offers: [], agents: [] }))
    /** What we have just declined: its end is no news. @type {Set<string>} */
    this.turnedDown = new Set()
    this.link = signal(/** @type {{ state: LinkState, attempt: number }} */ ({ state: 'connecting', attempt: 0 }))
    this.outbox = new Outbox(me.id, (frame) => this.line.send(frame))
    /** What we are writing. */
    this.drafts = new Drafts(me.id, (conversation, kind, text) =>
      this.outbox.heldIn(conversation).some((item) => (item.type === 'note') === (kind === 'note') && item.text === text.trim()),
    )
    this.outbox.onRelease = ({ conversation, type }) => this.drafts.sent(conversation, type === 'note' ? 'note' : 'reply')
    /** Everybody who can be named, by id. */
    this.colleagues = signal(/** @type {ReadonlyMap<string, Colleague>} */ (new Map()))
    /** @type {Map<string, Thread>} */
    this.threads = new Map()
    /** The list of a view, beside the desk's own. */
    this.inbox = new InboxList((query) => this.line.send({ type: 'watch', query }))
    /** The conversation on the screen. */
    this.shown = ''
    /** One that is likely to be there next. */
    this.ahead = ''
    /** Up to where this agent has seen each conversation, in this browser. */
    this.marks = signal(kept(`read.${me.id}`, /** @type {Record<string, number>} */ ({})))
    /** @type {Map<string, number>} */
    this.toldRead = new Map()
    /** By conversation, those that have any. */
    this.unread = computed(() => this.#countUnread())
    /** @type {Link<AgentFrame>} */
    this.line = new Link({
      url: socketUrl('/ws/v1/agent'),
      hello: () => ({ type: 'hello' }),
      parse: parseAgentFrame,
      onFrame: (frame) => batch(() => this.#heard(frame)),
      onState: (state, { attempt }) => this.#lineChanged(state, attempt),
      onClose: (closed) => hears.closed(closed),
    })
    wakeWithPage(this.line)
    this.leaving = () => this.leave()
  }

  start() {
    addEventListener('pagehide', this.leaving)
    this.line.start()
  }

  stop() {
    this.outbox.release()
    this.drafts.leave()
    this.drafts.stop()
    removeEventListener('pagehide', this.leaving)
    this.line.stop()
  }

  /** The page goes away, perhaps for good: what is held back becomes a draft again, and every draft is kept. */
  leave() {
    for (const item of this.outbox.items.peek()) {
      if (item.until !== undefined && this.outbox.takeBack(item.client_id)) this.putBack(item)
    }
    this.drafts.leave()
  }

  /** Words that were taken back go before those that were begun since. @param {Pending} item */
  putBack({ conversation, type, text = '', attachments = [], quoted, mentions = [] }) {
    const kind = type === 'note' ? 'note' : 'reply'
    const since = this.drafts.of(conversation, kind)
    const more = since?.text.trim() ? since : undefined
    const gap = text ? Array.from(text).length + 2 : 0
    const later = (more?.mentions ?? []).map((mention) => ({ ...mention, at: mention.at + gap }))
    this.drafts.typed(conversation, kind, {
      text: [text, more?.text].filter(Boolean).join('\n\n'),
      mentions: [...mentions, ...later],
      quoted: quoted ?? more?.quoted,
    })
    if (attachments.length > 0) uploadsOf(conversation).putBack(attachments)
  }

  /** @param {string} conversation */
  thread(conversation) {
    const found = this.threads.get(conversation) ?? new Thread(conversation)
    this.threads.set(conversation, found)
    return found
  }

  /** @param {string} conversation */
  item(conversation) {
    const { waiting, mine, taken } = this.board.value
    const is = (/** @type {{ conversation: string }} */ item) => item.conversation === conversation
    return mine.find(is) ?? waiting.find(is) ?? taken?.find(is)
  }

  /** Ourselves on the floor. */
  get seat() {
    return this.floor.value.agents.find(({ id }) => id === this.me.id)
  }

  /** Looks who there is: those too who are not at the desk. */
  async lookForColleagues() {
    try {
      this.colleagues.value = new Map((await api.agents()).map((one) => [one.id, one]))
    } catch {
      // Those at the desk are known without.
    }
  }

  /** The name of a colleague. @param {string} id */
  nameOf(id) {
    return this.colleagues.value.get(id)?.name ?? this.floor.value.agents.find((seat) => seat.id === id)?.name
  }

  /** @param {Presence} presence */
  be(presence) {
    this.line.send({ type: 'presence', presence })
  }

  /**
   * @param {string} conversation
   * @param {string} [reason]
   */
  decline(conversation, reason) {
    if (this.line.send({ type: 'decline', conversation, reason })) this.turnedDown.add(conversation)
  }

  /**
   * Puts a conversation on the screen; '' for none.
   * @param {string} conversation
   */
  show(conversation) {
    const before = this.shown
    this.shown = conversation
    const thread = conversation ? this.thread(conversation) : undefined
    if (thread) {
      // the one that was looked at last is forgotten last
      this.threads.delete(conversation)
      this.threads.set(conversation, thread)
      this.#subscribe(thread)
    }
    if (before && before !== conversation) this.#followMine()
  }

  /** Has a conversation told that is likely to be shown next, so that it is there when it is wanted. @param {string} conversation */
  lookAhead(conversation) {
    if (conversation === this.ahead || conversation === this.shown) return
    this.ahead = conversation
    this.#followMine()
  }

  /**
   * @param {Pending['type']} type
   * @param {string} conversation
   * @param {Partial<Pick<Pending, 'text' | 'attachments' | 'note' | 'target' | 'quoted' | 'mentions'>>} [what]
   */
  act(type, conversation, what) {
    const fence = type === 'send' ? this.threads.get(conversation)?.fence : undefined
    const pending = { type, conversation, client_id: newClientId(), at: serverNow(), fence, ...what }
    this.outbox.put(pending, isWords(pending) ? undoMs() : 0)
  }

  /** Sends words again that were refused, under the claim that holds now. @param {Pending} item */
  retry({ client_id, conversation }) {
    this.outbox.retry(client_id, this.threads.get(conversation)?.fence)
  }

  /**
   * Whether something of this kind is on its way.
   * @param {Pending['type']} type
   * @param {string} conversation
   */
  isDoing(type, conversation) {
    return this.outbox.items.value.some((item) => item.type === type && item.conversation === conversation)
  }

  /**
   * @param {string} conversation
   * @param {boolean} on
   */
  typing(conversation, on) {
    this.line.send({ type: 'typing', conversation, on })
  }

  /**
   * The agent has seen everything in this conversation.
   * @param {Thread} thread
   */
  seen({ conversation, sequence }) {
    const { last } = sequence
    if ((this.marks.peek()[conversation] ?? 0) < last) {
      const marks = Object.entries({ ...this.marks.peek(), [conversation]: last })
      this.marks.value = Object.fromEntries(marks.slice(-mostMarks))
      keep(`read.${this.me.id}`, this.marks.value)
    }
    if ((this.toldRead.get(conversation) ?? 0) >= last) return
    if (this.line.send({ type: 'read', conversation, seq: last })) this.toldRead.set(conversation, last)
  }

  /** Fetches events of before those that are here; says whether any came. @param {Thread} thread */
  async earlier(thread) {
    const from = thread.from.peek()
    if (from <= 1 || thread.fetching) return false
    thread.fetching = true
    try {
      thread.addEarlier(await api.eventsAfter(thread.conversation, Math.max(0, from - 1 - pageEvents)))
    } finally {
      thread.fetching = false
    }
    return thread.from.peek() < from
  }

  /** Fetches what is needed to show an event with some before it. @param {Thread} thread @param {number} seq */
  async reach(thread, seq) {
    while (thread.from.peek() > Math.max(1, seq - fewEvents)) if (!(await this.earlier(thread))) return
  }

  /** The agent wants to look at the customer's last words again. @param {string} conversation */
  unsee(conversation) {
    const events = this.threads.get(conversation)?.events.peek() ?? []
    const said = events.findLast((event) => event.type === 'visitor_message')
    if (!said) return
    this.marks.value = { ...this.marks.peek(), [conversation]: said.seq - 1 }
    keep(`read.${this.me.id}`, this.marks.value)
    this.toldRead.delete(conversation)
  }

  #countUnread() {
    /** @type {Map<string, number>} */
    const counts = new Map()
    for (const { conversation, status } of this.board.value.mine) {
      const thread = this.threads.get(conversation)
      if (!thread || status !== 'human') continue
      const count = unreadOf(thread.events.value, this.marks.value[conversation] ?? 0, this.me.id)
      if (count > 0) counts.set(conversation, count)
    }
    return counts
  }

  /** @param {AgentFrame} frame */
  #heard(frame) {
    switch (frame.type) {
      case 'welcome':
        if (frame.now !== undefined) heardTime(frame.now)
        fileRules.value = frame.attachments ?? null
        return this.#welcomed()
      case 'board':
        this.board.value = keepSame(this.board.peek(), frame)
        this.known.value = true
        return this.#followMine()
      case 'floor':
        return this.#floorChanged(frame)
      case 'inbox':
        return this.inbox.heard(frame)
      case 'declined':
        return
      case 'opened':
        return this.thread(frame.conversation).opened(frame)
      case 'event':
        return this.#told(frame.conversation, [frame.event])
      case 'events':
        return this.#told(frame.conversation, frame.events)
      case 'ack': {
        const comes = this.thread(frame.conversation).subscribed && this.thread(frame.conversation).sequence.last < frame.seq
        const item = this.outbox.stored(frame.client_id, comes)
        if (item && !isWords(item)) this.hears.done(item)
        return
      }
      case 'typing':
        return this.thread(frame.conversation).setTyping(frame.on)
      case 'unsent':
        this.thread(frame.conversation).unsent.value = frame.text
        return
      case 'read':
        return this.thread(frame.conversation).seenByCustomer(frame.seq)
      case 'delivered':
        return this.thread(frame.conversation).deliveredToCustomer(frame.seq)
      case 'draft':
        return this.drafts.heard(frame)
      case 'mentioned':
        return this.hears.mentioned(frame)
      case 'reset':
        this.thread(frame.conversation).reset()
        this.thread(frame.conversation).target = frame.last
        return
      case 'error':
        return this.#refused(frame)
    }
  }

  /** @param {string} conversation @param {ConversationEvent[]} events */
  #told(conversation, events) {
    const thread = this.thread(conversation)
    if (thread.add(...events) === 'gap') this.#open(thread)
    for (const { client_id } of events) {
      const said = this.outbox.find(client_id ?? '')
      if (said && isWords(said)) this.outbox.remove(said.client_id)
    }
  }

  /** @param {FloorFrame} floor */
  #floorChanged(floor) {
    if (floor.now !== undefined) heardTime(floor.now)
    const before = this.floor.value
    this.floor.value = floor
    const { waiting } = this.board.value
    const isOver = (/** @type {string} */ conversation) => !floor.offers.some((offer) => offer.conversation === conversation)
    const over = before.offers.map(({ conversation }) => conversation).filter(isOver)
    // What somebody took, or what we take or turned down, was not missed.
    const missed = over.filter((id) => {
      const isTold = this.turnedDown.delete(id) || this.isDoing('claim', id)
      const isDue = before.offers.some(({ conversation, until }) => conversation === id && until - serverNow() < nearlyMs)
      return !isTold && isDue && waiting.some((item) => item.conversation === id)
    })
    if (missed.length > 0) this.hears.missed(missed, before.presence === 'online' && floor.presence === 'away')
    this.#followMine()
  }

  #welcomed() {
    for (const thread of this.threads.values()) if (thread.subscribed) this.#open(thread)
    this.toldRead.clear()
    this.outbox.pump()
    this.inbox.start()
    this.drafts.start()
    this.lookForColleagues()
  }

  /** Follows the agent's own conversations, what is offered, the one on the screen and the next, and no others. */
  #followMine() {
    const mine = this.board.value.mine.slice(0, mostFollowed).map((item) => item.conversation)
    const offered = this.floor.value.offers.map((offer) => offer.conversation)
    const wanted = new Set([...mine, ...offered, this.shown, this.ahead])
    wanted.delete('')
    for (const [conversation, thread] of this.threads) {
      if (!thread.subscribed || wanted.has(conversation)) continue
      thread.subscribed = false
      this.line.send({ type: 'close', conversation })
    }
    for (const conversation of wanted) this.#subscribe(this.thread(conversation))
    const left = [...this.threads.keys()].filter((conversation) => !wanted.has(conversation))
    for (const conversation of left.slice(0, -mostLeft)) this.threads.delete(conversation)
  }

  /** @param {Thread} thread */
  #subscribe(thread) {
    if (thread.subscribed) return
    thread.subscribed = true
    this.#open(thread)
  }

  /** @param {Thread} thread */
  #open({ conversation, complete, loaded }) {
    /** @type {AgentSays} */
    const frame = { type: 'open', conversation, after: complete, pages: true, ...(!loaded.peek() && { tail: tailEvents }) }
    this.line.send(frame)
  }

  /** @param {ErrorFrame} frame */
  #refused(frame) {
    const isCommand = frame.client_id !== undefined
    if (!isCommand && frame.conversation && (frame.code === 'not_found' || frame.code === 'invalid_field')) {
      const thread = this.thread(frame.conversation)
      thread.missing.value = true
      thread.subscribed = false
      return
    }
    if (!isCommand && frame.code === 'conflict' && this.turnedDown.delete(frame.conversation ?? '')) {
      return this.hears.missed([frame.conversation ?? ''], false)
    }
    const item = isCommand ? this.outbox.refused(frame) : undefined
    if (item || !isCommand) this.hears.refused(frame, item)
  }

  /**
   * @param {LinkState} state
   * @param {number} attempt
   */
  #lineChanged(state, attempt) {
    if (state !== 'open') {
      this.outbox.lost()
      for (const thread of this.threads.values()) thread.setTyping(false)
    }
    this.link.value = { state, attempt }
  }
}
