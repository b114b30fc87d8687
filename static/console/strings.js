/** Which language the console speaks. Only the words of that one are loaded. */

/** @import { Language } from '../shared/wire.js' */
/** @import { Strings } from './strings/en.js' */
/** @import { LaterStrings } from './strings/later.en.js' */

/**
 * @param {Language} language
 * @returns {Promise<Strings>}
 */
export async function stringsOf(language) {
  return language === 'zh' ? (await import('./strings/zh.js')).zh : (await import('./strings/en.js')).en
}

/**
 * The words of pages and dialogs.
 * @param {Language} language
 * @returns {Promise<LaterStrings>}
 */
export async function laterStringsOf(language) {
  return language === 'zh' ? (await import('./strings/later.zh.js')).zh : (await import('./strings/later.en.js')).en
}

/**
 * The first of these wishes that we can fulfil, else English.
 * @param {readonly string[]} wishes such as `zh-CN`
 * @returns {Language}
 */
export function chooseLanguage(wishes) {
  const codes = wishes.map((wish) => wish.toLowerCase().slice(0, 2))
  return codes.find((code) => code === 'zh' || code === 'en') === 'zh' ? 'zh' : 'en'
}
