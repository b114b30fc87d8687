/** The connection, on a clock and sockets of our own: nothing here waits. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseVisitorFrame } from '../../../static/shared/frame.js'
import { Link, retryDelay } from '../../../static/shared/link.js'

const welcome = JSON.stringify({
  type: 'welcome',
  conversation: 'c',
  token: 't',
  renewal: 'r',
  token_expires_at: 1,
  last: 0,
  status: 'bot',
})

class FakeSocket {
  constructor() {
    this.readyState = 0
    /** @type {any[]} */
    this.sent = []
    /** @type {any} */
    this.onopen = this.onmessage = this.onclose = null
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text))
  }

  close() {
    this.readyState = 3
  }

  accept() {
    this.readyState = 1
    this.onopen()
    this.onmessage({ data: welcome })
  }

  /** @param {object} frame */
  says(frame) {
    this.onmessage({ data: JSON.stringify(frame) })
  }

  /** @param {number} code @param {string} [reason] */
  drop(code, reason = '') {
    this.readyState = 3
    this.onclose({ code, reason })
  }
}

/** Lets promises that are settled be heard. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** @param {object} [options] */
function desk(options = {}) {
  /** @type {FakeSocket[]} */
  const sockets = []
  /** @type {{ at: number, run: () => void }[]} */
  let timers = []
  /** @type {string[]} */
  const states = []
  /** @type {any[]} */
  const frames = []
  let now = 0
  /** @type {Link<any>} */
  const link = new Link({
    url: 'ws://desk.example/ws',
    hello: () => ({ type: 'hello' }),
    parse: parseVisitorFrame,
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    surroundings: {
      connect: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return /** @type {any} */ (socket)
      },
      after: (run, ms) => {
        const timer = { at: now + ms, run }
        timers.push(timer)
        return timer
      },
      cancel: (timer) => {
        timers = timers.filter((other) => other !== timer)
      },
      now: () => now,
      random: () => 0.5,
    },
    ...options,
  })
  return {
    link,
    sockets,
    states,
    frames,
    /** @param {number} ms */
    async pass(ms) {
      now += ms
      const due = timers.filter((timer) => timer.at <= now)
      timers = timers.filter((timer) => timer.at > now)
      for (const timer of due) timer.run()
      await settle()
    },
    pending: () => timers.map((timer) => timer.at - now),
    /** The socket that counts now. */
    get socket() {
      const last = sockets.at(-1)
      assert.ok(last)
      return last
    },
    async connected() {
      link.start()
      await settle()
      this.socket.accept()
    },
  }
}

test('says hello first, is open once welcomed, and only then sends', async () => {
  const d = desk()
  d.link.start()
  assert.equal(d.link.send({ type: 'ping' }), false)
  await settle()
  d.socket.accept()
  assert.equal(d.link.state, 'open')
  assert.equal(d.link.send({ type: 'read', seq: 1 }), true)
  assert.deepEqual(d.socket.sent, [{ type: 'hello' }, { type: 'read', seq: 1 }])
  assert.deepEqual(
    d.frames.map((frame) => frame.type),
    ['welcome'],
  )
})

test('a lost connection comes back and says a hello made afresh', async () => {
  let after = 0
  const d = desk({ hello: () => ({ type: 'hello', after }) })
  await d.connected()
  after = 7
  d.socket.drop(1006)
  await settle()
  assert.equal(d.link.state, 'waiting')
  assert.equal(d.link.send({ type: 'ping' }), false)
  await d.pass(20_000)
  d.socket.accept()
  assert.deepEqual(d.socket.sent, [{ type: 'hello', after: 7 }])
  assert.deepEqual(d.states, ['connecting', 'open', 'connecting', 'waiting', 'connecting', 'open'])
})

test('the wait grows to its limit while nobody answers, and starts over after a good connection', async () => {
  const d = desk()
  d.link.start()
  await settle()
  const waits = []
  for (let round = 0; round < 8; round += 1) {
    d.socket.drop(1006)
    await settle()
    const [wait = 0] = d.pending()
    waits.push(wait)
    await d.pass(wait)
  }
  assert.deepEqual(waits, [375, 750, 1_500, 3_000, 6_000, 12_000, 15_000, 15_000])
  d.socket.accept()
  await d.pass(6_000)
  d.socket.drop(1006)
  await settle()
  assert.deepEqual(d.pending(), [375])
})

test('a server that welcomes and hangs up at once is not hammered', async () => {
  const d = desk()
  await d.connected()
  const waits = []
  for (let round = 0; round < 3; round += 1) {
    d.socket.drop(1011)
    await settle()
    const [wait = 0] = d.pending()
    waits.push(wait)
    await d.pass(wait)
    d.socket.accept()
  }
  assert.deepEqual(waits, [375, 750, 1_500])
})

test('the server may ask for more time, and pages do not come back all at once', () => {
  const hint = { code: 1013, reason: 'retry_after_ms=9000', welcomed: false }
  assert.equal(
    retryDelay(0, hint, () => 0),
    9_000,
  )
  assert.equal(retryDelay(0, hint, () => 0.999) > 13_000, true)
  const restart = { code: 1012, reason: '', welcomed: true }
  assert.deepEqual([retryDelay(0, restart, () => 0), retryDelay(0, restart, () => 1)], [250, 2_000])
  assert.equal(
    retryDelay(40, undefined, () => 1),
    20_000,
  )
})

test('silence is asked about, and without an answer the line counts as dead', async () => {
  const d = desk()
  await d.connected()
  await d.pass(25_000)
  assert.deepEqual(d.socket.sent.at(-1), { type: 'ping' })
  const first = d.socket
  await d.pass(8_000)
  assert.equal(first.readyState, 3)
  assert.equal(d.link.state, 'waiting')
})

test('a pong keeps the line and is nobody else’s business', async () => {
  const d = desk()
  await d.connected()
  await d.pass(25_000)
  d.socket.says({ type: 'pong' })
  await d.pass(8_000)
  assert.equal(d.link.state, 'open')
  assert.deepEqual(
    d.frames.map((frame) => frame.type),
    ['welcome'],
  )
})

test('a server that never welcomes is given up', async () => {
  const d = desk()
  d.link.start()
  await settle()
  await d.pass(12_000)
  assert.equal(d.link.state, 'waiting')
})

test('what a given-up connection still says is not heard', async () => {
  const d = desk()
  await d.connected()
  const old = d.socket
  d.link.restart()
  await settle()
  old.says({ type: 'queue', place: 1, waiting: 1 })
  old.drop(1006)
  await settle()
  assert.equal(d.link.state, 'connecting')
  assert.equal(d.sockets.length, 2)
  assert.deepEqual(
    d.frames.map((frame) => frame.type),
    ['welcome'],
  )
})

test('waking up tries at once while waiting and asks for a sign of life while open', async () => {
  const d = desk()
  await d.connected()
  d.link.wake()
  assert.deepEqual(d.socket.sent.at(-1), { type: 'ping' })
  d.socket.drop(1006)
  await settle()
  d.link.wake()
  await settle()
  assert.equal(d.sockets.length, 2)
  assert.deepEqual(d.pending(), [12_000])
})

test('a hello that cannot be made is a failed attempt, not an end', async () => {
  let failing = true
  const d = desk({
    hello: async () => {
      if (failing) throw new Error('no answer')
      return { type: 'hello' }
    },
  })
  d.link.start()
  await settle()
  assert.equal(d.link.state, 'waiting')
  failing = false
  await d.pass(20_000)
  d.socket.accept()
  assert.equal(d.link.state, 'open')
})

test('signed out is the end; what else is, the caller says', async () => {
  const d = desk()
  await d.connected()
  d.socket.drop(4009)
  await settle()
  assert.equal(d.link.state, 'stopped')
  const refused = desk({ onClose: async () => 'stop' })
  await refused.connected()
  refused.socket.drop(1006)
  await settle()
  assert.equal(refused.link.state, 'stopped')
  assert.deepEqual(refused.pending(), [])
})

test('stopped while the hello is being made, nothing is opened', async () => {
  const d = desk()
  d.link.start()
  d.link.stop()
  await settle()
  assert.equal(d.sockets.length, 0)
})
