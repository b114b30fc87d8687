/**
 * What of a long conversation stays in this page: its last messages. Those before them are fetched again by whoever
 * scrolls up to them, so that a conversation of days costs no more than one of an hour.
 */

/** @import { ConversationEvent } from '../../shared/wire.js' */

/** So many messages stay; they are counted again when there are some more. */
export const mostMessages = 300
const someMore = 100

const isMessage = (/** @type {ConversationEvent} */ { type }) =>
  type === 'visitor_message' || type === 'bot_message' || type === 'agent_message'

/**
 * The events that stay, and the `seq` from which on none is missing; nothing where they are few enough. What else happened
 * stays with them, since labels and the like are folded from it; so does the first message of each kind between, which
 * ends a snooze, and what the assistant understood last, with the words that it was about.
 * @param {readonly ConversationEvent[]} events
 * @returns {{ events: ConversationEvent[], from: number } | undefined}
 */
export function trimmed(events) {
  if (events.length <= mostMessages + someMore) return undefined
  const places = events.flatMap((event, place) => (isMessage(event) ? [place] : []))
  const first = places[places.length - mostMessages]
  if (first === undefined || places.length <= mostMessages + someMore) return undefined
  const kinds = new Set()
  let said = -1
  /** @type {Set<number>} */
  const stays = new Set()
  for (const [place, event] of events.slice(0, first).entries()) {
    if (event.type === 'visitor_message') said = place
    if (!isMessage(event)) kinds.clear()
    if (!isMessage(event) || !kinds.has(event.type)) stays.add(place)
    if (isMessage(event)) kinds.add(event.type)
    if (event.type === 'bot_message' && event.reading) stays.add(place).add(said)
  }
  return {
    events: events.filter((_, place) => place >= first || stays.has(place)),
    from: events[first]?.seq ?? 1,
  }
}

/**
 * The events with a page of earlier ones, which ends where they begin to be complete.
 * @param {readonly ConversationEvent[]} events
 * @param {number} from
 * @param {readonly ConversationEvent[]} page
 * @returns {{ events: ConversationEvent[], from: number }}
 */
export function withEarlier(events, from, page) {
  const earlier = page.filter(({ seq }) => seq < from)
  const begin = earlier[0]?.seq ?? from
  if (earlier.length !== from - begin) return { events: [...events], from }
  // what was understood of them nobody asks any more, but for the last, which is here
  const known = new Map(events.map((event) => [event.seq, event]))
  const plain = earlier.map((event) => known.get(event.seq) ?? (event.type === 'bot_message' ? { ...event, reading: undefined } : event))
  return { events: [...events.filter(({ seq }) => seq < begin), ...plain, ...events.filter(({ seq }) => seq >= from)], from: begin }
}
