/** What a reply answers: a few words of an earlier message, above the reply. */

/** @import { ConversationEvent, Quote } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { Thread } from '../state/thread.js' */
import { html, useEffect, useRef } from '../lib.js'
import { answered } from '../state/draft.js'
import { quoteOf } from '../state/quotes.js'
import { words } from '../state/settings.js'
import { Icon, IconButton } from './bits.js'

/** @param {Quote} quote @param {string} visitor */
function whoSaid(quote, visitor) {
  if (quote.from === 'visitor') return visitor
  return quote.from === 'bot' ? words.value.assistant : (quote.name ?? '')
}

/** Above a message in the log; leads to what it answers. @param {{ quote: Quote, name: string, conversation: string }} props */
export function QuotedAbove({ quote, name, conversation }) {
  const t = words.value
  const show = () => {
    answered.value = { conversation, seq: quote.seq }
  }
  return html`<button type="button" class="quoted" title=${t.toQuoted} onclick=${show}>
    <span class="only-read">${t.answersTo}: </span><b dir="auto">${whoSaid(quote, name)}</b> <span dir="auto">${quote.text}</span>
  </button>`
}

/** In the composer, until it is sent. @param {{ quote: Quote, name: string, onRemove: () => void }} props */
export function Quoting({ quote, name, onRemove }) {
  const t = words.value
  return html`<div class="quoting" role="group" aria-label=${t.answersTo}>
    <${Icon} name="reply" />
    <p><b dir="auto">${whoSaid(quote, name)}</b> <span dir="auto">${quote.text}</span></p>
    <${IconButton} icon="close" label=${t.noQuote} onclick=${onRemove} />
  </div>`
}

/**
 * What a draft answers, though the message may have left the page since, or never been on it.
 * @param {Desk} desk @param {Thread} thread @param {number | undefined} seq
 */
export function useQuote(desk, thread, seq) {
  const known = useRef(/** @type {ConversationEvent | undefined} */ (undefined))
  known.current = thread.events.value.find((event) => event.seq === seq) ?? known.current
  const event = known.current && known.current.seq === seq ? known.current : undefined
  useEffect(() => {
    // without it the reply still answers that message; only its words are not shown
    if (seq && !event && thread.loaded.value) desk.reach(thread, seq).catch(() => {})
  }, [seq, event === undefined, thread.loaded.value])
  return quoteOf(event)
}
