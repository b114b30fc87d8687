/**
 * The wire protocol, version 1, as the browser sees it: every frame and event. Only types: nothing of this is loaded.
 */

export type Status = 'bot' | 'waiting' | 'human' | 'resolved'

export type Language = 'en' | 'zh'

export type Choice = { id: string; label: string }

export type Greeting = { text: string; choices?: Choice[] }

/** What every event carries. `seq` counts 1, 2, 3 … within one conversation, without gaps. */
export type Stamp = { seq: number; at: number; client_id?: string }

export type VisitorMessage = Stamp & { type: 'visitor_message'; text: string; choice?: string }

/** What understanding made of the customer's words; only agents see it. */
export type Reading = { intent?: unknown; category?: unknown; urgency?: unknown; answers?: unknown }

export type BotMessage = Stamp & {
  type: 'bot_message'
  text: string
  language?: Language
  outcome?: string
  choices?: Choice[]
  entry?: string
  reading?: Reading
}

export type AgentMessage = Stamp & { type: 'agent_message'; name: string; text: string; agent?: string }

export type HandoffRequested = Stamp & {
  type: 'handoff_requested'
  reason?: string
  urgency?: unknown
  evidence?: string[]
  language?: Language
}

export type LeftQueue = Stamp & { type: 'left_queue' }

export type Claimed = Stamp & { type: 'claimed'; name: string; agent?: string }

export type Released = Stamp & { type: 'released'; name: string; note?: string; agent?: string }

export type Resolved = Stamp & { type: 'resolved'; name: string; agent?: string }

export type Rated = Stamp & { type: 'rated'; score: number; comment?: string }

export type Erased = Stamp & { type: 'erased' }

export type ConversationEvent =
  | VisitorMessage
  | BotMessage
  | AgentMessage
  | HandoffRequested
  | LeftQueue
  | Claimed
  | Released
  | Resolved
  | Rated
  | Erased

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

export type VisitorWelcome = { type: 'welcome'; conversation: string; last: number; status: Status; greeting?: Greeting } & Tokens

export type EventFrame = { type: 'event'; event: ConversationEvent }

export type AckFrame = { type: 'ack'; client_id: string; seq: number; replayed?: boolean }

export type QueueFrame = { type: 'queue'; place: number; waiting: number }

export type TypingFrame = { type: 'typing'; from: 'agent' | 'bot'; on: boolean }

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
  | { type: 'send'; client_id: string; text: string; choice?: string }
  | { type: 'handoff'; client_id: string }
  | { type: 'leave_queue'; client_id: string }
  | { type: 'rate'; client_id: string; score: number; comment?: string }
  | { type: 'typing'; on: boolean }
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
}

export type AgentWelcome = { type: 'welcome'; agent: Agent; language?: Language }

export type BoardFrame = { type: 'board'; waiting: BoardItem[]; mine: BoardItem[]; others: number }

export type AgentEventFrame = { type: 'event'; conversation: string; event: ConversationEvent }

export type OpenedFrame = { type: 'opened'; conversation: string; last: number; status: Status; owner?: { id: string; name: string } }

export type AgentAckFrame = { type: 'ack'; client_id: string; conversation: string; seq: number; replayed?: boolean }

export type AgentTypingFrame = { type: 'typing'; conversation: string; on: boolean }

export type AgentReadFrame = { type: 'read'; conversation: string; seq: number }

export type AgentResetFrame = { type: 'reset'; conversation: string; last: number }

/** What the server says to an agent. */
export type AgentFrame =
  | AgentWelcome
  | BoardFrame
  | AgentEventFrame
  | OpenedFrame
  | AgentAckFrame
  | AgentTypingFrame
  | AgentReadFrame
  | AgentResetFrame
  | ErrorFrame
  | PongFrame

/** What an agent says to the server. */
export type AgentSays =
  | { type: 'hello' }
  | { type: 'open'; conversation: string; after?: number }
  | { type: 'close'; conversation: string }
  | { type: 'claim'; conversation: string; client_id: string }
  | { type: 'send'; conversation: string; client_id: string; text: string }
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
export type CustomerView = { id: string; external_id?: string; email?: string; phone?: string; language?: string; tags: string[] }
