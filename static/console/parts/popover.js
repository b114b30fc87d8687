/** A small box below or above its button: closes on Escape, which gives the focus back, and when one goes elsewhere. */

import { useEffect, useRef, useState } from '../lib.js'

/**
 * What such a box needs: `at` for what holds button and box, `button` for the button, `onkeydown` for `at`.
 * The box may be anything.
 */
export function usePopover() {
  const [open, setOpen] = useState(false)
  const at = useRef(/** @type {HTMLElement | null} */ (null))
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null))
  useEffect(() => {
    if (!open) return undefined
    const outside = (/** @type {Event} */ event) => {
      if (event.target instanceof Node && event.target.isConnected && !at.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
    }
  }, [open])
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  const onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || !open) return
    event.stopPropagation()
    close()
  }
  return { open, setOpen, close, at, button, onkeydown }
}
