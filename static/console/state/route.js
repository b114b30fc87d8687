/** Where in the console we are. It stands after the `#`, so reloading, links and the back button work. */

import { signal } from '../lib.js'

/** @typedef {{ page: 'inbox' | 'people' | 'audit' | 'doors' | 'routing', conversation: string }} Route */
/** @type {Record<string, Route['page']>} */
const pages = { '#/people': 'people', '#/audit': 'audit', '#/doors': 'doors', '#/routing': 'routing' }

/**
 * @param {string} hash
 * @returns {Route}
 */
export function routeOf(hash) {
  const conversation = /^#\/c\/([0-9a-f]{32})$/.exec(hash)?.[1] ?? ''
  const page = pages[hash] ?? 'inbox'
  return { page, conversation }
}

/**
 * The address of a place; the page's `<base>` is elsewhere, so it begins with our own path.
 * @param {Partial<Route>} [route]
 */
export function addressOf({ page = 'inbox', conversation = '' } = {}) {
  const hash = page !== 'inbox' ? `#/${page}` : conversation ? `#/c/${conversation}` : '#/'
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
