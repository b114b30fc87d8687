/** What the events so far amount to: a pure fold, the same on every page that shows the conversation. */

/** @import { ConversationEvent, Status } from '../shared/wire.js' */

/**
 * @typedef {object} Standing
 * @property {Status} status
 * @property {string} agent the name of who has the conversation, or ''
 * @property {boolean} rated whether the last closing has been rated
 * @property {number} spoke the `seq` of the customer's last message: buttons before it are spent
 * @property {number} turns how many messages there are
 */

/** @type {Standing} */
export const start = { status: 'bot', agent: '', rated: false, spoke: 0, turns: 0 }

/**
 * @param {Standing} before
 * @param {ConversationEvent} event
 * @returns {Standing}
 */
export function follow(before, event) {
  switch (event.type) {
    case 'visitor_message':
      return { ...before, status: before.status === 'resolved' ? 'bot' : before.status, spoke: event.seq, turns: before.turns + 1 }
    case 'bot_message':
      return { ...before, turns: before.turns + 1 }
    case 'agent_message':
      return { ...before, agent: event.name, turns: before.turns + 1 }
    case 'handoff_requested':
      return { ...before, status: 'waiting', agent: '', spoke: event.seq, turns: before.turns + 1 }
    case 'left_queue':
      return { ...before, status: 'bot' }
    case 'claimed':
      return { ...before, status: 'human', agent: event.name }
    case 'released':
    case 'transferred':
    case 'lapsed':
      return { ...before, status: 'waiting', agent: '' }
    case 'returned_to_bot':
      return { ...before, status: 'bot', agent: '' }
    case 'resolved':
      return { ...before, status: 'resolved', agent: event.name, rated: false }
    case 'rated':
      return { ...before, rated: true }
    default:
      return before
  }
}

/**
 * Whether an event is something that the customer wants to know about when the widget is closed.
 * @param {ConversationEvent} event
 */
export function deservesBadge(event) {
  return event.type === 'bot_message' || event.type === 'agent_message' || event.type === 'resolved'
}
