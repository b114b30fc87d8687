/** The dialogs of the doors' page: making a receiver or a bot, the keys that are shown once, and the question before a removal. */

import { api, Refused } from '../api.js'
import { html, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { Dialog } from './dialog.js'
import { Field, FormError, fieldsOf, focusFirstMistake } from './field.js'

/** @typedef {{ kind: 'webhook' | 'bot', types: string[], onAdded: (keys: Record<string, string>) => void, onClose: () => void }} AddProps */

/** @param {AddProps} props */
export function AddDoor({ kind, types, onAdded, onClose }) {
  const t = words.value.doors
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}))
  const isBot = kind === 'bot'
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const { name = '', url = '', deadline = '' } = fieldsOf(form)
    const events = new FormData(form).getAll('events').map(String)
    setFailure('')
    setWrong({})
    setBusy(true)
    try {
      const made = isBot
        ? await api.addBot({ name, url, deadline_seconds: Math.round(Number(deadline)) || 0 })
        : await api.addWebhook({ url, events: events.length === types.length ? [] : events })
      const { secret = '', token = '' } = made
      onAdded(token ? { secret, token } : { secret })
    } catch (error) {
      setBusy(false)
      const field = error instanceof Refused ? error.field : ''
      if (field) setWrong({ [field]: t.fieldErrors[field] ?? sayError(error) })
      else setFailure(sayError(error))
      focusFirstMistake(form)
    }
  }
  return html`<${Dialog} title=${isBot ? t.addBot : t.addWebhook} onClose=${onClose}>
    <form class="form" onsubmit=${submit} novalidate>
      <${FormError} text=${failure} />
      ${isBot && html`<${Field} name="name" label=${words.value.name} error=${wrong.name} autocomplete="off" data-first />`}
      <${Field} name="url" type="url" label=${t.address} hint=${t.addressHint} error=${wrong.url} autocomplete="off" placeholder="https://" />
      ${
        isBot
          ? html`<${Field} name="deadline" type="number" min="1" max="3600" label=${t.deadline} hint=${t.deadlineHint} error=${wrong.deadline_seconds} defaultValue="30" />`
          : html`<${Types} types=${types} />`
      }
      <div class="dialog-actions">
        <button type="button" class="button" onclick=${onClose}>${words.value.cancel}</button>
        <button class="button primary" disabled=${busy}>${words.value.addButton}</button>
      </div>
    </form>
  <//>`
}

/** @param {{ types: string[] }} props */
function Types({ types }) {
  return html`<fieldset class="roles">
    <legend>${words.value.doors.events}</legend>
    ${types.map(
      (type) => html`<label key=${type}>
        <input type="checkbox" name="events" value=${type} defaultChecked />
        <span><b>${type}</b></span>
      </label>`,
    )}
  </fieldset>`
}

/** What was just made, and is never shown again. @param {{ keys: Record<string, string>, onClose: () => void }} props */
export function Keys({ keys, onClose }) {
  const t = words.value.doors
  return html`<${Dialog} title=${t.keysTitle} onClose=${onClose}>
    <p class="dialog-lead">${t.keysLead}</p>
    ${Object.entries(keys).map(
      ([name, value]) => html`<${Field} key=${name} name=${name} label=${t.keys[name] ?? name} value=${value} readonly />`,
    )}
    <div class="dialog-actions"><button type="button" class="button primary" data-first onclick=${onClose}>${words.value.close}</button></div>
  <//>`
}

/** @param {{ title: string, onSure: () => void, onClose: () => void }} props */
export function Sure({ title, onSure, onClose }) {
  const t = words.value.doors
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <p class="dialog-lead">${t.removeLead}</p>
    <div class="dialog-actions">
      <button type="button" class="button" data-first onclick=${onClose}>${words.value.cancel}</button>
      <button type="button" class="button danger" onclick=${onSure}>${t.remove}</button>
    </div>
  <//>`
}
