/** The dialog that makes an account for a colleague. */

/** @import { Account, Role } from '../api.js' */
import { api, Refused } from '../api.js'
import { html, useState } from '../lib.js'
import { isCode, sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { Dialog } from './dialog.js'
import { roleName } from './edit_person.js'
import { Field, FormError, fieldsOf, focusFirstMistake, mistakesIn } from './field.js'

/** @param {{ roles: Role[], onAdded: (person: Account) => void, onClose: () => void }} props */
export function AddPerson({ roles, onAdded, onClose }) {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}))
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    const { name = '', email = '', password = '', role = 'agent' } = fieldsOf(form)
    const found = mistakesIn({ name, email, password }, t)
    setWrong(found)
    setFailure('')
    if (Object.keys(found).length > 0) return focusFirstMistake(form)
    setBusy(true)
    try {
      onAdded(await api.addAgent({ name: name.trim(), email: email.trim(), password, role }))
    } catch (error) {
      setBusy(false)
      if (isCode(error, 'conflict')) setWrong({ email: t.emailTaken })
      else if (error instanceof Refused && error.field in t.fieldErrors) setWrong({ [error.field]: sayError(error) })
      else setFailure(sayError(error))
      focusFirstMistake(form)
    }
  }
  return html`<${Dialog} title=${t.addTitle} onClose=${onClose}>
    <form class="form" onsubmit=${submit} novalidate>
      <p class="dialog-lead">${t.addLead}</p>
      <${FormError} text=${failure} />
      <${Field} name="name" label=${t.name} hint=${t.nameHint} error=${wrong.name} autocomplete="off" data-first />
      <${Field} name="email" type="email" label=${t.email} error=${wrong.email} autocomplete="off" />
      <${Field}
        name="password"
        type="password"
        label=${t.password}
        hint=${t.passwordHint}
        error=${wrong.password}
        autocomplete="new-password"
      />
      <${RoleChoice} roles=${roles} />
      <div class="dialog-actions">
        <button type="button" class="button" onclick=${onClose}>${t.cancel}</button>
        <button class="button primary" disabled=${busy}>${busy ? t.adding : t.addButton}</button>
      </div>
    </form>
  <//>`
}

/** @param {{ roles: Role[] }} props */
function RoleChoice({ roles }) {
  const t = words.value
  const hint = (/** @type {Role} */ role) => t.roleHints[role.id] ?? role.permissions.map((one) => t.permissions[one] ?? one).join(t.comma)
  return html`<fieldset class="roles">
    <legend>${t.role}</legend>
    ${roles.map(
      (role) => html`<label key=${role.id}>
        <input type="radio" name="role" value=${role.id} defaultChecked=${role.id === 'agent'} />
        <span><b>${roleName(role)}</b><small>${hint(role)}</small></span>
      </label>`,
    )}
  </fieldset>`
}
