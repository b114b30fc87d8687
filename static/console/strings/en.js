/** Every word of the console, in English. `zh.js` has the same keys; the type below keeps them in step. */

/** @param {number} count */
const conversations = (count) => (count === 1 ? 'Conversation' : `${count} conversations`)

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
  outcomes: /** @type {Record<string, string>} */ ({
    answered: 'Answered',
    clarified: 'Asked back',
    fallback: 'Did not know',
    smalltalk: 'Small talk',
    handed_off: 'Handed over',
    task: 'Works on a task',
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
    supervisor: 'Also takes conversations over, and decides how customers are given to agents.',
    admin: 'May do everything.',
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

  // who is who
  edit: 'Change',
  /** @param {string} name */
  editTitle: (name) => `Change ${name}`,
  save: 'Save',
  remove: 'Remove',
  /** @param {string} name */
  changed: (name) => `${name} was changed`,
  inactive: 'Cannot sign in',
  access: 'Access',
  canSignIn: 'Can sign in. Without this, all sessions end at once.',
  skills: 'Skills',
  skillsHint: 'Separated by commas.',
  answersIn: 'Answers in (none chosen: every language)',
  capacity: 'Capacity',
  capacityHint: 'How much they take at once, 1 to 100.',
  lastAdmin: 'The last active admin stays one.',
  teams: 'Teams',
  teamsLead: 'Groups of colleagues, such as a shift or a subject.',
  addTeam: 'Add a team',
  rolesTitle: 'Roles',
  rolesLead: 'What somebody may do. A change counts at once for everybody who has the role.',
  addRole: 'Add a role',
  allows: 'Allows',
  builtIn: 'Built in',
  shortName: 'Short name',
  shortNameHint: 'Lower-case letters, digits and hyphens. It cannot be changed later.',
  stillUsed: 'Somebody still has this role or is in this team.',
  idTaken: 'This short name is taken already.',
  comma: ', ',
  permissions: /** @type {Record<string, string>} */ ({
    'conversations.answer': 'Answer customers',
    'conversations.read_all': 'Read every conversation',
    'conversations.take_over': 'Take conversations over from colleagues',
    'conversations.whisper': 'Whisper to colleagues in their conversations',
    'conversations.erase': 'Erase conversations',
    'agents.manage': 'Add and change people',
    'roles.manage': 'Change roles',
    'teams.manage': 'Change teams',
    'routing.manage': 'Change how customers are given to agents',
    'knowledge.reload': 'Reload the knowledge',
    'knowledge.edit': 'Edit the knowledge',
    'reports.read': 'Read the report of the day',
    'customers.edit': 'Change what is known of customers',
    'replies.manage': 'Change replies for many customers',
    'audit.read': 'Read the audit log',
    'webhooks.manage': 'Decide which programs are told what happens',
  }),

  // the second factor
  secondFactor: 'Second factor',
  on: 'On',
  code: 'Code',
  codeHint: 'From your authenticator app, or a recovery code.',
  codeMissing: 'Please enter a code.',
  codeWrong: 'This code is wrong or was used before.',
  notYourPassword: 'This is not your password.',
  factorLead: 'With a second factor, signing in also asks for a code of an app on your phone. Your password shows that it is you.',
  factorBegin: 'Next',
  secretLead:
    'Type this secret into your authenticator app, or open it there. It is shown only now. Then enter the code that the app shows.',
  openInApp: 'Open in the app on this device',
  factorConfirm: 'Turn on',
  recoveryLead:
    'The second factor is on. Keep these recovery codes in a safe place: each lets you in once when the app is lost. They are shown only now.',
  recoveryKept: 'I have kept them',
  factorOnLead: 'Signing in asks for a code. To turn this off, enter one.',
  factorOff: 'Turn off',
  factorGone: 'The second factor is off',
  resetFactor: 'Take the second factor away',
  /** @param {string} name */
  factorReset: (name) => `${name} signs in with the password alone now`,

  // the audit log
  audit: 'Audit log',
  auditLead: 'Who did what, on what, when and from where. Nobody can change it.',
  refresh: 'Refresh',
  older: 'Show older entries',
  when: 'When',
  who: 'Who',
  what: 'What',
  where: 'From',
  actors: /** @type {Record<string, string>} */ ({ api_key: 'A program', nobody: 'Not signed in', provider: 'The sign-in provider' }),
  acts: /** @type {Record<string, string>} */ ({
    'setup.done': 'made the first admin',
    'session.signed_in': 'signed in',
    'session.refused': 'was not let in as',
    'session.signed_out': 'signed out',
    'sessions.revoked': 'ended all sessions of',
    'agent.added': 'added',
    'agent.changed': 'changed',
    'rules.changed': 'changed the rules of the desk',
    'team.added': 'added the team',
    'team.changed': 'changed the team',
    'team.removed': 'removed the team',
    'role.added': 'added the role',
    'role.changed': 'changed the role',
    'role.removed': 'removed the role',
    'second_factor.added': 'turned the second factor on for',
    'second_factor.removed': 'turned the second factor off for',
    'second_factor.reset': 'took the second factor away from',
    'second_factor.recovery_used': 'signed in with a recovery code as',
    'conversation.erased': 'erased the conversation',
    'conversation.transcript': 'took along the conversation',
    'reply.added': 'added the reply',
    'reply.changed': 'changed the reply',
    'reply.removed': 'removed the reply',
    'knowledge.reloaded': 'reloaded the knowledge',
    'knowledge.published': 'published the knowledge as version',
    'webhook.added': 'added the receiver of webhooks',
    'webhook.changed': 'changed the receiver of webhooks',
    'webhook.removed': 'removed the receiver of webhooks',
    'webhook.secret_renewed': 'renewed the secret of the receiver',
    'webhook.replayed': 'sent an event again to',
    'bot.added': 'added the bot',
    'bot.changed': 'changed the bot',
    'bot.removed': 'removed the bot',
    'customer.changed': 'changed the customer',
    'customer.removed': 'erased the customer',
    'customer.unmerged': 'took a profile out of the customer',
    'segments.changed': 'changed the rules of the segments',
  }),
  auditFields: /** @type {Record<string, string>} */ ({
    with: 'by',
    notes: 'notes',
    shortcut: 'shortcut',
    title: 'title',
    text: 'words',
    team: 'team',
    sign_in: 'signs in by',
    fields: 'fields',
    delivery: 'delivery',
    host: 'host',
    address: 'address',
    events: 'events',
    in_use: 'in use',
    deadline_seconds: 'seconds to answer',
  }),
  auditValues: /** @type {Record<string, string>} */ ({
    true: 'yes',
    false: 'no',
    oidc: 'sign-in provider (OpenID Connect)',
    password: 'password',
    changed: 'changed',
  }),
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
  ahead: (factor, minutes) => `${minutes} ${factor}`,
  minutesShort: 'min',
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
  transferTitle: 'Transfer the conversation',
  transferLead: 'It waits, with its time, until somebody there takes it. Customers never see the note.',
  transferTo: 'To',
  toQueue: 'Whoever is free',
  toQueueHint: 'Back into the queue, open to everybody.',
  toColleague: 'A colleague',
  toColleagueHint: 'They are offered it first.',
  toTeam: 'A team',
  toTeamHint: 'Only its members are offered it.',
  chooseColleague: 'Which colleague',
  noColleagues: 'No colleague has been at the desk yet.',
  teamName: 'Name of the team',
  teamMissing: 'Please name the team.',
  colleagueMissing: 'Please choose a colleague.',
  transferButton: 'Transfer',
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
  routingLead: 'When the desk is open, who gets which customers, and what is promised to whom.',
  routingOff: 'This server has no routing rules yet.',
  saveRules: 'Save',
  savingRules: 'Saving…',
  savedRules: 'Saved. The new rules hold from now on.',
  unsaved: 'There are changes that are not saved.',
  nothingSaved: 'Nothing was changed: please correct what is marked.',
  hoursTitle: 'Opening hours',
  hoursLead: 'Promised time counts only while the desk is open.',
  alwaysOpen: 'Open at all times',
  timeZone: 'Time zone',
  timeZoneHint: 'Such as Europe/Berlin or Asia/Shanghai',
  rangesHint: 'Ranges with commas, such as 09:00-12:00, 13:00-18:00. Closed when empty.',
  days: {
    monday: 'Monday',
    tuesday: 'Tuesday',
    wednesday: 'Wednesday',
    thursday: 'Thursday',
    friday: 'Friday',
    saturday: 'Saturday',
    sunday: 'Sunday',
  },
  holidays: 'Holidays',
  holidayDate: 'Day',
  holidayName: 'What it is',
  holidayHours: 'Hours (closed when empty)',
  addHoliday: 'Add a holiday',
  /** @param {string} what @param {number} number */
  removeOf: (what, number) => `Remove ${what} ${number}`,
  routingRules: 'Skills and teams',
  routingRulesLead: 'Every rule that matches adds what an agent must bring.',
  routingRule: 'Rule',
  addRule: 'Add a rule',
  noRules: 'No rules: everybody is offered everything.',
  ruleSkillsHint: 'With commas. An agent needs all of them.',
  teamHint: 'Empty for any',
  slaRules: 'Promised times',
  slaRulesLead: 'The first rule that matches counts. Minutes; empty promises nothing.',
  slaRule: 'Promise',
  addSla: 'Add a promise',
  noSla: 'Nothing is promised.',
  slaMinutes: {
    first_response_minutes: 'First reply, minutes',
    next_response_minutes: 'Next reply, minutes',
    resolution_minutes: 'Resolution, minutes',
  },
  warnMinutes: 'Warn before, minutes',
  appliesTo: 'When',
  whenAny: 'any',
  conditionParts: {
    intents: 'Intents',
    channels: 'Channels',
    segments: 'Segments',
    languages: 'Languages',
    urgency: 'Urgency',
    reasons: 'Reasons',
  },
  conditionHint: 'With commas; any when empty.',
  overflow: 'Overflow',
  overflowLead: 'Nobody waits for a team or a skill for ever.',
  overflowMinutes: 'Open to everybody after, minutes',
  overflowHint: '0 for never',
  teamHours: 'Hours of teams',
  teamHoursLead: 'A team without hours of its own has those of the desk.',
  teamId: 'Team, by its id',
  addTeamHours: 'Add hours of a team',
  unitsTitle: 'Weight of conversations',
  unitsLead: 'How much of an agent’s capacity a conversation takes, by channel; 1 where nothing is said.',
  unitsChannel: 'Channel',
  unitsCount: 'Units',
  addUnits: 'Add a channel',
  hoursTeamMissing: 'Which team?',
  channelMissing: 'Which channel?',
  thereTwice: 'This is there twice.',
  notANumber: 'A whole number, please.',
  answersOn: 'Channels',
  answersOnHint: 'Such as web, separated by commas; all when empty.',
  segmentsTitle: 'Customer segments',
  segmentsLead: 'The first segment that fits counts. Only customers who have proved who they are have one.',
  segmentName: 'Name of the segment',
  noSegments: 'No segments yet: every customer has the value “normal”.',
  addSegment: 'Add a segment',
  allOf: 'All of these hold',
  anyOf: 'And one of these at least',
  attribute: 'Attribute',
  comparison: 'Comparison',
  conditionValue: 'This value',
  valuesHint: 'Separated by commas.',
  condition: 'Condition',
  addCondition: 'Add a condition',
  moveUp: 'Move up',
  moveDown: 'Move down',
  ops: {
    eq: 'is',
    ne: 'is not',
    gt: 'is more than',
    lt: 'is less than',
    contains: 'contains',
    in: 'is one of',
    exists: 'is known',
    exists_not: 'is not known',
    days_since_lt: 'was less than so many days ago',
    days_since_gt: 'was more than so many days ago',
  },
  previewSegments: 'How many would each have?',
  /** @param {number} count */
  customersCount: (count) => `${count} ${count === 1 ? 'customer' : 'customers'}`,
  /** @param {number} count */
  without: (count) => `${count} ${count === 1 ? 'customer has' : 'customers have'} no segment.`,
  saveSegments: 'Save segments',
  segmentsSaved: 'Saved. Segments count from now on.',
  segmentsUnsaved: 'Not saved yet.',
  segmentsNotSaved: 'Nothing was changed: there is a mistake.',
  /** What the server says of a mistake, in this language. @param {string} message */
  segmentMistake: (message) => message,
  /** @param {string} when */
  joinedOn: (when) => `Another profile was joined to this one on ${when}, since both had proved the same contact.`,
  unmerge: 'Take apart',
  unmergeTitle: 'Take the two profiles apart?',
  unmergeLead:
    'The other profile becomes a customer of its own again, as it was, with its own conversations. They are never joined again by themselves, even where both have the same address. What was said stays.',
  unmerged: 'They are two customers again.',
  /** What the server says of a mistake, in this language. @param {string} message */
  ruleMistake: (message) => message,

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
  repliesTitle: 'Replies',
  repliesLead: 'Written once, used for many customers: agents find them with / while they write.',
  addReply: 'Add a reply',
  findReply: 'Find a reply',
  noReplies: 'There are no replies yet.',
  /** @param {string} query */
  noReplyFits: (query) => `No reply fits “${query}”.`,
  shortcut: 'Shortcut',
  shortcutHint: 'A word of its own, found by / in the composer.',
  replyTitle: 'Title',
  /** @param {string} language */
  replyIn: (language) => `Words in ${language}`,
  replyTeam: 'For whom',
  everybody: 'Everybody',
  /** @param {string} shortcut */
  removeReply: (shortcut) => `Remove /${shortcut}`,
  /** @param {string} shortcut */
  replyRemoved: (shortcut) => `/${shortcut} is removed.`,
  /** @param {string} shortcut */
  replySaved: (shortcut) => `/${shortcut} is saved.`,
  /** @param {string} name */
  unknownVariable: (name) => `There is no variable {{${name}}}.`,
  /** @param {string} field */
  putVariable: (field) => `Variables for: ${field}`,
  variables: 'Variables',
  variableNames: /** @type {Record<string, string>} */ ({
    'customer.name': 'The customer’s name',
    'customer.email': 'The customer’s e-mail address',
    'customer.phone': 'The customer’s telephone number',
    'agent.name': 'Your own name',
    'conversation.id': 'The number of the conversation',
    order: 'The order that the customer named',
    product: 'The product that the customer named',
    amount: 'The amount that the customer named',
    date: 'The day that the customer named',
    time: 'The time that the customer named',
    phone: 'The telephone number that the customer named',
    email: 'The e-mail address that the customer named',
  }),
  replyErrors: /** @type {Record<string, string>} */ ({
    shortcut_invalid: 'A word of 1 to 32 characters, without spaces and /.',
    shortcut_taken: 'Another reply has this shortcut.',
    title_invalid: 'Please give a title of 80 characters at most.',
    text_empty: 'Please write it in one language at least.',
    text_too_long: 'This is longer than a message may be: 4000 characters.',
    text_control_character: 'This holds a character that cannot be sent.',
    unknown_variable: 'There is a variable in it that nobody can fill in.',
    unknown_team: 'This team does not exist any more.',
  }),
  // the editor of the knowledge
  editor: {
    lead: 'What the assistant knows. The files in the knowledge folder stay the truth: what you publish is written there, with comments and order kept.',
    items: 'Entries and intents',
    history: 'History',
    corrections: 'Corrections',
    correctionsLead:
      'Answers of which customers said that they were not what was asked. From three conversations on, such an answer is given less surely to similar questions; never below half.',
    noCorrections: 'No answer was corrected.',
    /** @param {number} count */
    correctedIn: (count) => (count === 1 ? 'in 1 conversation' : `in ${count} conversations`),
    /** @param {number} counted @param {number} percent */
    correctionsLower: (counted, percent) => `${counted} count: to similar questions its probability counts ${percent} %.`,
    correctionsFew: 'Too few to change anything.',
    correctionsAside: 'Set aside: what was said up to then does not count.',
    correctionsCount: 'What was said counts again.',
    /** @param {string} text */
    quoted: (text) => `“${text}”`,
    openEntry: 'Open the entry',
    setAside: 'Set aside',
    countAgain: 'Count again',
    newFaq: 'New FAQ entry',
    newIntent: 'New intent',
    search: 'Search in questions, variants and answers',
    kind: 'Kind',
    allKinds: 'All kinds',
    kinds: { faq: 'FAQ entry', intent: 'Intent' },
    file: 'File',
    allFiles: 'All files',
    languageFilters: { any: 'Any language', en: 'With English', zh: 'With Chinese', no_en: 'Without English', no_zh: 'Without Chinese' },
    /** @param {number} count */
    found: (count) => (count === 1 ? '1 found' : `${count} found`),
    more: 'Show more',
    unnamed: 'Not named yet',
    marks: { new: 'New', changed: 'Changed', removed: 'Removed' },
    chooseOne: 'Choose an entry or an intent from the list, or make a new one.',
    backToList: 'Back to the list',
    revert: 'Take my changes back',
    dropNew: 'Do not add it',
    reverted: 'Your changes of this item are gone.',
    discard: 'Discard all',
    discarded: 'Your changes are gone.',
    /** @param {string} id */
    removedToast: (id) => `${id} will be removed when you publish.`,
    willBeRemoved: 'This will be removed when you publish.',
    /** @param {number} count */
    unpublished: (count) => (count === 1 ? '1 change is not published.' : `${count} changes are not published.`),
    /** @param {number} count */
    mistakesCount: (count) => (count === 1 ? 'There is 1 mistake.' : `There are ${count} mistakes.`),
    /** @param {string[]} ids */
    conflictsIn: (ids) => `Somebody else has changed this in the meantime: ${ids.join(', ')}. Open it to see both texts.`,
    review: 'Review and publish',
    reviewLead: 'What publishing would change. Nothing has been written yet.',
    backToEdit: 'Back to editing',
    readOnly: 'The knowledge folder cannot be written, so nothing can be published here.',
    folderBroken:
      'The files have mistakes at the moment. The assistant goes on with the knowledge before them; nothing can be published until they are mended.',
    noCategory: 'No category',
    acts: { ask: 'A question or request', smalltalk: 'Small talk', human: 'Wants a person' },
    oneALine: 'One a line.',
    fields: {
      id: 'Name',
      category: 'Category',
      act: 'Kind of intent',
      entry: 'Answered by FAQ entry',
      'question.en': 'Question, English',
      'question.zh': 'Question, Chinese',
      'variants.en': 'Other ways to ask, English',
      'variants.zh': 'Other ways to ask, Chinese',
      'answer.en': 'Answer, English',
      'answer.zh': 'Answer, Chinese',
      'examples.en': 'What customers say, English',
      'examples.zh': 'What customers say, Chinese',
      'reply.en': 'Reply, English',
      'reply.zh': 'Reply, Chinese',
      sites: 'Only on these sites',
      segments: 'Only for these segments',
    },
    hints: {
      id: 'Unique. It cannot be changed later.',
      entry: 'The name of an entry. Leave it out where the intent has a reply of its own.',
      sites: 'One a line. Everywhere when empty.',
      segments: 'One a line. For everybody when empty.',
    },
    changedByOther: 'Somebody else has changed this in the meantime. Nothing of yours is lost: choose.',
    removedByOther: 'Somebody else has removed this in the meantime.',
    nameTaken: 'Somebody has made an item of this name already. Choose another name, or let yours go.',
    bothTexts: 'Both texts',
    field: 'Field',
    yours: 'Yours',
    theirs: 'Published',
    keepMine: 'Keep mine',
    takeTheirs: 'Take theirs',
    dropMine: 'Let it go',
    tryOut: 'Try it out',
    tryLead: 'Asks the knowledge in use, and the one with your changes. Nothing is stored.',
    question: 'Question',
    questionExample: 'What a customer would ask…',
    ask: 'Ask',
    asking: 'Asking…',
    learning: 'Your changes are being learned. This takes some seconds the first time.',
    liveNow: 'Now',
    withChanges: 'With your changes',
    saysNothing: 'It says nothing.',
    does: /** @type {Record<string, string>} */ ({
      answered: 'Answers',
      clarified: 'Asks back',
      fallback: 'Does not know',
      smalltalk: 'Small talk',
      handed_off: 'Hands over',
      silent: 'Says nothing',
    }),
    answersChange: 'Answers that change',
    comparing: 'The latest questions of customers are asked again…',
    /** @param {number} asked @param {number} changed */
    compared: (asked, changed) =>
      asked === 0
        ? 'No customer has asked anything lately.'
        : `Of the last ${asked} questions of customers, ${changed === 0 ? 'none gets' : changed === 1 ? '1 gets' : `${changed} get`} another answer.`,
    note: 'What is it about? (optional)',
    noteHint: 'It stands in the history.',
    publish: 'Publish',
    publishing: 'Publishing…',
    /** @param {number} number */
    published: (number) => `Published as version ${number}. The assistant answers with it now.`,
    noDifference: 'Nothing changes in the files.',
    /** @param {string} file */
    changesOf: (file) => `Changes of ${file}`,
    /** @param {number} count */
    nameless: (count) => (count === 1 ? 'A new item has no name yet.' : `${count} new items have no name yet.`),
    noVersions: 'Nothing has been published here yet.',
    /** @param {number} number */
    version: (number) => `Version ${number}`,
    /** @param {string} id @param {string} what */
    itemWas: (id, what) => `${id} ${what === 'added' ? 'added' : what === 'removed' ? 'removed' : 'changed'}`,
    showChanges: 'Show changes',
    undoThis: 'Undo this',
    restoreThis: 'Restore this state',
    /** @param {number} number */
    tookBack: (number) => `Takes version ${number} back`,
    /** @param {number} number */
    restored: (number) => `Restores the state of version ${number}`,
    /** @param {number} number */
    undoTitle: (number) => `Undo version ${number}`,
    undoLead: 'What this version changed is taken back; what came later stays. This becomes a new version, which can be undone too.',
    /** @param {number} number */
    restoreTitle: (number) => `Restore the state of version ${number}`,
    restoreLead:
      'The files become as they were then; everything later is taken back, what was edited by hand too. This becomes a new version, which can be undone.',
    /** @param {string[]} ids */
    changedSince: (ids) => `This has been changed again since: ${ids.join(', ')}. Edit it instead.`,
    /** @param {number} number */
    takenBack: (number) => `Version ${number} is taken back.`,
    /** @param {number} number */
    restoredToast: (number) => `The state of version ${number} is back.`,
    refusals: /** @type {Record<string, string>} */ ({
      knowledge_conflict: 'Somebody else has changed something in the meantime. Nothing was published: look at the marked items.',
      knowledge_mistakes: 'There are mistakes. Nothing was published.',
      knowledge_read_only: 'The knowledge folder cannot be written. Nothing was published.',
      knowledge_moving: 'The files are being changed by somebody else at this moment. Please try again.',
      unchanged: 'This says what is published already.',
    }),
    /** What the server says of a change, in this language. @param {string} message */
    refusal: (message) => message,
  },
  /** What the server says of a mistake, in this language. @param {string} message */
  knowledgeMistake: (message) => message,

  // the report of a day
  report: {
    title: 'Today',
    /** @param {string} zone */
    lead: (zone) => `How the day goes, in the time of ${zone}. It is counted anew every fifteen seconds.`,
    day: 'Day',
    today: 'Today',
    reading: 'Earlier conversations are still being read; the figures grow.',
    begun: 'Conversations begun',
    answeredByBot: 'Answered by the assistant',
    corrected: 'Answers corrected by customers',
    handedOver: 'Handed over',
    resolved: 'Resolved',
    firstResponse: 'First response, median',
    p90: 'First response, 9 of 10',
    /** @param {string} wait */
    ninetieth: (wait) => `9 of 10 within ${wait}`,
    noneYet: 'None yet',
    csat: 'Satisfaction',
    /** @param {number} count */
    ratings: (count) => (count === 1 ? '1 rating, of 5' : `${count} ratings, of 5`),
    byHour: 'By the hour',
    picture: 'Bars: conversations begun and handed over in each hour. The numbers stand in the table below.',
    asTable: 'As a table',
    hour: 'Hour',
    byAgent: 'By agent',
    noAgents: 'No agent has written or resolved anything on this day.',
    messages: 'Messages',
    now: 'At this moment',
    waitingNow: 'Waiting',
    oldest: 'Longest',
    all: 'All',
    atTheDesk: 'Colleagues',
  },

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
  sessionsLead: 'Where you are signed in. End what you do not know: it is signed out at once.',
  thisSession: 'This one',
  lastUsed: 'last used',
  endSession: 'End',
  sessionEnded: 'That session is over.',
  endOthers: 'End all others',
  othersEnded: 'All other sessions are over.',
  unknownDevice: 'Unknown device',
  /** @param {string} browser @param {string} system */
  browserOn: (browser, system) => `${browser} on ${system}`,

  // the chat on one's own site
  site: {
    title: 'The chat on your site',
    lead: 'Choose how it looks, and copy the tag into the pages of your site, anywhere before the end.',
    attributes: {
      language: 'Language',
      theme: 'Theme',
      position: 'Position',
      color: 'Colour',
      label: 'Name of the button',
      title: 'Title',
      subtitle: 'Line below the title',
      greeting: 'First words',
      quick: 'First answers to click',
      ask: 'Asked before the first message',
    },
    choices: {
      language: { auto: 'As the page says', en: 'English', zh: 'Chinese' },
      theme: { auto: 'As the device says', light: 'Light', dark: 'Dark' },
      position: { auto: 'At the end of the line', start: 'At the beginning of the line' },
    },
    /** @param {string} label */
    inEnglish: (label) => label,
    /** @param {string} label */
    inChinese: (label) => `${label}, Chinese`,
    colorHint: 'Any CSS colour, such as #0b645e.',
    quickHint: 'Several by |.',
    askHint: 'Such as name, email! – with ! when they must say it.',
    preview: 'Preview',
    tag: 'The tag',
    copy: 'Copy',
    copied: 'Copied.',
    notCopied: 'The browser does not allow it. Please select the tag and copy it.',
    allowed: 'These sites may show the chat:',
    noneAllowed: 'No site is listed yet, so browsers show the chat on this server only.',
    allowHint: 'Sites are listed in the settings of the server:',
  },

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

  // help
  helpTitle: 'Keyboard shortcuts',
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
  noPriority: 'No priority',
  priorityHint: 'Who waits with a priority moves in the queue, and the reason says so.',
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
  /** @param {number} count */
  didLabel: (count) => `Labels of ${conversations(count).toLowerCase()} changed.`,
  /**
   * @param {number} count
   * @param {string} until
   */
  didSnooze: (count, until) => `${conversations(count)} snoozed until ${until}.`,
  /** @param {number} count */
  didSnoozeOpen: (count) => `${conversations(count)} snoozed until the customer writes.`,
  /**
   * @param {number} count
   * @param {string} priority
   */
  didPriority: (count, priority) => `Priority of ${conversations(count).toLowerCase()}: ${priority}.`,
  /**
   * @param {number} count
   * @param {string} name
   */
  didAssign: (count, name) => `${conversations(count)} given to ${name}.`,
  /** @param {number} count */
  snoozeTitle: (count) => (count === 1 ? 'Snooze until…' : `Snooze ${count} conversations until…`),
  snoozeTimes: { hour: 'In an hour', evening: 'This evening', tomorrow: 'Tomorrow', monday: 'Next Monday' },
  snoozeOpen: 'Until the customer writes',
  snoozeOwn: 'Another time',
  snoozePast: 'Please choose a time in the future.',
  /** @param {number} count */
  labelTitle: (count) => (count === 1 ? 'Labels' : `Labels of ${count} conversations`),
  labelNew: 'New label',
  labelHint: 'Several are separated by commas.',
  labelKnown: 'Known labels',
  labelTooLong: 'A label has 40 characters at most.',
  /** @param {number} count */
  priorityTitle: (count) => (count === 1 ? 'Priority' : `Priority of ${count} conversations`),
  /** @param {number} count */
  assignTitle: (count) => (count === 1 ? 'Give it to…' : `Give ${count} conversations to…`),
  toMe: 'Me',
  theQueue: 'the queue',
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
  searchHint: 'Search messages and customers',
  paletteTitle: 'Go to, or do',
  paletteHint: 'A conversation, a view, an act, or words that were said',
  results: 'Results',
  /** @param {number} count */
  resultsCount: (count) => (count === 0 ? '' : count === 1 ? '1 result' : `${count} results`),
  /** @param {string} query */
  nothingFound: (query) => `Nothing found for “${query}”.`,
  searching: 'Searching…',
  searchFailed: 'The search did not answer. Please try again.',
  searchMore: 'Show more',
  searchBehind: 'Some messages are still being read.',
  messagesFound: 'Messages',
  customersFound: 'Customers',
  conversationsGroup: 'Conversations',
  pagesGroup: 'Pages',
  /** @param {number} count */
  actsGroup: (count) => (count === 1 ? 'With this conversation' : `With ${count} conversations`),
  speakers: { bot: 'Assistant', agent: 'Agent', note: 'Note' },

  helpRows: {
    next: 'Next conversation in the list',
    previous: 'Previous conversation in the list',
    open: 'Open the chosen conversation',
    claim: 'Claim the chosen or open conversation',
    reply: 'Write a reply',
    note: 'Write a note for colleagues',
    canned: 'Find a reply while writing',
    choose: 'Select the conversation in a view',
    resolve: 'Resolve',
    snooze: 'Snooze',
    label: 'Label',
    priority: 'Set the priority',
    assign: 'Assign',
    unread: 'Mark as unread',
    view: 'Choose a view',
    search: 'Search messages and customers',
    palette: 'Everything: conversations, views, acts, pages',
    undo: 'Undo what was done last',
    back: 'Back to the list',
    help: 'This help',
  },
  or: 'or',

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
  emailTaken: 'This e-mail address has an account already.',

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
