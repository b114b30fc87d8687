/** What parts of a conversation ask of the composer and the log: words that were chosen, a message to answer or to show, a note to begin. */

import { signal } from '../lib.js'

/** An answer that somebody chose for the reply; the composer of that conversation takes it. */
export const suggestion = signal(/** @type {{ conversation: string, text: string } | null} */ (null))
/** A message that is to be quoted. */
export const quoting = signal(/** @type {{ conversation: string, seq: number } | null} */ (null))
/** A message that a reply answers, which is to be shown in the log. */
export const answered = signal(/** @type {{ conversation: string, seq: number } | null} */ (null))
/** A conversation in which a note is to be begun. */
export const noting = signal('')
