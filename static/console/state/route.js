/** Where in the console we are. It stands after the `#`, so reloading, links and the back button work. */

import { signal } from '../lib.js'

/** @typedef {{ page: 'inbox' | 'people' | 'audit' | 'doors' | 'routing' | 'replies' | 'proactive' | 'knowledge' | 'report', conversation: string, seq?: number }} Route */
/** @type {Record<string, Route['page']>} */
const pages = {
  '#/people': 'people',
  '#/audit': 'audit',
  '#/doors': 'doors',
  '#/routing': 'routing',
  '#/replies': 'replies',
  '#/proactive': 'proactive',
  '#/knowledge': 'knowledge',
  '#/report': 'report',
}

/**
 * @param {string} hash
 * @returns {Route}
 */
export function routeOf(hash) {
  const [, conversation = '', seq] = /^#\/c\/([0-9a-f]{32})(?:\/([1-9]\d{0,14}))?$/.exec(hash) ?? []
  const page = pages[hash] ?? 'inbox'
  return { page, conversation, ...(seq && { seq: Number(seq) }) }
}

/**
 * The address of a place; the page's `<base>` is elsewhere, so it begins with our own path.
 * @param {Partial<Route>} [route]
 */
export function addressOf({ page = 'inbox', conversation = '', seq } = {}) {
  const hash = page !== 'inbox' ? `#/${page}` : conversation ? `#/c/${conversation}${seq ? `/${seq}` : ''}` : '#/'
  return location.pathname + hash
}

export const route = signal(/** @type {Route} */ ({ page: 'inbox', conversation: '' }))

/** @param {Partial<Route>} [to] */
export function go(to) {
  const address = addressOf(to)
  if (address !== location.pathname + location.hash) history.pushState(null, '', address)
  route.value = routeOf(location.hash)
}

export function followAddress() {
  route.value = routeOf(location.hash)
  addEventListener('popstate', () => (route.value = routeOf(location.hash)))
  addEventListener('hashchange', () => (route.value = routeOf(location.hash)))
}
