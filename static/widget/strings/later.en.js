/** The words of what most customers never see, in English: the form about themselves, and the rating. Loaded with them. */

export const en = {
  queueFinding: 'Looking for a colleague who is free…',
  queueKept: 'Your place is kept, even if you close this page.',
  sources: 'From:',
  leaveQueue: 'Leave the queue',
  leaveMessage: 'Leave your details',

  askTitle: 'Before we start',
  askHint: 'So that a colleague knows whom they talk to.',
  askSend: 'Start the chat',
  askSkip: 'Skip',
  leaveTitle: 'Leave a message',
  leaveHint: 'Write what it is about in the chat and say how to reach you. You need not wait here.',
  leaveSend: 'Send',
  leaveSkip: 'Not now',
  unsentSeen: 'Our colleague sees what you write before you send it.',
  contactKept: 'Thank you, we have your details.',
  optional: '(optional)',
  fields: { name: 'Your name', email: 'E-mail', phone: 'Phone' },
  fieldErrors: {
    name: 'Please write your name.',
    email: 'Please write a full address, such as ana@mail.example.',
    phone: 'Please write the number with its country code, such as +44 20 7946 0958.',
  },

  rateTitle: 'How did we do?',
  rateHint: 'Your rating helps us get better.',
  scores: ['Very bad', 'Bad', 'Okay', 'Good', 'Very good'],
  comment: 'What should we know? (optional)',
  rate: 'Send rating',
  rateFirst: 'Please choose one of the five faces first.',
  startNew: 'Start a new conversation',

  files: {
    files: 'Files',
    attach: 'Attach files',
    toSend: 'Files to send',
    retry: 'Try again',
    again: 'This could not be loaded. Click to try again.',
    save: 'Save',
    closePicture: 'Close the picture',
    /** @param {string} name */
    uploading: (name) => `Uploading ${name}`,
    /** @param {string} name */
    remove: (name) => `Remove ${name}`,
    /** @param {string} name */
    enlarge: (name) => `Enlarge ${name}`,
    /** @param {number} most */
    tooMany: (most) => `A message takes ${most} files. The others were left out.`,
    /** @type {Record<string, string>} */
    errors: {
      too_large: 'Too large.',
      file_type: 'Pictures, PDF and plain text only.',
      file_broken: 'Damaged or empty.',
      too_many_files: 'No more files in this chat.',
      no_room: 'No room for files right now.',
      conflict: 'Files cannot be sent here.',
      rate_limited: 'A little fast. Try again in a moment.',
      offline: 'No connection.',
      other: 'Not uploaded.',
    },
  },

  /** @type {Record<string, string>} */
  errors: {
    file_unknown: 'A file is not on the server any more. Please attach it again.',
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

/** @typedef {typeof en} LaterStrings */
