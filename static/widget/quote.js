/** What an agent's message answers: a few words of an earlier one, in its bubble. Fetched with the first that does. */

/** @import { Quote } from '../shared/wire.js' */
/** @import { MessageLog } from './log.js' */
import { el } from '../shared/dom.js'
import { laterStyles } from './cards.js'

/**
 * @param {MessageLog} log
 * @param {Element | undefined} row
 * @param {Quote} quote
 */
export async function quoteIn(log, row, { from, name, text }) {
  await laterStyles()
  const { you, assistant } = log.strings
  const who = from === 'visitor' ? you : from === 'bot' ? assistant : (name ?? '')
  const shown = el('blockquote', { class: 'quoted', dir: 'auto' }, el('b', {}, who), ` ${text}`)
  const bubble = row?.querySelector('.bubble')
  const said = row?.querySelector('.said')
  if (bubble) bubble.prepend(shown)
  // files alone: what they answer stands above them
  else said?.insertBefore(el('div', { class: 'bubble' }, shown), said.querySelector('.files'))
  if (log.stick) log.toEnd()
}
