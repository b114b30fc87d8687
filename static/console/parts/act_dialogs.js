/** What has to be said before something is done with conversations: until when, which label, how urgent, to whom. */

/** @import { Priority, Target } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { ActName } from './acts.js' */
import { fullTime } from '../../shared/time.js'
import { html, useId, useState } from '../lib.js'
import { api } from '../api.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { snoozeTimes, triageOf } from '../state/triage.js'
import { finish } from './acts.js'
import { Icon } from './bits.js'
import { Dialog } from './dialog.js'
import { priorities } from './views.js'

/** @param {DialogProps & { act: ActName }} props */
export function ActDialog({ act, ...props }) {
  if (act === 'snooze') return html`<${SnoozeDialog} ...${props} />`
  if (act === 'label') return html`<${LabelDialog} ...${props} />`
  if (act === 'priority') return html`<${PriorityDialog} ...${props} />`
  return html`<${AssignDialog} ...${props} />`
}

/** @typedef {{ desk: Desk, of: string[], onClose: () => void }} DialogProps */

/** @param {DialogProps} props */
function SnoozeDialog({ desk, of, onClose }) {
  const t = words.value
  const id = useId()
  const [wrong, setWrong] = useState('')
  const until = (/** @type {number | null} */ at) => {
    const done = at === null ? t.didSnoozeOpen(of.length) : t.didSnooze(of.length, fullTime(at, language.value))
    finish(desk, of, { type: 'snooze', until: at }, done)
  }
  const own = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const at = new Date(String(new FormData(event.currentTarget).get('until') ?? '')).getTime()
    if (!(at > Date.now())) return setWrong(t.snoozePast)
    until(at)
  }
  return html`<${Dialog} title=${t.snoozeTitle(of.length)} onClose=${onClose}>
    <ul class="picks">
      ${snoozeTimes(new Date()).map(
        ({ name, at }, place) => html`<li key=${name}>
          <button type="button" class="menu-item" data-first=${place === 0 ? '' : undefined} onclick=${() => until(at)}>
            <span>${t.snoozeTimes[name]}</span><span class="pick-more">${fullTime(at, language.value)}</span>
          </button>
        </li>`,
      )}
      <li><button type="button" class="menu-item" onclick=${() => until(null)}>${t.snoozeOpen}</button></li>
    </ul>
    <form class="pick-own" onsubmit=${own}>
      <label for=${id}>${t.snoozeOwn}</label>
      <input type="datetime-local" id=${id} name="until" required aria-invalid=${String(wrong !== '')} aria-describedby=${`${id}-wrong`} />
      <button type="submit" class="button small">${t.inboxActs.snooze}</button>
      <p class="field-error" id=${`${id}-wrong`} role="alert">${wrong}</p>
    </form>
  <//>`
}

/** The labels that are on all of them, as far as this page knows. @param {Desk} desk @param {string[]} of */
function labelsOn(desk, of) {
  const each = of.map((conversation) => {
    const row = desk.inbox.rows.value.find((one) => one.conversation === conversation)
    return row?.labels ?? triageOf(desk.threads.get(conversation)?.events.value ?? []).labels
  })
  const [first = [], ...others] = each
  return first.filter((label) => others.every((labels) => labels.includes(label)))
}

/** @param {DialogProps} props */
function LabelDialog({ desk, of, onClose }) {
  const t = words.value
  const id = useId()
  const [before] = useState(() => new Set(labelsOn(desk, of)))
  const [on, setOn] = useState(() => new Set(before))
  const [wrong, setWrong] = useState('')
  const known = [...new Set([...desk.inbox.labels.value, ...on])].sort()
  const toggle = (/** @type {string} */ label) => {
    const next = new Set(on)
    if (!next.delete(label)) next.add(label)
    setOn(next)
  }
  const save = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const typed = String(new FormData(event.currentTarget).get('label') ?? '')
    const fresh = typed
      .split(/[,，]/)
      .map((label) => label.trim())
      .filter(Boolean)
    if (fresh.some((label) => label.length > 40)) return setWrong(t.labelTooLong)
    const wanted = new Set([...on, ...fresh])
    const add = [...wanted].filter((label) => !before.has(label))
    const remove = [...before].filter((label) => !wanted.has(label))
    if (add.length + remove.length === 0) return onClose()
    finish(desk, of, { type: 'label', add, remove }, t.didLabel(of.length))
  }
  return html`<${Dialog} title=${t.labelTitle(of.length)} onClose=${onClose}>
    <form class="label-form" onsubmit=${save}>
      <label for=${id}>${t.labelNew}</label>
      <input id=${id} name="label" data-first autocomplete="off" aria-invalid=${String(wrong !== '')} aria-describedby=${`${id}-hint ${id}-wrong`} />
      <p class="field-hint" id=${`${id}-hint`}>${t.labelHint}</p>
      <p class="field-error" id=${`${id}-wrong`} role="alert">${wrong}</p>
      ${
        known.length > 0 &&
        html`<fieldset class="label-known"><legend>${t.labelKnown}</legend>
          ${known.map(
            (label) => html`<label key=${label}>
              <input type="checkbox" checked=${on.has(label)} onchange=${() => toggle(label)} /><span dir="auto">${label}</span>
            </label>`,
          )}
        </fieldset>`
      }
      <div class="dialog-foot"><button type="submit" class="button primary">${t.save}</button></div>
    </form>
  <//>`
}

/** @param {DialogProps} props */
function PriorityDialog({ desk, of, onClose }) {
  const t = words.value
  const set = (/** @type {Priority | null} */ priority) =>
    finish(desk, of, { type: 'priority', priority }, t.didPriority(of.length, priority ? t.priorities[priority] : t.noPriority))
  return html`<${Dialog} title=${t.priorityTitle(of.length)} onClose=${onClose}>
    <ul class="picks">
      ${priorities.map(
        (priority, place) => html`<li key=${priority}>
          <button type="button" class=${`menu-item priority-${priority}`} data-first=${place === 0 ? '' : undefined} onclick=${() => set(priority)}>
            <${Icon} name="flag" />${t.priorities[priority]}
          </button>
        </li>`,
      )}
      <li><button type="button" class="menu-item" onclick=${() => set(null)}>${t.noPriority}</button></li>
    </ul>
    <p class="field-hint">${t.priorityHint}</p>
  <//>`
}

/** @param {DialogProps} props */
function AssignDialog({ desk, of, onClose }) {
  const t = words.value
  const [teams, setTeams] = useState(/** @type {{ id: string, name: string }[] | null} */ (null))
  if (teams === null) api.teams().then(setTeams, () => setTeams([]))
  const to = (/** @type {Target} */ target, /** @type {string} */ name) =>
    finish(desk, of, { type: 'assign', target }, t.didAssign(of.length, name))
  const colleagues = desk.floor.value.agents.filter(({ id }) => id !== desk.me.id)
  return html`<${Dialog} title=${t.assignTitle(of.length)} onClose=${onClose}>
    <ul class="picks">
      <li>
        <button type="button" class="menu-item" data-first onclick=${() => finish(desk, of, { type: 'claim' }, t.didAssign(of.length, t.youLower))}>
          <${Icon} name="person" />${t.toMe}
        </button>
      </li>
      ${colleagues.map(
        (seat) => html`<li key=${seat.id}>
          <button type="button" class="menu-item" onclick=${() => to({ to: 'agent', agent: seat.id }, seat.name)}>
            <${Icon} name="person" /><span dir="auto">${seat.name}</span>
          </button>
        </li>`,
      )}
      ${(teams ?? []).map(
        (team) => html`<li key=${team.id}>
          <button type="button" class="menu-item" onclick=${() => to({ to: 'team', team: team.id }, team.name)}>
            <${Icon} name="people" /><span dir="auto">${team.name}</span>
          </button>
        </li>`,
      )}
      <li>
        <button type="button" class="menu-item" onclick=${() => to({ to: 'queue' }, t.theQueue)}><${Icon} name="inbox" />${t.theQueue}</button>
      </li>
    </ul>
  <//>`
}
