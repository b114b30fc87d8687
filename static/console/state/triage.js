/** What agents said of one conversation, folded from its events as the server does it. */

/** @import { ConversationEvent, Priority } from '../../shared/wire.js' */

/** @typedef {{ labels: string[], priority: Priority | undefined, snoozed: { until: number | undefined } | null }} Triage */

/** What may happen without waking a conversation. */
const quiet = new Set([
  'labelled',
  'prioritised',
  'marked_unread',
  'whispered',
  'sla_breached',
  'summed_up',
  'rated',
  'bot_message',
  'snoozed',
  'task',
])

/** @param {readonly ConversationEvent[]} events @returns {Triage} */
export function triageOf(events) {
  const labels = new Set(/** @type {string[]} */ ([]))
  /** @type {Triage} */
  const triage = { labels: [], priority: undefined, snoozed: null }
  for (const event of events) {
    if (event.type === 'labelled') {
      for (const label of event.removed ?? []) labels.delete(label)
      for (const label of event.added ?? []) labels.add(label)
    } else if (event.type === 'prioritised') triage.priority = event.priority
    else if (event.type === 'snoozed') triage.snoozed = { until: event.until }
    else if (event.type === 'erased') {
      labels.clear()
      triage.priority = undefined
    }
    if (!quiet.has(event.type)) triage.snoozed = null
  }
  triage.labels = [...labels].sort()
  return triage
}

/**
 * The moments until which one snoozes, in the reader's own time.
 * @param {Date} now
 * @returns {{ name: 'hour' | 'evening' | 'tomorrow' | 'monday', at: number }[]}
 */
export function snoozeTimes(now) {
  const at = (/** @type {number} */ days, /** @type {number} */ hour) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour).getTime()
  const toMonday = (8 - now.getDay()) % 7 || 7
  /** @type {ReturnType<typeof snoozeTimes>} */
  const times = [{ name: 'hour', at: now.getTime() + 3_600_000 }]
  if (now.getHours() < 17) times.push({ name: 'evening', at: at(0, 18) })
  times.push({ name: 'tomorrow', at: at(1, 9) })
  if (toMonday > 1) times.push({ name: 'monday', at: at(toMonday, 9) })
  return times
}
