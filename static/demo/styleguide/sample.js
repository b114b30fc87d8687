/** One component with its name above it. */

import { el } from '../../shared/dom.js'

/**
 * @param {string} title
 * @param {Element[]} content
 */
export function sample(title, ...content) {
  return el('section', { class: 'sample' }, el('h2', {}, title), ...content)
}
