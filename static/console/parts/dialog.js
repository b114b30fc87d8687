/** A modal `<dialog>`: takes the focus, closes on Escape and outside clicks, gives the focus back. */

/** @import { Child } from '../../vendor/preact/preact.module.js' */
import { html, useEffect, useId, useRef } from '../lib.js'
import { words } from '../state/settings.js'
import { IconButton } from './bits.js'

/** @param {{ title: string, onClose: () => void, children?: Child }} props */
export function Dialog({ title, onClose, children }) {
  const id = useId()
  const at = useRef(/** @type {HTMLDialogElement | null} */ (null))
  useEffect(() => {
    const dialog = at.current
    const before = document.activeElement
    dialog?.showModal()
    /** @type {HTMLElement | null | undefined} */
    const first = dialog?.querySelector('[data-first]')
    first?.focus()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  // A click on the dialog itself and not on what it holds is one beside it.
  const outside = (/** @type {MouseEvent} */ event) => event.target === at.current && onClose()
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault()
    onClose()
  }
  return html`<dialog class="dialog" ref=${at} aria-labelledby=${id} onmousedown=${outside} oncancel=${cancel}>
    <div class="dialog-body">
      <header class="dialog-head">
        <h2 id=${id}>${title}</h2>
        <${IconButton} icon="close" label=${words.value.close} onclick=${onClose} />
      </header>
      ${children}
    </div>
  </dialog>`
}
