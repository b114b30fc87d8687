/** The figures of a day, and how they are put on paper: bars of a picture, waits in words. Pure. */

/** @typedef {{ count: number, median_ms: number | null, p90_ms: number | null }} Waits */
/** @typedef {{ count: number, average: number | null }} Csat */
/** @typedef {{ begun: number, answered_by_bot: number, corrected: number, handed_over: number, resolved: number, first_response: Waits, csat: Csat }} Figures */
/** @typedef {{ from: number } & Figures} Hour */
/** @typedef {{ id: string, name: string | null, figures: { messages: number, resolved: number, first_response: Waits, csat: Csat } }} AgentFigures */
/** @typedef {{ count: number, oldest: number | null, levels: { level: string, count: number, oldest: number | null }[] }} WaitingNow */
/** @typedef {{ difference: number, low: number, high: number }} Interval */
/** @typedef {{ name: 'resolved' | 'escalated' | 'rating', method: 'newcombe' | 'bootstrap', usual_count: number, trial_count: number, usual: number | null, trial: number | null, difference: Interval | null, excludes_zero: boolean, too_few: boolean }} Measure */
/** @typedef {{ experiment: string, usual: number, trial: number, too_few: boolean, measures: Measure[] }} Experiment */
/** @typedef {{ day: string, zone: string, total: Figures, hours: Hour[], agents: AgentFigures[], waiting: WaitingNow, complete: boolean, now: number, experiments: Experiment[] }} Report */

/** The time zone of whoever reads. */
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/**
 * The bars of a picture: each hour's place and height, for a box of the given size.
 * @param {readonly number[]} counts
 * @param {{ width: number, height: number }} box
 */
export function bars(counts, { width, height }) {
  const most = Math.max(1, ...counts)
  const step = width / Math.max(1, counts.length)
  return counts.map((count, at) => {
    const tall = (count / most) * height
    return { x: at * step + step * 0.15, y: height - tall, width: step * 0.7, height: tall }
  })
}

/**
 * The value of a measure of an experiment: shares as percent, ratings as they are.
 * @param {Measure['name']} name
 * @param {number | null} value
 * @param {string} language
 */
export function measured(name, value, language) {
  if (value === null) return '–'
  const asPercent = { style: /** @type {const} */ ('percent'), maximumFractionDigits: 1 }
  const asScore = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return new Intl.NumberFormat(language, name === 'rating' ? asScore : asPercent).format(value)
}

/**
 * A difference with its interval: shares in percentage points, ratings as they are.
 * @param {Measure['name']} name
 * @param {Interval | null} interval
 * @param {string} language
 */
export function differs(name, interval, language) {
  if (interval === null) return '–'
  const by = name === 'rating' ? 1 : 100
  const digits = name === 'rating' ? 2 : 1
  const signed = new Intl.NumberFormat(language, {
    signDisplay: 'exceptZero',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  const [difference, low, high] = [interval.difference, interval.low, interval.high].map((value) => signed.format(value * by))
  return `${difference} (${low} … ${high})`
}

/**
 * How long somebody waited: seconds below two minutes, then minutes, then hours.
 * @param {number | null} ms
 * @param {string} language
 */
export function waitedFor(ms, language) {
  if (ms === null) return '–'
  const seconds = Math.round(ms / 1_000)
  /** @param {number} value @param {string} unit */
  const said = (value, unit) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(value)
  if (seconds < 120) return said(seconds, 'second')
  if (seconds < 7_200) return said(Math.round(seconds / 60), 'minute')
  return said(seconds / 3_600, 'hour')
}

/**
 * The days that can be asked for, today first, as `2026-11-30`.
 * @param {number} now
 * @param {string} timeZone
 */
export function days(now, timeZone) {
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const today = Date.parse(`${iso.format(now)}T12:00:00Z`)
  return Array.from({ length: 7 }, (_, back) => new Date(today - back * 86_400_000).toISOString().slice(0, 10))
}
