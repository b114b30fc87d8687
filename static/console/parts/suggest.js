/**
 * The list above the composer while one looks for a reply or a colleague: the focus stays in the text, arrows choose,
 * Enter or Tab takes, Escape closes.
 */

/** @import { Child } from '../../vendor/preact/preact.module.js' */
import { html, useEffect, useRef, useState } from '../lib.js'

/** @typedef {{ key: string, row: Child, take: () => void }} Option */

/**
 * What such a list needs. `onkeydown` says whether the key was for the list.
 * @param {string} id
 * @param {Option[]} options
 * @param {() => void} onClose
 */
export function useSuggest(id, options, onClose) {
  const [at, setAt] = useState(0)
  const keys = options.map(({ key }) => key).join(' ')
  useEffect(() => setAt(0), [keys])
  const chosen = options[Math.min(at, options.length - 1)]
  const step = (/** @type {number} */ by) => setAt((place) => (place + by + options.length) % options.length)
  const onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (options.length === 0 || event.isComposing || event.keyCode === 229) return false
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === 'ArrowDown') step(1)
    else if (event.key === 'ArrowUp') step(-1)
    else if ((event.key === 'Enter' && !event.shiftKey) || (event.key === 'Tab' && !event.shiftKey)) chosen?.take()
    else if (event.key === 'Escape') onClose()
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  return { chosen, setAt, onkeydown, optionId: (/** @type {Option} */ option) => `${id}-${option.key}` }
}

/**
 * @param {{ id: string, label: string, options: Option[], chosen: Option | undefined, optionId: (option: Option) => string, setAt: (at: number) => void,
 *   children?: Child }} props
 */
export function Suggest({ id, label, options, chosen, optionId, setAt, children }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }), [chosen?.key])
  return html`<div class="suggest">
    <ul class="suggest-list" id=${id} role="listbox" aria-label=${label} ref=${list}>
      ${options.map(
        (option, place) => html`<li
          key=${option.key}
          id=${optionId(option)}
          role="option"
          aria-selected=${String(option === chosen)}
          onmousemove=${() => setAt(place)}
          onmousedown=${(/** @type {Event} */ event) => {
            // The text keeps the focus.
            event.preventDefault()
            option.take()
          }}
        >${option.row}</li>`,
      )}
    </ul>
    ${children}
  </div>`
}
