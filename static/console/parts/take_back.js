/** Words that wait for a moment before they go out are taken back into the place where they were written. */

/** @import { Desk } from '../state/desk.js' */

/** Takes back what was just sent. @param {Desk} desk @param {string} clientId */
export function takeBack(desk, clientId) {
  const item = desk.outbox.takeBack(clientId)
  if (!item) return
  desk.putBack(item)
  requestAnimationFrame(() => document.getElementById('reply')?.focus())
}
