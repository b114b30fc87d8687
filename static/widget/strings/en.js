/** Every word of the widget, in English. `zh.js` has the same keys; the type below keeps them in step. */

export const en = {
  pageTitle: 'Customer service chat',
  assistant: 'Shop assistant',
  you: 'You',
  close: 'Close the chat',
  otherLanguage: '中文',
  switchLanguage: '切换到中文',
  log: 'Conversation',

  statusBot: 'Answers at once, 24/7',
  statusWaiting: 'Waiting for a colleague',
  statusHuman: 'Customer service · with you now',
  statusResolved: 'Conversation closed',
  offline: 'You are offline. What you write is kept and sent as soon as you are back.',
  reconnecting: 'Connection lost. Reconnecting…',

  placeholder: 'Write a message…',
  message: 'Your message',
  send: 'Send',
  human: 'Talk to a human',
  jump: 'New messages',
  /** @param {number} left */
  left: (left) => (left < 0 ? `${-left} too many` : `${left} left`),

  /** @param {string} name */
  typing: (name) => `${name} is typing`,
  sending: 'Sending',
  stored: 'Sent',
  delivered: 'Delivered',
  seen: 'Read',
  failed: 'Not sent.',
  retry: 'Try again',
  edit: 'Edit',
  choices: 'Suggested answers',

  /** @param {number} place @param {number} waiting */
  queuePlace: (place, waiting) =>
    place <= 1 ? `You are next${waiting > 1 ? ` (${waiting} are waiting)` : ''}.` : `You are number ${place} of ${waiting}.`,
  /** @param {number} low @param {number} high */
  waitMinutes: (low, high) => (low === high ? `Usually about ${low} min` : `Usually about ${low} to ${high} minutes`),
  waitShort: 'Usually less than a minute',
  /** @param {number} high */
  waitUpTo: (high) => `Usually up to ${high} minutes`,
  waitLong: 'It may take more than an hour',

  asked: 'You asked for a colleague',
  handedOver: 'Your question goes to a colleague',
  leftQueue: 'You left the queue. The assistant is back.',
  /** @param {string} name */
  claimed: (name) => `${name} joined the conversation`,
  /** @param {string} name */
  released: (name) => `${name} passed the conversation on to a colleague`,
  /** @param {string} name */
  transferred: (name) => `${name} is passing the conversation to the right colleague`,
  /** @param {string} name */
  lapsed: (name) => `${name} lost the connection. You are in the queue again, at the place of your waiting time.`,
  /** @param {string} name */
  returnedToBot: (name) => `${name} handed back to the assistant`,
  /** @param {string} name */
  resolved: (name) => `${name} closed the conversation. Anything left? Just write.`,
  erased: 'What was said before has been erased',
  fresh: 'The earlier conversation is no longer available. This is a new one; nothing you typed is lost.',

  /** @param {number} score */
  rated: (score) => `You rated this conversation ${score} out of 5`,
  thanks: 'Thank you!',

  soundOn: 'Turn the sound on',
  soundOff: 'Turn the sound off',
}

/** @typedef {typeof en} Strings */
