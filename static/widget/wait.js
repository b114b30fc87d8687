/** How long the wait may be, in words: a range, because more is not known; nothing without an estimate. */

/** @import { WaitRange } from '../shared/wire.js' */
/** @import { Strings } from './strings/en.js' */

/**
 * @param {WaitRange | undefined} range
 * @param {Strings} strings
 */
export function waitWords(range, strings) {
  if (!range || !(range.high >= range.low)) return ''
  const [low, high] = [Math.floor(range.low / 60), Math.ceil(range.high / 60)]
  if (high <= 1) return strings.waitShort
  if (low >= 60) return strings.waitLong
  return low < 1 ? strings.waitUpTo(high) : strings.waitMinutes(low, high)
}
