/** What a reply answers: a few words of an earlier message, above the reply. */

/** @import { ConversationEvent, Quote } from '../../shared/wire.js' */
import { html } from '../lib.js'
import { words } from '../state/settings.js'
import { Icon, IconButton } from './bits.js'

const mostCharacters = 160

/**
 * The words of a message, as the server quotes them; nothing for what nobody said.
 * @param {ConversationEvent | undefined} event
 * @returns {Quote | undefined}
 */
export function quoteOf(event) {
  if (event?.type !== 'visitor_message' && event?.type !== 'bot_message' && event?.type !== 'agent_message') return undefined
  const line = Array.from(event.text.split(/\s+/).join(' ').trim())
  const text = line.length > mostCharacters ? `${line.slice(0, mostCharacters).join('')}…` : line.join('')
  const { seq } = event
  if (event.type === 'agent_message') return { seq, from: 'agent', name: event.name, text }
  return { seq, from: event.type === 'bot_message' ? 'bot' : 'visitor', text }
}

/** @param {Quote} quote @param {string} visitor */
function whoSaid(quote, visitor) {
  if (quote.from === 'visitor') return visitor
  return quote.from === 'bot' ? words.value.assistant : (quote.name ?? '')
}

/** Above a message in the log; leads to what it answers. @param {{ quote: Quote, name: string }} props */
export function QuotedAbove({ quote, name }) {
  const t = words.value
  const show = () => {
    const row = document.querySelector(`.log [data-seq="${quote.seq}"]`)
    row?.scrollIntoView({ block: 'center' })
    row?.classList.add('row-found')
    setTimeout(() => row?.classList.remove('row-found'), 1_500)
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
