/** The server's HTTP interface as the console uses it. Refusals come as `Refused`, with a stable code. */

/** @import { Agent } from '../shared/wire.js' */

/** @typedef {Agent & { email: string }} Account */
/** @import { Rules } from './state/rules.js' */
/** @typedef {{ file: string, line: number, message: string }} Mistake */
/** @typedef {{ name: string, email: string, password: string }} NewAccount */

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
    return this.body?.error?.field ?? /^`(\w+)`/.exec(this.message)?.[1] ?? ''
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
async function ask(method, path, body) {
  const headers = body && { 'Content-Type': 'application/json' }
  const request = { method, headers, body: body && JSON.stringify(body) }
  const response = await fetch(`/api/v1/${path}`, request).catch(() => null)
  if (!response) throw new Refused('offline', 'no answer')
  const said = await response.json().catch(() => null)
  if (response.ok) return said
  const { code, message } = said?.error ?? said ?? {}
  throw new Refused(code ?? (response.status >= 500 ? 'internal' : 'other'), message ?? response.statusText, said)
}

export const api = {
  /** @returns {Promise<{ needed: boolean }>} */
  setupNeeded: () => ask('GET', 'setup'),
  /** @type {(token: string, first: NewAccount) => Promise<Account>} */
  setUp: (token, first) => ask('POST', 'setup', { token, ...first }),
  /** @returns {Promise<Account>} */
  whoAmI: () => ask('GET', 'session'),
  /** @type {(email: string, password: string) => Promise<Account>} */
  signIn: (email, password) => ask('POST', 'session', { email, password }),
  signOut: () => ask('DELETE', 'session'),
  /** @returns {Promise<Account[]>} */
  agents: async () => (await ask('GET', 'agents')).agents,
  /** @type {(account: NewAccount & { role: string }) => Promise<Account>} */
  addAgent: (account) => ask('POST', 'agents', account),
  /** @param {string} id */
  signOutEverywhere: (id) => ask('DELETE', `agents/${encodeURIComponent(id)}/sessions`),
  /** @returns {Promise<{ intents: number, entries: number, ms: number }>} */
  reload: () => ask('POST', 'admin/reload'),
  /** @returns {Promise<Rules>} */
  routing: () => ask('GET', 'routing'),
  /** @param {Rules} rules */
  setRouting: (rules) => ask('PUT', 'routing', rules),
}
