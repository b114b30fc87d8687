/** Ages as agents read them; customers see times of the day instead, and need not load this. */

/** @import { Language } from './wire.js' */

/**
 * How long ago, short: "now", "4 min", "2 h", "3 d".
 * @param {number} at
 * @param {Language} language
 * @param {number} [now]
 */
export function ago(at, language, now = Date.now()) {
  const minutes = Math.floor(Math.max(0, now - at) / 60_000)
  const zh = language === 'zh'
  if (minutes < 1) return zh ? '刚刚' : 'now'
  if (minutes < 60) return zh ? `${minutes} 分钟` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return zh ? `${hours} 小时` : `${hours} h`
  return zh ? `${Math.floor(hours / 24)} 天` : `${Math.floor(hours / 24)} d`
}
