/** The words of the page of messages with which the desk speaks first, in English; loaded with it. */

export const en = {
  lead: 'Shown near the closed chat, before a visitor has written. Nobody who has a conversation going is shown any.',
  add: 'Add a message',
  none: 'There are no messages yet: the chat waits until it is opened.',
  addTitle: 'A message to visitors',
  name: 'Name',
  nameHint: 'Only colleagues see it.',
  pages: 'Pages',
  pagesHint: 'A path on each line: /checkout, /products/* (one part), /help/** (everything below).',
  seconds: 'Seconds on the page',
  segment: 'Segment',
  anybody: 'Anybody',
  when: 'Opening hours',
  whens: { always: 'At any time', open: 'Only while the desk is open', closed: 'Only while it is closed' },
  site: 'Site',
  siteHint: 'Its origin, such as https://shop.example; every site when empty.',
  times: 'Times at most',
  days: 'In so many days',
  /** @param {string} language */
  textIn: (language) => `Words in ${language}`,
  answers: 'Answers to choose from',
  answersHint: 'Up to three, or none: then there is a button that opens the chat.',
  /** @param {number} at @param {string} language */
  answer: (at, language) => `Answer ${at} in ${language}`,
  inUse: 'In use',
  /** @param {string} name */
  inUseOf: (name) => `In use: ${name}`,
  /** @param {number} seconds */
  after: (seconds) => (seconds === 0 ? 'At once' : `After ${seconds} s`),
  /** @param {number} times @param {number} days */
  often: (times, days) => `${times === 1 ? 'Once' : `${times} times`} in ${days === 1 ? 'a day' : `${days} days`}`,
  counts: 'What came of it',
  shown: 'Shown',
  opened: 'Opened',
  answered: 'Answered',
  /** @param {string} name */
  up: (name) => `Move up: ${name}`,
  /** @param {string} name */
  remove: (name) => `Remove: ${name}`,
  /** @param {string} name */
  removed: (name) => `“${name}” is removed.`,
  /** @param {string} name */
  saved: (name) => `“${name}” is saved.`,
  /** @type {Record<string, string>} */
  mistakes: {
    name_invalid: 'A name has 1 to 60 characters.',
    pages_count: 'Name 1 to 20 pages, such as /checkout/**.',
    page_invalid: 'A page is a path that begins with /, such as /checkout/**, without spaces, ? and #.',
    number_invalid: 'This number does not fit: 0 to 3600 seconds, 1 to 100 times, 1 to 365 days.',
    unknown_segment: 'There is no such segment any more.',
    unknown_site: 'This is none of the sites that may show the chat.',
    text_empty: 'Write it in one language at least.',
    text_too_long: 'This is too long: 300 characters, 40 for an answer.',
    text_control_character: 'This holds a character that cannot be sent.',
    too_many_rules: 'There is no room for more than 100 messages.',
  },
}

/** @typedef {typeof en} ProactiveStrings */
