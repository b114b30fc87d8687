/** Which language the widget speaks. Only the words of that one are loaded. */

/** @import { Language } from '../shared/wire.js' */
/** @import { Strings } from './strings/en.js' */
/** @import { LaterStrings } from './strings/later.en.js' */

/**
 * The first of these wishes that we can fulfil, else English.
 * @param {(string | null | undefined)[]} wishes such as `zh-CN`
 * @returns {Language}
 */
export function chooseLanguage(...wishes) {
  for (const wish of wishes) {
    const code = (wish ?? '').toLowerCase().slice(0, 2)
    if (code === 'zh' || code === 'en') return code
  }
  return 'en'
}

/**
 * @param {Language} language
 * @returns {Promise<Strings>}
 */
export async function stringsOf(language) {
  return language === 'zh' ? (await import('./strings/zh.js')).zh : (await import('./strings/en.js')).en
}

/**
 * The words of what is loaded later.
 * @param {Language} language
 * @returns {Promise<LaterStrings>}
 */
export async function laterStringsOf(language) {
  return language === 'zh' ? (await import('./strings/later.zh.js')).zh : (await import('./strings/later.en.js')).en
}
