/** Every word of the widget, in English. `zh.js` has the same keys; the type below keeps them in step. */

export const en = {
  pageTitle: 'Customer service chat',
  assistant: 'Shop assistant',
  you: 'You',
  close: 'Close the chat',
  otherLanguage: '中文',
  switchLanguage: '切换到中文',
  log: 'Conversation',

  statusBot: 'Answers at once, day and night',
  statusWaiting: 'Waiting for a colleague',
  statusHuman: 'Customer service · with you now',
  statusResolved: 'Conversation closed',
  connecting: 'Connecting…',
  offline: 'You are offline. What you write is kept and sent as soon as you are back.',
  reconnecting: 'Connection lost. Reconnecting…',

  placeholder: 'Write a message…',
  message: 'Your message',
  send: 'Send',
  human: 'Talk to a human',
  jump: 'New messages',
  /** @param {number} left */
  left: (left) => (left < 0 ? `${-left} too many` : `${left} left`),
  tooLong: 'This message is too long to send',

  /** @param {string} name */
  typing: (name) => `${name} is typing`,
  sending: 'Sending',
  stored: 'Sent',
  seen: 'Seen',
  failed: 'Not sent.',
  retry: 'Try again',
  edit: 'Edit',
  choices: 'Suggested answers',

  queueFinding: 'Looking for a colleague who is free…',
  /** @param {number} place @param {number} waiting */
  queuePlace: (place, waiting) =>
    place <= 1 ? `You are next${waiting > 1 ? ` (${waiting} are waiting)` : ''}.` : `You are number ${place} of ${waiting}.`,
  /** @param {number} low @param {number} high */
  waitMinutes: (low, high) => (low === high ? `Usually about ${low} min` : `Usually about ${low} to ${high} minutes`),
  waitShort: 'Usually less than a minute',
  /** @param {number} high */
  waitUpTo: (high) => `Usually up to ${high} minutes`,
  waitLong: 'It may take more than an hour',
  queueKept: 'Your place is kept, even if you close this page.',
  leaveQueue: 'Leave the queue',

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

  rateTitle: 'How did we do?',
  rateHint: 'Your rating helps us get better.',
  scores: ['Very bad', 'Bad', 'Okay', 'Good', 'Very good'],
  comment: 'What should we know? (optional)',
  rate: 'Send rating',
  rateFirst: 'Please choose one of the five faces first.',
  /** @param {number} score */
  rated: (score) => `You rated this conversation ${score} out of 5`,
  thanks: 'Thank you!',
  startNew: 'Start a new conversation',

  /** @type {Record<string, string>} */
  errors: {
    rate_limited: 'That was a little fast. Your message goes out in a moment.',
    overloaded: 'A lot is going on right now. Your message goes out in a moment.',
    unavailable: 'The service is not available right now. We keep trying.',
    text_empty: 'There is nothing in this message.',
    text_too_long: 'This message is too long.',
    too_large: 'This message is too long.',
    text_control_character: 'This message holds a character that cannot be sent.',
    not_waiting: 'You are not in the queue any more.',
    not_resolved: 'This conversation has been taken up again and cannot be rated yet.',
    conflict: 'This has already been done.',
    invalid_field: 'This could not be accepted.',
    identity_refused: 'You could not be signed in to the chat. You can go on without.',
    unauthorized: 'Your session has ended. We are starting a new one.',
    other: 'Something went wrong on our side.',
  },
}

/** @typedef {typeof en} Strings */
