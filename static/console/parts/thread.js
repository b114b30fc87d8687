/** A conversation: its header with what one can do, everything that was said, the composer, and the panel beside it. */

/** @import { Child } from '../../vendor/preact/preact.module.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { Thread } from '../state/thread.js' */
import { html, useEffect, useState } from '../lib.js'
import { may } from '../state/account.js'
import { noting } from '../state/draft.js'
import { detailsWanted, showDetails, words } from '../state/settings.js'
import { fileRules, uploadsOf } from '../state/uploads.js'
import { toast } from '../state/toasts.js'
import { CustomerFace, Icon, IconButton, Urgency, visitorName } from './bits.js'
import { claim, takeOver } from './claim.js'
import { Details } from './details.js'
import { Missing } from './empty.js'
import { back } from './keys.js'
import { next, soon } from './later.js'
import { Log } from './log.js'
import { MoreMenu } from './more.js'
import { TriageBar } from './triage_bar.js'
import { WhisperForm, WhisperHeard } from './whisper.js'

/** Who writes comes to read first: it is fetched as soon as a conversation is. */
const { Part: Composer, need: needComposer } = next(
  async () => (await import('./composer.js')).Composer,
  () => html`<div class="composer-coming" aria-busy="true"></div>`,
)
needComposer()

const ReleaseDialog = soon(async () => (await import('./release.js')).ReleaseDialog)
const TransferDialog = soon(async () => (await import('./transfer.js')).TransferDialog)

/** Where the panel has a place of its own; elsewhere it lies above the conversation. */
const wide = matchMedia('(min-width: 1200px)')

/** @param {{ desk: Desk, thread: Thread }} props */
export function ThreadView({ desk, thread }) {
  const { conversation } = thread
  const item = desk.item(conversation)
  const name = visitorName(conversation, item ?? desk.inbox.rows.value.find((row) => row.conversation === conversation))
  const [dialog, setDialog] = useState(/** @type {'' | 'release' | 'transfer'} */ (''))
  const [isWide, setWide] = useState(wide.matches)
  const [drawer, setDrawer] = useState(false)
  useEffect(() => {
    const changed = () => setWide(wide.matches)
    wide.addEventListener('change', changed)
    return () => wide.removeEventListener('change', changed)
  }, [])
  if (thread.missing.value) return html`<${MissingThread} />`
  const panelShown = isWide ? detailsWanted.value : drawer
  const toggle = () => (isWide ? showDetails(!detailsWanted.value) : setDrawer(!drawer))
  const isMine = thread.status.value === 'human' && thread.owner.value?.id === desk.me.id
  return html`<div class=${`thread ${panelShown ? 'with-details' : ''}`}>
    <${DropZone} conversation=${conversation} accepts=${isMine && fileRules.value !== null} label=${words.value.conversationWith(name)}>
      <${Head} desk=${desk} thread=${thread} name=${name} panelShown=${panelShown} onPanel=${toggle} onDialog=${setDialog} />
      <${TriageBar} desk=${desk} thread=${thread} />
      <${Log} desk=${desk} thread=${thread} name=${name} />
      ${isMine ? html`<${WhisperHeard} desk=${desk} thread=${thread} />` : html`<${WhisperForm} key=${conversation} desk=${desk} thread=${thread} />`}
      ${isMine ? html`<${Composer} desk=${desk} thread=${thread} name=${name} />` : html`<${Aside} desk=${desk} thread=${thread} name=${name} />`}
    <//>
    ${panelShown && html`<${Details} desk=${desk} thread=${thread} item=${item} name=${name} drawer=${!isWide} onClose=${toggle} />`}
    ${dialog === 'release' && html`<${ReleaseDialog} desk=${desk} conversation=${conversation} onClose=${() => setDialog('')} />`}
    ${dialog === 'transfer' && html`<${TransferDialog} desk=${desk} conversation=${conversation} onClose=${() => setDialog('')} />`}
  </div>`
}

/**
 * The conversation; files that are dropped anywhere on it are sent with the next words.
 * @param {{ conversation: string, accepts: boolean, label: string, children?: Child }} props
 */
function DropZone({ conversation, accepts, label, children }) {
  const [over, setOver] = useState(false)
  const hasFiles = (/** @type {DragEvent} */ event) => accepts && event.dataTransfer?.types.includes('Files')
  const dragged = (/** @type {DragEvent} */ event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    setOver(true)
  }
  const left = (/** @type {DragEvent & { currentTarget: HTMLElement }} */ event) => {
    const to = event.relatedTarget
    if (!(to instanceof Node && event.currentTarget.contains(to))) setOver(false)
  }
  const dropped = (/** @type {DragEvent} */ event) => {
    setOver(false)
    if (!hasFiles(event) || !event.dataTransfer) return
    event.preventDefault()
    uploadsOf(conversation).add(event.dataTransfer.files)
    document.getElementById('reply')?.focus()
  }
  return html`<section class="thread-main" aria-label=${label} ondragenter=${dragged} ondragover=${dragged} ondragleave=${left} ondrop=${dropped}>
    ${children}
    ${over && html`<div class="drop-here" aria-hidden="true"><p><${Icon} name="clip" />${words.value.dropHere}</p></div>`}
  </section>`
}

/**
 * @typedef {{ desk: Desk, thread: Thread, name: string, panelShown: boolean, onPanel: () => void, onDialog: (which: 'release' | 'transfer') => void }} HeadProps
 * @param {HeadProps} props
 */
function Head({ desk, thread, name, panelShown, onPanel, onDialog }) {
  const t = words.value
  const { conversation } = thread
  const item = desk.item(conversation)
  const isMine = thread.status.value === 'human' && thread.owner.value?.id === desk.me.id
  const busy = /** @type {const} */ (['resolve', 'release', 'transfer', 'return_to_bot']).some((type) => desk.isDoing(type, conversation))
  const cannot = busy || desk.link.value.state !== 'open'
  return html`<header class="thread-head">
    <${IconButton} icon="back" label=${t.back} class="only-narrow" onclick=${back} />
    <${CustomerFace} conversation=${conversation} large />
    <div class="thread-who">
      <h2>${name}</h2>
      <p><${StatusWords} desk=${desk} thread=${thread} />${item && html`<${Urgency} level=${item.urgency} />`}</p>
    </div>
    ${
      isMine &&
      html`<button type="button" class="button quiet head-release" disabled=${cannot} onclick=${() => onDialog('release')} title=${t.release}>
          <${Icon} name="release" /><span class="wide-words">${t.release}</span>
        </button>
        <button type="button" class="button" disabled=${cannot} onclick=${() => desk.act('resolve', conversation)} title=${t.resolve}>
          <${Icon} name="check" /><span class="wide-words">${t.resolve}</span>
        </button>`
    }
    <${MoreMenu}
      conversation=${conversation}
      isMine=${isMine}
      disabled=${cannot}
      onRelease=${() => onDialog('release')}
      onTransfer=${() => onDialog('transfer')}
      onReturn=${() => desk.act('return_to_bot', conversation)}
    />
    <${IconButton}
      icon="panel"
      label=${panelShown ? t.hideDetails : t.showDetails}
      aria-expanded=${String(panelShown)}
      class=${panelShown ? 'pressed' : ''}
      onclick=${onPanel}
    />
  </header>`
}

/** @param {{ desk: Desk, thread: Thread }} props */
function StatusWords({ desk, thread }) {
  const t = words.value
  const status = thread.status.value
  const owner = thread.owner.value
  if (!status) return html`<span class="status">…</span>`
  const who = owner?.id === desk.me.id ? t.withYou : t.withAgent(owner?.name ?? '')
  return html`<span class=${`status status-${status}`}>${status === 'human' && owner ? who : t.statuses[status]}</span>`
}

/** While the conversation is not ours: where it stands, and a note for colleagues. @param {{ desk: Desk, thread: Thread, name: string }} props */
function Aside({ desk, thread, name }) {
  const t = words.value
  const { conversation } = thread
  const begun = desk.drafts.of(conversation, 'note') !== undefined || desk.outbox.heldIn(conversation).length > 0
  const [open, setOpen] = useState(false)
  useEffect(() => {
    if (noting.value === conversation) setOpen(true)
  }, [noting.value])
  if (!thread.status.value) return null
  const write = () => {
    setOpen(true)
    requestAnimationFrame(() => document.getElementById('reply')?.focus())
  }
  const reply = desk.drafts.of(conversation, 'reply')
  const canWrite = may('conversations.answer')
  return html`
    ${canWrite && (open || begun) && html`<${Composer} desk=${desk} thread=${thread} name=${name} onlyNote />`}
    ${
      canWrite &&
      !(open || begun) &&
      html`<div class="aside-bar">
        <button type="button" class="button small quiet" onclick=${write}><${Icon} name="note" />${t.writeNote}</button>
        ${
          reply &&
          html`<p class="aside-draft"><b>${t.draft}</b> <span dir="auto">${reply.text}</span>
            <button type="button" class="link-button" onclick=${() => discard(desk, conversation)}>${t.discard}</button></p>`
        }
      </div>`
    }
    <${Standing} desk=${desk} thread=${thread} />
  `
}

/** @param {Desk} desk @param {string} conversation */
function discard(desk, conversation) {
  const t = words.value
  const { text = '', quoted } = desk.drafts.of(conversation, 'reply') ?? {}
  desk.drafts.typed(conversation, 'reply', { text: '' })
  toast(t.draftDiscarded, 'plain', { label: t.undo, run: () => desk.drafts.typed(conversation, 'reply', { text, quoted }) })
}

/** In the composer's place while the conversation is not ours. @param {{ desk: Desk, thread: Thread }} props */
function Standing({ desk, thread }) {
  const t = words.value
  const { conversation } = thread
  const status = thread.status.value
  if (!status) return null
  if (status === 'waiting') {
    const claiming = desk.isDoing('claim', conversation)
    return html`<footer class="standing standing-waiting">
      <p>${t.readingAlong}</p>
      <button
        type="button"
        class="button primary"
        disabled=${claiming || desk.link.value.state !== 'open'}
        onclick=${() => claim(conversation)}
      >
        <${Icon} name="hand" />${claiming ? t.claiming : t.claim}<kbd>c</kbd>
      </button>
    </footer>`
  }
  if (status === 'human' && desk.board.value.taken) {
    const taking = desk.isDoing('take_over', conversation)
    return html`<footer class="standing standing-waiting">
      <p>${t.othersHave(thread.owner.value?.name ?? '')}</p>
      <button
        type="button"
        class="button"
        disabled=${taking || desk.link.value.state !== 'open'}
        onclick=${() => takeOver(conversation)}
      >
        <${Icon} name="hand" />${taking ? t.takingOver : t.takeOver}
      </button>
    </footer>`
  }
  const isRated = thread.events.value.some((event) => event.type === 'rated')
  const line =
    status === 'human'
      ? t.othersHave(thread.owner.value?.name ?? '')
      : status === 'bot'
        ? t.botAnswers
        : isRated
          ? t.closedHere
          : `${t.closedHere} ${t.waitingRating}`
  return html`<footer class="standing"><p>${line}</p></footer>`
}

function MissingThread() {
  return html`<div class="thread-missing">
    <${IconButton} icon="back" label=${words.value.back} class="only-narrow" onclick=${back} />
    <${Missing} />
  </div>`
}
