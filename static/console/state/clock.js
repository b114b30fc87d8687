/**
 * The time of day as a signal, so that what is waited for ticks; still while nobody looks. It is the server's time: offers
 * and promises end by that, and the clock of an agent's machine may be wrong.
 */

/** @import { Language } from '../../shared/wire.js' */
import { signal } from '../lib.js'

/** A message may take this long on its way; what differs by more means that a clock was set. */
const onItsWayMs = 2_000

/** By how much the server's clock is ahead of ours; unknown until it has said so. @type {number | null} */
let ahead = null

/** The server's time. */
export const serverNow = () => Date.now() + (ahead ?? 0)

export const now = signal(serverNow())

/**
 * The server has said what time it is. A message that took long makes it seem earlier than it is, so of several the
 * latest counts.
 * @param {number} at
 */
export function heardTime(at) {
  const said = at - Date.now()
  if (ahead !== null && said <= ahead && ahead - said <= onItsWayMs) return
  ahead = said
  now.value = serverNow()
}

export function startClock() {
  setInterval(() => {
    if (document.visibilityState === 'visible') now.value = serverNow()
  }, 1_000)
  document.addEventListener('visibilitychange', () => (now.value = serverNow()))
}

/**
 * How long somebody has waited: "0:42", "12:05", "1 h 05 min", "2 d 3 h".
 * @param {number} ms
 * @param {Language} language
 */
export function waited(ms, language) {
  const seconds = Math.floor(Math.max(0, ms) / 1_000)
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const zh = language === 'zh'
  if (hours < 1) return `${minutes}:${pad(seconds % 60)}`
  if (hours < 24) return zh ? `${hours} 小时 ${minutes} 分` : `${hours} h ${pad(minutes)} min`
  const days = Math.floor(hours / 24)
  return zh ? `${days} 天 ${hours % 24} 小时` : `${days} d ${hours % 24} h`
}

/** @param {number} part */
function pad(part) {
  return String(part).padStart(2, '0')
}
