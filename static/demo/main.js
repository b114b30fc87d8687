/** The demonstration shop: its words in two languages, the shelf with its filter, a basket, and the way to the chat. */

/** @import { Good, Group } from './goods.js' */
import { byId, el, fill, icon } from '../shared/dom.js'
import { goods } from './goods.js'
import { asks, en, zh } from './strings.js'

const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en'
const words = language === 'zh' ? zh : en
const money = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-IE', {
  style: 'currency',
  currency: language === 'zh' ? 'CNY' : 'EUR',
  maximumFractionDigits: 0,
})
const price = (/** @type {{ euro: number, yuan: number }} */ of) => money.format(language === 'zh' ? of.yuan : of.euro)

/** @type {Map<string, number>} */
const basket = new Map()
/** @type {Group | 'all'} */
let group = 'all'

function translate() {
  document.title = words.pageTitle ?? document.title
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-t]'))) {
    const said = words[element.dataset.t ?? '']
    if (said) element.textContent = said
  }
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-t-label]'))) {
    const said = words[element.dataset.tLabel ?? '']
    if (said) element.setAttribute('aria-label', said)
  }
  const tongue = byId('tongue', HTMLAnchorElement)
  if (language === 'zh') {
    tongue.href = '/?lang=en'
    tongue.lang = tongue.hreflang = 'en'
    tongue.textContent = 'English'
  }
  document.documentElement.dataset.ready = ''
}

function drawFilters() {
  /** @type {[Group | 'all', string | undefined][]} */
  const groups = [
    ['all', words.all],
    ['light', words.navLight],
    ['audio', words.navAudio],
    ['mobile', words.navMobile],
  ]
  fill(
    byId('filters', HTMLElement),
    ...groups.map(([id, label = '']) =>
      el('button', { type: 'button', 'aria-pressed': String(id === group), onclick: () => show(id) }, label),
    ),
  )
}

/** @param {Group | 'all'} wanted */
function show(wanted) {
  group = wanted
  drawFilters()
  drawGoods()
}

function drawGoods() {
  const shelf = goods.filter((good) => group === 'all' || good.group === group)
  fill(byId('grid', HTMLElement), ...shelf.map(card))
}

/** @param {Good} good */
function card(good) {
  const [name, what] = good[language]
  const stars = el(
    'p',
    { class: 'stars' },
    el('span', { class: 'star', 'aria-hidden': 'true' }, '★'),
    el('span', { class: 'only-read' }, `${words.rating} `),
    ` ${good.stars} `,
    el('span', { class: 'soft' }, `(${good.ratings})`),
  )
  return el(
    'li',
    { class: 'card' },
    el(
      'div',
      { class: 'picture' },
      el('img', { src: `goods/${good.picture}.svg`, alt: '', width: 320, height: 240, loading: 'lazy' }),
      good.isNew && el('span', { class: 'tag' }, words.isNew),
      good.was && el('span', { class: 'tag sale' }, `−${Math.round((1 - good.euro / good.was.euro) * 100)} %`),
    ),
    el('h3', {}, name),
    el('p', { class: 'what' }, what),
    stars,
    el(
      'div',
      { class: 'buy' },
      el('p', { class: 'price' }, price(good), good.was && el('s', {}, price(good.was))),
      el('button', { type: 'button', 'aria-label': `${words.add}: ${name}`, onclick: () => buy(good.id) }, icon('M12 5v14M5 12h14')),
    ),
  )
}

/** @param {string} id */
function buy(id) {
  basket.set(id, (basket.get(id) ?? 0) + 1)
  drawBasket()
  const name = goods.find((good) => good.id === id)?.[language][0]
  byId('said', HTMLElement).textContent = `${name} ${words.added}`
  const button = byId('basket-open', HTMLButtonElement)
  button.classList.remove('bump')
  requestAnimationFrame(() => button.classList.add('bump'))
}

function drawBasket() {
  const inside = goods.filter((good) => basket.has(good.id))
  const pieces = [...basket.values()].reduce((sum, count) => sum + count, 0)
  const count = byId('count', HTMLElement)
  count.textContent = String(pieces)
  count.hidden = pieces === 0
  const lines = byId('lines', HTMLElement)
  if (pieces === 0) {
    fill(lines, el('p', { class: 'soft' }, words.basketEmpty))
    return
  }
  const sum = inside.reduce(
    (total, good) => ({
      euro: total.euro + good.euro * (basket.get(good.id) ?? 0),
      yuan: total.yuan + good.yuan * (basket.get(good.id) ?? 0),
    }),
    { euro: 0, yuan: 0 },
  )
  const note = el('p', { class: 'soft', role: 'status' })
  const rows = inside.map((good) => line(good))
  fill(
    lines,
    el('ul', {}, ...rows),
    el('p', { class: 'total' }, el('span', {}, words.total), el('strong', {}, price(sum))),
    el('button', { type: 'button', class: 'primary', onclick: () => (note.textContent = words.demoOnly ?? '') }, words.checkout),
    note,
  )
}

/** @param {Good} good */
function line(good) {
  const [name] = good[language]
  const remove = () => {
    basket.delete(good.id)
    drawBasket()
  }
  return el(
    'li',
    {},
    el('img', { src: `goods/${good.picture}.svg`, alt: '', width: 64, height: 48 }),
    el('span', { class: 'line-name' }, name, (basket.get(good.id) ?? 0) > 1 && el('span', { class: 'soft' }, ` × ${basket.get(good.id)}`)),
    el('span', {}, price({ euro: good.euro * (basket.get(good.id) ?? 0), yuan: good.yuan * (basket.get(good.id) ?? 0) })),
    el('button', { type: 'button', class: 'remove', onclick: remove }, words.remove),
  )
}

function drawAsks() {
  const buttons = asks[language].map((ask) => el('button', { type: 'button', onclick: () => window.frontdesk?.open(ask) }, ask))
  fill(byId('asks', HTMLElement), ...buttons.map((button) => el('li', {}, button)))
}

/** Links within this page: `<base>` would send them to the folder of the assets. */
function keepAnchorsHere() {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('a[href^="#"]'))) {
    const { hash } = link
    link.href = location.pathname + location.search + hash
    link.addEventListener('click', () => {
      const wanted = link.dataset.group
      if (wanted === 'light' || wanted === 'audio' || wanted === 'mobile') show(wanted)
    })
  }
}

translate()
drawFilters()
drawGoods()
drawAsks()
drawBasket()
keepAnchorsHere()
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-buy]')))
  button.addEventListener('click', () => buy(button.dataset.buy ?? ''))
byId('basket-open', HTMLButtonElement).addEventListener('click', () => byId('basket', HTMLDialogElement).showModal())
byId('basket', HTMLDialogElement).addEventListener('click', (event) => {
  // A click beside the dialog lands on it, a click inside on what it holds.
  if (event.target === event.currentTarget) byId('basket', HTMLDialogElement).close()
})
