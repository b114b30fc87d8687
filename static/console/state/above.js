/** What lies above the page, where anything does. */

import { signal } from '../lib.js'

/** Whether the palette is open, and whether it only searches. */
export const palette = signal(/** @type {'' | 'all' | 'search'} */ (''))
/** Whether the list of keys is shown. */
export const helpShown = signal(false)
