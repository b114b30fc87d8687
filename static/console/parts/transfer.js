/** The dialog that passes a conversation on: to whoever is free, to a colleague, or to a team, with a note. */

/** @import { Seat, Target } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
import { html, useId, useState } from '../lib.js'
import { roomLeft } from '../state/room.js'
import { words } from '../state/later_words.js'
import { AgentFace, Icon } from './bits.js'
import { Dialog } from './dialog.js'
import { Field, focusFirstMistake } from './field.js'
import { colleaguesOf, presenceWords } from './floor.js'
import { PresenceDot } from './presence.js'

/** @typedef {'queue' | 'agent' | 'team'} Kind */

/** @param {{ desk: Desk, conversation: string, onClose: () => void }} props */
export function TransferDialog({ desk, conversation, onClose }) {
  const t = words.value
  const [kind, setKind] = useState(/** @type {Kind} */ ('agent'))
  const [agent, setAgent] = useState('')
  const [team, setTeam] = useState('')
  const [note, setNote] = useState('')
  const [wrong, setWrong] = useState('')
  const colleagues = colleaguesOf(desk.floor.value.agents, desk.me.id)
  const left = roomLeft(note.trim())
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    if (left < 0) return
    const mistake = kind === 'agent' && !agent ? t.colleagueMissing : kind === 'team' && !team.trim() ? t.teamMissing : ''
    setWrong(mistake)
    if (mistake) return focusFirstMistake(event.currentTarget)
    /** @type {Target} */
    const target = kind === 'agent' ? { to: 'agent', agent } : kind === 'team' ? { to: 'team', team: team.trim() } : { to: 'queue' }
    desk.act('transfer', conversation, { target, note: note.trim() || undefined })
    onClose()
  }
  return html`<${Dialog} title=${t.transferTitle} onClose=${onClose}>
    <form class="form" onsubmit=${submit} novalidate>
      <p class="dialog-lead">${t.transferLead}</p>
      <fieldset class="roles targets">
        <legend>${t.transferTo}</legend>
        <${KindChoice} kind="agent" chosen=${kind} label=${t.toColleague} hint=${t.toColleagueHint} onChoose=${setKind} />
        ${kind === 'agent' && html`<${ColleagueChoice} colleagues=${colleagues} chosen=${agent} wrong=${wrong} onChoose=${setAgent} />`}
        <${KindChoice} kind="team" chosen=${kind} label=${t.toTeam} hint=${t.toTeamHint} onChoose=${setKind} />
        ${
          kind === 'team' &&
          html`<div class="target-more">
            <${Field}
              name="team"
              label=${t.teamName}
              error=${wrong}
              autocomplete="off"
              maxlength="60"
              value=${team}
              oninput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) => setTeam(event.currentTarget.value)}
            />
          </div>`
        }
        <${KindChoice} kind="queue" chosen=${kind} label=${t.toQueue} hint=${t.toQueueHint} onChoose=${setKind} />
      </fieldset>
      <${NoteField} note=${note} left=${left} onWrite=${setNote} />
      <div class="dialog-actions">
        <button type="button" class="button" onclick=${onClose}>${t.cancel}</button>
        <button class="button primary" disabled=${left < 0 || desk.link.value.state !== 'open'}>${t.transferButton}</button>
      </div>
    </form>
  <//>`
}

/** @param {{ kind: Kind, chosen: Kind, label: string, hint: string, onChoose: (kind: Kind) => void }} props */
function KindChoice({ kind, chosen, label, hint, onChoose }) {
  return html`<label>
    <input
      type="radio"
      name="to"
      value=${kind}
      checked=${kind === chosen}
      data-first=${kind === chosen ? '' : undefined}
      onchange=${() => onChoose(kind)}
    />
    <span><b>${label}</b><small>${hint}</small></span>
  </label>`
}

/** @param {{ colleagues: Seat[], chosen: string, wrong: string, onChoose: (agent: string) => void }} props */
function ColleagueChoice({ colleagues, chosen, wrong, onChoose }) {
  const t = words.value
  const id = useId()
  if (colleagues.length === 0) return html`<p class="target-more quiet-words">${t.noColleagues}</p>`
  return html`<div class="target-more">
    <div class="colleague-choice" role="radiogroup" aria-label=${t.chooseColleague} aria-describedby=${wrong ? id : undefined}>
      ${colleagues.map(
        (seat, at) => html`<label key=${seat.id} class=${seat.connected ? '' : 'floor-gone'}>
          <input
            type="radio"
            name="agent"
            value=${seat.id}
            checked=${seat.id === chosen}
            aria-invalid=${wrong && at === 0 ? 'true' : undefined}
            onchange=${() => onChoose(seat.id)}
          />
          <span class="floor-face"><${AgentFace} name=${seat.name} /><${PresenceDot} presence=${seat.presence} lost=${!seat.connected} /></span>
          <span class="floor-who"><b dir="auto">${seat.name}</b><small>${presenceWords(seat)} · ${t.loadWords(seat.load, seat.capacity)}</small></span>
        </label>`,
      )}
    </div>
    ${wrong && html`<p class="field-error" id=${id}><${Icon} name="alert" />${wrong}</p>`}
  </div>`
}

/** @param {{ note: string, left: number, onWrite: (note: string) => void }} props */
function NoteField({ note, left, onWrite }) {
  const t = words.value
  const id = useId()
  return html`<div class="field">
    <label for=${id}>${t.noteLabel}</label>
    <textarea
      id=${id}
      rows="3"
      dir="auto"
      placeholder=${t.notePlaceholder}
      value=${note}
      oninput=${(/** @type {Event & { currentTarget: HTMLTextAreaElement }} */ event) => onWrite(event.currentTarget.value)}
    ></textarea>
    ${left < 300 && html`<p class=${left < 0 ? 'field-error' : 'field-hint'} aria-live="polite">${t.left(left)}</p>`}
  </div>`
}
