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
  row?.querySelector('.bubble')?.prepend(el('blockquote', { class: 'quoted', dir: 'auto' }, el('b', {}, who), ` ${text}`))
  if (log.stick) log.toEnd()
}
