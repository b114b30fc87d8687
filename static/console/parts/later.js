/**
 * Parts that are not needed at once: loaded when they are shown for the first time, or before that while nothing else
 * goes on, and kept. With the first of them come the words and the looks that none but they have.
 */

import { html, signal, useEffect } from '../lib.js'
import { learnLaterWords } from '../state/later_words.js'
import { applyTheme, theme, words } from '../state/settings.js'
import { toast } from '../state/toasts.js'

/** The style sheets of pages and dialogs, in their order. */
const sheets = ['routing', 'knowledge', 'report']

/** What is fetched ahead, in this order. @type {(() => Promise<void>)[]} */
const ahead = []

/** @typedef {(props: any) => unknown} Part */

/**
 * A part, and whether it could not be had.
 * @param {() => Promise<Part>} load
 * @param {() => Promise<unknown>[]} besides what has to be there too
 */
function part(load, besides = () => [learnLaterWords(), wearSheets()]) {
  const found = signal(/** @type {Part | null} */ (null))
  const failed = signal(false)
  /** @type {Promise<void> | undefined} */
  let running
  const fetchIt = async () => {
    try {
      const [Found] = await Promise.all([load(), ...besides()])
      found.value = Found
      failed.value = false
    } catch {
      failed.value = true
    }
    running = undefined
  }
  const need = () => {
    if (found.peek()) return Promise.resolve()
    running ??= fetchIt()
    return running
  }
  return { found, failed, need }
}

/**
 * A page beside the inbox, which most agents never open.
 * @param {() => Promise<Part>} load
 * @returns {Part} a part that shows what is loaded
 */
export function later(load) {
  const { found, failed, need } = part(load)
  return function Later(props) {
    useEffect(() => void need(), [])
    const Page = found.value
    if (Page) return html`<${Page} ...${props} />`
    return html`<main class="page" id="main" tabindex="-1" aria-busy=${String(!failed.value)}>
      <div class="page-body"><${Coming} failed=${failed.value} again=${need} /></div>
    </main>`
  }
}

/**
 * A dialog: it is fetched ahead, so that nobody waits for it.
 * @param {() => Promise<Part>} load
 * @returns {Part}
 */
export function soon(load) {
  const { found, failed, need } = part(load)
  ahead.push(need)
  return function Soon(props) {
    useEffect(() => {
      need().then(() => {
        if (!failed.peek()) return
        toast(words.value.errors.offline ?? '', 'bad')
        props.onClose?.()
      })
    }, [])
    const Dialog = found.value
    return Dialog ? html`<${Dialog} ...${props} />` : null
  }
}

/**
 * A part of the inbox with a place of its own and no words but the inbox's, fetched ahead of everything else.
 * @param {() => Promise<Part>} load
 * @param {(coming: unknown) => unknown} place what stands there until it is loaded
 */
export function next(load, place) {
  const { found, failed, need } = part(load, () => [])
  ahead.unshift(need)
  /** @param {any} props */
  function Next(props) {
    useEffect(() => void need(), [])
    const Part = found.value
    return Part ? html`<${Part} ...${props} />` : place(html`<${Coming} failed=${failed.value} again=${need} />`)
  }
  return { Part: Next, need }
}

/** @param {{ failed: boolean, again: () => void }} props */
function Coming({ failed, again }) {
  const t = words.value
  return failed
    ? html`<p class="form-error" role="alert">${t.errors.offline} <button type="button" class="link-button" onclick=${again}>${t.retry}</button></p>`
    : html`<p class="log-loading"><span class="spinner"></span>${t.loading}</p>`
}

/** Does something when the browser has nothing else to do; not every browser tells. @param {() => void} run */
export function whenIdle(run) {
  const idle = globalThis.requestIdleCallback ?? (() => setTimeout(run, 500))
  idle(run)
}

/** Fetches one part after another while the browser has nothing else to do. */
export function fetchAhead() {
  const step = async () => {
    const need = ahead.shift()
    if (!need) return
    await need()
    whenIdle(step)
  }
  whenIdle(step)
}

/** @type {Promise<void> | undefined} */
let wearing

function wearSheets() {
  wearing ??= Promise.all(sheets.map(sheet)).then(
    () => applyTheme(theme.peek()),
    (error) => {
      wearing = undefined
      throw error
    },
  )
  return wearing
}

/** @param {string} name */
function sheet(name) {
  return new Promise((resolve, reject) => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = `css/${name}.css`
    link.onload = resolve
    link.onerror = () => {
      link.remove()
      reject(new Error(`${link.href} is not to be had`))
    }
    document.head.append(link)
  })
}
