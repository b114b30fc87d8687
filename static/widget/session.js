/**
 * The customer's side of one conversation: connects, resumes, keeps the tokens fresh, sends what waits
 * in the outbox one by one in order, and tells the page what happened. Knows nothing of the DOM.
 */

/** @import { ConversationEvent, ErrorFrame, Language, PhrasingFrame, QueueFrame, Tokens, VisitorFrame, VisitorWelcome } from '../shared/wire.js' */
/** @import { Closed, LinkDetail, LinkState } from '../shared/link.js' */
/** @import { Standing } from './conversation.js' */
/** @import { Identity, Pending, Store } from './store.js' */
import { isKnown, newClientId, parseVisitorFrame } from '../shared/visitor_frame.js'
import { Link, socketUrl, wakeWithPage } from '../shared/link.js'
import { Sequence } from '../shared/sequence.js'
import { follow, start } from './conversation.js'

/**
 * What the page is told.
 * @typedef {object} Hears
 * @property {(welcome: VisitorWelcome) => void} welcome
 * @property {(event: ConversationEvent, live: boolean) => void} event a new event; not `live` while catching up
 * @property {() => void} caughtUp
 * @property {(why: 'fresh' | 'reset' | 'other') => void} cleared everything shown is void
 * @property {() => void} outbox what is pending has changed
 * @property {(clientId: string) => void} stored
 * @property {(frame: QueueFrame) => void} queue
 * @property {(from: string, on: boolean) => void} typing
 * @property {(frame: PhrasingFrame) => void} phrasing
 * @property {(seq: number) => void} seen the agent has read up to here
 * @property {(frame: ErrorFrame) => void} error
 * @property {(contact: Record<string, string>) => void} contactRefused
 * @property {(accepted: boolean) => void} identified whether the site's token was taken
 * @property {(state: LinkState, detail: LinkDetail) => void} link
 */

/** Errors that pass: what was refused is tried again. */
const passing = new Set(['rate_limited', 'overloaded', 'unavailable', 'internal'])
const renewAheadMs = 90_000
const renewAtMostEveryMs = 60_000
const ackWithinMs = 15_000
/** Another tab that has not sent what it put into the outbox by now is taken for closed. */
const orphanMs = 20_000

export class Session {
  /**
   * @param {Store} store
   * @param {Language} language
   * @param {Hears} hears
   */
  constructor(store, language, hears) {
    this.store = store
    this.language = language
    this.hears = hears
    this.tab = newClientId()
    this.sequence = new Sequence()
    /** @type {Standing} */
    this.standing = start
    this.conversation = ''
    /** While catching up: the `seq` after which everything is live. */
    this.target = 0
    this.catchingUp = true
    /** @type {string | null} */
    this.inFlight = null
    this.renewedAt = 0
    /** Times in a row that the server did not want our token, or could not take the item in flight. */
    this.refusals = 0
    this.failures = 0
    /** The conversation that the next one replaces. */
    this.left = ''
    this.adopted = false
    /** The site's token that says who the customer is, and the conversation that has taken it. */
    this.proof = ''
    this.provedIn = ''
    /** The token that was sent last. */
    this.shown = ''
    /** Whether the last hello asked for a new conversation. */
    this.asNewcomer = false
    /** @type {Record<'renew' | 'retry' | 'ack', any>} */
    this.timers = { renew: 0, retry: 0, ack: 0 }
    this.link = new Link({
      url: socketUrl('/ws/v1/visitor'),
      hello: () => this.#hello(),
      parse: parseVisitorFrame,
      onFrame: (frame) => this.#heard(frame),
      onState: (state, detail) => this.#linkChanged(state, detail),
      onClose: (closed) => this.#closed(closed),
    })
    wakeWithPage(this.link)
    store.watch((name) => this.#storeChanged(name))
  }

  start() {
    this.link.start()
  }

  /**
   * Says or does something: it is in the outbox until the server has it on disk.
   * @param {Omit<Pending, 'client_id' | 'at' | 'tab'>} what
   */
  put(what) {
    const pending = { ...what, client_id: newClientId(), at: Date.now(), tab: this.tab }
    this.store.changeOutbox((outbox) => [...outbox, pending])
    this.hears.outbox()
    this.start()
    this.#pump()
    return pending.client_id
  }

  /** @param {string} clientId */
  retry(clientId) {
    this.store.changeOutbox((outbox) =>
      outbox.map((item) => (item.client_id === clientId ? { ...item, refused: undefined, tab: this.tab } : item)),
    )
    this.hears.outbox()
    this.#pump()
  }

  /** @param {string} clientId */
  discard(clientId) {
    this.#remove(clientId)
    this.hears.outbox()
  }

  /** @param {boolean} on */
  typing(on) {
    if (this.standing.status === 'human' || this.standing.status === 'waiting') this.link.send({ type: 'typing', on })
  }

  /** Everything so far has been on a visible screen; worth a frame when a human may look for it. */
  read() {
    const { last, events } = this.sequence
    if (this.catchingUp || last <= this.store.read) return
    this.store.read = last
    if (this.standing.status !== 'bot' && events.at(-1)?.type !== 'visitor_message') this.link.send({ type: 'read', seq: last })
  }

  /**
   * The page's language; an empty conversation greets in it.
   * @param {Language} language
   */
  speak(language) {
    this.language = language
    if (this.sequence.last === 0 && this.link.state === 'open') this.link.restart()
  }

  /**
   * The site says who the customer is; with nothing it says that they have signed out: what was talked
   * about is not for whoever sits here next.
   * @param {string} token
   */
  identify(token) {
    this.proof = token
    this.provedIn = ''
    this.shown = ''
    const { state } = this.link
    if (token) {
      if (state === 'open') this.#prove()
    } else if (this.store.identity) {
      this.#leave('other')
      if (state !== 'stopped') this.link.restart()
    }
  }

  #prove() {
    if (this.proof && this.shown !== this.proof && this.link.send({ type: 'identify', identity: this.proof })) this.shown = this.proof
  }

  /** Leaves everything behind that tells of the customer, also what was not sent. */
  forget() {
    this.#leave('other')
    this.store.forget()
    this.proof = ''
    if (this.link.state !== 'stopped') this.link.restart()
  }

  /** Leaves this conversation behind and starts another one. */
  startNew() {
    this.#leave('other')
    this.link.restart()
  }

  /** @returns {Promise<object>} */
  async #hello() {
    let identity = this.store.identity
    if (identity && this.#expiresSoon(identity)) identity = await this.#renewOverHttp(identity)
    this.asNewcomer = !identity
    const after = identity?.conversation === this.conversation ? this.sequence.last : 0
    const isNews = this.proof !== '' && (!identity || this.provedIn !== identity.conversation)
    if (isNews) this.shown = this.proof
    const proof = isNews ? { identity: this.proof } : {}
    return identity
      ? { type: 'hello', token: identity.token, after, language: this.language, ...proof }
      : { type: 'hello', language: this.language, ...proof }
  }

  /** @param {VisitorFrame} frame */
  #heard(frame) {
    switch (frame.type) {
      case 'welcome':
        return this.#welcomed(frame)
      case 'event':
        return this.#happened(frame.event)
      case 'ack':
        return this.#acknowledged(frame.client_id)
      case 'queue':
        return this.hears.queue(frame)
      case 'typing':
        return this.hears.typing(frame.from, frame.on)
      case 'phrasing':
        return this.hears.phrasing(frame)
      case 'read':
        return this.hears.seen(frame.seq)
      case 'tokens':
        return this.#renewed(frame)
      case 'identified':
        this.provedIn = this.conversation
        return this.hears.identified(true)
      case 'reset':
        return this.#reset(frame.last)
      case 'error':
        return this.#refused(frame)
    }
  }

  /** @param {VisitorWelcome} welcome */
  #welcomed(welcome) {
    const stored = this.store.identity
    if (this.asNewcomer && stored && stored.conversation !== welcome.conversation) {
      // Another tab was faster; one customer has one conversation.
      this.link.restart()
      return
    }
    this.refusals = 0
    if (welcome.conversation !== this.conversation && this.sequence.last > 0) this.#clear('fresh')
    this.conversation = welcome.conversation
    this.#keepTokens(welcome)
    this.target = welcome.last
    this.catchingUp = true
    this.#prove()
    this.hears.welcome(welcome)
    // Less on the server than here: its `reset` follows.
    if (welcome.last >= this.sequence.last) this.#checkCaughtUp()
  }

  #checkCaughtUp() {
    if (!this.catchingUp || this.sequence.last < this.target) return
    this.catchingUp = false
    this.hears.caughtUp()
    this.#adoptOrphans()
    this.#pump()
  }

  /** @param {ConversationEvent} event */
  #happened(event) {
    const result = this.sequence.add(event)
    if (result === 'gap') {
      // A hole can only mean that something was lost on the way: ask once, from what is sure.
      if (!this.catchingUp) this.link.send({ type: 'resume', after: this.sequence.last })
      this.target = Math.max(this.target, event.seq)
      this.catchingUp = true
      return
    }
    if (result === 'known') return
    if (event.client_id && this.#remove(event.client_id)) this.hears.outbox()
    if (isKnown(event)) {
      this.standing = follow(this.standing, event)
      this.hears.event(event, !this.catchingUp)
    }
    this.#checkCaughtUp()
  }

  /** @param {number} last what the server has, less than what we have */
  #reset(last) {
    this.#clear('reset')
    this.target = last
    this.link.send({ type: 'resume', after: 0 })
    this.#checkCaughtUp()
  }

  /** @param {string} clientId */
  #acknowledged(clientId) {
    this.#landed(clientId)
    this.#remove(clientId)
    this.failures = 0
    this.hears.stored(clientId)
    this.#pump()
  }

  /** Sends the oldest pending item of this tab, when nothing is on its way: so the order is kept. */
  #pump() {
    if (this.inFlight || this.catchingUp || this.link.state !== 'open') return
    const next = this.store.outbox.find((item) => item.tab === this.tab && !item.refused)
    if (!next) return
    if (next.contact) this.#tellContact(next)
    else if (!this.link.send(frameOf(next))) return
    this.inFlight = next.client_id
    clearTimeout(this.timers.ack)
    this.timers.ack = setTimeout(() => this.link.restart(), ackWithinMs)
  }

  /** @param {Pending} item one with contacts, which go over HTTP */
  async #tellContact({ client_id, contact = {} }) {
    const { tellContact } = await import('./tell_contact.js')
    const outcome = await tellContact(this.store.identity, contact)
    if (this.inFlight !== client_id) return
    if (outcome === 'told') return this.#acknowledged(client_id)
    if (outcome === 'later') return this.#tryLater(client_id, 3_000)
    this.#giveUp(client_id, 'invalid_field')
    this.hears.contactRefused(contact)
  }

  /** @param {string} clientId */
  #landed(clientId) {
    if (this.inFlight !== clientId) return
    this.inFlight = null
    clearTimeout(this.timers.ack)
  }

  /** @param {ErrorFrame} frame */
  #refused(frame) {
    const clientId = frame.client_id ?? (passing.has(frame.code) ? this.inFlight : null)
    if (frame.code === 'identity_other') {
      // Another customer of the site sat here before.
      this.startNew()
      return
    }
    if (frame.code === 'identity_refused') {
      this.proof = ''
      this.hears.identified(false)
    }
    if (frame.code === 'unauthorized') this.#tokenRefused()
    else if (clientId && this.#passes(frame)) this.#tryLater(clientId, frame.retry_after_ms ?? 3_000)
    else if (clientId) this.#giveUp(clientId, frame.code)
    this.hears.error(frame)
  }

  /** @param {ErrorFrame} frame */
  #passes({ code }) {
    if (code === 'internal') this.failures += 1
    return passing.has(code) && this.failures < 4
  }

  /**
   * @param {string} clientId
   * @param {number} ms
   */
  #tryLater(clientId, ms) {
    clearTimeout(this.timers.ack)
    clearTimeout(this.timers.retry)
    this.timers.retry = setTimeout(() => {
      this.#landed(clientId)
      this.#pump()
    }, ms)
  }

  #tokenRefused() {
    this.refusals += 1
    const renewal = this.store.identity?.renewal
    if (renewal && this.refusals === 1) {
      this.link.send({ type: 'renew', renewal })
    } else {
      this.#leave('fresh')
      this.link.restart()
    }
  }

  /**
   * @param {string} clientId
   * @param {string} code
   */
  #giveUp(clientId, code) {
    this.#landed(clientId)
    this.failures = 0
    // Only words are kept for another try; a click whose time has passed is not.
    this.store.changeOutbox((outbox) =>
      outbox.flatMap((item) => (item.client_id !== clientId ? [item] : item.type === 'send' ? [{ ...item, refused: code }] : [])),
    )
    this.hears.outbox()
    this.#pump()
  }

  /**
   * @param {string} clientId
   * @returns {boolean} whether it was there
   */
  #remove(clientId) {
    if (!this.store.outbox.some((item) => item.client_id === clientId)) return false
    this.store.changeOutbox((outbox) => outbox.filter((item) => item.client_id !== clientId))
    return true
  }

  /** Takes over what a closed tab has left; sending it twice would do no harm. */
  #adoptOrphans() {
    const before = this.adopted ? Date.now() - orphanMs : Infinity
    this.adopted = true
    if (!this.store.outbox.some((item) => item.tab !== this.tab && item.at < before)) return
    this.store.changeOutbox((outbox) => outbox.map((item) => (item.at < before ? { ...item, tab: this.tab } : item)))
  }

  /**
   * @param {LinkState} state
   * @param {LinkDetail} detail
   */
  #linkChanged(state, detail) {
    if (state !== 'open') {
      this.inFlight = null
      this.catchingUp = true
      for (const timer of Object.values(this.timers)) clearTimeout(timer)
    }
    this.hears.link(state, detail)
  }

  /**
   * @param {Closed} closed
   * @returns {Promise<'retry'>}
   */
  async #closed({ code }) {
    if (code === 1009 && this.inFlight) this.#giveUp(this.inFlight, 'too_large')
    if (code === 4004) this.#leave('fresh')
    if (code === 4001) {
      const identity = this.store.identity
      this.refusals += 1
      if (identity && this.refusals === 1) await this.#renewOverHttp(identity).catch(() => null)
      else this.#leave('fresh')
    }
    return 'retry'
  }

  /** @param {Tokens} tokens */
  #renewed(tokens) {
    this.#keepTokens(tokens)
    // What was refused for its token goes out again.
    if (this.refusals === 0) return
    this.inFlight = null
    this.#pump()
  }

  /** @param {Tokens} tokens */
  #keepTokens({ token, renewal, token_expires_at }) {
    const replaces = this.left || this.store.identity?.replaces
    this.store.identity = { conversation: this.conversation, token, renewal, token_expires_at, replaces }
    this.renewedAt = Date.now()
    this.#planRenewal(token_expires_at)
  }

  /** @param {number} expiresAt */
  #planRenewal(expiresAt) {
    // Tabs renew at different moments, and a wrong clock must not make us renew all the time.
    const ahead = renewAheadMs * (1 + Math.random())
    const wait = Math.min(Math.max(expiresAt - Date.now() - ahead, renewAtMostEveryMs), 2 ** 31 - 1)
    clearTimeout(this.timers.renew)
    this.timers.renew = setTimeout(() => this.#renew(), wait)
  }

  #renew() {
    const identity = this.store.identity
    if (!identity || identity.conversation !== this.conversation) return
    if (this.#expiresSoon(identity)) this.link.send({ type: 'renew', renewal: identity.renewal })
    else this.#planRenewal(identity.token_expires_at)
  }

  /** @param {Identity} identity */
  #expiresSoon(identity) {
    return identity.token_expires_at - Date.now() < renewAheadMs * 2 && Date.now() - this.renewedAt > renewAtMostEveryMs
  }

  /**
   * Fresh tokens before the socket is up. A refusal means a new conversation; no answer means trying again later.
   * @param {Identity} identity
   * @returns {Promise<Identity | null>}
   */
  async #renewOverHttp(identity) {
    const response = await fetch('/api/v1/visitor/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ renewal: identity.renewal }),
      credentials: 'omit',
    })
    if (response.status === 429 || response.status >= 500) throw new Error('not now')
    if (!response.ok) {
      this.#leave('fresh')
      return null
    }
    const fresh = await response.json()
    const renewed = { ...identity, token: fresh.token, renewal: fresh.renewal, token_expires_at: fresh.token_expires_at }
    this.store.identity = renewed
    this.renewedAt = Date.now()
    return renewed
  }

  /**
   * Gives up the conversation, not what is written and unsent: that goes into the next one.
   * @param {'fresh' | 'other'} why
   */
  #leave(why) {
    const empty = this.sequence.last === 0
    this.left = this.store.identity?.conversation ?? this.left
    this.store.identity = null
    this.conversation = ''
    // What they said of themselves belongs to the conversation: the next one has to be told.
    const { fields, done } = this.store.contact
    if (done) this.store.contact = { fields, done: this.store.outbox.some((item) => item.type === 'contact') }
    this.#clear(empty ? 'other' : why)
  }

  /** @param {'fresh' | 'reset' | 'other'} why */
  #clear(why) {
    this.sequence.clear()
    this.standing = start
    this.catchingUp = true
    this.inFlight = null
    this.hears.cleared(why)
  }

  /** @param {string} name what another tab has written */
  #storeChanged(name) {
    if (name === 'outbox') this.hears.outbox()
    if (name !== 'identity') return
    const identity = this.store.identity
    if (!identity || identity.conversation === this.conversation) return
    // Two tabs that opened at once agree on one empty conversation; one that was left is left everywhere.
    if (this.sequence.last === 0 || identity.replaces === this.conversation) {
      this.conversation = ''
      this.#clear('other')
      if (this.link.state !== 'stopped') this.link.restart()
    }
  }
}

/** @param {Pending} item */
function frameOf({ type, client_id, text, choice, score, comment, attachments, rule }) {
  return { type, client_id, text, choice, score, comment, attachments, rule }
}
