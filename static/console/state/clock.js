/** The time of day as a signal, so that what is waited for ticks; still while nobody looks. */

/** @import { Language } from '../../shared/wire.js' */
import { signal } from '../lib.js'

export const now = signal(Date.now())

export function startClock() {
  setInterval(() => {
    if (document.visibilityState === 'visible') now.value = Date.now()
  }, 1_000)
  document.addEventListener('visibilitychange', () => (now.value = Date.now()))
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
