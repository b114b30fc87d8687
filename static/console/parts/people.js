/** The page of people: who can sign in, what they may do, teams and roles, and loading the knowledge again. */

/** @import { Account, Role, Team } from '../api.js' */
import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { account, lookAgain, may, sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { AddPerson } from './add_person.js'
import { AgentFace, Icon } from './bits.js'
import { Dialog } from './dialog.js'
import { EditPerson, roleName } from './edit_person.js'
import { Roles, Teams } from './groups.js'
import { Knowledge } from './knowledge.js'

export function People() {
  const t = words.value
  const [people, setPeople] = useState(/** @type {Account[] | null} */ (null))
  const [failure, setFailure] = useState('')
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState(/** @type {Account | null} */ (null))
  const [editing, setEditing] = useState(/** @type {Account | null} */ (null))
  const [teams, setTeams] = useState(/** @type {Team[]} */ ([]))
  const [roles, setRoles] = useState(/** @type {{ roles: Role[], permissions: string[] }} */ ({ roles: [], permissions: [] }))
  const load = async () => {
    setFailure('')
    try {
      const [found, known, groups] = await Promise.all([api.agents(), api.roles(), api.teams()])
      setPeople(found)
      setRoles(known)
      setTeams(groups)
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  useEffect(() => void load(), [])
  const added = (/** @type {Account} */ person) => {
    setAdding(false)
    toast(t.added(person.name), 'good')
    load()
  }
  const changed = async (/** @type {Account} */ person) => {
    setEditing(null)
    toast(t.changed(person.name), 'good')
    if (person.id === account.value?.id) await lookAgain().catch(() => {})
    load()
  }
  return html`<main class="page" id="main" tabindex="-1">
    <div class="page-body">
      <header class="page-head">
        <div><h1>${t.people}</h1><p>${t.peopleLead}</p></div>
        ${
          may('agents.manage') &&
          html`<button type="button" class="button primary" onclick=${() => setAdding(true)}>
            <${Icon} name="plus" />${t.addPerson}
          </button>`
        }
      </header>
      ${
        failure &&
        html`<p class="form-error" role="alert">
          <${Icon} name="alert" />${failure} <button type="button" class="link-button" onclick=${load}>${t.tryAgain}</button>
        </p>`
      }
      ${!people && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${t.loading}</p>`}
      ${people && html`<${Table} people=${people} roles=${roles.roles} onEdit=${setEditing} onLeave=${setLeaving} />`}
      ${people && may('teams.manage') && html`<${Teams} teams=${teams} onDone=${load} />`}
      ${people && may('roles.manage') && html`<${Roles} ...${roles} onDone=${load} />`}
      ${may('knowledge.reload') && html`<${Knowledge} />`}
    </div>
    ${editing && html`<${EditPerson} person=${editing} roles=${roles.roles} teams=${teams} onChanged=${changed} onClose=${() => setEditing(null)} />`}
    ${adding && html`<${AddPerson} roles=${roles.roles} onAdded=${added} onClose=${() => setAdding(false)} />`}
    ${leaving && html`<${SignOutDialog} person=${leaving} onClose=${() => setLeaving(null)} />`}
  </main>`
}

/**
 * @param {{ people: Account[], roles: Role[], onEdit: (person: Account) => void, onLeave: (person: Account) => void }} props
 */
function Table({ people, roles, onEdit, onLeave }) {
  const t = words.value
  const role = (/** @type {Account} */ person) =>
    roleName(
      roles.find((one) => one.id === person.role),
      person.role,
    )
  return html`<div class="table-frame" role="region" aria-label=${t.people} tabindex="0">
    <table class="table">
      <thead>
        <tr>
          <th scope="col">${t.name}</th>
          <th scope="col">${t.email}</th>
          <th scope="col">${t.role}</th>
          <th scope="col"><span class="only-read">${t.actions}</span></th>
        </tr>
      </thead>
      <tbody>
        ${people.map(
          (person) => html`<tr key=${person.id}>
            <th scope="row">
              <span class="person">
                <${AgentFace} name=${person.name} own=${person.id === account.value?.id} />
                <span>${person.name}</span>
                ${person.id === account.value?.id && html`<span class="tag tag-soft">${t.you}</span>`}
                ${!person.active && html`<span class="tag">${t.inactive}</span>`}
              </span>
            </th>
            <td data-label=${t.email}>${person.email}</td>
            <td data-label=${t.role}><span class=${`tag ${person.role === 'admin' ? 'tag-accent' : ''}`}>${role(person)}</span></td>
            <td class="table-action">
              ${
                may('agents.manage') &&
                html`<button type="button" class="button small quiet" aria-label=${t.editTitle(person.name)} onclick=${() => onEdit(person)}>
                  ${t.edit}
                </button>`
              }
              <button type="button" class="button small quiet" aria-label=${t.signOutEverywhereOf(person.name)} onclick=${() => onLeave(person)}>
                ${t.signOutEverywhere}
              </button>
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** @param {{ person: Account, onClose: () => void }} props */
function SignOutDialog({ person, onClose }) {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const isSelf = person.id === account.value?.id
  const confirm = async () => {
    setBusy(true)
    try {
      await api.signOutEverywhere(person.id)
      if (!isSelf) toast(t.signedOutEverywhere(person.name), 'good')
    } catch (error) {
      toast(sayError(error), 'bad')
    }
    onClose()
  }
  return html`<${Dialog} title=${t.signOutQuestion(person.name)} onClose=${onClose}>
    <p class="dialog-lead">${t.signOutLead} ${isSelf && t.signOutSelf}</p>
    <div class="dialog-actions">
      <button type="button" class="button" data-first onclick=${onClose}>${t.cancel}</button>
      <button type="button" class="button danger" disabled=${busy} onclick=${confirm}>${t.signOutEverywhere}</button>
    </div>
  <//>`
}
