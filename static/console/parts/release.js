/** The dialog that puts a conversation back into the queue, with a note for whoever takes it next. */

/** @import { Desk } from '../state/desk.js' */
import { html, useId, useState } from '../lib.js'
import { roomLeft } from '../state/room.js'
import { words } from '../state/later_words.js'
import { Dialog } from './dialog.js'

/** @param {{ desk: Desk, conversation: string, onClose: () => void }} props */
export function ReleaseDialog({ desk, conversation, onClose }) {
  const t = words.value
  const id = useId()
  const [note, setNote] = useState('')
  const left = roomLeft(note.trim())
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    if (left < 0) return
    desk.act('release', conversation, { note: note.trim() || undefined })
    onClose()
  }
  return html`<${Dialog} title=${t.releaseTitle} onClose=${onClose}>
    <form class="form" onsubmit=${submit}>
      <p class="dialog-lead">${t.releaseLead}</p>
      <div class="field">
        <label for=${id}>${t.noteLabel}</label>
        <textarea
          id=${id}
          rows="4"
          dir="auto"
          data-first
          placeholder=${t.notePlaceholder}
          value=${note}
          oninput=${(/** @type {Event & { currentTarget: HTMLTextAreaElement }} */ event) => setNote(event.currentTarget.value)}
        ></textarea>
        ${left < 300 && html`<p class=${left < 0 ? 'field-error' : 'field-hint'} aria-live="polite">${t.left(left)}</p>`}
      </div>
      <div class="dialog-actions">
        <button type="button" class="button" onclick=${onClose}>${t.cancel}</button>
        <button class="button primary" disabled=${left < 0 || desk.link.value.state !== 'open'}>${t.releaseButton}</button>
      </div>
    </form>
  <//>`
}
