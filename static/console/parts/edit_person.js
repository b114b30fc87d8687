/** The dialog that changes a colleague: name, role, teams, skills, languages, channels, capacity, and whether they can sign in. */

/** @import { Account, Role, Team } from '../api.js' */
import { api, Refused } from '../api.js'
import { html, useId, useState } from '../lib.js'
import { isCode, sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { Dialog } from './dialog.js'
import { Field, FormError, fieldsOf, focusFirstMistake } from './field.js'

/** What a role is called: built-in ones in the reader's language. @param {Pick<Role, 'id' | 'name'> | undefined} role @param {string} [id] */
export function roleName(role, id = '') {
  return words.value.roles[role?.id ?? id] ?? role?.name ?? id
}

/** What stands between commas of any script. @param {string} text */
function listed(text) {
  return text
    .split(/[,，、]/)
    .map((part) => part.trim())
    .filter(Boolean)
}

/**
 * @param {{ person: Account, roles: Role[], teams: Team[], onChanged: (person: Account) => void, onClose: () => void }} props
 */
export function EditPerson({ person, roles, teams, onChanged, onClose }) {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}))
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const { name = '', role = '', skills = '', channels = '', capacity = '' } = fieldsOf(form)
    const data = new FormData(form)
    const change = {
      name: name.trim(),
      role,
      teams: data.getAll('teams'),
      skills: listed(skills),
      languages: data.getAll('languages'),
      channels: listed(channels),
      capacity: Number(capacity) || 0,
      active: data.has('active'),
    }
    setBusy(true)
    setWrong({})
    setFailure('')
    try {
      onChanged(await api.changeAgent(person.id, change))
    } catch (error) {
      setBusy(false)
      if (error instanceof Refused && error.field in t.fieldErrors) setWrong({ [error.field]: sayError(error) })
      else setFailure(isCode(error, 'conflict') ? t.lastAdmin : sayError(error))
      focusFirstMistake(form)
    }
  }
  const reset = async () => {
    try {
      await api.resetSecondFactor(person.id)
      toast(t.factorReset(person.name), 'good')
      onChanged({ ...person, second_factor: false })
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  return html`<${Dialog} title=${t.editTitle(person.name)} onClose=${onClose}>
    <form class="form" onsubmit=${submit} novalidate>
      <${FormError} text=${failure} />
      <${Field} name="name" label=${t.name} hint=${t.nameHint} error=${wrong.name} defaultValue=${person.name} autocomplete="off" data-first />
      <${RoleSelect} roles=${roles} chosen=${person.role} />
      ${teams.length > 0 && html`<${Checks} name="teams" legend=${t.teams} chosen=${person.teams} options=${teams} />`}
      <${Field}
        name="skills"
        label=${t.skills}
        hint=${t.skillsHint}
        error=${wrong.skills}
        defaultValue=${person.skills.join(', ')}
        autocomplete="off"
      />
      <${Checks}
        name="languages"
        legend=${t.answersIn}
        chosen=${person.languages}
        options=${Object.entries(t.languages).map(([id, name]) => ({ id, name }))}
      />
      <${Field}
        name="channels"
        label=${t.answersOn}
        hint=${t.answersOnHint}
        error=${wrong.channels}
        defaultValue=${person.channels.join(', ')}
        autocomplete="off"
      />
      <${Field}
        name="capacity"
        type="number"
        min="1"
        max="100"
        label=${t.capacity}
        hint=${t.capacityHint}
        error=${wrong.capacity}
        defaultValue=${person.capacity}
      />
      <${Checks} name="active" legend=${t.access} chosen=${person.active ? ['active'] : []} options=${[{ id: 'active', name: t.canSignIn }]} />
      ${person.second_factor && html`<button type="button" class="button" onclick=${reset}>${t.resetFactor}</button>`}
      <div class="dialog-actions">
        <button type="button" class="button" onclick=${onClose}>${t.cancel}</button>
        <button class="button primary" disabled=${busy}>${t.save}</button>
      </div>
    </form>
  <//>`
}

/** @param {{ roles: Role[], chosen: string }} props */
export function RoleSelect({ roles, chosen }) {
  const id = useId()
  return html`<div class="field">
    <label for=${id}>${words.value.role}</label>
    <select id=${id} name="role">
      ${roles.map((role) => html`<option key=${role.id} value=${role.id} selected=${role.id === chosen}>${roleName(role)}</option>`)}
    </select>
  </div>`
}

/** @param {{ name: string, legend: string, chosen: string[], options: { id: string, name: string }[], hint?: string }} props */
export function Checks({ name, legend, chosen, options, hint }) {
  return html`<fieldset class="checks">
    <legend>${legend}</legend>
    ${options.map(
      (option) => html`<label key=${option.id}>
        <input type="checkbox" name=${name} value=${option.id} defaultChecked=${chosen.includes(option.id)} />
        <span>${option.name}</span>
      </label>`,
    )}
    ${hint && html`<p class="field-hint">${hint}</p>`}
  </fieldset>`
}
