/** How this agent likes the console in this browser: theme, language, detail panel; and the words in that language. */

/** @import { Language } from '../../shared/wire.js' */
/** @import { Strings } from '../strings/en.js' */
/** @typedef {'system' | 'light' | 'dark'} Theme */
import { batch, signal } from '../lib.js'
import { chooseLanguage, stringsOf } from '../strings.js'
import { kept, keep } from './kept.js'

/** @type {import('../../vendor/signals/signals.module.js').Signal<Theme>} */
export const theme = signal(/** @type {Theme} */ (kept('theme', 'system')))
/** @type {import('../../vendor/signals/signals.module.js').Signal<Language>} */
export const language = signal(chooseLanguage([kept('language', ''), ...(globalThis.navigator?.languages ?? [])]))
/** Whether the detail panel is shown where there is room for it. */
export const detailsWanted = signal(kept('details', true))
/** Whether what was sent can be taken back for a moment. */
export const undoWanted = signal(kept('undo_send', true))
const undoForMs = 5_000

/** For how long. */
export const undoMs = () => (undoWanted.value ? undoForMs : 0)

/** @param {boolean} wanted */
export function wantUndo(wanted) {
  undoWanted.value = wanted
  keep('undo_send', wanted)
}

/** Every word of the page; `speak` puts it in before anything is drawn. */
export const words = signal(/** @type {Strings} */ (/** @type {unknown} */ (null)))

/** @typedef {(wanted: Language) => Promise<() => void>} Speaker loads its words, and says how they are put in */
/** @type {Speaker[]} */
const speakers = []

/** What has words of its own changes the language with the others. @param {Speaker} speaker */
export function speaksToo(speaker) {
  speakers.push(speaker)
}

/** @param {Language} wanted */
export async function speak(wanted) {
  const [found, ...others] = await Promise.all([stringsOf(wanted), ...speakers.map((speaker) => speaker(wanted))])
  batch(() => {
    language.value = wanted
    words.value = found
    for (const putIn of others) putIn()
  })
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en'
}

/** @param {Language} wanted */
export function chooseLanguageTo(wanted) {
  keep('language', wanted)
  return speak(wanted)
}

/** @param {Theme} wanted */
export function wear(wanted) {
  theme.value = wanted
  keep('theme', wanted)
  applyTheme(wanted)
}

/** @param {boolean} shown */
export function showDetails(shown) {
  detailsWanted.value = shown
  keep('details', shown)
}

const systemDark = '(prefers-color-scheme: dark)'
/** By style sheet. @type {Map<CSSStyleSheet, CSSMediaRule[]>} */
const darkRules = new Map()

/**
 * The dark colours stand in the style sheets for those whose system is dark; a wish of one's own makes
 * the browser apply them always or never.
 * @param {Theme} wanted
 */
export function applyTheme(wanted) {
  for (const sheet of document.styleSheets) {
    if (darkRules.has(sheet)) continue
    const rules = [...sheet.cssRules].filter((rule) => rule instanceof CSSMediaRule)
    darkRules.set(
      sheet,
      rules.filter((rule) => rule.conditionText === systemDark),
    )
  }
  const media = { system: systemDark, light: 'not all', dark: 'all' }[wanted]
  for (const rule of [...darkRules.values()].flat()) rule.media.mediaText = media
  document.documentElement.style.colorScheme = wanted === 'system' ? '' : wanted
}
