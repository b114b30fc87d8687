/** Times as people read them, in the language of the page. Everything takes `now`, so that tests can choose it. */

/** @import { Language } from './wire.js' */

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map()

/**
 * @param {Language} language
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(language, options) {
  const key = language + JSON.stringify(options)
  let found = formats.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(
      language === 'zh' ? 'zh-CN' : navigator.language.startsWith('en') ? navigator.language : 'en-GB',
      options,
    )
    formats.set(key, found)
  }
  return found
}

/**
 * The time of day, such as "14:05".
 * @param {number} at
 * @param {Language} language
 */
export function clockTime(at, language) {
  return format(language, { hour: '2-digit', minute: '2-digit' }).format(at)
}

/**
 * Date and time in full, for titles and screen readers.
 * @param {number} at
 * @param {Language} language
 */
export function fullTime(at, language) {
  return format(language, { dateStyle: 'full', timeStyle: 'short' }).format(at)
}

/**
 * @param {number} a
 * @param {number} b
 */
export function sameDay(a, b) {
  return new Date(a).toDateString() === new Date(b).toDateString()
}

/**
 * "Today", "Yesterday" or the date.
 * @param {number} at
 * @param {Language} language
 * @param {number} [now]
 */
export function dayName(at, language, now = Date.now()) {
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1)
  if (sameDay(at, now)) return language === 'zh' ? '今天' : 'Today'
  if (sameDay(at, yesterday.getTime())) return language === 'zh' ? '昨天' : 'Yesterday'
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric'
  return format(language, { weekday: 'short', day: 'numeric', month: 'long', year }).format(at)
}
