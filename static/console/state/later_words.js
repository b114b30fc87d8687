/** The words of pages and dialogs, which are loaded with the first of them; those of the inbox stand beside them. */

/** @import { Strings } from '../strings/en.js' */
/** @import { LaterStrings } from '../strings/later.en.js' */
import { computed, signal } from '../lib.js'
import { laterStringsOf } from '../strings.js'
import { language, speaksToo, words as firstWords } from './settings.js'

const laterWords = signal(/** @type {LaterStrings | null} */ (null))

/** Every word; read only where `later.js` has loaded them. */
export const words = computed(() => /** @type {Strings & LaterStrings} */ ({ ...firstWords.value, ...laterWords.value }))

/** Loads them in the language that is spoken; from then on they follow it. */
export async function learnLaterWords() {
  while (!laterWords.peek()) {
    const wanted = language.peek()
    const found = await laterStringsOf(wanted)
    if (wanted === language.peek()) laterWords.value = found
  }
}

speaksToo(async (wanted) => {
  if (!laterWords.peek()) return () => {}
  const found = await laterStringsOf(wanted)
  return () => (laterWords.value = found)
})
