/**
 * The wire protocol, version 1, as the browser sees it: every frame and event. Only types: nothing of this is loaded.
 */

export type Status = 'bot' | 'waiting' | 'human' | 'resolved'

export type Language = 'en' | 'zh'

export type Choice = { id: string; label: string }

export type Greeting = { text: string; choices?: Choice[] }

/** What every event carries. `seq` counts 1, 2, 3 … within one conversation, without gaps. */
export type Stamp = { seq: number; at: number; client_id?: string }

/** A file beside the words; width and height of pictures only. */
export type Attachment = { id: string; name: string; type: string; size: number; width?: number; height?: number }

/** What files may be sent; without it, none. */
export type FileRules = { file_bytes: number; per_message: number }

export type VisitorMessage = Stamp & { type: 'visitor_message'; text: string; choice?: string; attachments?: Attachment[] }

/** What understanding made of the customer's words; only agents see it. */
export type Reading = { intent?: unknown; category?: unknown; urgency?: unknown; answers?: unknown; asked_in_full?: unknown }

/** An FAQ entry, with its question at the time. */
export type Cited = { entry: string; title: string }

export type BotMessage = Stamp & {
  type: 'bot_message'
  text: string
  language?: Language
  outcome?: string
  choices?: Choice[]
  entry?: string
  /** The entries that a language model took the words from. */
  sources?: Cited[]
  reading?: Reading
}

/** An earlier message that a reply answers, with its first words. */
export type Quote = { seq: number; from: 'visitor' | 'bot' | 'agent'; name?: string; text: string }

export type AgentMessage = Stamp & {
  type: 'agent_message'
  name: string
  text: string
  agent?: string
  attachments?: Attachment[]
  quoted?: Quote
}

/** A colleague who is named in a note; place and length in Unicode characters, the `@` included. */
export type Mention = { agent: string; at: number; length: number }

/** Among agents; customers see `internal`. */
export type Noted = Stamp & { type: 'noted'; name: string; text: string; agent?: string; mentions?: Mention[] }

export type HandoffRequested = Stamp & {
  type: 'handoff_requested'
  reason?: string
  urgency?: unknown
  evidence?: string[]
  language?: Language
  card?: HandoffCard
}

export type LeftQueue = Stamp & { type: 'left_queue' }

export type Claimed = Stamp & { type: 'claimed'; name: string; agent?: string }

export type Released = Stamp & { type: 'released'; name: string; note?: string; agent?: string }

export type Resolved = Stamp & { type: 'resolved'; name: string; agent?: string }

export type Rated = Stamp & { type: 'rated'; score: number; comment?: string }

export type Erased = Stamp & { type: 'erased' }

export type Target = { to: 'agent'; agent: string } | { to: 'team'; team: string } | { to: 'queue' }

/** Only the name is for customers; the same holds for the two after it. */
export type Transferred = Stamp & { type: 'transferred'; name: string; agent?: string; target?: Target; note?: string }

export type TakenOver = Stamp & { type: 'taken_over'; name: string; agent?: string; from?: string }

export type Lapsed = Stamp & { type: 'lapsed'; name: string; agent?: string }

export type ReturnedToBot = Stamp & { type: 'returned_to_bot'; name: string; agent?: string }

export type Promised = 'first_response' | 'next_response' | 'resolution'

/** Who the customer turned out to be after the hand-off; customers do not see it. */
export type CustomerIdentified = Stamp & { type: 'customer_identified'; customer?: CustomerCard }

/** A language model summed up what the customer had said; customers do not see it. */
export type SummedUp = Stamp & { type: 'summed_up'; summary: { extractive: boolean; sentences: string[] } }

/** What was promised, and until when; customers see neither. */
export type SlaBreached = Stamp & { type: 'sla_breached'; promise?: Promised; due?: number }

export type Priority = 'low' | 'medium' | 'high' | 'urgent'

/** How agents order their work; customers see of these that there was something, `internal`. */
export type Labelled = Stamp & { type: 'labelled'; name: string; agent?: string; added?: string[]; removed?: string[] }

export type Prioritised = Stamp & { type: 'prioritised'; name: string; agent?: string; priority?: Priority }

/** Without `until`, until the customer writes. */
export type Snoozed = Stamp & { type: 'snoozed'; name: string; agent?: string; until?: number }

/** Without `agent`, because its time had come. */
export type Woken = Stamp & { type: 'woken'; name?: string; agent?: string }

export type MarkedUnread = Stamp & { type: 'marked_unread'; name: string; agent?: string }

/** To the agent who has it; customers see nothing of it. */
export type Whispered = Stamp & { type: 'whispered'; name: string; text: string; agent?: string }

/** Customers see `claimed` instead. */
export type Reopened = Stamp & { type: 'reopened'; name: string; agent?: string }

/** A flow moved on or ended, or a call to the shop's own system began or ended; customers see `internal`. */
export type TaskEvent = Stamp & {
  type: 'task'
  task: {
    what: string
    flow?: string
    end?: string
    action?: string
    called?: { action: string; end: string; reason?: string; status?: number }
  }
}

export type ConversationEvent =
  | VisitorMessage
  | BotMessage
  | AgentMessage
  | Noted
  | HandoffRequested
  | CustomerIdentified
  | SummedUp
  | LeftQueue
  | Claimed
  | Released
  | Resolved
  | Rated
  | Erased
  | Transferred
  | TakenOver
  | Lapsed
  | ReturnedToBot
  | SlaBreached
  | Labelled
  | Prioritised
  | Snoozed
  | TaskEvent
  | Woken
  | MarkedUnread
  | Whispered
  | Reopened

export type ErrorFrame = {
  type: 'error'
  code: string
  message: string
  client_id?: string
  conversation?: string
  owner?: string
  retry_after_ms?: number
}

export type PongFrame = { type: 'pong' }

export type Tokens = { token: string; renewal: string; token_expires_at: number }

export type VisitorWelcome = {
  type: 'welcome'
  conversation: string
  last: number
  status: Status
  greeting?: Greeting
  attachments?: FileRules
  /** Whether the agent is shown what is being written. */
  unsent_text?: boolean
} & Tokens

export type EventFrame = { type: 'event'; event: ConversationEvent }

export type AckFrame = { type: 'ack'; client_id: string; seq: number; replayed?: boolean }

/** Nine waits of ten lie between `low` and `high`. */
export type WaitRange = { low: number; high: number }

export type QueueFrame = { type: 'queue'; place: number; waiting: number; wait_seconds?: WaitRange }

export type TypingFrame = { type: 'typing'; from: 'agent' | 'bot'; on: boolean }

/** The answer to a message as far as it is phrased; the bot's message takes its place. */
export type PhrasingFrame = { type: 'phrasing'; answers: number; text: string }

export type ReadFrame = { type: 'read'; by: string; seq: number }

export type TokensFrame = { type: 'tokens' } & Tokens

export type IdentifiedFrame = { type: 'identified' }

export type ResetFrame = { type: 'reset'; last: number }

/** What the server says to a customer. */
export type VisitorFrame =
  | VisitorWelcome
  | EventFrame
  | AckFrame
  | QueueFrame
  | TypingFrame
  | PhrasingFrame
  | ReadFrame
  | TokensFrame
  | IdentifiedFrame
  | ResetFrame
  | ErrorFrame
  | PongFrame

/** What a customer says to the server. */
export type VisitorSays =
  | { type: 'hello'; token?: string; after?: number; language?: Language; identity?: string }
  | { type: 'identify'; identity: string }
  | { type: 'send'; client_id: string; text: string; choice?: string; attachments?: string[] }
  | { type: 'handoff'; client_id: string }
  | { type: 'leave_queue'; client_id: string }
  | { type: 'rate'; client_id: string; score: number; comment?: string }
  | { type: 'proactive'; client_id: string; rule: string; choice?: string }
  | { type: 'typing'; on: boolean; text?: string }
  | { type: 'read'; seq: number }
  | { type: 'resume'; after: number }
  | { type: 'renew'; renewal: string }
  | { type: 'ping' }

export type Agent = { id: string; name: string; role: string }

/** A conversation on the agents' board. */
export type BoardItem = {
  conversation: string
  status: Status
  urgency: string
  reason: string
  why: { en: string; zh: string }
  evidence: string[]
  since: number
  language: Language
  preview: string
  visitor: string
  last_seq: number
  claimed_at?: number
  rating?: { score: number; comment?: string }
  counts_from?: number
  factors?: Factor[]
  sla?: SlaClock[]
  escalated?: boolean
  declined?: { agent: string; reason?: string }[]
  channel?: string
  team?: string
  segment?: string
  value?: string
  owner?: string
}

/** By how many minutes something puts a customer ahead, and when time runs out. */
export type Factor = { factor: string; minutes: number; due?: number }

export type SlaClock = { promise: Promised; warn_at: number; due: number }

export type Certain = { name: string; confidence: number }

/** What an agent needs to know, so that the customer need not say it again. */
export type HandoffCard = {
  reason: string
  intent?: Certain | null
  next_intents?: Certain[]
  urgency: string
  evidence?: string[]
  sentiment?: Certain | null
  language: Language
  tried?: { outcome: string; entry?: string }[]
  slots?: { kind: string; name?: string; value: string }[]
  summary?: { extractive: boolean; sentences: string[] }
  suggested_replies?: { entry: string; text: string; confidence: number }[]
  channel?: { name: string; reply_until?: number }
  customer?: CustomerCard | null
}

export type Presence = 'online' | 'busy' | 'away' | 'offline'

export type Seat = {
  id: string
  name: string
  presence: Presence
  connected: boolean
  load: number
  capacity: number
  conversations: number
}

export type Offer = { conversation: string; until: number }

/** `now`: the server's clock, by which offers end. */
export type FloorFrame = { type: 'floor'; now?: number; presence: Presence; offers: Offer[]; agents: Seat[] }

export type DeclinedFrame = { type: 'declined'; conversation: string }

export type AgentWelcome = { type: 'welcome'; agent: Agent; now?: number; language?: Language; attachments?: FileRules }

/** `taken` is what colleagues have, for those who may take over. */
export type InboxView = 'waiting' | 'mine' | 'team' | 'all' | 'snoozed' | 'resolved' | 'mentions'

export type InboxCounts = Record<InboxView, number>

/** A conversation in a list; what the desk knows of it is there only while it waits or is with an agent. */
export type InboxRow = {
  conversation: string
  status: Status | 'snoozed'
  at: number
  since: number
  last_seq: number
  language: Language
  channel: string
  urgency: string
  preview: string
  visitor: string
  unread: boolean
  labels?: string[]
  priority?: Priority
  snoozed_until?: number
  team?: string
  owner?: string
  owner_id?: string
} & Partial<Omit<BoardItem, 'status'>>

/** What changed in the list that a page watches. */
export type InboxFrame = { type: 'inbox'; rows: InboxRow[]; gone: string[]; counts: InboxCounts; reset: boolean; complete: boolean }

export type InboxPage = { conversations: InboxRow[]; next: string | null; counts: InboxCounts; complete: boolean }

/** Something to do in a conversation from the inbox. */
export type InboxAct =
  | { type: 'label'; add?: string[]; remove?: string[] }
  | { type: 'priority'; priority: Priority | null }
  | { type: 'snooze'; until: number | null }
  | { type: 'wake' }
  | { type: 'read' }
  | { type: 'unread' }
  | { type: 'claim' }
  | { type: 'assign'; target: Target }
  | { type: 'release' }
  | { type: 'resolve' }
  | { type: 'reopen' }

/** What became of an act; `undo` brings back what was there. */
export type InboxOutcome = { conversation: string; seq?: number; undo?: InboxAct[]; error?: { code: string; message: string } }

export type FoundMessage = {
  conversation: string
  seq: number
  at: number
  from: 'visitor' | 'bot' | 'agent' | 'note'
  visitor: string
  excerpt: { text: string; hit: boolean }[]
}

export type SearchAnswer = {
  messages: FoundMessage[]
  next: number | null
  customers: { name: string | null; external_id: string | null; email: string | null; conversations: string[] }[]
  complete: boolean
}

export type BoardFrame = { type: 'board'; waiting: BoardItem[]; mine: BoardItem[]; others: number; taken?: BoardItem[] }

export type AgentEventFrame = { type: 'event'; conversation: string; event: ConversationEvent }

/** What stands in the log, many at a time: in the place of as many `event` frames. */
export type AgentEventsFrame = { type: 'events'; conversation: string; events: ConversationEvent[] }

export type OpenedFrame = {
  type: 'opened'
  conversation: string
  last: number
  status: Status
  owner?: { id: string; name: string }
  fence?: number
  handoff?: HandoffCard
  /** Up to where the customer has been given, and has seen, what happened. */
  delivered?: number
  read?: number
}

export type AgentAckFrame = { type: 'ack'; client_id: string; conversation: string; seq: number; replayed?: boolean }

export type AgentTypingFrame = { type: 'typing'; conversation: string; on: boolean }

/** What the customer is writing, for the agent who has the conversation. */
export type UnsentFrame = { type: 'unsent'; conversation: string; text: string }

export type AgentReadFrame = { type: 'read'; conversation: string; seq: number }

/** A device of the customer has been given everything up to there. */
export type DeliveredFrame = { type: 'delivered'; conversation: string; seq: number }

export type DraftKind = 'reply' | 'note'

/** What an agent is writing; without words there is no draft any more. */
export type Draft = { conversation: string; kind: DraftKind; text: string; mentions?: Mention[]; quoted?: number; at: number }

export type DraftFrame = { type: 'draft' } & Draft

/** A colleague named the agent in a note. */
export type MentionedFrame = {
  type: 'mentioned'
  conversation: string
  seq: number
  at: number
  agent: string
  name: string
  text: string
  visitor: string
}

/** A reply that was written once for many customers. */
export type CannedReply = {
  id: string
  shortcut: string
  title: string
  text: { en?: string | null; zh?: string | null }
  team?: string | null
}

export type AgentResetFrame = { type: 'reset'; conversation: string; last: number }

/** What the server says to an agent. */
export type AgentFrame =
  | AgentWelcome
  | BoardFrame
  | FloorFrame
  | InboxFrame
  | DeclinedFrame
  | AgentEventFrame
  | AgentEventsFrame
  | OpenedFrame
  | AgentAckFrame
  | AgentTypingFrame
  | UnsentFrame
  | AgentReadFrame
  | DeliveredFrame
  | DraftFrame
  | MentionedFrame
  | AgentResetFrame
  | ErrorFrame
  | PongFrame

/** What an agent says to the server. */
export type AgentSays =
  | { type: 'hello' }
  | { type: 'open'; conversation: string; after?: number; pages?: boolean; tail?: number }
  | { type: 'close'; conversation: string }
  | { type: 'claim'; conversation: string; client_id: string }
  | { type: 'decline'; conversation: string; reason?: string }
  | { type: 'take_over'; conversation: string; client_id: string }
  | { type: 'whisper'; conversation: string; client_id: string; text: string }
  | { type: 'transfer'; conversation: string; client_id: string; target: Target; note?: string }
  | { type: 'return_to_bot'; conversation: string; client_id: string }
  | { type: 'watch'; query: string }
  | { type: 'presence'; presence: Presence }
  | { type: 'send'; conversation: string; client_id: string; text: string; fence?: number; attachments?: string[]; quoted?: number }
  | { type: 'note'; conversation: string; client_id: string; text: string; mentions: Mention[] }
  | { type: 'release'; conversation: string; client_id: string; note?: string }
  | { type: 'resolve'; conversation: string; client_id: string }
  | { type: 'typing'; conversation: string; on: boolean }
  | { type: 'read'; conversation: string; seq: number }
  | { type: 'ping' }

/** The customer of a conversation at a glance. */
export type CustomerCard = {
  id: string
  name?: string
  verified: boolean
  segment?: string
  value_band: 'low' | 'normal' | 'high' | 'vip'
  open_orders: { id: string; status: string; total?: number; currency?: string }[]
  attributes: Record<string, string | number | boolean>
}

/** What is known of a customer beside the card. */
export type CustomerView = {
  id: string
  external_id?: string
  email?: string
  phone?: string
  language?: string
  tags: string[]
  merged?: { id: string; at: number }[]
}
