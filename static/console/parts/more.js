/** What an agent does more rarely with a conversation: pass it on, give it back to the assistant, take it along as a file. */

import { html, useId, useState } from '../lib.js'
import { language, words } from '../state/settings.js'
import { Icon } from './bits.js'
import { usePopover } from './popover.js'

/** @param {{ conversation: string, isMine: boolean, disabled: boolean, onRelease: () => void, onTransfer: () => void, onReturn: () => void }} props */
export function MoreMenu({ conversation, isMine, disabled, onRelease, onTransfer, onReturn }) {
  const t = words.value
  const id = useId()
  const { open, setOpen, close, at, button, onkeydown } = usePopover()
  const [notes, setNotes] = useState(false)
  const file = (/** @type {string} */ format) =>
    `/api/v1/conversations/${conversation}/transcript?format=${format}&language=${language.value}${notes ? '&notes=true' : ''}`
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
      ${
        isMine &&
        html`<button type="button" class="menu-item" disabled=${disabled} onclick=${() => run(onTransfer)}>
            <${Icon} name="transfer" />${t.transfer}
          </button>
          <button type="button" class="menu-item only-narrow" disabled=${disabled} onclick=${() => run(onRelease)}>
            <${Icon} name="release" />${t.release}
          </button>
          <button type="button" class="menu-item" disabled=${disabled} onclick=${() => run(onReturn)}>
            <${Icon} name="assistant" />${t.returnToBot}
          </button>`
      }
      <div class="menu-part" role="group" aria-label=${t.transcript}>
        <p class="menu-title" aria-hidden="true">${t.transcript}</p>
        <a class="menu-item" href=${file('text')} download onclick=${close}><${Icon} name="down" />${t.asText}</a>
        <a class="menu-item" href=${file('json')} download onclick=${close}><${Icon} name="down" />${t.asJson}</a>
        <label class="menu-check"><input type="checkbox" checked=${notes} onchange=${() => setNotes(!notes)} />${t.withNotes}</label>
      </div>
    </div>
  </div>`
}
