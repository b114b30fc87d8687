/** How one wants to be told that somebody needs one. */

import { html, useId, useState } from '../lib.js'
import { askPermission, chime, isQuiet, notifyWishes, permission, wishFor } from '../state/notify.js'
import { words } from '../state/later_words.js'
import { Icon } from './bits.js'
import { Dialog } from './dialog.js'
import { Field } from './field.js'

/** @typedef {Event & { currentTarget: HTMLInputElement }} InputEvent */

/** @param {{ onClose: () => void }} props */
export function Notifications({ onClose }) {
  const t = words.value.notify
  const wishes = notifyWishes.value
  const [refused, setRefused] = useState(wishes.desktop && permission() === 'denied')
  const setDesktop = async (/** @type {InputEvent} */ event) => {
    if (!event.currentTarget.checked) return wishFor({ desktop: false })
    const granted = await askPermission()
    setRefused(!granted)
    wishFor({ desktop: granted })
  }
  const setSound = (/** @type {InputEvent} */ event) => {
    wishFor({ sound: event.currentTarget.checked })
    if (event.currentTarget.checked) chime()
  }
  return html`<${Dialog} title=${t.title} onClose=${onClose}>
    <p class="dialog-lead">${t.lead}</p>
    <div class="form">
      <${Check} label=${t.sound} checked=${wishes.sound} onchange=${setSound} />
      <${Check} label=${t.desktop} checked=${wishes.desktop} onchange=${setDesktop} />
      <div role="alert">${refused && html`<p class="field-error"><${Icon} name="alert" />${t.refused}</p>`}</div>
      <${Check} label=${t.badge} checked=${wishes.badge} onchange=${(/** @type {InputEvent} */ event) => wishFor({ badge: event.currentTarget.checked })} />
      <${Check} label=${t.quiet} checked=${wishes.quiet} onchange=${(/** @type {InputEvent} */ event) => wishFor({ quiet: event.currentTarget.checked })} />
      ${
        wishes.quiet &&
        html`<div class="rules-grid">
          <${Field} name="from" type="time" label=${t.from} value=${wishes.from} oninput=${(/** @type {InputEvent} */ event) => wishFor({ from: event.currentTarget.value })} />
          <${Field} name="to" type="time" label=${t.to} value=${wishes.to} oninput=${(/** @type {InputEvent} */ event) => wishFor({ to: event.currentTarget.value })} />
        </div>`
      }
      <p class="field-hint" role="status">${isQuiet(wishes, new Date()) ? t.quietNow : ''}</p>
    </div>
  <//>`
}

/** @param {{ label: string, checked: boolean, onchange: (event: any) => void }} props */
function Check({ label, checked, onchange }) {
  const id = useId()
  return html`<label class="check" for=${id}><input id=${id} type="checkbox" checked=${checked} onchange=${onchange} />${label}</label>`
}
