/** The frames of agents beside those of customers: see `visitor_frame.js`. */

/** @import { AgentFrame, ConversationEvent } from './wire.js' */
/** @import { Shapes } from './visitor_frame.js' */
import { eventShapes, isKnown as fitsOne, parse } from './visitor_frame.js'

export { newClientId, parseVisitorFrame } from './visitor_frame.js'

/** @type {Shapes} */
const agentShapes = {
  welcome: { agent: 'o' },
  board: { waiting: 'a', mine: 'a', others: 'n' },
  inbox: { rows: 'a', gone: 'a', counts: 'o' },
  floor: { presence: 's', offers: 'a', agents: 'a' },
  declined: { conversation: 's' },
  event: { conversation: 's', event: 'o' },
  events: { conversation: 's', events: 'a' },
  opened: { conversation: 's', last: 'n', status: 's' },
  ack: { client_id: 's', conversation: 's', seq: 'n' },
  typing: { conversation: 's', on: 'b' },
  unsent: { conversation: 's', text: 's' },
  read: { conversation: 's', seq: 'n' },
  delivered: { conversation: 's', seq: 'n' },
  draft: { conversation: 's', kind: 's', text: 's', at: 'n' },
  mentioned: { conversation: 's', seq: 'n', name: 's', text: 's' },
  reset: { conversation: 's', last: 'n' },
  error: { code: 's', message: 's' },
  pong: {},
}

/** What customers see nothing of stands beside what they see. @type {Shapes} */
const seenByAgents = {
  ...eventShapes,
  customer_identified: {},
  summed_up: { summary: 'o' },
  noted: { name: 's', text: 's' },
  sla_breached: {},
  labelled: { name: 's' },
  prioritised: { name: 's' },
  snoozed: { name: 's' },
  woken: {},
  marked_unread: { name: 's' },
  whispered: { name: 's', text: 's' },
  reopened: { name: 's' },
  task: { task: 'o' },
}

/**
 * Whether an event may be shown to an agent.
 * @param {ConversationEvent} event
 */
export function isKnown(event) {
  return fitsOne(event, seenByAgents)
}

/**
 * A frame for an agent, or `null` when it is none that we know.
 * @param {string} text
 * @returns {AgentFrame | null}
 */
export function parseAgentFrame(text) {
  return parse(text, agentShapes)
}
