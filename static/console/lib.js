/** What the console's parts are made of: Preact with hooks and signals, and htm's templates instead of JSX. */

import htm from '../vendor/htm/htm.module.js'
import { h } from '../vendor/preact/preact.module.js'

export { useEffect, useId, useLayoutEffect, useRef, useState } from '../vendor/preact/hooks.module.js'
export { render } from '../vendor/preact/preact.module.js'
export { batch, computed, effect, signal, untracked } from '../vendor/signals/signals.module.js'

/** Templates; every value goes in as text or as an attribute, never as markup. */
export const html = htm.bind(h)
