/**
 * The page inside the small frame near the launcher: asks the server which messages apply to this visitor, waits until
 * one is due, and shows it. What is opened goes through the site's page into the chat; nothing here begins a conversation.
 */

/** @import { Rule as Often } from './often.js' */
/** @typedef {Often & { seconds: number, text: string, language: 'en' | 'zh', choices: string[] }} Rule */
import { byId, el, fill, icon } from '../shared/dom.js'
import { icons } from '../widget/icons.js'
import { Store } from '../widget/store.js'
import { allows, noted, recall, remember } from './often.js'

const strings = {
  en: { from: 'Customer service', close: 'Close this message', open: 'Open the chat', never: "Don't show messages like this again" },
  zh: { from: '在线客服', close: '关闭这条消息', open: '打开对话', never: '不再显示这类消息' },
}
/** So long after it is seen a message is read out: what is in a hidden frame is not. */
const readOutAfterMs = 400

const card = byId('card', HTMLElement)
const said = byId('said', HTMLElement)
const store = new Store()

/** The page around us. */
let origin = ''
let path = ''
let seconds = 0
/** @type {Record<string, string>} */
let site = {}
let isOpen = false
/** What was asked last, and what the answer was. */
let asked = ''
/** @type {Rule[]} */
let rules = []
/** Whether the server remembers what this visitor has seen. */
let isKnown = false
/** @type {Rule | null} */
let shown = null
/** The page on which something was shown already. */
let spent = ''
let isBusy = false

/** @param {object} message */
const tell = (message) => window.parent.postMessage(message, origin)
const language = () => (/^zh/i.test(store.language ?? site.language ?? '') ? 'zh' : 'en')

function looking() {
  const renewal = store.identity?.renewal
  return { path, site: origin, language: language(), ...(site.identity && { identity: site.identity }), ...(renewal && { renewal }) }
}

/** @param {string} to @param {object} body @returns {Promise<any>} nothing where there is no answer */
async function post(to, body) {
  const headers = { 'Content-Type': 'application/json' }
  const request = { method: 'POST', headers, body: JSON.stringify(body), credentials: /** @type {const} */ ('omit') }
  const response = await fetch(`/api/v1/visitor/proactive${to}`, request).catch(() => null)
  return response?.ok && response.status !== 204 ? response.json().catch(() => null) : null
}

async function ask() {
  const question = JSON.stringify([path, site.identity, site.language])
  if (question === asked) return
  asked = question
  rules = []
  const answer = await post('', looking())
  if (question !== asked) return
  rules = answer?.rules ?? []
  isKnown = answer?.known === true
}

/** Shows what is due, when the server still agrees. */
async function showWhatIsDue() {
  if (isOpen || isBusy || shown || spent === path) return
  const now = Date.now()
  const due = rules.find((rule) => seconds >= rule.seconds && (isKnown || allows(recall(), rule, now)))
  if (!due) return
  isBusy = true
  const here = path
  const answer = await post(`/${due.id}/shown`, looking())
  isBusy = false
  if (answer?.show !== true) rules = rules.filter(({ id }) => id !== due.id)
  else if (!isOpen && here === path) draw(due)
}

/** @param {Rule} rule */
function draw(rule) {
  const words = strings[rule.language]
  const own = (rule.language === 'zh' && site.titleZh) || site.title
  const open = (/** @type {string} */ choice) => () => {
    hide()
    tell({ type: 'frontdesk:offer', offer: { rule: rule.id, ...(choice && { choice }) } })
  }
  shown = rule
  spent = path
  if (!isKnown) remember(noted(recall(), rule.id, Date.now()))
  document.documentElement.lang = rule.language === 'zh' ? 'zh-CN' : 'en'
  const answer = (/** @type {string} */ choice) => el('button', { type: 'button', class: 'answer', onclick: open(choice) }, choice)
  const main = el('button', { type: 'button', class: 'answer answer-main', onclick: open('') }, words.open)
  fill(
    card,
    el(
      'div',
      { class: 'head' },
      el('div', { class: 'face', 'aria-hidden': 'true' }, icon(icons.assistant)),
      el('h1', { dir: 'auto' }, own || words.from),
      el('button', { type: 'button', class: 'close', 'aria-label': words.close, title: words.close, onclick: hide }, icon(icons.close)),
    ),
    el('p', { class: 'words', dir: 'auto', onclick: open('') }, rule.text),
    el('div', { class: 'answers', dir: 'auto' }, ...(rule.choices.length ? rule.choices.map(answer) : [main])),
    el('button', { type: 'button', class: 'never', onclick: never }, words.never),
  )
  measure()
  setTimeout(() => shown === rule && fill(said, `${own || words.from}: ${rule.text}`), readOutAfterMs)
}

function hide() {
  if (!shown) return
  shown = null
  fill(card)
  fill(said)
  measure()
}

function never() {
  hide()
  rules = []
  if (isKnown) {
    const { identity, renewal } = /** @type {Record<string, string>} */ (looking())
    post('/quiet', { identity, renewal })
  } else {
    remember({ ...recall(), quiet: true })
  }
}

function measure() {
  tell({ type: 'frontdesk:teaser', height: shown ? Math.ceil(card.getBoundingClientRect().height) : 0 })
}

/** @param {any} message @param {string} from */
function heard(message, from) {
  const isFirst = origin === ''
  origin = from
  if (message.path !== path) {
    hide()
    path = String(message.path)
    seconds = 0
  }
  const before = site.identity
  site = Object.fromEntries(Object.entries(message.site ?? {}).filter(([, one]) => typeof one === 'string' && one !== ''))
  if (before !== site.identity) hide()
  if (message.open === true) {
    // Who has opened the chat here needs no word about it; what follows depends on what they do there.
    hide()
    spent = path
    asked = ''
  }
  isOpen = message.open === true
  if (message.tick === true) seconds += 1
  if (isFirst) {
    document.documentElement.dir = message.dir === 'rtl' ? 'rtl' : 'ltr'
    if (site.color || site.theme) import('../widget/looks.js').then(({ applyLooks }) => applyLooks(site))
  }
  if (isOpen) return
  ask().then(showWhatIsDue)
}

addEventListener('message', ({ source, origin: from, data }) => {
  if (window.parent === window || source !== window.parent || from === 'null') return
  if (data?.type === 'frontdesk:page' && (origin === '' || origin === from)) heard(data, from)
})
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') hide()
})
new ResizeObserver(() => shown && measure()).observe(card)
