/** Teams and roles: lists with a dialog each, to add one, change it or remove it. */

/** @import { Role, Team } from '../api.js' */
import { api, Refused } from '../api.js'
import { html, useState } from '../lib.js'
import { isCode, sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { Icon } from './bits.js'
import { Dialog } from './dialog.js'
import { Checks, roleName } from './edit_person.js'
import { Field, FormError, fieldsOf, focusFirstMistake } from './field.js'

/**
 * The dialog of a team or a role. `item` is null for a new one.
 * @param {{ title: string, item: Team | Role | null, permissions?: string[], save: (id: string, name: string, permissions: string[]) => Promise<unknown>,
 *   remove: (id: string) => Promise<unknown>, onDone: () => void, onClose: () => void }} props
 */
function Edit({ title, item, permissions, save, remove, onDone, onClose }) {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}))
  const attempt = async (/** @type {() => Promise<unknown>} */ act, /** @type {EventTarget | null} */ form) => {
    setBusy(true)
    setWrong({})
    setFailure('')
    try {
      await act()
      onDone()
    } catch (error) {
      setBusy(false)
      if (error instanceof Refused && (error.field === 'id' || error.field === 'name')) setWrong({ [error.field]: sayError(error) })
      else if (isCode(error, 'conflict')) setFailure(item ? t.stillUsed : t.idTaken)
      else setFailure(sayError(error))
      focusFirstMistake(form)
    }
  }
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const { id = item?.id ?? '', name = '' } = fieldsOf(form)
    const chosen = new FormData(form).getAll('permissions').map(String)
    attempt(() => save(id.trim(), name.trim(), chosen), form)
  }
  const allowed = item && 'permissions' in item ? item.permissions : []
  const options = permissions?.map((id) => ({ id, name: t.permissions[id] ?? id }))
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form class="form" onsubmit=${submit} novalidate>
      <${FormError} text=${failure} />
      <${Field} name="name" label=${t.name} error=${wrong.name} defaultValue=${item?.name ?? ''} autocomplete="off" data-first />
      ${!item && html`<${Field} name="id" label=${t.shortName} hint=${t.shortNameHint} error=${wrong.id} autocomplete="off" />`}
      ${options && html`<${Checks} name="permissions" legend=${t.allows} chosen=${allowed} options=${options} />`}
      <div class="dialog-actions">
        ${
          item &&
          html`<button type="button" class="button danger" disabled=${busy} onclick=${() => attempt(() => remove(item.id), null)}>
            ${t.remove}
          </button>`
        }
        <button type="button" class="button" onclick=${onClose}>${t.cancel}</button>
        <button class="button primary" disabled=${busy}>${item ? t.save : t.addButton}</button>
      </div>
    </form>
  <//>`
}

/** @param {{ teams: Team[], onDone: () => void }} props */
export function Teams({ teams, onDone }) {
  const t = words.value
  const [editing, setEditing] = useState(/** @type {Team | 'new' | null} */ (null))
  const item = editing === 'new' ? null : editing
  const done = () => {
    setEditing(null)
    onDone()
  }
  const save = (/** @type {string} */ id, /** @type {string} */ name) => (item ? api.renameTeam(id, name) : api.addTeam({ id, name }))
  return html`<section class="knowledge">
    <header class="page-head">
      <div><h2>${t.teams}</h2><p>${t.teamsLead}</p></div>
      <button type="button" class="button" onclick=${() => setEditing('new')}><${Icon} name="plus" />${t.addTeam}</button>
    </header>
    ${
      teams.length > 0 &&
      html`<ul class="groups">
        ${teams.map(
          (team) => html`<li key=${team.id}>
            <b>${team.name}</b>
            <button type="button" class="button small quiet" aria-label=${t.editTitle(team.name)} onclick=${() => setEditing(team)}>${t.edit}</button>
          </li>`,
        )}
      </ul>`
    }
    ${
      editing &&
      html`<${Edit}
        title=${item ? t.editTitle(item.name) : t.addTeam}
        item=${item}
        save=${save}
        remove=${api.removeTeam}
        onDone=${done}
        onClose=${() => setEditing(null)}
      />`
    }
  </section>`
}

/** @param {{ roles: Role[], permissions: string[], onDone: () => void }} props */
export function Roles({ roles, permissions, onDone }) {
  const t = words.value
  const [editing, setEditing] = useState(/** @type {Role | 'new' | null} */ (null))
  const item = editing === 'new' ? null : editing
  const done = () => {
    setEditing(null)
    onDone()
  }
  const save = (/** @type {string} */ id, /** @type {string} */ name, /** @type {string[]} */ chosen) =>
    item ? api.changeRole(id, { name, permissions: chosen }) : api.addRole({ id, name, permissions: chosen })
  return html`<section class="knowledge">
    <header class="page-head">
      <div><h2>${t.rolesTitle}</h2><p>${t.rolesLead}</p></div>
      <button type="button" class="button" onclick=${() => setEditing('new')}><${Icon} name="plus" />${t.addRole}</button>
    </header>
    <ul class="groups">
      ${roles.map(
        (role) => html`<li key=${role.id}>
          <div>
            <b>${roleName(role)}</b>
            <p class="field-hint">${role.permissions.map((one) => t.permissions[one] ?? one).join(t.comma)}</p>
          </div>
          ${
            role.built_in
              ? html`<span class="tag">${t.builtIn}</span>`
              : html`<button type="button" class="button small quiet" aria-label=${t.editTitle(role.name)} onclick=${() => setEditing(role)}>
                  ${t.edit}
                </button>`
          }
        </li>`,
      )}
    </ul>
    ${
      editing &&
      html`<${Edit}
        title=${item ? t.editTitle(item.name) : t.addRole}
        item=${item}
        permissions=${permissions}
        save=${save}
        remove=${api.removeRole}
        onDone=${done}
        onClose=${() => setEditing(null)}
      />`
    }
  </section>`
}
