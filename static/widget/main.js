/**
 * The page inside the widget's frame: puts together the session, which talks to the server, the parts
 * that draw, and the page around us. Everything shown follows from the events and the outbox.
 */

/** @import { ConversationEvent, ErrorFrame, Language, QueueFrame, VisitorWelcome } from '../shared/wire.js' */
/** @import { LinkDetail, LinkState } from '../shared/link.js' */
/** @import { HostWishes, Site } from './host.js' */
/** @import { About } from './about.js' */
/** @import { RatingCard } from './rating.js' */
/** @import { Strings } from './strings/en.js' */
import { byId, el, fill, icon } from '../shared/dom.js'
import { laterStyles } from './cards.js'
import { Composer } from './composer.js'
import { deservesBadge } from './conversation.js'
import { connectHost } from './host.js'
import { icons } from './icons.js'
import { face, MessageLog } from './log.js'
import { Session } from './session.js'
import { Store } from './store.js'
import { chooseLanguage, laterStringsOf, stringsOf } from './strings.js'

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
/** What the owner of the site has chosen. @type {Site} */
let site = {}
/** @type {About | undefined} the form about the customer, loaded when there is something to ask */
let about

const app = byId('app', HTMLElement)
const logRoot = byId('log', HTMLElement)
const connection = byId('connection', HTMLElement)
const queueBox = byId('queue', HTMLElement)
const toast = byId('toast', HTMLElement)
const human = byId('human', HTMLButtonElement)
const contactBox = byId('contact', HTMLElement)
const sound = byId('sound', HTMLButtonElement)

const session = new Session(store, language, {
  welcome(welcome) {
    greeting = greetingOf(welcome.greeting) ?? greeting
    logRoot.setAttribute('aria-busy', 'true')
    if (session.sequence.last === 0) drawConversation()
    // Nobody waits for the paper clip in the first look; who comes back may have sent pictures.
    // Where the line is cut meanwhile, the next welcome fetches it.
    const fetched = () =>
      import('./files.js').then(
        ({ files }) => files(session, composer, log, welcome),
        () => {},
      )
    setTimeout(fetched, welcome.last ? 0 : 1_500)
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
    // Forgotten before anything was drawn.
    if (app.hidden) return
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
    if (about && clientId === about.sent) laterStringsOf(language).then(({ contactKept }) => tellBriefly('good', contactKept))
  },
  identified: (accepted) => host.said('identify', { accepted }),
  queue(frame) {
    queue = frame
    drawQueue()
  },
  typing: (from, on) => typing(from, on),
  phrasing: async (frame) => (await import('./phrasing.js')).growing(log, session, frame),
  seen: (seq) => log.seen(seq),
  error: (frame) => refused(frame),
  async contactRefused(fields) {
    ;(await loadAbout()).refuse(fields)
    drawAbout()
  },
  link: (state, detail) => linkChanged(state, detail),
})

const log = new MessageLog(logRoot, byId('jump', HTMLButtonElement), {
  choose(choice) {
    // Who is asked something first cannot go around it by a button.
    if (composer.form.hidden) return contactBox.querySelector('input')?.focus()
    focusWriting()
    say({ type: 'send', text: choice.label, choice: choice.id || undefined })
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
  onIdentify(identity) {
    site = { ...site, identity }
    session.identify(identity)
    drawStanding()
  },
  onReset() {
    if (about) about.wanted = about.refused = false
    site = { ...site, identity: '' }
    session.forget()
    if (!app.hidden) composer.fillIn('')
  },
  async onShow(open, draft, offer) {
    shown = open
    await ready
    if (!open || !shown) return
    session.start()
    if (offer) say({ ...offer, type: 'proactive' })
    // What the customer has begun to write themselves stays.
    if (draft && [suggested, ''].includes(composer.text)) composer.fillIn(draft)
    suggested = draft ?? suggested
    log.toEnd()
    focusWriting()
    seenByCustomer()
  },
})

/** @param {HostWishes} wishes */
async function begin({ site: chosen, dir }) {
  site = chosen
  document.documentElement.dir = dir
  if (dir === 'rtl') await laterStyles()
  if (site.identity) session.identify(site.identity)
  if (!store.language && site.language) language = chooseLanguage(site.language, language)
  const words = stringsOf(language)
  if (site.color || site.theme || site.logo || site.position) site = (await import('./looks.js')).applyLooks(site)
  if (site.ask) await loadAbout()
  strings = await words
  await speak(language)
  composer.fillIn(store.draft)
  app.hidden = false
  drawConnection(session.link.state, 0)
  // Without a conversation nobody needs a connection before the widget is opened.
  if (store.identity) session.start()
}

/** A text that the site's owner has chosen, in the customer's language where there is one. @param {string} name */
const own = (name) => (language === 'zh' && site[`${name}Zh`]) || site[name]

/** @param {VisitorWelcome['greeting']} given @returns {VisitorWelcome['greeting']} */
function greetingOf(given) {
  const text = own('greeting') ?? given?.text
  const quick = own('quick')
    ?.split('|')
    .map((label) => ({ id: '', label: label.trim() }))
  return text === undefined ? undefined : { text, choices: quick?.filter(({ label }) => label) ?? given?.choices }
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
  drawSound()
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
  const title = withAgent ? agent : (own('title') ?? strings.assistant)
  if (byId('title', HTMLElement).textContent !== title) fill(byId('title', HTMLElement), title)
  const logo = withAgent || !site.logo ? null : el('img', { src: site.logo, alt: '' })
  if (!logo || !byId('face', HTMLElement).querySelector('img'))
    fill(byId('face', HTMLElement), ...(logo ? [logo] : face(withAgent ? 'agent' : 'bot', agent).childNodes))
  byId('face', HTMLElement).classList.toggle('face-agent', withAgent)
  const lines = {
    bot: own('subtitle') ?? strings.statusBot,
    waiting: strings.statusWaiting,
    human: strings.statusHuman,
    resolved: strings.statusResolved,
  }
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
  if (about) drawAbout()
}

async function loadAbout() {
  const { About } = await import('./about.js')
  about ??= new About(contactBox, composer.form, session, store, () => {
    drawStanding()
    focusWriting()
  })
  return about
}

async function drawAbout() {
  return (await loadAbout()).draw({ language, site })
}

function drawSound() {
  const label = store.sound ? strings.soundOff : strings.soundOn
  fill(sound, icon(store.sound ? icons.bell : icons.silent))
  sound.setAttribute('aria-label', label)
  sound.title = label
}

/** @param {'ask' | 'over' | 'none'} what */
async function drawRating(what) {
  if (!rating && what === 'none') return
  if (!rating) {
    const [{ RatingCard }] = await Promise.all([import('./rating.js'), laterStyles()])
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
  await rating.show(what, language)
  if (log.stick) log.toEnd()
}

async function drawQueue() {
  if (session.standing.status !== 'waiting') {
    queueBox.hidden = true
    return
  }
  const [{ showQueue }, more] = await Promise.all([import('./queue.js'), laterStringsOf(language), laterStyles()])
  // Things may have moved on while it was loaded.
  if (session.standing.status !== 'waiting') return
  const leaving = store.outbox.some((item) => item.type === 'leave_queue')
  const known = Boolean(about?.wanted || store.contact.done || site.identity)
  const leave = () => session.put({ type: 'leave_queue' })
  showQueue(queueBox, { queue, strings: { ...strings, ...more }, leaving, known }, { leave, details: leaveDetails })
  if (log.stick) log.toEnd()
}

async function leaveDetails() {
  const form = await loadAbout()
  form.wanted = true
  await drawAbout()
  drawQueue()
  contactBox.querySelector('input')?.focus()
}

/** @type {Record<string, string>} who said it, for the page around us */
const speakers = { visitor_message: 'customer', bot_message: 'assistant', agent_message: 'agent' }

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
  const from = speakers[event.type]
  if (from) host.said('message', { from })
  const isUnseen = !shown || document.visibilityState !== 'visible'
  if (store.sound && isUnseen && deservesBadge(event)) import('./sound.js').then(({ playSound }) => playSound())
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
  const name = agentTypes ? agent : (own('title') ?? strings.assistant)
  if (agentTypes && on) log.delivered()
  log.typing(on ? name : '', agentTypes ? 'agent' : 'bot')
  const line = byId('status', HTMLElement)
  if (on) line.textContent = strings.typing(name)
  else drawStanding()
  // Whoever said that they type and then went away is not typing any more.
  if (on) typingEnds = window.setTimeout(() => typing(from, false), 8_000)
}

/** @param {ErrorFrame} frame */
async function refused(frame) {
  const failedMessage = store.outbox.some((item) => item.client_id === frame.client_id && item.refused)
  drawStanding()
  if (failedMessage) return
  const { errors } = await laterStringsOf(language)
  tellBriefly('bad', errors[frame.code] ?? errors.other ?? '')
}

/** @param {'good' | 'bad'} tone @param {string} text */
function tellBriefly(tone, text) {
  toast.textContent = text
  toast.classList.toggle('toast-good', tone === 'good')
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
  const text = !navigator.onLine ? strings.offline : state !== 'open' && state !== 'stopped' && attempt > 1 ? strings.reconnecting : ''
  if (connection.textContent !== text) connection.textContent = text
  connection.hidden = text === ''
}

byId('language', HTMLButtonElement).addEventListener('click', () => {
  const other = language === 'zh' ? 'en' : 'zh'
  store.language = other
  speak(other)
})
sound.addEventListener('click', async () => {
  store.sound = !store.sound
  drawSound()
  const { playSound } = await import('./sound.js')
  if (store.sound) playSound()
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
