/** Every word of the console, in English. `zh.js` has the same keys; the type below keeps them in step. */

/** @param {number} count */
export const conversations = (count) => (count === 1 ? 'Conversation' : `${count} conversations`)

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
  orElse: 'or',
  /** @param {string} provider */
  signInWith: (provider) => `Sign in with ${provider}`,
  providerRefusals: /** @type {Record<string, string>} */ ({
    provider_unavailable: 'The sign-in provider does not answer. Please try again in a moment, or use your password.',
    provider_refused: 'The sign-in was cancelled, or the provider refused it.',
    expired: 'This sign-in took too long or was used before. Please begin again.',
    invalid: 'What the sign-in provider sent cannot be trusted. Please tell your admin.',
    unverified: 'The sign-in provider has not checked your e-mail address.',
    not_invited: 'There is no account for your address yet. Please ask an admin to add you.',
    inactive: 'Your account cannot sign in any more. Please ask an admin.',
    other_person: 'Your address belonged to somebody else before. Please ask an admin.',
    rate_limited: 'Too many attempts. Please wait a moment and try again.',
    unavailable: 'The server cannot store anything right now. Please try again in a moment.',
  }),
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
  roles: /** @type {Record<string, string>} */ ({ admin: 'Admin', supervisor: 'Supervisor', agent: 'Agent' }),
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
    own_matter: 'An order has to be looked up',
    by_bot: 'The bot handed over',
    bot_unavailable: 'The bot did not answer',
    task: 'A task of the assistant needs a person',
    action_failed: 'The shop’s system did not do what was asked',
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
  phrasedFrom: 'Phrased by the language model from:',
  outcomes: /** @type {Record<string, string>} */ ({
    answered: 'Answered',
    clarified: 'Asked back',
    fallback: 'Did not know',
    smalltalk: 'Small talk',
    handed_off: 'Handed over',
    proactive: 'Spoke first',
    task: 'Works on a task',
  }),
  unsent: 'Not sent yet',
  /** @param {string} visitor */
  typing: (visitor) => `${visitor} is typing`,
  sending: 'Sending',
  sent: 'Sent',
  read: 'Read',
  failed: 'Not sent.',
  retry: 'Try again',
  discard: 'Discard',
  jump: 'Newest messages',
  earlier: 'Earlier messages',
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
  files: 'Files',
  filesToSend: 'Files to send',
  attach: 'Attach files',
  dropHere: 'Drop to attach',
  /** @param {string} name */
  uploading: (name) => `Uploading ${name}`,
  /** @param {string} name */
  cancelUpload: (name) => `Cancel ${name}`,
  /** @param {string} name */
  takeOut: (name) => `Remove ${name}`,
  /** @param {string} name */
  enlarge: (name) => `Enlarge ${name}`,
  openInTab: 'Open in a new tab',
  saveFile: 'Save to disk',
  /** @param {number} most */
  tooManyFiles: (most) => `A message takes ${most} files. The others were left out.`,
  /** @type {Record<string, string>} */
  fileErrors: {
    too_large: 'This file is too large.',
    file_type: 'Only pictures, PDF and plain text can be sent.',
    file_broken: 'This file is damaged or empty.',
    too_many_files: 'This conversation takes no more files.',
    no_room: 'The server has no room for more files.',
    conflict: 'Files cannot be sent here.',
    offline: 'Not uploaded: no connection.',
    other: 'Not uploaded.',
  },
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

  // the panel
  details: 'Details',
  /** @param {string} visitor */
  detailsOf: (visitor) => `Details of ${visitor}`,
  showDetails: 'Show details',
  hideDetails: 'Hide details',
  whyWaiting: 'Why a person is needed',
  evidence: 'Words that say so',
  customerProfile: 'Customer profile',
  verified: 'Verified',
  unverified: 'Not verified',
  nameless: 'No name',
  phone: 'Phone',
  segment: 'Segment',
  noSegment: 'None',
  valueBand: 'Value',
  valueBands: { low: 'Low', normal: 'Normal', high: 'High', vip: 'VIP' },
  openOrders: 'Open orders',
  yes: 'Yes',
  no: 'No',
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
  readAs: 'A language model asked it in full, to find an answer:',
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
  knowledge: 'Knowledge',

  // who is who
  save: 'Save',
  comma: ', ',

  // the second factor
  secondFactor: 'Second factor',
  on: 'On',
  code: 'Code',
  codeHint: 'From your authenticator app, or a recovery code.',
  codeMissing: 'Please enter a code.',
  codeWrong: 'This code is wrong or was used before.',

  // the audit log
  audit: 'Audit log',
  doorsTitle: 'Doors',
  reportTitle: 'Today',
  // the hand-off: presence, offers, clocks, the card, colleagues
  presence: 'Your presence',
  /** @param {string} presence */
  presenceIs: (presence) => `Your presence: ${presence}`,
  presences: { online: 'Online', busy: 'Busy', away: 'Away', offline: 'Offline' },
  presenceHints: {
    online: 'Customers are offered to you.',
    busy: 'You keep what you have, nothing new is offered.',
    away: 'You are not at the desk.',
    offline: 'You have gone.',
  },
  /** @param {string} presence */
  notOffered: (presence) => `You are ${presence.toLowerCase()}: no customers are offered to you.`,
  goOnline: 'Go online',
  /** @param {number} load @param {number} capacity */
  loadOf: (load, capacity) => `${load} of ${capacity}`,
  /** @param {number} load @param {number} capacity */
  loadWords: (load, capacity) => `Load ${load} of ${capacity}`,
  offered: 'Offered to you',
  /** @param {string} visitor @param {string} urgency */
  offeredSay: (visitor, urgency) => `${visitor} is offered to you. Urgency: ${urgency}`,
  /** @param {number} count */
  offersNow: (count) => (count === 1 ? 'A customer is offered to you' : `${count} customers are offered to you`),
  look: 'Look',
  timeLeft: 'Time to answer',
  accept: 'Accept',
  decline: 'Decline',
  declineOf: /** @param {string} visitor */ (visitor) => `Decline ${visitor}`,
  declineTitle: 'Why do you decline?',
  declineReasons: /** @type {Record<string, string>} */ ({
    busy: 'I have my hands full',
    not_my_field: 'Not my field',
    language: 'Not in my language',
  }),
  declineOther: 'Another reason',
  offerOver: 'The offer has passed',
  /** @param {string} visitor */
  offerMissed: (visitor) => `The offer of ${visitor} has passed without an answer.`,
  setAway: 'You are set to away, because offers passed without an answer.',
  someone: 'A colleague',
  /** @param {string} name @param {string} reason */
  declinedBy: (name, reason) => (reason ? `${name} declined: ${reason}` : `${name} declined`),
  escalated: 'Escalated',
  escalatedHint: 'A promised time has passed.',
  factorsLabel: 'What puts them ahead, in minutes',
  factors: /** @type {Record<string, string>} */ ({
    urgency: 'urgency',
    sentiment: 'mood',
    value: 'value',
    returned: 'came back',
    sla: 'promise',
    reply_window: 'reply window',
  }),
  /** @param {string} factor @param {string} minutes */
  ahead: (factor, minutes) => `${minutes} min ${factor}`,
  promises: /** @type {Record<string, string>} */ ({
    first_response: 'First reply',
    next_response: 'Next reply',
    resolution: 'Resolution',
  }),
  /** @param {string} promise @param {string} left */
  dueIn: (promise, left) => `${promise} in ${left}`,
  /** @param {string} promise @param {string} late */
  lateBy: (promise, late) => `${promise} late by ${late}`,
  promised: 'Promised times',
  queueTab: 'Queue',
  teamTab: 'Team',
  withColleagues: 'With colleagues',
  nothingTaken: 'No colleague has a conversation.',
  takeOver: 'Take over',
  takingOver: 'Taking over…',
  /** @param {string} visitor @param {string} name */
  takeOverOf: (visitor, name) => `Take over ${visitor} from ${name}`,
  colleagues: 'Colleagues',
  lostConnection: 'Connection lost',
  team: 'Team',
  channel: 'Channel',
  channels: /** @type {Record<string, string>} */ ({ web: 'Website' }),
  value: 'Value',
  more: 'More actions',
  transfer: 'Transfer…',
  transferredToast: 'Transferred',
  returnToBot: 'Return to the assistant',
  returnedToast: 'The assistant has the conversation again',
  /** @param {string} name @param {string} target */
  transferredBy: (name, target) => `${name} transferred the conversation to ${target}`,
  /** @param {string} target */
  youTransferred: (target) => `You transferred the conversation to ${target}`,
  targetQueue: 'whoever is free',
  /** @param {string} team */
  targetTeam: (team) => `the team ${team}`,
  targetYou: 'you',
  /** @param {string} name @param {string} from */
  takenOver: (name, from) => `${name} took the conversation over from ${from}`,
  /** @param {string} from */
  youTookOver: (from) => `You took the conversation over from ${from}`,
  youLower: 'you',
  someoneLower: 'a colleague',
  theCustomer: 'a known customer',
  /** @param {string} name @param {string | undefined} segment */
  identified: (name, segment) => `The customer has said who they are: ${name}${segment ? `, ${segment}` : ''}`,
  /** @param {string} name */
  lapsed: (name) => `${name} lost the connection for too long; the customer waits again`,
  youLapsed: 'Your connection was lost for too long; the customer waits again',
  /** @param {string} name */
  returned: (name) => `${name} returned the conversation to the assistant`,
  youReturned: 'You returned the conversation to the assistant',
  /** @param {string} promise @param {string} due */
  breached: (promise, due) => `${promise} was promised by ${due} and is late`,
  summary: 'In the customer’s own words',
  summaryHint: 'Sentences of the customer, chosen, not rewritten.',
  summaryWritten: 'In short',
  summaryWrittenHint: 'Written by the language model from what the customer wrote, and checked against it.',
  summedUp: 'The language model summed up what the customer wrote',
  wants: 'What they most likely want',
  mood: 'Mood',
  moods: /** @type {Record<string, string>} */ ({ negative: 'Upset', neutral: 'Calm', positive: 'Friendly' }),
  tried: 'What the assistant tried',
  slots: 'Already said',
  slotKinds: /** @type {Record<string, string>} */ ({
    order_number: 'Order number',
    phone: 'Phone',
    email: 'E-mail',
    amount: 'Amount',
    date: 'Date',
    time: 'Time',
    datetime: 'Date and time',
    product: 'Product',
    custom: 'Detail',
  }),
  suggested: 'Suggested replies',
  useReply: 'Put into reply',
  /** @param {string} entry */
  useReplyOf: (entry) => `Put into reply: ${entry}`,
  claimFirst: 'You can use these once the conversation is yours.',
  replyUntil: 'Reply until',
  notVerified: 'Not verified',

  // routing
  routing: 'Routing',
  hoursTeamMissing: 'Which team?',
  channelMissing: 'Which channel?',
  thereTwice: 'This is there twice.',
  /** @param {string} when */
  joinedOn: (when) => `Another profile was joined to this one on ${when}, since both had proved the same contact.`,
  unmerge: 'Take apart',
  unmergeTitle: 'Take the two profiles apart?',
  unmergeLead:
    'The other profile becomes a customer of its own again, as it was, with its own conversations. They are never joined again by themselves, even where both have the same address. What was said stays.',
  unmerged: 'They are two customers again.',

  // writing: for customers and for colleagues
  writeFor: 'Write for',
  replyMode: 'Reply',
  noteMode: 'Note',
  notForCustomers: 'Only colleagues see it',
  remarkPlaceholder: 'Write a note; @ names a colleague…',
  noteHint: 'Enter to save · @ to name a colleague',
  saveNote: 'Save the note',
  writeNote: 'Write a note',
  /** @param {string} language */
  customerSpeaks: (language) => `The customer writes in ${language}`,
  /** @param {string} names */
  notKnown: (names) => `Not known here: ${names}`,
  /** @param {string} names */
  fillInFirst: (names) => `Not sent. Fill this in or take it out first: ${names}`,
  /** @param {number} count */
  suggestions: (count) => (count === 1 ? '1 suggestion' : `${count} suggestions`),
  notAtDesk: 'not at the desk',
  draft: 'Draft',
  draftDiscarded: 'Your draft is gone.',
  delivered: 'Delivered',
  /** @param {number} seconds */
  sendsIn: (seconds) => `Goes out in ${seconds} s`,
  sendNow: 'Send now',
  undoSend: 'Undo what was sent',
  undoFor: 'For 5 seconds',
  undoOff: 'Send at once',
  /** @param {string} who */
  quoteOf: (who) => `Quote ${who}`,
  answersTo: 'In answer to',
  toQuoted: 'Show this message',
  noQuote: 'Do not quote',
  /** @param {string} name @param {string} text */
  mentionedBy: (name, text) => `${name} named you: ${text}`,
  /** @param {number} count */
  mentionsNow: (count) => (count === 1 ? '1 note names you' : `${count} notes name you`),
  openIt: 'Open',
  transcript: 'Take along as a file',
  asText: 'As text',
  asJson: 'As JSON',
  withNotes: 'With notes',

  // replies for many customers
  proactive: 'Messages',
  repliesTitle: 'Replies',
  noReplies: 'There are no replies yet.',
  /** @param {string} query */
  noReplyFits: (query) => `No reply fits “${query}”.`,

  // whispering
  whisperLabel: 'Whisper to the agent',
  whisperHint: 'Only colleagues see this, never the customer.',
  whisper: 'Whisper',
  whispering: 'Whispering…',
  /** @param {string} who */
  whisperBy: (who) => `whispered by ${who}`,
  /** @param {string} name */
  whisperFrom: (name) => `${name} whispers`,
  whisperDone: 'Understood',

  // one's own sessions
  sessions: 'Sessions',

  // how one is told
  notify: {
    title: 'Notifications',
    lead: 'How this browser tells you that somebody waits, is offered to you, or has written.',
    sound: 'Play a sound',
    desktop: 'Show notifications of the system while I look elsewhere',
    refused: 'The browser does not allow notifications of this page. Allow them in its settings, next to the address.',
    badge: 'Count in the title of the page',
    quiet: 'Do not disturb me during these hours',
    from: 'From',
    to: 'To',
    quietNow: 'At this moment you are not disturbed.',
  },

  // views, search, acts
  deskView: 'My desk',
  views: {
    waiting: 'Waiting',
    mine: 'Mine',
    team: 'My teams',
    all: 'All open',
    snoozed: 'Snoozed',
    resolved: 'Resolved',
    mentions: 'Named in notes',
  },
  /** @param {string} name */
  viewIs: (name) => `View: ${name}`,
  viewsLabel: 'Views',
  savedFilters: 'Saved filters',
  filter: 'Filter',
  /** @param {number} count */
  filtersOn: (count) => (count === 1 ? '1 filter' : `${count} filters`),
  saveFilter: 'Save',
  forgetFilter: 'Forget this filter',
  clearFilters: 'Clear',
  filterName: 'Name of the filter',
  filterNameWrong: 'Please give a name that no other filter has, of 60 characters at most.',
  /** @param {string} name */
  filterSaved: (name) => `Saved as “${name}”.`,
  any: 'Any',
  nobody: 'Nobody',
  assignee: 'Agent',
  onlyUnread: 'Unread only',
  languageNames: { en: 'English', zh: 'Chinese' },
  viewEmpty: {
    waiting: 'Nobody waits.',
    mine: 'You have no conversation at the moment.',
    team: 'Your teams have nothing to do.',
    all: 'No conversation is open.',
    snoozed: 'Nothing is snoozed. Press z to put a conversation away until later.',
    resolved: 'Nothing has been resolved yet.',
    mentions: 'No note names you.',
  },
  nothingFits: 'No conversation fits these filters.',
  listFailed: 'The list could not be loaded.',
  stillReading: 'Older conversations are still being read.',
  unreadOne: 'Unread',
  /** @param {string} name */
  choose: (name) => `Select ${name}`,
  chooseAll: 'Select all',
  /** @param {number} count */
  chosen: (count) => `${count} selected`,
  bulkActs: 'With the selected conversations',
  inboxActs: {
    resolve: 'Resolve',
    snooze: 'Snooze',
    label: 'Label',
    priority: 'Set priority',
    assign: 'Assign',
    unread: 'Mark as unread',
    wake: 'Wake up',
  },
  triage: 'Priority, labels and snooze',
  label: 'Label',
  priority: 'Priority',
  priorities: { urgent: 'Urgent', high: 'High', medium: 'Medium', low: 'Low' },
  untilTheyWrite: 'until they write',
  /** @param {string} time */
  snoozedUntil: (time) => `Snoozed until ${time} · wake up`,
  snoozedOpen: 'Snoozed until they write · wake up',
  undo: 'Undo',
  undone: 'Undone.',
  undoFailed: 'Not everything could be undone: something else has happened since.',
  /**
   * @param {number} count
   * @param {string} why
   */
  actsFailed: (count, why) => (count === 1 ? `Not done: ${why}` : `Not done for ${count} conversations: ${why}`),
  /** @param {number} count */
  didResolve: (count) => `${conversations(count)} resolved.`,
  /** @param {number} count */
  didWake: (count) => `${conversations(count)} back.`,
  /** @param {number} count */
  didUnread: (count) => `${conversations(count)} marked as unread.`,
  /**
   * @param {string} who
   * @param {string[]} added
   * @param {string[]} removed
   */
  labelled: (who, added, removed) =>
    [added.length > 0 ? `${who} added ${added.join(', ')}` : '', removed.length > 0 ? `${who} removed ${removed.join(', ')}` : '']
      .filter(Boolean)
      .join('; '),
  /**
   * @param {string} who
   * @param {string} priority
   */
  prioritised: (who, priority) => `${who} set the priority: ${priority}`,
  /** @param {string} who */
  unprioritised: (who) => `${who} took the priority back`,
  /**
   * @param {string} who
   * @param {string} until
   */
  snoozed: (who, until) => `${who} snoozed it until ${until}`,
  /** @param {string} who */
  snoozedUntilWord: (who) => `${who} snoozed it until the customer writes`,
  /** @param {string} who */
  woken: (who) => `${who} woke it up`,
  wokenByTime: 'The snooze is over',
  /** @param {string} who */
  markedUnread: (who) => `${who} marked it as unread`,
  /** @param {string} who */
  reopened: (who) => `${who} took back that it was resolved`,
  /** @param {string} flow @param {string} end */
  taskEnded: (flow, end) => `Task “${flow}”: ${end}`,
  taskEnds: /** @type {Record<string, string>} */ ({
    done: 'done',
    cancelled: 'given up by the customer',
    handed_over: 'handed over',
    expired: 'over, since the customer did not come back to it',
    gone: 'over, since the knowledge has changed',
  }),
  /** @param {string} action @param {string} end */
  called: (action, end) => `Shop’s system, “${action}”: ${end}`,
  callEnds: /** @type {Record<string, string>} */ ({
    ok: 'done',
    missing: 'there is no such thing',
    refused: 'refused',
    failed: 'failed, nothing was done',
    unknown: 'failed, and it may have been done: please check',
  }),
  searchTitle: 'Search',

  /** @type {Record<string, string>} */
  fieldErrors: {
    name: 'A name has 1 to 80 characters.',
    email: 'This does not look like an e-mail address.',
    password: 'A password has 10 characters or more.',
    channels: '50 channels at most, each of 1 to 40 characters.',
    skills: '50 skills at most, each of 1 to 40 characters.',
    capacity: 'A number from 1 to 100.',
    id: '1 to 40 lower-case letters, digits and hyphens.',
    permissions: 'You can only allow what you may do yourself.',
  },
  passwordMissing: 'Please enter your password.',

  /** @type {Record<string, string>} */
  errors: {
    offline: 'The server does not answer. Check your connection and try again.',
    rate_limited: 'Too many attempts. Please wait a moment and try again.',
    overloaded: 'The server has a lot to do. Please try again in a moment.',
    unavailable: 'The server cannot store anything right now. Please try again in a moment.',
    internal: 'Something went wrong on our side.',
    unauthorized: 'You are not signed in any more.',
    forbidden: 'Your role does not allow this.',
    forbidden_origin: 'This address is not one of the sites in the server’s settings.',
    not_found: 'This does not exist any more.',
    conflict: 'This has been done already.',
    already_claimed: 'A colleague already took this conversation.',
    not_waiting: 'This customer is not waiting any more.',
    lapsed: 'You lost this conversation in between: your connection was gone for too long, or somebody took it over.',
    not_yours: 'You do not have this conversation any more.',
    text_empty: 'There is nothing in this message.',
    text_too_long: 'This message is too long.',
    too_large: 'This message is too long.',
    file_unknown: 'A file is not on the server any more. Attach it again.',
    text_control_character: 'This message holds a character that cannot be sent.',
  },
}

/** @typedef {typeof en} Strings */
