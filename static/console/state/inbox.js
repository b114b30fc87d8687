/**
 * The list on the screen beside the desk's own: a view with its filters, the rows so far, what is chosen in it, and
 * what is done with several conversations at once. The server says what changes; this only keeps it in order.
 */

/** @import { InboxAct, InboxCounts, InboxFrame, InboxOutcome, InboxRow, InboxView } from '../../shared/wire.js' */
import { api } from '../api.js'
import { batch, computed, signal } from '../lib.js'
import { newClientId } from '../../shared/frame.js'

/** @typedef {{ view: InboxView, label?: string, assignee?: string, team?: string, channel?: string, language?: string, priority?: string, unread?: boolean }} Query */
/** @typedef {{ name: string, query: string }} SavedFilter */
/** @typedef {{ conversation: string, act: InboxAct }} ActOn */

const pageSize = 100
/** The server takes so many acts at once. */
const mostActs = 400

/** @type {readonly InboxView[]} */
export const views = ['waiting', 'mine', 'team', 'all', 'snoozed', 'resolved', 'mentions']

/** @param {Query} query */
export function textOf(query) {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined && value !== '' && value !== false)
  return new URLSearchParams(parts.map(([name, value]) => [name, String(value)])).toString()
}

/** @param {string} text @returns {Query} */
export function queryOf(text) {
  const { view, unread, ...rest } = Object.fromEntries(new URLSearchParams(text))
  const known = views.find((name) => name === view) ?? 'waiting'
  return { ...rest, view: known, ...(unread === 'true' && { unread: true }) }
}

/** Where a row stands in a view; the server sorts in the same way. @param {InboxView} view @param {InboxRow} row */
function rank(view, row) {
  if (view === 'waiting') return [row.counts_from ?? row.since, row.since]
  if (view === 'snoozed') return [row.snoozed_until ?? Number.MAX_SAFE_INTEGER, -row.at]
  return [-row.at, 0]
}

/** @param {InboxView} view @param {readonly InboxRow[]} rows */
export function inOrder(view, rows) {
  const ranked = rows.map((row) => ({ row, at: rank(view, row) }))
  ranked.sort((a, b) => {
    const first = (a.at[0] ?? 0) - (b.at[0] ?? 0) || (a.at[1] ?? 0) - (b.at[1] ?? 0)
    return first || (a.row.conversation < b.row.conversation ? -1 : 1)
  })
  return ranked.map(({ row }) => row)
}

export class InboxList {
  /** @param {(query: string) => void} watch tells the server what we look at */
  constructor(watch) {
    this.watch = watch
    /** Nothing: the desk's own list is on the screen. */
    this.query = signal(/** @type {Query | null} */ (null))
    this.rows = signal(/** @type {readonly InboxRow[]} */ ([]))
    this.counts = signal(/** @type {InboxCounts | null} */ (null))
    this.next = signal(/** @type {string | null} */ (null))
    this.state = signal(/** @type {'loading' | 'ready' | 'failed'} */ ('ready'))
    /** Whether everything that is over has been read by the server. */
    this.complete = signal(true)
    this.chosen = signal(/** @type {ReadonlySet<string>} */ (new Set()))
    this.filters = signal(/** @type {readonly SavedFilter[]} */ ([]))
    this.labels = signal(/** @type {readonly string[]} */ ([]))
    this.chosenRows = computed(() => this.rows.value.filter((row) => this.chosen.value.has(row.conversation)))
    this.asked = 0
  }

  /** Begins to look, also again after the connection was lost. */
  async start() {
    this.watch(textOf(this.query.peek() ?? { view: 'waiting' }))
    if (this.query.peek()) this.load()
    try {
      this.filters.value = await api.filters()
      await this.lookForLabels()
    } catch {
      // Without them the inbox works; they are asked for again with the next connection.
    }
  }

  async lookForLabels() {
    this.labels.value = await api.labels()
  }

  /** @param {Query | null} query */
  show(query) {
    batch(() => {
      this.query.value = query
      this.rows.value = []
      this.next.value = null
      this.chosen.value = new Set()
    })
    this.watch(textOf(query ?? { view: 'waiting' }))
    if (query) this.load()
  }

  async load() {
    const query = this.query.peek()
    if (!query) return
    const asked = ++this.asked
    this.state.value = 'loading'
    try {
      const page = await api.conversations(`${textOf(query)}&limit=${pageSize}`)
      if (asked !== this.asked) return
      batch(() => {
        this.rows.value = inOrder(query.view, page.conversations)
        this.next.value = page.next
        this.counts.value = page.counts
        this.complete.value = page.complete
        this.state.value = 'ready'
      })
    } catch {
      if (asked === this.asked) this.state.value = 'failed'
    }
  }

  /** The next page, when the end comes into sight. */
  async more() {
    const query = this.query.peek()
    const cursor = this.next.peek()
    if (!query || !cursor || this.state.peek() === 'loading') return
    const asked = ++this.asked
    this.state.value = 'loading'
    try {
      const page = await api.conversations(`${textOf(query)}&limit=${pageSize}&cursor=${cursor}`)
      if (asked !== this.asked) return
      batch(() => {
        this.#merge(page.conversations, [])
        this.next.value = page.next
        this.state.value = 'ready'
      })
    } catch {
      if (asked === this.asked) this.state.value = 'failed'
    }
  }

  /** @param {InboxFrame} frame */
  heard({ rows, gone, counts, reset, complete }) {
    batch(() => {
      this.counts.value = counts
      this.complete.value = complete
      if (reset) this.load()
      else this.#merge(rows, gone)
    })
  }

  /**
   * Rows beyond what was loaded wait for their page.
   * @param {readonly InboxRow[]} rows
   * @param {readonly string[]} gone
   */
  #merge(rows, gone) {
    const query = this.query.peek()
    if (!query) return
    const known = new Map(this.rows.peek().map((row) => [row.conversation, row]))
    for (const conversation of gone) known.delete(conversation)
    for (const row of rows) known.set(row.conversation, row)
    this.rows.value = inOrder(query.view, [...known.values()])
    const left = [...this.chosen.peek()].filter((conversation) => known.has(conversation))
    if (left.length !== this.chosen.peek().size) this.chosen.value = new Set(left)
  }

  /** @param {string} conversation */
  toggle(conversation) {
    const chosen = new Set(this.chosen.peek())
    if (!chosen.delete(conversation)) chosen.add(conversation)
    this.chosen.value = chosen
  }

  /** All that are loaded, or none. @param {boolean} on */
  chooseAll(on) {
    this.chosen.value = new Set(on ? this.rows.peek().map((row) => row.conversation) : [])
  }

  /** @param {readonly SavedFilter[]} filters */
  async save(filters) {
    await api.setFilters(filters)
    this.filters.value = filters
  }

  /**
   * Does something with conversations. What the server refuses is told apart from what is done.
   * @param {readonly string[]} conversations
   * @param {InboxAct} act
   * @returns {Promise<{ done: number, failed: InboxOutcome[], undo: ActOn[] }>} and what would undo it
   */
  async act(conversations, act) {
    const outcomes = await this.carryOut(conversations.map((conversation) => ({ conversation, act })))
    const failed = outcomes.filter(({ error }) => error)
    const undo = outcomes.flatMap(({ conversation, undo: acts = [] }) => acts.map((one) => ({ conversation, act: one })))
    return { done: outcomes.length - failed.length, failed, undo }
  }

  /** @param {readonly ActOn[]} acts */
  async carryOut(acts) {
    const outcomes = []
    for (let from = 0; from < acts.length; from += mostActs) {
      const some = acts.slice(from, from + mostActs).map((act) => ({ ...act, client_id: newClientId() }))
      outcomes.push(...(await api.act(some)))
    }
    return outcomes
  }
}
