/** The frames of agents beside those of customers: see `visitor_frame.js`. */

/** @import { AgentFrame } from './wire.js' */
/** @import { Shapes } from './visitor_frame.js' */
import { parse } from './visitor_frame.js'

export * from './visitor_frame.js'

/** @type {Shapes} */
const agentShapes = {
  welcome: { agent: 'o' },
  board: { waiting: 'a', mine: 'a', others: 'n' },
  inbox: { rows: 'a', gone: 'a', counts: 'o' },
  floor: { presence: 's', offers: 'a', agents: 'a' },
  declined: { conversation: 's' },
  event: { conversation: 's', event: 'o' },
  opened: { conversation: 's', last: 'n', status: 's' },
  ack: { client_id: 's', conversation: 's', seq: 'n' },
  typing: { conversation: 's', on: 'b' },
  read: { conversation: 's', seq: 'n' },
  reset: { conversation: 's', last: 'n' },
  error: { code: 's', message: 's' },
  pong: {},
}

/**
 * A frame for an agent, or `null` when it is none that we know.
 * @param {string} text
 * @returns {AgentFrame | null}
 */
export function parseAgentFrame(text) {
  return parse(text, agentShapes)
}
