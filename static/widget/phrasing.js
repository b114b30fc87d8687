/** An answer while it is phrased, and the entries that it comes from. Fetched with the first that is. */

/** @import { Cited, PhrasingFrame } from '../shared/wire.js' */
/** @import { MessageLog } from './log.js' */
/** @import { Session } from './session.js' */
import { el, withLinks } from '../shared/dom.js'
import { laterStyles } from './cards.js'
import { face } from './log.js'
import { laterStringsOf } from './strings.js'

/**
 * Shows the answer as far as it is. The message of the assistant, which is the same or another one, takes its place.
 * @param {MessageLog} log
 * @param {Session} session
 * @param {PhrasingFrame} frame
 */
export function growing(log, session, { answers, text }) {
  // what was said since then is the answer
  if (session.sequence.last !== answers) return
  const words = withLinks(text)
  const bubble = log.root.querySelector('.phrasing .bubble')
  log.typing('', 'bot')
  if (bubble) bubble.replaceChildren(...words)
  else {
    // who listens is told the whole message, once
    const row = el(
      'div',
      { class: 'row row-bot first last phrasing', 'aria-hidden': 'true' },
      el('div', { class: 'said' }, face('bot', ''), el('div', { class: 'bubble', dir: 'auto' }, ...words)),
    )
    log.dots.before(row)
    const watch = new MutationObserver((changes) => {
      const isSaid = (/** @type {Node} */ node) => node instanceof HTMLElement && node.dataset.seq !== undefined
      if (row.isConnected && !changes.some(({ addedNodes }) => [...addedNodes].some(isSaid))) return
      row.remove()
      watch.disconnect()
    })
    watch.observe(log.root, { childList: true })
  }
  if (log.stick) log.toEnd()
}

/**
 * @param {MessageLog} log
 * @param {Element | undefined} row
 * @param {Cited[]} sources
 */
export async function sourcesIn(log, row, sources) {
  const [words] = await Promise.all([laterStringsOf(log.language), laterStyles()])
  const titles = sources.map(({ title }) => title).join(' · ')
  row?.querySelector('.said')?.after(el('p', { class: 'sources', dir: 'auto' }, `${words.sources} ${titles}`))
  if (log.stick) log.toEnd()
}
