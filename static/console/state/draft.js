/** An answer that somebody chose for the reply; the composer of that conversation takes it. */

import { signal } from '../lib.js'

export const suggestion = signal(/** @type {{ conversation: string, text: string } | null} */ (null))
