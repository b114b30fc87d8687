/** What an agent does more rarely with a conversation: pass it on, or give it back to the assistant. */

import { html, useId } from '../lib.js'
import { words } from '../state/settings.js'
import { Icon } from './bits.js'
import { usePopover } from './popover.js'

/** @param {{ disabled: boolean, onRelease: () => void, onTransfer: () => void, onReturn: () => void }} props */
export function MoreMenu({ disabled, onRelease, onTransfer, onReturn }) {
  const t = words.value
  const id = useId()
  const { open, setOpen, close, at, button, onkeydown } = usePopover()
  const run = (/** @type {() => void} */ what) => {
    // The focus first: a dialog gives it back to where it came from.
    close()
    what()
  }
  return html`<div class="more" ref=${at} onkeydown=${onkeydown}>
    <button
      type="button"
      class=${`icon-button ${open ? 'pressed' : ''}`}
      ref=${button}
      aria-label=${t.more}
      title=${t.more}
      aria-expanded=${String(open)}
      aria-controls=${id}
      onclick=${() => setOpen(!open)}
    >
      <${Icon} name="dots" />
    </button>
    <div class="more-menu" id=${id} hidden=${!open}>
      <button type="button" class="menu-item" disabled=${disabled} onclick=${() => run(onTransfer)}>
        <${Icon} name="transfer" />${t.transfer}
      </button>
      <button type="button" class="menu-item only-narrow" disabled=${disabled} onclick=${() => run(onRelease)}>
        <${Icon} name="release" />${t.release}
      </button>
      <button type="button" class="menu-item" disabled=${disabled} onclick=${() => run(onReturn)}>
        <${Icon} name="assistant" />${t.returnToBot}
      </button>
    </div>
  </div>`
}
