/** Runs while the rest is still on its way: fetches the words of the language, which `main.js` needs to begin. */

import { kept } from './state/kept.js'
import { chooseLanguage, stringsOf } from './strings.js'

stringsOf(chooseLanguage([kept('language', ''), ...navigator.languages])).catch(() => {
  // `main.js` asks again.
})
