/** The server's HTTP interface as the console uses it. Refusals come as `Refused`, with a stable code. */

/** @import { Agent, CannedReply, ConversationEvent, CustomerCard, CustomerView, Draft, InboxAct, InboxOutcome, InboxPage, SearchAnswer } from '../shared/wire.js' */

/**
 * @typedef {{ email?: string, teams: string[], skills: string[], languages: string[], channels: string[], capacity: number, active: boolean, second_factor: boolean }} Duties
 * @typedef {Agent & Duties & { permissions?: string[] }} Account
 * @typedef {{ id: string, name: string }} Team
 * @typedef {{ id: string, name: string, permissions: string[], built_in: boolean }} Role
 * @typedef {{ kind: string, id?: string, name?: string }} Named
 * @typedef {{ seq: number, at: number, by: Named, from: string, act: string, on?: Named, before?: object, after?: object }} AuditEntry
 */
/** @typedef {{ card: CustomerCard, customer: CustomerView }} Known */
/** @import { Rules } from './state/rules.js' */
/** @import { Preview, Segment } from './state/segments.js' */
/** @import { Change, Checked, Item, Kind, Row } from './state/knowledge.js' */
/** @import { Heard, Tried } from './parts/knowledge_try.js' */
/** @import { Corrected } from './parts/knowledge_corrections.js' */
/** @import { Version } from './parts/knowledge_history.js' */
/** @import { CountedRule, Rule } from './state/proactive.js' */
/** @import { Report } from './state/report.js' */
/** @import { OwnSession } from './parts/sessions.js' */
/** @import { Folder } from './parts/knowledge_page.js' */
/** @typedef {{ file: string, line: number, message: string }} Mistake */
/** @typedef {{ name: string, email: string, password: string }} NewAccount */
/** @typedef {{ id: string, url: string, events: string[], active: boolean, created_at: number, gone_at?: number, secret?: string }} Webhook */
/**
 * @typedef {{ delivery: string, cause: string, at: number, type: string, conversation?: string, seq?: number, attempt: number,
 *   status?: number, error?: string, duration_ms: number, excerpt: string, verdict: string }} Attempt
 */
/** @typedef {{ id: string, name: string, url: string, deadline_seconds: number, in_use: boolean, created_at: number }} Bot */
/** @typedef {{ secret?: string, token?: string }} MadeKeys */
/** @typedef {{ conversation: string, act: InboxAct, client_id: string }} Wish */

/** The server, or the way to it, said no. `offline` is our own code for no answer at all. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} message the server's, in English
   * @param {any} [body]
   */
  constructor(code, message, body) {
    super(message)
    this.code = code
    this.body = body
  }

  /** The field that an `invalid_field` is about: the server quotes its name at the beginning. */
  get field() {
    return this.body?.error?.field ?? /^`([^`]+)`/.exec(this.message)?.[1] ?? ''
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {boolean} [keepalive] goes on when the page is left
 */
async function ask(method, path, body, keepalive = false) {
  const headers = body && { 'Content-Type': 'application/json' }
  const request = { method, headers, body: body && JSON.stringify(body), keepalive }
  const response = await fetch(`/api/v1/${path}`, request).catch(() => null)
  if (!response) throw new Refused('offline', 'no answer')
  const said = await response.json().catch(() => null)
  if (response.ok) return said
  const { code, message } = said?.error ?? said ?? {}
  throw new Refused(code ?? (response.status >= 500 ? 'internal' : 'other'), message ?? response.statusText, said)
}

export const api = {
  /** `oidc`: what the sign-in provider is called, where there is one. @returns {Promise<{ needed: boolean, oidc: string | null }>} */
  setupNeeded: () => ask('GET', 'setup'),
  /** @type {(token: string, first: NewAccount) => Promise<Account>} */
  setUp: (token, first) => ask('POST', 'setup', { token, ...first }),
  /** @returns {Promise<Account>} */
  whoAmI: () => ask('GET', 'session'),
  /** @type {(email: string, password: string, code?: string) => Promise<Account>} */
  signIn: (email, password, code) => ask('POST', 'session', { email, password, ...(code && { code }) }),
  signOut: () => ask('DELETE', 'session'),
  /** @returns {Promise<Account[]>} */
  agents: async () => (await ask('GET', 'agents')).agents,
  /** @type {(account: NewAccount & { role: string }) => Promise<Account>} */
  addAgent: (account) => ask('POST', 'agents', account),
  /** @type {(id: string, change: object) => Promise<Account>} */
  changeAgent: (id, change) => ask('PATCH', `agents/${encodeURIComponent(id)}`, change),
  /** @param {string} id */
  resetSecondFactor: (id) => ask('DELETE', `agents/${encodeURIComponent(id)}/second_factor`),
  /** @returns {Promise<Team[]>} */
  teams: async () => (await ask('GET', 'teams')).teams,
  /** @param {Team} team */
  addTeam: (team) => ask('POST', 'teams', team),
  /** @type {(id: string, name: string) => Promise<Team>} */
  renameTeam: (id, name) => ask('PATCH', `teams/${encodeURIComponent(id)}`, { name }),
  /** @param {string} id */
  removeTeam: (id) => ask('DELETE', `teams/${encodeURIComponent(id)}`),
  /** @returns {Promise<{ roles: Role[], permissions: string[] }>} */
  roles: () => ask('GET', 'roles'),
  /** @type {(role: { id: string, name: string, permissions: string[] }) => Promise<Role>} */
  addRole: (role) => ask('POST', 'roles', role),
  /** @type {(id: string, change: { name: string, permissions: string[] }) => Promise<Role>} */
  changeRole: (id, change) => ask('PATCH', `roles/${encodeURIComponent(id)}`, change),
  /** @param {string} id */
  removeRole: (id) => ask('DELETE', `roles/${encodeURIComponent(id)}`),
  /** @type {(after: number, limit: number) => Promise<{ entries: AuditEntry[], last: number }>} */
  audit: (after, limit) => ask('GET', `audit?after=${after}&limit=${limit}`),
  /** @type {(password: string) => Promise<{ secret: string, url: string }>} */
  enrol: (password) => ask('POST', 'session/second_factor', { password }),
  /** @type {(code: string) => Promise<{ recovery_codes: string[] }>} */
  confirmFactor: (code) => ask('POST', 'session/second_factor/confirm', { code }),
  /** @param {string} code */
  giveUpFactor: (code) => ask('POST', 'session/second_factor/give_up', { code }),
  /** @param {string} id */
  signOutEverywhere: (id) => ask('DELETE', `agents/${encodeURIComponent(id)}/sessions`),
  /** @type {(conversation: string) => Promise<Known>} */
  customerOf: (conversation) => ask('GET', `conversations/${conversation}/customer`),
  /** Takes a profile out of the customer that it was joined to. @param {string} id */
  unmerge: (id) => ask('POST', `customers/id:${id}/unmerge`),
  /** @returns {Promise<Segment[]>} */
  segments: async () => (await ask('GET', 'segments')).segments,
  /** @param {Segment[]} segments */
  setSegments: (segments) => ask('PUT', 'segments', { segments }),
  /** @type {(segments: Segment[]) => Promise<Preview>} */
  previewSegments: (segments) => ask('POST', 'segments/preview', { segments }),
  /** @type {(query: string) => Promise<InboxPage>} */
  conversations: (query) => ask('GET', `conversations?${query}`),
  /** @type {(conversation: string, after: number) => Promise<ConversationEvent[]>} */
  eventsAfter: async (conversation, after) => (await ask('GET', `conversations/${conversation}/events?after=${after}`)).events,
  /** @type {(acts: Wish[]) => Promise<InboxOutcome[]>} */
  act: async (acts) => (await ask('POST', 'conversations/acts', { acts })).results,
  /** @returns {Promise<string[]>} the labels that are on any conversation */
  labels: async () => (await ask('GET', 'labels')).labels.map((/** @type {{ name: string }} */ { name }) => name),
  /** @returns {Promise<{ name: string, query: string }[]>} */
  filters: async () => (await ask('GET', 'session/filters')).filters,
  /** @param {readonly { name: string, query: string }[]} filters */
  setFilters: (filters) => ask('PUT', 'session/filters', { filters }),
  /** @type {(query: string, cursor?: number) => Promise<SearchAnswer>} */
  search: (query, cursor) => ask('GET', `search?q=${encodeURIComponent(query)}${cursor ? `&cursor=${cursor}` : ''}`),
  /** @returns {Promise<{ webhooks: Webhook[], event_types: string[] }>} */
  webhooks: () => ask('GET', 'webhooks'),
  /** @type {(webhook: { url: string, events: string[] }) => Promise<Webhook & MadeKeys>} */
  addWebhook: (webhook) => ask('POST', 'webhooks', webhook),
  /** @type {(id: string, change: { active: boolean }) => Promise<Webhook>} */
  changeWebhook: (id, change) => ask('PATCH', `webhooks/${encodeURIComponent(id)}`, change),
  /** @param {string} id */
  removeWebhook: (id) => ask('DELETE', `webhooks/${encodeURIComponent(id)}`),
  /** @type {(id: string) => Promise<Attempt>} */
  testWebhook: (id) => ask('POST', `webhooks/${encodeURIComponent(id)}/test`),
  /** @type {(id: string, before: string | null) => Promise<{ deliveries: Attempt[], next: string | null }>} */
  deliveries: (id, before) =>
    ask('GET', `webhooks/${encodeURIComponent(id)}/deliveries${before ? `?before=${encodeURIComponent(before)}` : ''}`),
  /** @type {(id: string, delivery: string) => Promise<Attempt>} */
  replay: (id, delivery) => ask('POST', `webhooks/${encodeURIComponent(id)}/deliveries/${encodeURIComponent(delivery)}/replay`),
  /** @returns {Promise<Bot[]>} */
  bots: async () => (await ask('GET', 'bots')).bots,
  /** @type {(bot: { name: string, url: string, deadline_seconds: number }) => Promise<Bot & MadeKeys>} */
  addBot: (bot) => ask('POST', 'bots', bot),
  /** @type {(id: string, change: { in_use: boolean }) => Promise<Bot>} */
  changeBot: (id, change) => ask('PATCH', `bots/${encodeURIComponent(id)}`, change),
  /** @param {string} id */
  removeBot: (id) => ask('DELETE', `bots/${encodeURIComponent(id)}`),
  /** @returns {Promise<{ replies: CannedReply[], variables: string[] }>} */
  replies: () => ask('GET', 'replies'),
  /** @type {(reply: Omit<CannedReply, 'id'>) => Promise<CannedReply>} */
  addReply: (reply) => ask('POST', 'replies', reply),
  /** @type {(id: string, reply: Omit<CannedReply, 'id'>) => Promise<CannedReply>} */
  changeReply: (id, reply) => ask('PUT', `replies/${encodeURIComponent(id)}`, reply),
  /** @param {string} id */
  removeReply: (id) => ask('DELETE', `replies/${encodeURIComponent(id)}`),
  /** @returns {Promise<CountedRule[]>} */
  proactive: async () => (await ask('GET', 'proactive')).rules,
  /** @type {(rules: Rule[]) => Promise<CountedRule[]>} */
  setProactive: async (rules) => (await ask('PUT', 'proactive', { rules })).rules,
  /** @type {(conversation: string) => Promise<Record<string, string>>} */
  variables: async (conversation) => (await ask('GET', `conversations/${conversation}/variables`)).variables,
  /** @returns {Promise<Draft[]>} */
  drafts: async () => (await ask('GET', 'session/drafts')).drafts,
  /** @type {(draft: Draft, leaving: boolean) => Promise<Draft>} */
  putDraft: ({ conversation, kind, ...typed }, leaving) => ask('PUT', `conversations/${conversation}/drafts/${kind}`, typed, leaving),
  /** @type {(asked: Record<string, string | number>) => Promise<Folder & { items: Row[], total: number }>} */
  knowledge: (asked) =>
    ask(
      'GET',
      `knowledge?${new URLSearchParams(Object.entries(asked).flatMap(([name, value]) => (value === '' ? [] : [[name, String(value)]])))}`,
    ),
  /** @type {(kind: Kind, id: string) => Promise<Item>} */
  knowledgeItem: (kind, id) => ask('GET', `knowledge/item?${new URLSearchParams({ kind, id })}`),
  /** @type {(changes: Change[]) => Promise<Checked>} */
  checkKnowledge: (changes) => ask('POST', 'knowledge/check', { changes }),
  /** @type {(text: string, changes: Change[]) => Promise<Tried>} */
  tryKnowledge: (text, changes) => ask('POST', 'knowledge/try', { text, changes }),
  /** @type {(changes: Change[]) => Promise<{ asked: number, changed: { text: string, live: Heard, edited: Heard }[] }>} */
  compareKnowledge: (changes) => ask('POST', 'knowledge/compare', { changes }),
  /** @type {(changes: Change[], note: string) => Promise<{ version: Version, entries: number, intents: number }>} */
  publishKnowledge: (changes, note) => ask('POST', 'knowledge/publish', { changes, ...(note.trim() && { note }) }),
  /** @type {(before?: number) => Promise<Version[]>} the latest first, thirty at most */
  knowledgeVersions: async (before) => (await ask('GET', `knowledge/versions${before ? `?before=${before}` : ''}`)).versions,
  /** @type {(number: number) => Promise<Version>} */
  knowledgeVersion: (number) => ask('GET', `knowledge/versions/${number}`),
  /** What it would change when `dry`, else what was published. @type {(number: number, what: 'undo' | 'restore', dry: boolean) => Promise<any>} */
  takeBack: (number, what, dry) => ask('POST', `knowledge/versions/${number}/take_back`, { what, dry_run: dry }),
  /** @returns {Promise<Corrected[]>} */
  corrections: async () => (await ask('GET', 'knowledge/corrections')).corrections,
  /** @param {string} entry @param {boolean} count */
  countCorrections: (entry, count) => ask('POST', `knowledge/corrections/${encodeURIComponent(entry)}`, { count }),
  /** The figures of a day; today when none is given. @type {(zone: string, day: string) => Promise<Report>} */
  report: (zone, day) => ask('GET', `report?${new URLSearchParams({ zone, ...(day && { day }) })}`),
  /** @returns {Promise<{ url: string, origins: string[] }>} */
  sites: () => ask('GET', 'sites'),
  /** One's own, the one that asks first. @returns {Promise<OwnSession[]>} */
  sessions: async () => (await ask('GET', 'sessions')).sessions,
  /** @param {string} id */
  endSession: (id) => ask('DELETE', `sessions/${encodeURIComponent(id)}`),
  endOtherSessions: () => ask('DELETE', 'sessions'),
  /** @returns {Promise<{ intents: number, entries: number, ms: number }>} */
  reload: () => ask('POST', 'admin/reload'),
  /** @returns {Promise<Rules>} */
  routing: () => ask('GET', 'routing'),
  /** @param {Rules} rules */
  setRouting: (rules) => ask('PUT', 'routing', rules),
}
