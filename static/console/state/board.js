/** The desk's list as it changes: what says the same stays the same object, so that its card is drawn no second time. */

/** @import { BoardFrame, BoardItem } from '../../shared/wire.js' */

/**
 * @param {BoardFrame} before
 * @param {BoardFrame} now
 * @returns {BoardFrame}
 */
export function keepSame(before, now) {
  const lists = [before.waiting, before.mine, before.taken ?? []]
  const known = new Map(lists.flat().map((item) => [item.conversation, item]))
  const same = (/** @type {BoardItem} */ item) => {
    const old = known.get(item.conversation)
    return old && JSON.stringify(old) === JSON.stringify(item) ? old : item
  }
  return {
    ...now,
    waiting: now.waiting.map(same),
    mine: now.mine.map(same),
    ...(now.taken && { taken: now.taken.map(same) }),
  }
}
