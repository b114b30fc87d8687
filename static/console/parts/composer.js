/**
 * Where the agent writes, for the customer or for colleagues: Enter sends, the box grows with the text, `/` finds a reply
 * that was written before, `@` a colleague. What is begun is kept for each conversation.
 */

/** @import { DraftKind, Language } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { Named } from '../state/mentions.js' */
/** @import { Thread } from '../state/thread.js' */
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from '../lib.js'
import { noting, quoting, suggestion } from '../state/draft.js'
import { asSent, counted, moved, placed } from '../state/mentions.js'
import { isWords } from '../state/outbox.js'
import { loadReplies, variables, variablesIn } from '../state/replies.js'
import { roomLeft } from '../state/room.js'
import { language, undoMs, words } from '../state/settings.js'
import { TypingReporter } from '../state/typing.js'
import { fileRules, uploadsOf } from '../state/uploads.js'
import { Icon } from './bits.js'
import { Menu } from './composer_menu.js'
import { DraftFiles, PickFiles } from './files.js'
import { Quoting, useQuote } from './quote.js'
import { takeBack } from './take_back.js'

/** From here on the room that is left is said. */
const warnBelow = 300

/** @param {{ desk: Desk, thread: Thread, name: string, onlyNote?: boolean }} props */
export function Composer({ desk, thread, name, onlyNote = false }) {
  const t = words.value
  const { conversation } = thread
  const id = useId()
  const at = useRef(/** @type {HTMLTextAreaElement | null} */ (null))
  const mirror = useRef(/** @type {HTMLElement | null} */ (null))
  const [mode, setMode] = useState(() => (onlyNote ? 'note' : (desk.drafts.lastOf(conversation) ?? 'reply')))
  /** @type {DraftKind} */
  const kind = onlyNote ? 'note' : mode
  const [caret, setCaret] = useState(0)
  const [closed, setClosed] = useState('')
  const [told, setTold] = useState(false)
  const [, setPlaced] = useState(0)
  /** Where the cursor goes once the text is drawn: before the next key, so that nothing is typed elsewhere. */
  const wantedCaret = useRef(/** @type {[number, number] | null} */ (null))
  const reporter = useRef(/** @type {TypingReporter | null} */ (null))
  const draft = desk.drafts.of(conversation, kind)
  const text = draft?.text ?? ''
  const named = placed(text, draft?.mentions ?? [])
  const quote = useQuote(desk, thread, kind === 'reply' ? draft?.quoted : undefined)
  const missing = kind === 'reply' ? variablesIn(text, variables.value) : []
  const left = roomLeft(text.trim())
  const uploads = uploadsOf(conversation)
  const files = uploads.drafts.value
  // A note is words alone: files wait for the next reply.
  const canAttach = kind === 'reply' && fileRules.value !== null
  const isEmpty = text.trim() === '' && (kind === 'note' || files.length === 0)
  const cannotSend = isEmpty || left < 0 || (kind === 'reply' && !uploads.areReady)

  useEffect(() => {
    const made = new TypingReporter((on) => desk.typing(conversation, on))
    reporter.current = made
    loadReplies()
    return () => made.stop()
  }, [desk, conversation])
  useLayoutEffect(() => {
    fit(at.current)
    follow()
  }, [text, kind])
  useLayoutEffect(() => {
    if (!wantedCaret.current) return
    const [from, to] = wantedCaret.current
    wantedCaret.current = null
    at.current?.focus()
    at.current?.setSelectionRange(from, to)
    setCaret(to)
  })
  useEffect(() => {
    const refit = () => fit(at.current)
    addEventListener('resize', refit)
    return () => removeEventListener('resize', refit)
  }, [])

  const write = (
    /** @type {string} */ next,
    /** @type {Named[]} */ names = moved(named, text, next),
    /** @type {number | undefined} */ quoted = draft?.quoted,
  ) => {
    setTold(false)
    desk.drafts.typed(conversation, kind, { text: next, mentions: kind === 'note' ? counted(next, names) : undefined, quoted })
    // Only a reply is for the customer: that somebody writes a note is not theirs to know.
    if (kind !== 'reply' || next.trim() === '') reporter.current?.stop()
    else reporter.current?.typed()
  }
  const place = (/** @type {number} */ from, to = from) => {
    wantedCaret.current = [from, to]
    setPlaced((count) => count + 1)
  }
  const change = (/** @type {DraftKind} */ wanted) => {
    setMode(wanted)
    setClosed('')
    setTold(false)
    reporter.current?.stop()
    requestAnimationFrame(() => at.current?.focus())
  }
  useEffect(() => {
    if (suggestion.value?.conversation !== conversation || onlyNote) return
    const begun = desk.drafts.of(conversation, 'reply')
    const chosen = suggestion.value.text
    suggestion.value = null
    setMode('reply')
    // What has been begun stays, above.
    const whole = begun?.text.trim() ? `${begun.text.trimEnd()}\n\n${chosen}` : chosen
    desk.drafts.typed(conversation, 'reply', { text: whole, quoted: begun?.quoted })
    place(whole.length)
  }, [suggestion.value])
  useEffect(() => {
    if (quoting.value?.conversation !== conversation || onlyNote) return
    const begun = desk.drafts.of(conversation, 'reply')
    desk.drafts.typed(conversation, 'reply', { text: begun?.text ?? '', quoted: quoting.value.seq })
    quoting.value = null
    change('reply')
  }, [quoting.value])
  const filesBefore = useRef(files.length)
  useEffect(() => {
    // whatever was dropped while a note was written is for the customer
    if (files.length > (filesBefore.current ?? 0) && kind === 'note' && !onlyNote) change('reply')
    filesBefore.current = files.length
  }, [files.length])
  useEffect(() => {
    if (noting.value !== conversation) return
    noting.value = ''
    change('note')
  }, [noting.value])

  const send = () => {
    if (cannotSend) return
    const first = missing[0]
    if (first) {
      setTold(true)
      place(first.from, first.to)
      return
    }
    const { text: said, mentions } = asSent(text, named)
    const attachments = kind === 'reply' ? uploads.take() : []
    desk.act(
      kind === 'note' ? 'note' : 'send',
      conversation,
      kind === 'note' ? { text: said, mentions } : { text: said, quoted: draft?.quoted, ...(attachments.length > 0 && { attachments }) },
    )
    desk.drafts.leaves(conversation, kind, undoMs() > 0)
    reporter.current?.stop()
    setClosed('')
    at.current?.focus()
  }
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (menu.current?.(event)) return
    if (event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && text === '') {
      const last = desk.outbox.heldIn(conversation).filter(isWords).at(-1)
      if (last) {
        event.preventDefault()
        takeBack(desk, last.client_id)
        setMode(last.type === 'note' ? 'note' : 'reply')
      }
      return
    }
    // 229: what browsers say when an input method takes the key, Safari even just after composing.
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    send()
  }
  /** What the open list makes of a key. @type {{ current: ((event: KeyboardEvent) => boolean) | null }} */
  const menu = useRef(null)
  const follow = () => {
    if (mirror.current && at.current) mirror.current.scrollTop = at.current.scrollTop
  }
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    send()
  }
  const moveCaret = () => setCaret(at.current?.selectionStart ?? 0)
  const insert = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ part, /** @type {string} */ agent = '') => {
    // Values come from the server: who typed on in between has gone on.
    const now = desk.drafts.peek(conversation, kind)
    const whole = now?.text ?? ''
    if (whole.slice(from, to) !== text.slice(from, to)) return
    const next = whole.slice(0, from) + part + whole.slice(to)
    const others = moved(placed(whole, now?.mentions ?? []), whole, next)
    const own = { agent, from, to: from + part.trimEnd().length }
    write(next, agent ? [...others, own].sort((a, b) => a.from - b.from) : others)
    const open = agent ? undefined : variablesIn(part, variables.value)[0]
    if (open) place(from + open.from, from + open.to)
    else place(from + part.length)
  }
  const marks = [...missing.map(({ from, to }) => ({ from, to })), ...(kind === 'note' ? named : [])]
  const whom = (/** @type {Language} */ spoken) => t.languageNames[spoken]
  const spoken = languageOf(desk, thread)
  const pasted = (/** @type {ClipboardEvent} */ event) => {
    const given = event.clipboardData?.files
    // words that come with a picture of themselves, as from a table, are words
    if (!canAttach || !given?.length || event.clipboardData?.types.includes('text/plain')) return
    event.preventDefault()
    uploads.add(given)
  }
  return html`<form class=${`composer composer-${kind}`} onsubmit=${submit} onpaste=${pasted}>
    <div class="composer-modes" role="group" aria-label=${t.writeFor}>
      ${
        !onlyNote &&
        html`<button type="button" aria-pressed=${String(kind === 'reply')} onclick=${() => change('reply')}>
        ${t.replyMode}
      </button>`
      }
      <button type="button" aria-pressed=${String(kind === 'note')} onclick=${() => change('note')}>
        <${Icon} name="note" />${t.noteMode}
      </button>
      ${kind === 'note' && html`<span class="composer-whom">${t.notForCustomers}</span>`}
      ${kind === 'reply' && spoken !== language.value && html`<span class="composer-whom">${t.customerSpeaks(whom(spoken))}</span>`}
    </div>
    <${Menu}
      id=${id}
      desk=${desk}
      conversation=${conversation}
      kind=${kind}
      spoken=${spoken}
      text=${text}
      caret=${caret}
      closed=${closed}
      onClose=${setClosed}
      onInsert=${insert}
      box=${at}
      keys=${menu}
    />
    ${quote && html`<${Quoting} quote=${quote} name=${name} onRemove=${() => desk.drafts.typed(conversation, 'reply', { text })} />`}
    ${kind === 'reply' && html`<${DraftFiles} uploads=${uploads} />`}
    <div class="composer-box">
      ${canAttach && html`<${PickFiles} uploads=${uploads} />`}
      <div class="composer-text">
        ${marks.length > 0 && html`<div class="composer-mirror" aria-hidden="true" ref=${mirror}>${marked(text, marks)}</div>`}
        <textarea
          id="reply"
          ref=${at}
          rows="1"
          dir="auto"
          aria-label=${kind === 'note' ? t.note : t.message}
          aria-describedby=${`${id}-hint ${id}-missing`}
          aria-invalid=${left < 0 || told ? 'true' : undefined}
          aria-autocomplete="list"
          aria-controls=${`${id}-menu`}
          placeholder=${kind === 'note' ? t.remarkPlaceholder : t.placeholder}
          enterkeyhint="send"
          autocomplete="off"
          value=${text}
          oninput=${(/** @type {InputEvent & { currentTarget: HTMLTextAreaElement }} */ event) => {
            setClosed('')
            write(event.currentTarget.value)
            moveCaret()
          }}
          onkeydown=${pressed}
          onkeyup=${moveCaret}
          onclick=${moveCaret}
          onblur=${() => setCaret(-1)}
          onfocus=${moveCaret}
          onscroll=${follow}
        ></textarea>
      </div>
      <button class="send" disabled=${cannotSend} aria-label=${kind === 'note' ? t.saveNote : t.send} title=${kind === 'note' ? t.saveNote : t.send}>
        <${Icon} name=${kind === 'note' ? 'note' : 'send'} />
      </button>
    </div>
    <p class="composer-foot">
      ${
        missing.length > 0
          ? html`<span id=${`${id}-missing`} class="composer-missing" role=${told ? 'alert' : undefined}>
            <${Icon} name="alert" />${(told ? t.fillInFirst : t.notKnown)(missing.map((one) => one.name).join(t.comma))}
          </span>`
          : html`<span id=${`${id}-hint`} class="composer-hint">${kind === 'note' ? t.noteHint : t.sendHint}</span>`
      }
      <span class=${left < 0 ? 'over' : ''} aria-live="polite">${left < warnBelow ? t.left(left) : ''}</span>
    </p>
  </form>`
}

/** What the customer speaks. @param {Desk} desk @param {Thread} thread @returns {Language} */
function languageOf(desk, { conversation, card, events }) {
  const row = desk.item(conversation) ?? desk.inbox.rows.value.find((one) => one.conversation === conversation)
  const answered = events.value.findLast((event) => event.type === 'bot_message')
  const said = answered?.type === 'bot_message' ? answered.language : undefined
  return row?.language ?? card.value?.language ?? said ?? language.value
}

/**
 * The text as it lies under the one that is written, with what is marked in it.
 * @param {string} text
 * @param {{ from: number, to: number }[]} marks
 */
function marked(text, marks) {
  const ordered = [...marks].sort((a, b) => a.from - b.from)
  let end = 0
  const parts = ordered.flatMap(({ from, to }) => {
    const before = text.slice(end, from)
    end = to
    return [before, html`<mark>${text.slice(from, to)}</mark>`]
  })
  // A line break at the end has a line of its own only with something behind it.
  return [...parts, `${text.slice(end)}\u200b`]
}

/** As high as its text; the style sheet says where it ends. @param {HTMLTextAreaElement | null} box */
function fit(box) {
  if (!box) return
  box.style.height = 'auto'
  box.style.height = `${box.scrollHeight}px`
}
