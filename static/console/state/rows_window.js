/**
 * Which rows of a long conversation are drawn: the last ones while one reads its end, and more of what stands above
 * as one scrolls up. What is above and not drawn costs nothing.
 */

/** How many rows are drawn before anything is seen, which fill a high screen; how many at the end from then on, and how many more at a time. */
export const startRows = 20
export const endRows = 50
export const moreRows = 120

/** How many rows stand above one to which a search or a quote leads. */
const above = 30

/**
 * The place of the first row that is drawn.
 * @param {object} now
 * @param {number} now.count how many rows there are
 * @param {number} now.from the first one so far
 * @param {boolean} now.atEnd whether one reads the end
 * @param {boolean} [now.isSeen] whether the end has been drawn before
 * @param {number} [now.found] the place of a row that has to be there; -1 for none
 */
export function firstRow({ count, from, atEnd, isSeen = true, found = -1 }) {
  const first = Math.max(0, count - (isSeen ? endRows : startRows))
  const start = atEnd ? first : Math.min(from, first)
  return found >= 0 && found < start ? reaching(found) : start
}

/** The first row, so that one is drawn with what stands above it. @param {number} place */
export const reaching = (place) => Math.max(0, place - above)

/** @param {number} from */
export const earlier = (from) => Math.max(0, from - moreRows)
