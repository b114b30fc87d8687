/** The figures of a day, and how they are put on paper: bars of a picture, waits in words. Pure. */

/** @typedef {{ count: number, median_ms: number | null, p90_ms: number | null }} Waits */
/** @typedef {{ count: number, average: number | null }} Csat */
/** @typedef {{ begun: number, answered_by_bot: number, corrected: number, handed_over: number, resolved: number, first_response: Waits, csat: Csat }} Figures */
/** @typedef {{ from: number } & Figures} Hour */
/** @typedef {{ id: string, name: string | null, figures: { messages: number, resolved: number, first_response: Waits, csat: Csat } }} AgentFigures */
/** @typedef {{ count: number, oldest: number | null, levels: { level: string, count: number, oldest: number | null }[] }} WaitingNow */
/** @typedef {{ day: string, zone: string, total: Figures, hours: Hour[], agents: AgentFigures[], waiting: WaitingNow, complete: boolean, now: number }} Report */

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
