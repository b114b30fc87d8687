/** What of an earlier message is quoted. */

/** @import { ConversationEvent, Quote } from '../../shared/wire.js' */

const mostCharacters = 160

/**
 * The words of a message and the names of its files, as the server quotes them; nothing for what nobody said.
 * @param {ConversationEvent | undefined} event
 * @returns {Quote | undefined}
 */
export function quoteOf(event) {
  if (event?.type !== 'visitor_message' && event?.type !== 'bot_message' && event?.type !== 'agent_message') return undefined
  const files = 'attachments' in event ? (event.attachments ?? []) : []
  const said = [event.text, ...files.map((file) => `\u{1f4ce} ${file.name}`)].join(' ')
  const line = Array.from(said.split(/\s+/).join(' ').trim())
  const text = line.length > mostCharacters ? `${line.slice(0, mostCharacters).join('')}…` : line.join('')
  const { seq } = event
  if (event.type === 'agent_message') return { seq, from: 'agent', name: event.name, text }
  return { seq, from: event.type === 'bot_message' ? 'bot' : 'visitor', text }
}
