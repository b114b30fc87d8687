/**
 * One WebSocket that stays connected: says hello, hears frames, notices a dead line by itself and
 * connects again with jittered back-off. What to say first and what frames mean is the caller's;
 * nothing is queued here: `send` says whether the frame left.
 */

/**
 * `connecting`: opening or waiting for the welcome. `open`: welcomed. `waiting`: lost, tries again
 * after `retryInMs`. `stopped`: by `stop()` or because `onClose` said so.
 * @typedef {'connecting' | 'open' | 'waiting' | 'stopped'} LinkState
 */

/** @typedef {{ code: number, reason: string, welcomed: boolean }} Closed */
/** @typedef {{ retryInMs?: number, attempt: number, closed?: Closed }} LinkDetail */

/**
 * What the link needs from its surroundings; tests hand in their own.
 * @typedef {object} Surroundings
 * @property {(url: string) => WebSocket} connect
 * @property {(run: () => void, ms: number) => any} after
 * @property {(timer: any) => void} cancel
 * @property {() => number} now
 * @property {() => number} random 0 ≤ n < 1
 */

/**
 * @template {{ type: string }} F
 * @typedef {object} LinkOptions
 * @property {string} url absolute, `ws:` or `wss:`; see `socketUrl`
 * @property {() => object | Promise<object>} hello the first frame of every connection; a rejection counts as a failed attempt
 * @property {(text: string) => F | null} parse `parseVisitorFrame` or `parseAgentFrame`
 * @property {(frame: F) => void} onFrame every frame but `pong`, the welcome included
 * @property {(state: LinkState, detail: LinkDetail) => void} [onState]
 * @property {(closed: Closed) => 'retry' | 'stop' | Promise<'retry' | 'stop'>} [onClose] what to do next; by default stops on 4009 only
 * @property {Surroundings} [surroundings]
 */

const firstDelayMs = 500
const longestDelayMs = 20_000
/** A connection that lived this long was a good one: the next back-off starts from the beginning. */
const stableMs = 5_000
/** Silence after which we ask whether the other side is there, and how long it may take to answer. */
const quietMs = 25_000
const answerMs = 8_000
const welcomeMs = 12_000

/** @returns {Surroundings} */
function browser() {
  return {
    connect: (url) => new WebSocket(url),
    after: (run, ms) => setTimeout(run, ms),
    cancel: (timer) => clearTimeout(timer),
    now: () => performance.now(),
    random: () => Math.random(),
  }
}

/**
 * The socket's address on this page's own server.
 * @param {string} path
 */
export function socketUrl(path) {
  const url = new URL(path, location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

/**
 * How long to wait before connecting again. Half of it is chance, so that thousands of pages do not
 * come back in the same instant; a server that restarts (1012) or is busy (1013) gets more room.
 * @param {number} attempt 0 for the first
 * @param {Closed | undefined} closed
 * @param {() => number} random
 */
export function retryDelay(attempt, closed, random) {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 10))
  let delay = full / 2 + (random() * full) / 2
  if (closed?.code === 1012) delay += random() * 1_500
  const hint = /retry_after_ms=(\d{1,7})/.exec(closed?.reason ?? '')
  if (hint) delay = Math.max(delay, Number(hint[1]) * (1 + random() / 2))
  else if (closed?.code === 1013 || closed?.code === 4029) delay = Math.max(delay, 2_000 + random() * 3_000)
  return Math.round(delay)
}

/** @template {{ type: string }} F */
export class Link {
  /** @param {LinkOptions<F>} options */
  constructor(options) {
    this.options = options
    this.around = options.surroundings ?? browser()
    /** @type {LinkState} */
    this.state = 'stopped'
    /** @type {WebSocket | undefined} */
    this.socket = undefined
    /** Counts connections, so that what a given-up one still says is not heard. */
    this.round = 0
    this.attempt = 0
    this.openedAt = 0
    /** @type {any} */
    this.timer = undefined
  }

  /** Connects, unless that has been done. */
  start() {
    if (this.state === 'stopped') this.#connect()
  }

  /** Hangs up for good, until `start`. */
  stop() {
    this.#abandon(1000)
    this.#become('stopped')
  }

  /** Hangs up and connects at once, for instance to say another hello. */
  restart() {
    this.#abandon(1000)
    this.attempt = 0
    this.#connect()
  }

  /**
   * Something suggests that the line may be back (or dead): the network came up, the page is shown
   * again. While waiting, tries at once; while open, asks for a sign of life.
   */
  wake() {
    if (this.state === 'waiting') {
      this.around.cancel(this.timer)
      this.#connect()
    } else if (this.state === 'open') {
      this.#probe()
    }
  }

  /**
   * Sends a frame; `false` when there is no welcomed connection.
   * @param {object} frame
   */
  send(frame) {
    if (this.state !== 'open' || this.socket?.readyState !== 1) return false
    this.socket.send(JSON.stringify(frame))
    return true
  }

  /**
   * @param {LinkState} state
   * @param {Partial<LinkDetail>} [detail]
   */
  #become(state, detail) {
    this.state = state
    this.options.onState?.(state, { attempt: this.attempt, ...detail })
  }

  async #connect() {
    const round = ++this.round
    this.#become('connecting')
    /** @type {object} */
    let first
    try {
      first = await this.options.hello()
    } catch {
      if (round === this.round) this.#lost({ code: 1006, reason: '', welcomed: false })
      return
    }
    if (round !== this.round) return
    this.#open(round, first)
  }

  /**
   * @param {number} round
   * @param {object} first
   */
  #open(round, first) {
    const socket = this.around.connect(this.options.url)
    this.socket = socket
    this.#expectWithin(welcomeMs)
    socket.onopen = () => {
      if (round === this.round) socket.send(JSON.stringify(first))
    }
    socket.onmessage = (message) => {
      if (round === this.round) this.#heard(message.data)
    }
    socket.onclose = (event) => {
      if (round === this.round) this.#lost({ code: event.code, reason: event.reason, welcomed: this.state === 'open' })
    }
  }

  /** @param {unknown} data */
  #heard(data) {
    if (typeof data !== 'string') return
    const frame = this.options.parse(data)
    if (this.state === 'open') this.#listen()
    if (frame === null || frame.type === 'pong') return
    if (frame.type === 'welcome' && this.state === 'connecting') {
      this.openedAt = this.around.now()
      this.#listen()
      this.#become('open')
    }
    this.options.onFrame(frame)
  }

  /** Waits for silence; then asks. */
  #listen() {
    this.around.cancel(this.timer)
    this.timer = this.around.after(() => this.#probe(), quietMs)
  }

  #probe() {
    if (!this.send({ type: 'ping' })) return
    this.#expectWithin(answerMs)
  }

  /**
   * Gives the connection up when nothing is heard in time.
   * @param {number} ms
   */
  #expectWithin(ms) {
    this.around.cancel(this.timer)
    this.timer = this.around.after(() => {
      const welcomed = this.state === 'open'
      this.#abandon(4000)
      this.#lost({ code: 1006, reason: '', welcomed })
    }, ms)
  }

  /** @param {number} code */
  #abandon(code) {
    this.round += 1
    this.around.cancel(this.timer)
    const socket = this.socket
    this.socket = undefined
    if (socket && socket.readyState < 2) socket.close(code)
  }

  /** @param {Closed} closed */
  async #lost(closed) {
    this.around.cancel(this.timer)
    this.socket = undefined
    const round = ++this.round
    if (closed.welcomed && this.around.now() - this.openedAt >= stableMs) this.attempt = 0
    // Until `onClose` has spoken nothing may be sent and nobody may take us for connected.
    this.#become('connecting', { closed })
    const next = await (this.options.onClose?.(closed) ?? (closed.code === 4009 ? 'stop' : 'retry'))
    if (round !== this.round) return
    if (next === 'stop') {
      this.#become('stopped', { closed })
      return
    }
    const retryInMs = retryDelay(this.attempt, closed, this.around.random)
    this.attempt += 1
    this.timer = this.around.after(() => this.#connect(), retryInMs)
    this.#become('waiting', { retryInMs, closed })
  }
}

/**
 * Wakes a link when the browser says that the network is back or the page is looked at again.
 * @param {{ wake(): void }} link
 */
export function wakeWithPage(link) {
  addEventListener('online', () => link.wake())
  addEventListener('pageshow', () => link.wake())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') link.wake()
  })
}
