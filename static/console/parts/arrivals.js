/** Tells, as the agent wishes, and reads out who is offered, who has come into the queue and who has written, for agents who do not look at the list. */

/** @import { Desk } from '../state/desk.js' */
import { effect, untracked } from '../lib.js'
import { notify } from '../state/notify.js'
import { go } from '../state/route.js'
import { words } from '../state/settings.js'
import { announced } from '../state/toasts.js'
import { visitorName } from './bits.js'

/**
 * @param {Desk} desk
 * @returns {() => void} stops it
 */
export function announceArrivals(desk) {
  /** @type {Set<string> | null} null until the first board: who waited before is no news */
  let waiting = null
  /** @type {ReadonlyMap<string, number>} */
  let unread = new Map()
  /** @type {Set<string>} */
  let offered = new Set()
  return effect(() => {
    const board = desk.board.value
    const counts = desk.unread.value
    const { offers } = desk.floor.value
    if (!desk.known.value) return
    untracked(() => {
      const t = words.value
      const fresh = waiting && board.waiting.find((item) => !waiting?.has(item.conversation))
      if (fresh) tell(fresh.conversation, t.newWaiting(visitorName(fresh.conversation, fresh), t.urgencies[fresh.urgency] ?? fresh.urgency))
      for (const [conversation, count] of counts) {
        if (waiting && count > (unread.get(conversation) ?? 0) && conversation !== desk.shown) {
          tell(conversation, t.newMessage(visitorName(conversation, desk.item(conversation))))
        }
      }
      for (const { conversation } of offers) {
        const item = desk.item(conversation)
        if (offered.has(conversation) || !item) continue
        tell(conversation, t.offeredSay(visitorName(conversation, item), t.urgencies[item.urgency] ?? item.urgency))
      }
      offered = new Set(offers.map(({ conversation }) => conversation))
      waiting = new Set(board.waiting.map((item) => item.conversation))
      unread = counts
    })
  })
}

/** @param {string} conversation @param {string} text */
function tell(conversation, text) {
  announced.value = text
  notify(text, conversation, () => go({ conversation }))
}
