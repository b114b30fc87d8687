/** The short messages in the corner, and what is only read out. */

import { html } from '../lib.js'
import { words } from '../state/settings.js'
import { announced, dismiss, toasts } from '../state/toasts.js'
import { Icon, IconButton } from './bits.js'

const icons = /** @type {const} */ ({ good: 'check', bad: 'alert', plain: 'note' })

export function Toasts() {
  const t = words.value
  return html`<section class="toasts" aria-label=${t.notifications}>
    <div aria-live="polite" aria-relevant="additions">
      ${toasts.value.map(({ id, tone, text, action }) => {
        const run = () => {
          dismiss(id)
          action?.run()
        }
        return html`<div class=${`toast toast-${tone}`} key=${id}>
          <${Icon} name=${icons[tone]} />
          <p>${text}</p>
          ${action && html`<button type="button" class="link-button" title="Ctrl+Z" onclick=${run}>${action.label}</button>`}
          <${IconButton} icon="close" label=${t.dismiss} onclick=${() => dismiss(id)} />
        </div>`
      })}
    </div>
    <p class="only-read" aria-live="polite">${announced.value}</p>
  </section>`
}
