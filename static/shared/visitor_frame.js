/**
 * Where a text from the socket becomes a typed frame; the types are in `wire.d.ts`, frames of agents in `frame.js`,
 * which customers need not load.
 * Fields that we do not know are left alone, types that we do not know become `null`, so an older
 * page keeps working with a newer server.
 */

/** @import { ConversationEvent, VisitorFrame } from './wire.js' */

/**
 * The fields that a frame must have, by type: `s` string, `n` number, `b` boolean, `o` object, `a` array.
 * @typedef {Record<string, Record<string, 's' | 'n' | 'b' | 'o' | 'a'>>} Shapes
 */

/** @type {Shapes} */
const visitorShapes = {
  welcome: { conversation: 's', token: 's', renewal: 's', token_expires_at: 'n', last: 'n', status: 's' },
  event: { event: 'o' },
  ack: { client_id: 's', seq: 'n' },
  queue: { place: 'n', waiting: 'n' },
  typing: { from: 's', on: 'b' },
  phrasing: { text: 's' },
  read: { by: 's', seq: 'n' },
  identified: {},
  tokens: { token: 's', renewal: 's', token_expires_at: 'n' },
  reset: { last: 'n' },
  error: { code: 's', message: 's' },
  pong: {},
}

/** @type {Shapes} */
export const eventShapes = {
  visitor_message: { text: 's' },
  bot_message: { text: 's' },
  agent_message: { name: 's', text: 's' },
  handoff_requested: {},
  left_queue: {},
  claimed: { name: 's' },
  released: { name: 's' },
  resolved: { name: 's' },
  rated: { score: 'n' },
  erased: {},
  transferred: { name: 's' },
  taken_over: { name: 's' },
  lapsed: { name: 's' },
  returned_to_bot: { name: 's' },
}

const kinds = /** @type {const} */ ({ s: 'string', n: 'number', b: 'boolean', o: 'object' })

/**
 * @param {unknown} value
 * @param {Record<string, 's' | 'n' | 'b' | 'o' | 'a'>} shape
 */
function fits(value, shape) {
  if (typeof value !== 'object' || value === null) return false
  const fields = /** @type {Record<string, unknown>} */ (value)
  return Object.entries(shape).every(([name, kind]) => {
    const field = fields[name]
    if (kind === 'a') return Array.isArray(field)
    return typeof field === kinds[kind] && field !== null
  })
}

/**
 * @param {string} text
 * @param {Shapes} shapes
 * @returns {any}
 */
export function parse(text, shapes) {
  /** @type {any} */
  let frame
  try {
    frame = JSON.parse(text)
  } catch {
    return null
  }
  const shape = typeof frame?.type === 'string' && Object.hasOwn(shapes, frame.type) ? shapes[frame.type] : undefined
  if (!shape || !fits(frame, shape)) return null
  if (frame.type === 'event' && !fits(frame.event, { seq: 'n', at: 'n', type: 's' })) return null
  return frame
}

/**
 * A frame for a customer, or `null` when it is none that we know.
 * An event frame is given back even when its event's type is unknown, because its `seq` still counts: see `isKnown`.
 * @param {string} text
 * @returns {VisitorFrame | null}
 */
export function parseVisitorFrame(text) {
  return parse(text, visitorShapes)
}

/**
 * Whether an event may be shown: a type of `shapes` with the fields it needs.
 * @param {ConversationEvent} event
 */
export function isKnown(event, shapes = eventShapes) {
  const shape = Object.hasOwn(shapes, event.type) ? shapes[event.type] : undefined
  return shape !== undefined && fits(event, shape)
}

/** A fresh id for something said, so that saying it twice counts once. */
export function newClientId() {
  // `randomUUID` is missing on plain http outside loopback, `getRandomValues` is not.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
