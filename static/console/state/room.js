/** How much of a message still fits into what the server takes. */

/** User-perceived characters and bytes of UTF-8. */
const mostCharacters = 4_000
const mostBytes = 16 * 1024
/** Below this nobody asks for the exact number. */
const cheapBelow = 3_000

const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter() : null

/**
 * How many characters still fit; negative when it is too much.
 * @param {string} text
 */
export function roomLeft(text) {
  // No text has more characters than code units, and no code unit more than three bytes.
  if (text.length < cheapBelow) return mostCharacters - text.length
  const characters = segmenter ? [...segmenter.segment(text)].length : Array.from(text).length
  return Math.min(mostCharacters - characters, mostBytes - new TextEncoder().encode(text).length)
}
