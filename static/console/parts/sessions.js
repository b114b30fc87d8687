/** Where one is signed in, and signing out there. */

import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { sayError, signOut } from '../state/account.js'
import { deviceOf } from '../state/device.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { Ago, Icon } from './bits.js'
import { Dialog } from './dialog.js'

/** @typedef {{ id: string, device: string, address: string, started_at: number | null, seen_at: number | null, current: boolean }} OwnSession */

/** @param {{ onClose: () => void }} props */
export function Sessions({ onClose }) {
  const t = words.value
  const [sessions, setSessions] = useState(/** @type {OwnSession[] | null} */ (null))
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState(false)
  const load = async () => {
    try {
      setSessions(await api.sessions())
      setFailure('')
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  useEffect(() => void load(), [])
  const act = async (/** @type {() => Promise<unknown>} */ action, /** @type {string} */ done) => {
    setBusy(true)
    try {
      await action()
      toast(done, 'good')
    } catch (error) {
      toast(sayError(error), 'bad')
    }
    setBusy(false)
    await load()
  }
  return html`<${Dialog} title=${t.sessions} onClose=${onClose}>
    <p class="dialog-lead">${t.sessionsLead}</p>
    ${failure && html`<p class="form-error" role="alert"><${Icon} name="alert" />${failure}</p>`}
    ${!sessions && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${t.loading}</p>`}
    <ul class="groups">
      ${sessions?.map((one) => {
        const name = nameOf(one)
        return html`<li key=${one.id}>
          <div>
            <b>${name}</b> ${one.current && html`<span class="tag tag-accent">${t.thisSession}</span>`}
            <p class="field-hint">
              ${[one.address, one.seen_at ? t.lastUsed : ''].filter(Boolean).join(' · ')} ${one.seen_at && html`<${Ago} at=${one.seen_at} />`}
            </p>
          </div>
          ${
            one.current
              ? html`<button type="button" class="button small quiet" onclick=${signOut}>${t.signOut}</button>`
              : html`<button
                  type="button"
                  class="button small quiet"
                  disabled=${busy}
                  aria-label=${`${t.endSession}: ${name}, ${one.address}`}
                  onclick=${() => act(() => api.endSession(one.id), t.sessionEnded)}
                >
                  ${t.endSession}
                </button>`
          }
        </li>`
      })}
    </ul>
    ${
      sessions &&
      sessions.length > 1 &&
      html`<div class="dialog-actions">
        <button type="button" class="button" disabled=${busy} onclick=${() => act(() => api.endOtherSessions(), t.othersEnded)}>${t.endOthers}</button>
      </div>`
    }
  <//>`
}

/** @param {OwnSession} one */
function nameOf({ device }) {
  const t = words.value
  const [browser, system] = deviceOf(device)
  if (browser && system) return t.browserOn(browser, system)
  return browser || system || device.slice(0, 40) || t.unknownDevice
}
