/** Every word of the console, in English. `zh.js` has the same keys; the type below keeps them in step. */

export const en = {
  product: 'Frontdesk',
  /** @param {number} unread */
  title: (unread) => (unread > 0 ? `(${unread}) Frontdesk` : 'Frontdesk'),
  skip: 'Skip to the conversation',
  loading: 'Loading…',
  close: 'Close',
  cancel: 'Cancel',
  back: 'Back to the list',
  dismiss: 'Dismiss',

  // signing in and setting up
  signInTitle: 'Welcome back',
  signInLead: 'Sign in to answer your customers.',
  signInButton: 'Sign in',
  signingIn: 'Signing in…',
  endedNotice: 'You have been signed out: your session ran out or was ended elsewhere. Please sign in again.',
  wrongCredentials: 'E-mail address and password do not belong together. Please check both.',
  setupTitle: 'Set up Frontdesk',
  setupLead: 'You are the first one here. Create the admin account; you can add your colleagues afterwards.',
  setupButton: 'Create account',
  settingUp: 'Creating account…',
  linkSpentTitle: 'This set-up link is not valid any more',
  linkSpent: 'It works once, and only until the server is started again. Use the link that the server printed at its latest start.',
  alreadySetUp: 'There is an admin already. Please sign in, or ask them for an account.',
  toSignIn: 'Go to sign-in',
  setupNeededTitle: 'Almost there',
  setupNeeded:
    'Frontdesk has no accounts yet. To create the first one, open the one-time set-up link that the server printed in its terminal when it started.',
  setupNeededHint: 'It looks like this:',
  checkAgain: 'Check again',
  unreachableTitle: 'The server does not answer',
  unreachable: 'Check that it is running and that you are online.',
  tryAgain: 'Try again',
  name: 'Name',
  nameHint: 'Customers see this name.',
  email: 'E-mail address',
  password: 'Password',
  passwordHint: 'At least 10 characters. A few unrelated words make a good one.',
  showPassword: 'Show password',
  hidePassword: 'Hide password',

  // frame
  inbox: 'Inbox',
  people: 'People',
  sections: 'Sections',
  account: 'Account and settings',
  theme: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  language: 'Language',
  signOut: 'Sign out',
  shortcuts: 'Keyboard shortcuts',
  roles: /** @type {Record<string, string>} */ ({ admin: 'Admin', agent: 'Agent' }),
  offline: 'You are offline. What you write is kept and sent as soon as you are back.',
  reconnecting: 'Connection lost. Reconnecting… What you write is kept.',
  retryNow: 'Try now',
  notifications: 'Notifications',

  // the list
  waiting: 'Waiting',
  mine: 'Mine',
  closed: 'Recently closed',
  /** @param {number} count */
  others: (count) => (count === 1 ? '1 conversation is with a colleague' : `${count} conversations are with colleagues`),
  /** @param {number} count */
  moreWaiting: (count) => `and ${count} more`,
  claim: 'Claim',
  claiming: 'Claiming…',
  /** @param {string} visitor */
  claimOf: (visitor) => `Claim the conversation with ${visitor}`,
  waitingFor: 'Waiting for',
  /** @param {string} number */
  visitor: (number) => `Visitor ${number}`,
  /** @param {number} count */
  unread: (count) => `${count} unread`,
  urgencies: /** @type {Record<string, string>} */ ({ urgent: 'Urgent', high: 'High', normal: 'Normal', low: 'Low' }),
  urgencyLabel: 'Urgency',
  reasons: /** @type {Record<string, string>} */ ({
    requested: 'Asked for a person',
    urgent: 'The matter is urgent',
    not_understood: 'The assistant could not help',
    by_bot: 'The bot handed over',
    bot_unavailable: 'The bot did not answer',
  }),
  you: 'You',
  nobodyWaiting: 'Nobody is waiting',
  nobodyWaitingHint: 'New requests appear here by themselves, the most urgent first.',
  tryDemo: 'Try it in the demo shop',
  nothingOpen: 'No conversation open',
  nothingOpenHint: 'Choose one from the list to read it, or claim the next one in the queue.',
  allQuiet: 'All quiet',
  allQuietHint: 'The assistant is looking after your customers. You will see here who needs a person.',
  claimNext: 'Claim the next one',
  /** @param {string} visitor @param {string} urgency */
  newWaiting: (visitor, urgency) => `${visitor} is waiting. Urgency: ${urgency}`,
  /** @param {string} visitor */
  newMessage: (visitor) => `New message from ${visitor}`,

  // a conversation
  conversation: 'Conversation',
  /** @param {string} visitor */
  conversationWith: (visitor) => `Conversation with ${visitor}`,
  missingTitle: 'This conversation does not exist',
  missing: 'It may have been erased, or the address is not complete.',
  statuses: { bot: 'With the assistant', waiting: 'Waiting', human: 'In conversation', resolved: 'Closed' },
  withYou: 'With you',
  /** @param {string} name */
  withAgent: (name) => `With ${name}`,
  assistant: 'Assistant',
  customer: 'Customer',
  choices: 'Choices offered',
  /** @param {string} label */
  picked: (label) => `Chose “${label}”`,
  pickedOne: 'Chosen from the buttons',
  entry: 'FAQ entry',
  outcomes: /** @type {Record<string, string>} */ ({
    answered: 'Answered',
    clarified: 'Asked back',
    fallback: 'Did not know',
    smalltalk: 'Small talk',
    handed_off: 'Handed over',
  }),
  /** @param {string} visitor */
  typing: (visitor) => `${visitor} is typing`,
  sending: 'Sending',
  sent: 'Sent',
  read: 'Read',
  failed: 'Not sent.',
  retry: 'Try again',
  discard: 'Discard',
  jump: 'Newest messages',
  handedOver: 'Asked for a colleague',
  /** @param {string} name */
  claimed: (name) => `${name} took the conversation`,
  youClaimed: 'You took the conversation',
  /** @param {string} name */
  released: (name) => `${name} put the conversation back into the queue`,
  youReleased: 'You put the conversation back into the queue',
  note: 'Note for colleagues',
  leftQueue: 'The customer left the queue',
  /** @param {string} name */
  resolved: (name) => `${name} closed the conversation`,
  youResolved: 'You closed the conversation',
  rated: 'The customer rated the conversation',
  /** @param {number} score */
  stars: (score) => `${score} of 5 stars`,
  erased: 'What was said before has been erased',

  // below a conversation
  placeholder: 'Write a reply…',
  message: 'Your reply',
  send: 'Send',
  sendHint: 'Enter to send · Shift + Enter for a new line',
  /** @param {number} left */
  left: (left) => (left < 0 ? `${-left} characters too many` : `${left} characters left`),
  readingAlong: 'You are reading along. The customer does not see you until you claim.',
  botAnswers: 'The assistant is answering here.',
  /** @param {string} name */
  othersHave: (name) => `${name} is answering here.`,
  closedHere: 'This conversation is closed. If the customer writes again, the assistant answers.',
  waitingRating: 'The customer is being asked for a rating.',
  resolve: 'Resolve',
  release: 'Back to queue',
  releaseTitle: 'Put back into the queue',
  releaseLead: 'The customer keeps their place by the time they have waited. A note helps whoever takes over; customers never see it.',
  noteLabel: 'Note for colleagues (optional)',
  notePlaceholder: 'What is known, what is still to be done…',
  releaseButton: 'Put back',

  // the panel
  details: 'Details',
  /** @param {string} visitor */
  detailsOf: (visitor) => `Details of ${visitor}`,
  showDetails: 'Show details',
  hideDetails: 'Hide details',
  whyWaiting: 'Why a person is needed',
  evidence: 'Words that say so',
  facts: 'Facts',
  status: 'Status',
  urgency: 'Urgency',
  customerLanguage: 'Language',
  languages: { en: 'English', zh: 'Chinese' },
  waitingSince: 'Waiting since',
  handedOverAt: 'Handed over',
  claimedAt: 'Claimed',
  agent: 'Agent',
  firstMessage: 'First message',
  understood: 'What the assistant understood',
  understoodOf: 'of the latest message it answered',
  nothingUnderstood: 'The assistant has not read a message here.',
  intent: 'Intent',
  category: 'Category',
  answers: 'Likeliest answers',
  noAnswers: 'No entry fits.',
  /** @param {number} percent */
  confidence: (percent) => `${percent}% sure`,
  rating: 'Rating',
  ratingPending: 'Not rated yet',

  // toasts
  /** @param {string} name */
  alreadyClaimed: (name) => `${name} already took this conversation`,
  releasedToast: 'Back in the queue',
  resolvedToast: 'Conversation closed',

  // people
  peopleLead: 'Everybody who can sign in and answer customers.',
  addPerson: 'Add a person',
  addTitle: 'Add a person',
  addLead: 'Give them the address and the password in person; Frontdesk does not send e-mail.',
  addButton: 'Add',
  adding: 'Adding…',
  /** @param {string} name */
  added: (name) => `${name} can sign in now`,
  role: 'Role',
  roleHints: /** @type {Record<string, string>} */ ({
    agent: 'Answers customers.',
    admin: 'Answers customers, adds people, reloads the knowledge.',
  }),
  signOutEverywhere: 'Sign out everywhere',
  /** @param {string} name */
  signOutEverywhereOf: (name) => `Sign out everywhere: ${name}`,
  /** @param {string} name */
  signOutQuestion: (name) => `Sign ${name} out everywhere?`,
  signOutLead: 'All their sessions end at once. Their conversations stay with them, and they can sign in again with their password.',
  signOutSelf: 'This ends your session here too.',
  /** @param {string} name */
  signedOutEverywhere: (name) => `${name} is signed out everywhere`,
  actions: 'Actions',
  knowledge: 'Knowledge',
  knowledgeLead:
    'Answers and intents come from the files in the knowledge folder. After a change, load them again; with a mistake in any file, the old knowledge stays in use.',
  reload: 'Reload knowledge',
  reloading: 'Reloading…',
  /** @param {number} entries @param {number} intents @param {number} ms */
  reloaded: (entries, intents, ms) => `Loaded ${entries} FAQ entries and ${intents} intents in ${ms} ms.`,
  /** @param {number} count */
  mistakes: (count) => (count === 1 ? 'Nothing was changed: there is a mistake.' : `Nothing was changed: there are ${count} mistakes.`),
  /** @param {number} line */
  line: (line) => `line ${line}`,

  // doors for other systems
  doors: {
    title: 'Doors',
    webhooks: 'Webhooks',
    webhooksLead: 'Other systems that are told what happens in conversations, in order and signed.',
    addWebhook: 'Add a receiver',
    noWebhooks: 'Nobody is told yet.',
    bots: 'Bots',
    botsLead: 'A bot of your own can answer new conversations. If it does not answer in time, a person is fetched.',
    addBot: 'Add a bot',
    noBots: 'The built-in answers are in use.',
    address: 'Address',
    addressHint: 'Begins with https://',
    events: 'What is told',
    allEvents: 'Everything',
    state: 'State',
    on: 'On',
    off: 'Off',
    gone: 'Off: it said that it is gone',
    inUse: 'Answers new conversations',
    notInUse: 'Not in use',
    deadline: 'Time to answer (seconds)',
    deadlineHint: 'From 1 to 3600.',
    /** @param {number} count */
    seconds: (count) => `${count} s`,
    log: 'Log',
    test: 'Test',
    turnOn: 'Turn on',
    turnOff: 'Turn off',
    use: 'Use',
    stopUsing: 'Stop using',
    remove: 'Remove',
    /** @param {string} name */
    removeQuestion: (name) => `Remove ${name}?`,
    removeLead: 'It is told nothing more, and what is known of it is lost.',
    keysTitle: 'Keep these now',
    keysLead: 'They are shown only once.',
    keys: /** @type {Record<string, string>} */ ({ secret: 'Secret (signs what is sent)', token: 'Token (api_access_token)' }),
    /** @param {string} address */
    logOf: (address) => `Sent to ${address}`,
    nothingSent: 'Nothing was sent yet.',
    replay: 'Send again',
    older: 'Older',
    /** @param {number} status */
    answered: (status) => `answered ${status}`,
    /** @param {number} count */
    attempt: (count) => `try ${count}`,
    causes: /** @type {Record<string, string>} */ ({ event: 'by itself', replay: 'sent again by hand', test: 'a test' }),
    verdicts: /** @type {Record<string, string>} */ ({
      delivered: 'Delivered',
      retrying: 'Will be tried again',
      given_up: 'Not delivered',
    }),
    fieldErrors: /** @type {Record<string, string>} */ ({
      name: 'A name has 1 to 80 characters.',
      deadline_seconds: 'A number from 1 to 3600.',
    }),
  },

  // help
  helpTitle: 'Keyboard shortcuts',
  helpRows: {
    next: 'Next conversation in the list',
    previous: 'Previous conversation in the list',
    open: 'Open the chosen conversation',
    claim: 'Claim the chosen or open conversation',
    reply: 'Write a reply',
    back: 'Back to the list',
    help: 'This help',
  },
  or: 'or',

  /** @type {Record<string, string>} */
  fieldErrors: {
    name: 'A name has 1 to 80 characters.',
    email: 'This does not look like an e-mail address.',
    password: 'A password has 10 characters or more.',
  },
  passwordMissing: 'Please enter your password.',
  emailTaken: 'This e-mail address has an account already.',

  /** @type {Record<string, string>} */
  errors: {
    offline: 'The server does not answer. Check your connection and try again.',
    rate_limited: 'Too many attempts. Please wait a moment and try again.',
    overloaded: 'The server has a lot to do. Please try again in a moment.',
    unavailable: 'The server cannot store anything right now. Please try again in a moment.',
    internal: 'Something went wrong on our side.',
    unauthorized: 'You are not signed in any more.',
    forbidden: 'Only admins may do this.',
    forbidden_origin: 'This address is not one of the sites in the server’s settings.',
    not_found: 'This does not exist any more.',
    conflict: 'This has been done already.',
    already_claimed: 'A colleague already took this conversation.',
    not_waiting: 'This customer is not waiting any more.',
    not_yours: 'You do not have this conversation any more.',
    text_empty: 'There is nothing in this message.',
    text_too_long: 'This message is too long.',
    too_large: 'This message is too long.',
    text_control_character: 'This message holds a character that cannot be sent.',
  },
}

/** @typedef {typeof en} Strings */
