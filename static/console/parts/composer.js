/** Where the agent writes: Enter sends, the box grows with the text, the draft of each conversation is kept. */

/** @import { Desk } from '../state/desk.js' */
/** @import { Thread } from '../state/thread.js' */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../lib.js'
import { suggestion } from '../state/draft.js'
import { keep, kept } from '../state/kept.js'
import { roomLeft } from '../state/room.js'
import { words } from '../state/settings.js'
import { TypingReporter } from '../state/typing.js'
import { fileRules, uploadsOf } from '../state/uploads.js'
import { Icon } from './bits.js'
import { DraftFiles, PickFiles } from './files.js'

/** From here on the room that is left is said. */
const warnBelow = 300

/** @param {{ desk: Desk, thread: Thread }} props */
export function Composer({ desk, thread }) {
  const t = words.value
  const { conversation } = thread
  const draft = `draft.${conversation}`
  const [text, setText] = useState(() => kept(draft, ''))
  const at = useRef(/** @type {HTMLTextAreaElement | null} */ (null))
  const reporter = useRef(/** @type {TypingReporter | null} */ (null))
  useEffect(() => {
    const made = new TypingReporter((on) => desk.typing(conversation, on))
    reporter.current = made
    return () => made.stop()
  }, [desk, conversation])
  useLayoutEffect(() => fit(at.current), [text])

  const uploads = uploadsOf(conversation)
  const drafts = uploads.drafts.value
  const left = roomLeft(text.trim())
  const areReady = drafts.every((draft) => draft.attachment)
  const cannotSend = (text.trim() === '' && drafts.length === 0) || left < 0 || !areReady
  const write = (/** @type {string} */ words) => {
    setText(words)
    keep(draft, words || undefined)
    if (words.trim() === '') reporter.current?.stop()
    else reporter.current?.typed()
  }
  useEffect(() => {
    if (suggestion.value?.conversation !== conversation) return
    // What has been begun stays, above.
    write(text.trim() === '' ? suggestion.value.text : `${text.trimEnd()}\n\n${suggestion.value.text}`)
    suggestion.value = null
    at.current?.focus()
  }, [suggestion.value])
  const send = () => {
    if (cannotSend) return
    const attachments = uploads.take()
    desk.act('send', conversation, { text: text.trim(), ...(attachments.length > 0 && { attachments }) })
    write('')
    at.current?.focus()
  }
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    // 229: what browsers say when an input method takes the key, Safari even just after composing.
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    send()
  }
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    send()
  }
  const pasted = (/** @type {ClipboardEvent} */ event) => {
    const files = event.clipboardData?.files
    // words that come with a picture of themselves, as from a table, are words
    if (!files?.length || event.clipboardData?.types.includes('text/plain') || !fileRules.value) return
    event.preventDefault()
    uploads.add(files)
  }
  return html`<form class="composer" onsubmit=${submit} onpaste=${pasted}>
    <${DraftFiles} uploads=${uploads} />
    <div class="composer-box">
      <${PickFiles} uploads=${uploads} />
      <textarea
        id="reply"
        ref=${at}
        rows="1"
        dir="auto"
        aria-label=${t.message}
        aria-describedby="reply-hint"
        aria-invalid=${left < 0 ? 'true' : undefined}
        placeholder=${t.placeholder}
        enterkeyhint="send"
        autocomplete="off"
        value=${text}
        oninput=${(/** @type {Event & { currentTarget: HTMLTextAreaElement }} */ event) => write(event.currentTarget.value)}
        onkeydown=${pressed}
      ></textarea>
      <button class="send" disabled=${cannotSend} aria-label=${t.send} title=${t.send}><${Icon} name="send" /></button>
    </div>
    <p class="composer-foot">
      <span id="reply-hint" class="composer-hint">${t.sendHint}</span>
      <span class=${left < 0 ? 'over' : ''} aria-live="polite">${left < warnBelow ? t.left(left) : ''}</span>
    </p>
  </form>`
}

/** As high as its text; the style sheet says where it ends. @param {HTMLTextAreaElement | null} box */
function fit(box) {
  if (!box) return
  box.style.height = 'auto'
  box.style.height = `${box.scrollHeight}px`
}
