/**
 * What a supervisor says to the agent who has a conversation: a line for the one who reads along, and above the
 * composer of the one who has it, at once. The customer never sees it.
 */

/** @import { Desk } from '../state/desk.js' */
/** @import { Thread } from '../state/thread.js' */
import { html, useEffect, useId, useState } from '../lib.js'
import { may } from '../state/account.js'
import { roomLeft } from '../state/room.js'
import { words } from '../state/settings.js'
import { announced } from '../state/toasts.js'
import { Icon, Words } from './bits.js'

/** @param {{ desk: Desk, thread: Thread }} props */
export function WhisperForm({ desk, thread }) {
  const t = words.value
  const id = useId()
  const [text, setText] = useState('')
  const { conversation } = thread
  const status = thread.status.value
  const last = thread.events.value.findLast((event) => event.type === 'whispered' && event.agent === desk.me.id)
  // What was refused stays to be changed; what is in the conversation needs to be here no more.
  useEffect(() => {
    if (last?.type === 'whispered' && last.text === text.trim()) setText('')
  }, [last?.seq])
  if (!may('conversations.whisper') || (status !== 'human' && status !== 'waiting')) return null
  const busy = desk.isDoing('whisper', conversation)
  const left = roomLeft(text.trim())
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    if (text.trim() && left >= 0) desk.act('whisper', conversation, { text: text.trim() })
  }
  return html`<form class="whisper-form" onsubmit=${submit}>
    <label class="only-read" for=${id}>${t.whisperLabel}</label>
    <input
      id=${id}
      name="whisper"
      dir="auto"
      autocomplete="off"
      placeholder=${t.whisperLabel}
      aria-describedby=${`${id}-hint`}
      value=${text}
      oninput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) => setText(event.currentTarget.value)}
    />
    <button class="button small" disabled=${busy || !text.trim() || left < 0 || desk.link.value.state !== 'open'}>
      ${busy ? t.whispering : t.whisper}
    </button>
    <p class="field-hint" id=${`${id}-hint`}>${left < 300 ? t.left(left) : t.whisperHint}</p>
  </form>`
}

/** The whispers since the agent last wrote, until they are waved away. @param {{ desk: Desk, thread: Thread }} props */
export function WhisperHeard({ desk, thread }) {
  const t = words.value
  const [seen, setSeen] = useState(0)
  const events = thread.events.value
  const wrote = events.findLast((event) => event.type === 'agent_message' && event.agent === desk.me.id)?.seq ?? 0
  const whispers = events.filter((event) => event.type === 'whispered' && event.agent !== desk.me.id && event.seq > Math.max(seen, wrote))
  const latest = whispers.at(-1)
  useEffect(() => {
    if (latest?.type === 'whispered') announced.value = `${words.value.whisperFrom(latest.name)}: ${latest.text}`
  }, [latest?.seq])
  if (!latest) return null
  return html`<aside class="whispers" aria-label=${t.whisper}>
    ${whispers.map(
      (event) =>
        event.type === 'whispered' &&
        html`<div class="whisper" key=${event.seq}>
          <${Icon} name="note" />
          <div><b dir="auto">${t.whisperFrom(event.name)}</b><${Words} text=${event.text} /></div>
        </div>`,
    )}
    <button type="button" class="button small" onclick=${() => setSeen(latest.seq)}>${t.whisperDone}</button>
  </aside>`
}
