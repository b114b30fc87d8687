/**
 * Colleagues who are named in a note. Whom a name means stands beside the text, by place: while one types, the places
 * move along, and a name that is changed means nobody any more. The server counts characters, the page code units.
 */

/** @typedef {{ agent: string, from: number, to: number }} Named in code units, the `@` included */
/** @typedef {{ agent: string, at: number, length: number }} Mention as the server has it */

/** An `@` of either width with what follows it up to the cursor. */
const sign = /(?:^|[^\p{L}\p{N}_.@-]|\p{Script=Han})([@＠])([^\s@＠]{0,30})$/u
/** What the server takes off a text's ends. */
const blank = /^[\s\u200b-\u200f\u2060-\u2064\ufeff\u00ad]+/

/**
 * Whom one is about to name at the cursor, and from where to where that stands.
 * @param {string} text
 * @param {number} caret
 */
export function signAt(text, caret) {
  const found = sign.exec(text.slice(0, caret))
  if (!found) return null
  const query = found[2] ?? ''
  return { query, from: caret - query.length - 1, to: caret }
}

/**
 * Where names stand after a text was changed: what lies behind the change moves, what it touches is no name any more.
 * @param {readonly Named[]} named
 * @param {string} before
 * @param {string} after
 * @returns {Named[]}
 */
export function moved(named, before, after) {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  const end = before.length - tail
  const by = after.length - before.length
  return named.flatMap((one) => {
    // A letter right behind a name makes it longer, so it is touched too.
    const grows = head === one.to && end === head && /^[\p{L}\p{N}]/u.test(after.slice(head)) && !/^\p{Script=Han}/u.test(after.slice(head))
    if (one.to <= head && !grows) return [one]
    if (one.from >= end) return [{ ...one, from: one.from + by, to: one.to + by }]
    return []
  })
}

/**
 * The text as it is sent, and where names stand in it, as the server counts.
 * @param {string} text
 * @param {readonly Named[]} named
 * @returns {{ text: string, mentions: Mention[] }}
 */
export function asSent(text, named) {
  const lead = blank.exec(text)?.[0].length ?? 0
  const trimmed = text.slice(lead).trimEnd()
  return {
    text: trimmed,
    mentions: counted(
      trimmed,
      named.map(({ agent, from, to }) => ({ agent, from: from - lead, to: to - lead })),
    ),
  }
}

/**
 * @param {string} text
 * @param {readonly Named[]} named
 * @returns {Mention[]}
 */
export function counted(text, named) {
  const length = (/** @type {string} */ part) => Array.from(part).length
  return named.map(({ agent, from, to }) => ({ agent, at: length(text.slice(0, from)), length: length(text.slice(from, to)) }))
}

/**
 * The other way round.
 * @param {string} text
 * @param {readonly Mention[]} mentions
 * @returns {Named[]}
 */
export function placed(text, mentions) {
  const signs = Array.from(text)
  const units = (/** @type {number} */ count) => signs.slice(0, count).join('').length
  return mentions
    .filter(({ at, length }) => at >= 0 && length > 0 && at + length <= signs.length)
    .map(({ agent, at, length }) => ({ agent, from: units(at), to: units(at + length) }))
}

/**
 * A note in pieces, with the names that colleagues have now.
 * @param {string} text
 * @param {readonly Mention[]} mentions
 * @param {(agent: string) => string | undefined} nameOf
 * @returns {{ text: string, agent?: string }[]}
 */
export function pieces(text, mentions, nameOf) {
  let end = 0
  /** @type {{ text: string, agent?: string }[]} */
  const parts = []
  for (const { agent, from, to } of placed(text, mentions)) {
    if (from < end) continue
    if (from > end) parts.push({ text: text.slice(end, from) })
    const name = nameOf(agent)
    parts.push({ text: name ? `@${name}` : text.slice(from, to), agent })
    end = to
  }
  if (end < text.length) parts.push({ text: text.slice(end) })
  return parts
}
