/** Replies that were written once for many customers: which fit what is typed, and how their variables are filled in. */

/** @import { CannedReply, Language } from '../../shared/wire.js' */
import { api } from '../api.js'
import { signal } from '../lib.js'

/** What the server fills in everywhere; the names of the operator's own patterns come with the replies. */
export const builtIn = [
  'customer.name',
  'customer.email',
  'customer.phone',
  'agent.name',
  'conversation.id',
  'order',
  'product',
  'amount',
  'date',
  'time',
  'phone',
  'email',
]

const mostShown = 8
const freshMs = 30_000
/** `{{name}}`; what stands inside may be anything but braces. */
const variable = /\{\{\s*([^{}]*?)\s*\}\}/g
/**
 * A slash of either width with what follows it up to the cursor: at the beginning, after a space, or where Chinese
 * leaves none. So neither `https://` nor `and/or` opens the menu.
 */
const slash = /(?:^|[\s\p{Script=Han}，。！？、：；）])([/／])([^\s/／]{0,32})$/u

export const replies = signal(/** @type {readonly CannedReply[]} */ ([]))
export const variables = signal(/** @type {readonly string[]} */ (builtIn))
let loadedAt = 0

/** Asks for them, unless that was a moment ago; without them one can still write. */
export async function loadReplies() {
  if (Date.now() - loadedAt < freshMs) return
  loadedAt = Date.now()
  try {
    const found = await api.replies()
    replies.value = found.replies
    variables.value = found.variables
  } catch {
    loadedAt = 0
  }
}

/** They have changed: whoever needs them asks again. */
export function forgetReplies() {
  loadedAt = 0
}

/**
 * What is being looked for at the cursor, and from where to where it stands.
 * @param {string} text
 * @param {number} caret
 * @returns {{ query: string, from: number, to: number } | null}
 */
export function slashAt(text, caret) {
  const found = slash.exec(text.slice(0, caret))
  if (!found) return null
  const query = found[2] ?? ''
  return { query, from: caret - query.length - 1, to: caret }
}

/**
 * The words of a reply in a language, else in the other one.
 * @param {CannedReply} reply
 * @param {Language} language
 */
export function wordsOf({ text }, language) {
  return text[language] ?? text.en ?? text.zh ?? ''
}

/**
 * Those that fit, the best first: by the beginning of the shortcut, by a part of it, by the title, by the words.
 * @param {readonly CannedReply[]} all
 * @param {string} query
 * @param {readonly string[]} teams of the agent; others' replies are for others
 */
export function fitting(all, query, teams) {
  const wanted = query.toLowerCase()
  const rank = (/** @type {CannedReply} */ { shortcut, title, text }) => {
    if (shortcut.startsWith(wanted)) return 0
    if (shortcut.includes(wanted)) return 1
    if (title.toLowerCase().includes(wanted)) return 2
    return `${text.en ?? ''}\n${text.zh ?? ''}`.toLowerCase().includes(wanted) ? 3 : 4
  }
  const own = all.filter(({ team }) => !team || teams.includes(team))
  const ranked = own.map((reply, place) => ({ reply, place, at: rank(reply) })).filter(({ at }) => at < 4)
  ranked.sort((a, b) => a.at - b.at || a.place - b.place)
  return ranked.slice(0, mostShown).map(({ reply }) => reply)
}

/**
 * Fills in what is known; the rest stays as it is, to be seen.
 * @param {string} text
 * @param {Record<string, string>} values
 */
export function filledIn(text, values) {
  return text.replace(variable, (whole, /** @type {string} */ name) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole))
}

/**
 * The variables of a text, with their places.
 * @param {string} text
 * @param {readonly string[]} [known] only these; all, if left out
 */
export function variablesIn(text, known) {
  const found = [...text.matchAll(variable)].map((match) => ({
    name: match[1] ?? '',
    from: match.index,
    to: match.index + match[0].length,
  }))
  return known ? found.filter(({ name }) => known.includes(name)) : found
}
