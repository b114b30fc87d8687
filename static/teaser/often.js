/** How often a message may be shown to a visitor whom nobody knows: kept in this browser. Pure, with its place to keep it. */

/** @typedef {{ id: string, times: number, days: number }} Rule */
/** @typedef {{ quiet: boolean, shown: Record<string, number[]> }} Seen `shown`: when, by rule, in milliseconds */

const name = 'frontdesk.proactive'
const dayMs = 86_400_000
const longestDays = 365
const most = 100

/** @returns {Seen} */
const nothing = () => ({ quiet: false, shown: {} })
/** Where the browser keeps nothing it holds as long as the page. */
let memory = nothing()

/** @param {unknown} value @returns {Seen} */
export function seenOf(value) {
  const { quiet, shown } = /** @type {Partial<Seen>} */ (typeof value === 'object' && value !== null ? value : {})
  const lists = typeof shown === 'object' && shown !== null ? Object.entries(shown) : []
  const whole = lists.filter(([, times]) => Array.isArray(times)).map(([id, times]) => [id, times.filter(Number.isFinite)])
  return { quiet: quiet === true, shown: Object.fromEntries(whole) }
}

/** Whether a rule may be shown once more. @param {Seen} seen @param {Rule} rule @param {number} now */
export function allows({ quiet, shown }, { id, times, days }, now) {
  const lately = (shown[id] ?? []).filter((at) => now - at < days * dayMs)
  return !quiet && lately.length < times
}

/** @param {Seen} seen @param {string} id @param {number} now @returns {Seen} */
export function noted(seen, id, now) {
  const all = { ...seen.shown, [id]: [...(seen.shown[id] ?? []), now] }
  const fresh = Object.entries(all).map(([of, times]) => [of, times.filter((at) => now - at < longestDays * dayMs).slice(-most)])
  return { ...seen, shown: Object.fromEntries(fresh.filter(([, times]) => times?.length)) }
}

export function recall() {
  try {
    return seenOf(JSON.parse(localStorage.getItem(name) ?? 'null'))
  } catch {
    return memory
  }
}

/** @param {Seen} seen */
export function remember(seen) {
  memory = seen
  try {
    localStorage.setItem(name, JSON.stringify(seen))
  } catch {
    // What the browser does not keep holds as long as the page.
  }
}
