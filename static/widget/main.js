/**
 * The page inside the widget's frame: puts together the session, which talks to the server, the parts
 * that draw, and the page around us. Everything shown follows from the events and the outbox.
 */

/** @import { ConversationEvent, ErrorFrame, Language, QueueFrame, VisitorWelcome } from '../shared/wire.js' */
/** @import { LinkDetail, LinkState } from '../shared/link.js' */
/** @import { HostWishes } from './host.js' */
/** @import { RatingCard } from './rating.js' */
/** @import { Strings } from './strings/en.js' */
import { byId, el, fill, icon } from '../shared/dom.js'
import { Composer } from './composer.js'
import { deservesBadge } from './conversation.js'
import { connectHost } from './host.js'
import { icons } from './icons.js'
import { face, MessageLog } from './log.js'
import { Session } from './session.js'
import { Store } from './store.js'
import { chooseLanguage, stringsOf } from './strings.js'
import { waitWords } from './wait.js'

const store = new Store()
/** @type {Language} */
let language = chooseLanguage(store.language, navigator.language)
/** @type {Strings} set before anything is drawn */
let strings
/** Settled when the words are there and the page can be shown. */
let ready = Promise.resolve()
/** @type {RatingCard | undefined} loaded when there is something to rate */
let rating
let shown = false
/** @type {VisitorWelcome['greeting']} */
let greeting
/** @type {QueueFrame | null} */
let queue = null
let hasWaited = false
/** @type {'fresh' | null} a notice at the top of the list */
let notice = null
let typingEnds = 0
let toastEnds = 0
let draftSoon = 0
/** What the page around us has put into the composer. */
let suggested = ''

const app = byId('app', HTMLElement)
const logRoot = byId('log', HTMLElement)
const connection = byId('connection', HTMLElement)
const queueBox = byId('queue', HTMLElement)
const toast = byId('toast', HTMLElement)
const human = byId('human', HTMLButtonElement)

const session = new Session(store, language, {
  welcome(welcome) {
    greeting = welcome.greeting ?? greeting
    logRoot.setAttribute('aria-busy', 'true')
    if (session.sequence.last === 0) drawConversation()
  },
  event: (event, live) => happened(event, live),
  caughtUp() {
    logRoot.setAttribute('aria-busy', 'false')
    drawStanding()
    seenByCustomer()
  },
  cleared(why) {
    if (why === 'fresh') notice = 'fresh'
    if (why === 'other') notice = null
    queue = null
    drawConversation()
    drawStanding()
  },
  outbox() {
    if (app.hidden) return
    log.pending(store.outbox)
    drawStanding()
  },
  stored(clientId) {
    log.acknowledged(clientId)
    toast.hidden = true
  },
  queue(frame) {
    queue = frame
    drawQueue()
  },
  typing: (from, on) => typing(from, on),
  seen: (seq) => log.seen(seq),
  error: (frame) => refused(frame),
  link: (state, detail) => linkChanged(state, detail),
})

const log = new MessageLog(logRoot, byId('jump', HTMLButtonElement), {
  choose(choice) {
    focusWriting()
    say({ type: 'send', text: choice.label, choice: choice.id })
  },
  retry: (clientId) => session.retry(clientId),
  edit(clientId) {
    const text = store.outbox.find((item) => item.client_id === clientId)?.text ?? ''
    session.discard(clientId)
    composer.fillIn([text, composer.text].filter(Boolean).join('\n'))
    composer.focus()
  },
})

const composer = new Composer({
  send: (text) => say({ type: 'send', text }),
  typing: (on) => session.typing(on),
  draft(text) {
    clearTimeout(draftSoon)
    draftSoon = window.setTimeout(() => (store.draft = text), text === '' ? 0 : 250)
  },
})

const host = connectHost({
  onInit(wishes) {
    ready = begin(wishes)
  },
  onIdentify: (identity) => session.identify(identity),
  async onShow(open, draft) {
    shown = open
    await ready
    if (!open || !shown) return
    session.start()
    // What the customer has begun to write themselves stays.
    if (draft && [suggested, ''].includes(composer.text)) composer.fillIn(draft)
    suggested = draft ?? suggested
    log.toEnd()
    focusWriting()
    seenByCustomer()
  },
})

/** @param {HostWishes} wishes */
async function begin({ language: wanted, color, identity }) {
  if (identity !== undefined) session.identify(identity)
  if (!store.language && wanted) language = chooseLanguage(wanted, language)
  if (color) (await import('./theme.js')).applyAccent(color)
  await speak(language)
  composer.fillIn(store.draft)
  app.hidden = false
  drawConnection(session.link.state, 0)
  // Without a conversation nobody needs a connection before the widget is opened.
  if (store.identity) session.start()
}

/** @param {Parameters<Session['put']>[0]} what */
function say(what) {
  log.spendAllChoices()
  log.stick = true
  session.put(what)
}

/** Where the customer goes on, also after a button that goes away. On a phone the keyboard would cover what there is to read. */
function focusWriting() {
  if (matchMedia('(pointer: coarse)').matches) byId('title', HTMLElement).focus()
  else composer.focus()
}

/** @param {Language} wanted */
async function speak(wanted) {
  const words = await stringsOf(wanted)
  language = wanted
  strings = words
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en'
  document.title = strings.pageTitle
  session.speak(wanted)
  composer.speak(strings)
  const switcher = byId('language', HTMLButtonElement)
  fill(switcher, strings.otherLanguage)
  switcher.setAttribute('aria-label', strings.switchLanguage)
  switcher.lang = wanted === 'zh' ? 'en' : 'zh-CN'
  const close = byId('close', HTMLButtonElement)
  close.setAttribute('aria-label', strings.close)
  close.hidden = window.parent === window
  fill(close, icon(icons.close))
  fill(human, icon(icons.person), strings.human)
  drawConversation()
  drawStanding()
  drawConnection(session.link.state, 0)
}

function drawConversation() {
  log.clear(language, strings)
  if (notice) log.line(Date.now(), strings[notice])
  if (greeting) log.greet(greeting)
  for (const event of session.sequence.events) log.add(event)
  log.pending(store.outbox)
  log.spendChoices(session.standing)
}

/** Whatever follows from where the conversation stands: header, queue, rating, buttons. */
function drawStanding() {
  const { status, agent, rated } = session.standing
  const withAgent = status === 'human' || (status === 'resolved' && agent !== '')
  fill(byId('title', HTMLElement), withAgent ? agent : strings.assistant)
  fill(byId('face', HTMLElement), ...face(withAgent ? 'agent' : 'bot', agent).childNodes)
  byId('face', HTMLElement).classList.toggle('face-agent', withAgent)
  const lines = { bot: strings.statusBot, waiting: strings.statusWaiting, human: strings.statusHuman, resolved: strings.statusResolved }
  const statusLine = byId('status', HTMLElement)
  if (statusLine.textContent !== lines[status]) statusLine.textContent = lines[status]
  const asked = store.outbox.some((item) => item.type === 'handoff')
  human.disabled = asked
  human.hidden = status === 'human' || status === 'waiting'
  const hasRated = rated || store.outbox.some((item) => item.type === 'rate')
  drawRating(status !== 'resolved' ? 'none' : hasRated ? 'over' : 'ask')
  if (log.stick) log.toEnd()
  // The place may be told a moment before the event that puts the customer into the queue.
  if (hasWaited && status !== 'waiting') queue = null
  hasWaited = status === 'waiting'
  drawQueue()
}

/** @param {'ask' | 'over' | 'none'} what */
async function drawRating(what) {
  if (!rating && what === 'none') return
  if (!rating) {
    const { RatingCard } = await import('./rating.js')
    rating ??= new RatingCard(log.end, {
      rate: (score, comment) => session.put({ type: 'rate', score, comment }),
      startNew() {
        session.startNew()
        focusWriting()
      },
    })
    // Things may have moved on while it was loaded.
    drawStanding()
    return
  }
  rating.show(what, strings)
  if (log.stick) log.toEnd()
}

function drawQueue() {
  const waiting = session.standing.status === 'waiting'
  const leaving = store.outbox.some((item) => item.type === 'leave_queue')
  if (!waiting) {
    queueBox.hidden = true
    fill(queueBox)
    return
  }
  const place = queue ? strings.queuePlace(queue.place, queue.waiting) : strings.queueFinding
  let said = queueBox.querySelector('.queue-place')
  if (queueBox.hidden || !said || queueBox.dataset.language !== language) {
    queueBox.dataset.language = language
    said = el('p', { class: 'queue-place', role: 'status' })
    const leave = el('button', { type: 'button', class: 'plain', onclick: () => session.put({ type: 'leave_queue' }) }, strings.leaveQueue)
    fill(
      queueBox,
      el('span', { class: 'pulse', 'aria-hidden': 'true' }),
      el('div', {}, said, el('p', { class: 'queue-wait' }), el('p', { class: 'queue-kept' }, strings.queueKept)),
      leave,
    )
    queueBox.hidden = false
  }
  if (said.textContent !== place) said.textContent = place
  const wait = queueBox.querySelector('.queue-wait')
  const estimate = waitWords(queue?.wait_seconds, strings)
  if (wait && wait.textContent !== estimate) wait.textContent = estimate
  const leave = queueBox.querySelector('button')
  if (leave) leave.disabled = leaving
}

/**
 * @param {ConversationEvent} event
 * @param {boolean} live
 */
function happened(event, live) {
  if (event.type === 'bot_message' || event.type === 'agent_message') typing('', false)
  log.add(event)
  log.spendChoices(session.standing)
  if (!live) return
  drawStanding()
  seenByCustomer()
}

/** Tells the server what has been on the screen, and the page around us how much has not. */
function seenByCustomer() {
  if (session.catchingUp) return
  if (shown && document.visibilityState === 'visible') session.read()
  const { events } = session.sequence
  if (events.length === 0) return
  const read = store.read
  host.unread(shown ? 0 : events.filter((event) => event.seq > read && deservesBadge(event)).length)
}

/**
 * @param {string} from
 * @param {boolean} on
 */
function typing(from, on) {
  clearTimeout(typingEnds)
  const { status, agent } = session.standing
  const agentTypes = from === 'agent' && status === 'human'
  const name = agentTypes ? agent : strings.assistant
  log.typing(on ? name : '', agentTypes ? 'agent' : 'bot')
  const line = byId('status', HTMLElement)
  if (on) line.textContent = strings.typing(name)
  else drawStanding()
  // Whoever said that they type and then went away is not typing any more.
  if (on) typingEnds = window.setTimeout(() => typing(from, false), 8_000)
}

/** @param {ErrorFrame} frame */
function refused(frame) {
  const failedMessage = store.outbox.some((item) => item.client_id === frame.client_id && item.refused)
  drawStanding()
  if (failedMessage) return
  toast.textContent = strings.errors[frame.code] ?? strings.errors.other ?? ''
  toast.hidden = false
  clearTimeout(toastEnds)
  toastEnds = window.setTimeout(() => (toast.hidden = true), 6_000)
}

/**
 * @param {LinkState} state
 * @param {LinkDetail} detail
 */
function linkChanged(state, detail) {
  if (state !== 'open') typing('', false)
  drawConnection(state, detail.attempt)
}

/**
 * A blink of the connection is nobody's business; the second failed attempt is.
 * @param {LinkState} state
 * @param {number} attempt
 */
function drawConnection(state, attempt) {
  if (app.hidden) return
  const text =
    navigator.onLine === false ? strings.offline : state !== 'open' && state !== 'stopped' && attempt > 1 ? strings.reconnecting : ''
  if (connection.textContent !== text) connection.textContent = text
  connection.hidden = text === ''
}

byId('language', HTMLButtonElement).addEventListener('click', () => {
  const other = language === 'zh' ? 'en' : 'zh'
  store.language = other
  speak(other)
})
byId('close', HTMLButtonElement).addEventListener('click', () => host.close())
human.addEventListener('click', () => {
  focusWriting()
  say({ type: 'handoff' })
})
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) host.close()
})
addEventListener('online', () => drawConnection(session.link.state, 0))
addEventListener('offline', () => drawConnection(session.link.state, 0))
document.addEventListener('visibilitychange', () => seenByCustomer())
addEventListener('pagehide', () => {
  store.draft = composer.text
})
store.watch((name) => {
  if (name === 'read') seenByCustomer()
  if (name === 'language' && store.language) speak(store.language)
})
