/**
 * Which rows of a long conversation are drawn: the last ones while one reads its end, and more of what stands above
 * as one scrolls up. What is above and not drawn costs nothing.
 */

/** How many rows are drawn at the end, and how many more at a time. */
export const endRows = 50
export const moreRows = 120

/** The lowest row, a line that continues the one before: so few fill what is seen, and no more are drawn at first. */
const lowestPx = 40

/** How many rows stand above one to which a search or a quote leads. */
const above = 30

/**
 * The place of the first row that is drawn.
 * @param {object} now
 * @param {number} now.count how many rows there are
 * @param {number} now.from the first one so far
 * @param {boolean} now.atEnd whether one reads the end
 * @param {number} [now.height] how high the place is, in pixels, while nothing has been seen yet
 * @param {number} [now.found] the place of a row that has to be there; -1 for none
 */
export function firstRow({ count, from, atEnd, height = Number.POSITIVE_INFINITY, found = -1 }) {
  const first = Math.max(0, count - Math.min(endRows, Math.ceil(height / lowestPx)))
  const start = atEnd ? first : Math.min(from, first)
  return found >= 0 && found < start ? reaching(found) : start
}

/** The first row, so that one is drawn with what stands above it. @param {number} place */
export const reaching = (place) => Math.max(0, place - above)

/** @param {number} from */
export const earlier = (from) => Math.max(0, from - moreRows)
