/** What the console's parts are made of: Preact with hooks and signals, and htm's templates instead of JSX. */

import htm from '../vendor/htm/htm.module.js'
import { h, options } from '../vendor/preact/preact.module.js'

export { useEffect, useId, useLayoutEffect, useRef, useState } from '../vendor/preact/hooks.module.js'
export { render } from '../vendor/preact/preact.module.js'
export { batch, computed, effect, signal, untracked } from '../vendor/signals/signals.module.js'

/**
 * Templates; every value goes in as text or as an attribute, never as markup. The 3 keeps htm from using what is the same
 * in a template again and again: what is used again remembers where it stood first, and so all that stood around it then.
 * @this {any}
 * @param {Parameters<typeof h>} what
 */
function made(...what) {
  this[0] = 3
  return h(...what)
}

export const html = htm.bind(made)

/**
 * A component that draws itself anew leaves its node of before in its parent's `children`, with all that was below it
 * (Preact 10.29, issue 4909); from there one old tree leads to the next, so that none is ever given back. What was below
 * is let go of once the new tree stands. The short names are those of every Preact 10: `__c` a node's component, and among
 * the options what is told of a finished tree, `__v` a component's node, `__k` a node's children.
 */
/** @type {any[]} */
const replaced = []
const hooks = /** @type {any} */ (options)
const { vnode: toldNode, __c: toldTree } = hooks
hooks.vnode = (/** @type {any} */ node) => {
  toldNode?.(node)
  if (node.__c) replaced.push(node.__c.__v)
}
hooks.__c = (/** @type {any[]} */ ...finished) => {
  toldTree?.(...finished)
  for (const node of replaced.splice(0)) if (node.__c?.__v !== node) node.__k = null
}
