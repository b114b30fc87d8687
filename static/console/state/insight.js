/** What a conversation's events say about it: why a person is needed, and what the assistant understood. */

/** @import { ConversationEvent, HandoffRequested, Rated } from '../../shared/wire.js' */

/** @typedef {{ name: string, confidence: number }} Scored */
/**
 * @typedef {object} Insight
 * @property {HandoffRequested | null} handoff the last one
 * @property {Rated | null} rated
 * @property {string} firstMessage
 * @property {string} lastNote
 * @property {Understood | null} understood
 */
/** @typedef {{ of: string, readAs: string, intent: Scored | null, category: Scored | null, urgency: Scored | null, answers: Scored[] }} Understood */

/**
 * @param {readonly ConversationEvent[]} events
 * @returns {Insight}
 */
export function insightInto(events) {
  /** @type {Insight} */
  const insight = { handoff: null, rated: null, firstMessage: '', lastNote: '', understood: null }
  let said = ''
  const begins = events[0]?.seq === 1
  for (const event of events) {
    if (event.type === 'visitor_message') {
      said = event.text
      if (begins) insight.firstMessage ||= event.text
    }
    if (event.type === 'handoff_requested') insight.handoff = event
    if (event.type === 'resolved') insight.rated = null
    if (event.type === 'rated') insight.rated = event
    if (event.type === 'released' || event.type === 'transferred') insight.lastNote = event.note ?? ''
    if (event.type === 'bot_message' && event.reading) {
      const { intent, category, urgency, answers, asked_in_full: inFull } = event.reading
      insight.understood = {
        of: said,
        readAs: typeof inFull === 'string' ? inFull : '',
        intent: scored(intent),
        category: scored(category),
        urgency: scored(urgency, 'level'),
        answers: Array.isArray(answers) ? answers.map((answer) => scored(answer)).filter((answer) => answer !== null) : [],
      }
    }
  }
  return insight
}

/**
 * @param {any} value from the wire
 * @param {'name' | 'level'} [key]
 * @returns {Scored | null}
 */
function scored(value, key = 'name') {
  const name = value?.[key] ?? value?.id
  const confidence = value?.confidence
  if (typeof name !== 'string' || typeof confidence !== 'number') return null
  return { name, confidence: Math.min(1, Math.max(0, confidence)) }
}
