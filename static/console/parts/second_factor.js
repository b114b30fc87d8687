/** The dialog of one's own second factor: the app is told its secret, a code shows that it has it, or it is given up. */

import { api } from '../api.js'
import { html, useState } from '../lib.js'
import { isCode, lookAgain, sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { Dialog } from './dialog.js'
import { Field, FormError, fieldsOf, focusFirstMistake } from './field.js'

/**
 * One question with a button. What the answer is refused for stands at its field.
 * @param {{ name: string, label: string, type?: string, hint?: string, lead: string, button: string,
 *   send: (answer: string) => Promise<void>, onClose: () => void, complete?: string, more?: unknown }} props
 */
function Ask({ name, label, type, hint, lead, button, send, onClose, complete = 'off', more }) {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  const [failure, setFailure] = useState('')
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    setBusy(true)
    setWrong('')
    setFailure('')
    try {
      await send((fieldsOf(form)[name] ?? '').trim())
    } catch (error) {
      setBusy(false)
      if (isCode(error, 'second_factor_wrong')) setWrong(t.codeWrong)
      else if (isCode(error, 'invalid_field')) setWrong(t.notYourPassword)
      else setFailure(sayError(error))
      focusFirstMistake(form)
    }
  }
  return html`<form class="form" onsubmit=${submit} novalidate>
    <p class="dialog-lead">${lead}</p>
    ${more}
    <${FormError} text=${failure} />
    <${Field} name=${name} type=${type} label=${label} hint=${hint} error=${wrong} autocomplete=${complete} data-first />
    <div class="dialog-actions">
      <button type="button" class="button" onclick=${onClose}>${t.cancel}</button>
      <button class="button primary" disabled=${busy}>${button}</button>
    </div>
  </form>`
}

/** @param {{ on: boolean, onClose: () => void }} props */
export function SecondFactor({ on, onClose }) {
  const t = words.value
  const [was] = useState(on)
  const [secret, setSecret] = useState(/** @type {{ secret: string, url: string } | null} */ (null))
  const [recovery, setRecovery] = useState(/** @type {string[]} */ ([]))
  const enrol = async (/** @type {string} */ password) => setSecret(await api.enrol(password))
  const confirm = async (/** @type {string} */ code) => {
    setRecovery((await api.confirmFactor(code)).recovery_codes)
    await lookAgain()
  }
  const giveUp = async (/** @type {string} */ code) => {
    await api.giveUpFactor(code)
    await lookAgain()
    toast(t.factorGone, 'good')
    onClose()
  }
  const code = { name: 'code', label: t.code, complete: 'one-time-code', onClose }
  return html`<${Dialog} title=${t.secondFactor} onClose=${onClose}>
    ${
      recovery.length > 0
        ? html`<div class="form">
            <p class="dialog-lead">${t.recoveryLead}</p>
            <ul class="codes">${recovery.map((one) => html`<li key=${one}><code>${one}</code></li>`)}</ul>
            <div class="dialog-actions"><button type="button" class="button primary" onclick=${onClose}>${t.recoveryKept}</button></div>
          </div>`
        : was
          ? html`<${Ask} key="off" ...${code} lead=${t.factorOnLead} hint=${t.codeHint} button=${t.factorOff} send=${giveUp} />`
          : secret
            ? html`<${Ask}
                key="confirm"
                ...${code}
                lead=${t.secretLead}
                button=${t.factorConfirm}
                send=${confirm}
                more=${html`<p><code class="sample">${secret.secret}</code></p>
                  <p><a href=${secret.url}>${t.openInApp}</a></p>`}
              />`
            : html`<${Ask}
                key="password"
                name="password"
                type="password"
                label=${t.password}
                complete="current-password"
                lead=${t.factorLead}
                button=${t.factorBegin}
                send=${enrol}
                onClose=${onClose}
              />`
    }
  <//>`
}
