/** Whether one takes customers: the switch in the rail, and the notice while nothing is offered. */

/** @import { Presence } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
import { html } from '../lib.js'
import { words } from '../state/settings.js'
import { usePopover } from './popover.js'

/** @type {('online' | 'busy' | 'away')[]} */
const choices = ['online', 'busy', 'away']

/** @param {{ presence: Presence, lost?: boolean }} props */
export function PresenceDot({ presence, lost }) {
  return html`<span class=${`presence-dot presence-${lost ? 'offline' : presence}`} aria-hidden="true"></span>`
}

/** @param {{ desk: Desk }} props */
export function PresenceSwitch({ desk }) {
  const t = words.value
  const { open, setOpen, close, at, button, onkeydown } = usePopover()
  const { presence } = desk.floor.value
  const { seat } = desk
  const shown = t.presences[presence]
  const cannot = desk.link.value.state !== 'open'
  const toggle = () => {
    setOpen(!open)
    if (open) return
    /** @type {HTMLElement | null | undefined} */
    const chosen = at.current?.querySelector('[aria-pressed=true]') ?? at.current?.querySelector('.presence-choice')
    requestAnimationFrame(() => chosen?.focus())
  }
  const choose = (/** @type {Presence} */ choice) => {
    if (choice !== presence) desk.be(choice)
    close()
  }
  return html`<div class="presence" ref=${at} onkeydown=${onkeydown}>
    <button
      type="button"
      class="rail-item presence-button"
      ref=${button}
      aria-expanded=${String(open)}
      aria-controls="presence-menu"
      aria-label=${t.presenceIs(shown)}
      title=${t.presence}
      onclick=${toggle}
    >
      <${PresenceDot} presence=${presence} /><span>${shown}</span>
    </button>
    <div class="presence-menu" id="presence-menu" hidden=${!open}>
      <div role="group" aria-labelledby="presence-title">
        <p class="menu-title" id="presence-title">${t.presence}</p>
        ${choices.map(
          (choice) => html`<button
            type="button"
            class="presence-choice"
            key=${choice}
            aria-pressed=${String(choice === presence)}
            disabled=${cannot}
            onclick=${() => choose(choice)}
          >
            <${PresenceDot} presence=${choice} />
            <span><b>${t.presences[choice]}</b><small>${t.presenceHints[choice]}</small></span>
          </button>`,
        )}
      </div>
      ${
        seat &&
        html`<p class="presence-load">
          <span>${t.loadWords(seat.load, seat.capacity)}</span><${Load} load=${seat.load} capacity=${seat.capacity} />
        </p>`
      }
    </div>
  </div>`
}

/** How full somebody's hands are, as a bar; the words stand beside it. @param {{ load: number, capacity: number }} props */
export function Load({ load, capacity }) {
  const share = capacity > 0 ? Math.min(100, Math.round((100 * load) / capacity)) : 100
  return html`<svg class=${`bar load ${share >= 100 ? 'load-full' : ''}`} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="bar-room" width="100" height="4" rx="2" /><rect class="bar-fill" width=${share} height="4" rx="2" />
  </svg>`
}

/** Says why nothing comes, with the way back. @param {{ desk: Desk }} props */
export function NotOffered({ desk }) {
  const t = words.value
  const { presence, agents } = desk.floor.value
  if (agents.length === 0 || presence === 'online') return null
  return html`<div class="not-offered">
    <${PresenceDot} presence=${presence} />
    <p>${t.notOffered(t.presences[presence])}</p>
    <button type="button" class="link-button" onclick=${() => desk.be('online')}>${t.goOnline}</button>
  </div>`
}
