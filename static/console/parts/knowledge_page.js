/**
 * The admins' page for what the bot knows: a list of entries and intents, a form for each, a box to try things out, and
 * the history. What is changed stays in this browser until it is published.
 */

/** @import { Checked, Draft, Kind, Row, Told } from '../state/knowledge.js' */
import { api, Refused } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { account, sayError } from '../state/account.js'
import { keep, kept } from '../state/kept.js'
import { changesOf, emptyForm, formOf, keyOf, withDraft } from '../state/knowledge.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { Corrections } from './knowledge_corrections.js'
import { KnowledgeForm } from './knowledge_form.js'
import { History } from './knowledge_history.js'
import { KnowledgeList } from './knowledge_list.js'
import { Review } from './knowledge_review.js'
import { TryOut } from './knowledge_try.js'

/** @typedef {{ files: string[], categories: string[], mistakes: Told[], read_only: string | null }} Folder */

const checkAfterMs = 500
const nothing = /** @type {Checked} */ ({ diffs: [], mistakes: [], conflicts: [] })

export function KnowledgePage() {
  const t = words.value.editor
  const place = `knowledge.${account.value?.id}`
  const [drafts, setDrafts] = useState(/** @type {Draft[]} */ (kept(place, [])))
  const [folder, setFolder] = useState(/** @type {Folder} */ ({ files: [], categories: [], mistakes: [], read_only: null }))
  const [open, setOpen] = useState(/** @type {Draft | null} */ (null))
  const [view, setView] = useState(/** @type {'items' | 'review' | 'history' | 'corrections'} */ ('items'))
  const [checked, setChecked] = useState(nothing)
  const [failure, setFailure] = useState('')
  const [fresh, setFresh] = useState(0)
  const shown = open && (drafts.find(({ key }) => key === open.key) ?? open)
  const change = (/** @type {Draft[]} */ next) => {
    setDrafts(next)
    keep(place, next.length > 0 ? next : undefined)
  }
  const checkNow = async () => {
    const changes = changesOf(drafts)
    if (changes.length === 0) return setChecked(nothing)
    try {
      setChecked(await api.checkKnowledge(changes))
      setFailure('')
    } catch (error) {
      setChecked(nothing)
      setFailure(error instanceof Refused && error.code === 'knowledge_change' ? t.refusal(error.message) : sayError(error))
    }
  }
  useEffect(() => {
    const later = setTimeout(checkNow, checkAfterMs)
    const again = () => void checkNow()
    addEventListener('focus', again)
    return () => {
      clearTimeout(later)
      removeEventListener('focus', again)
    }
  }, [drafts])
  const openRow = async (/** @type {Pick<Row, 'kind' | 'id'>} */ row) => {
    const mine = drafts.find(({ key }) => key === keyOf(row))
    if (mine) return setOpen(mine)
    try {
      setOpen(draftOf(await api.knowledgeItem(row.kind, row.id)))
    } catch (error) {
      toast(sayError(error), 'bad')
    }
  }
  const openEntry = async (/** @type {string} */ id) => {
    await openRow({ kind: 'faq', id })
    setView('items')
  }
  const begin = (/** @type {Kind} */ kind) => {
    const form = emptyForm(kind)
    setOpen({ key: `new:${Date.now()}`, kind, base: null, file: folder.files[0] ?? '', form, was: form })
  }
  const edit = (/** @type {Draft} */ next) => {
    setOpen(next)
    change(withDraft(drafts, next))
  }
  const published = () => {
    change([])
    setOpen(null)
    setView('items')
    setFresh(fresh + 1)
  }
  const forget = (/** @type {Draft} */ draft) => {
    change(drafts.filter(({ key }) => key !== draft.key))
    if (draft.base === null) setOpen(null)
    else setOpen({ ...draft, form: draft.was })
    toast(t.reverted, 'plain', { label: words.value.undo, run: () => change(withDraft(drafts, draft)) })
  }
  return html`<main class="page" id="main" tabindex="-1">
    <div class="page-body knowledge-page">
      <header class="page-head">
        <div><h1>${words.value.knowledge}</h1><p>${t.lead}</p></div>
        <div class="knowledge-tabs">
          <button type="button" class="button" aria-pressed=${String(view === 'items')} onclick=${() => setView('items')}>${t.items}</button>
          <button type="button" class="button" aria-pressed=${String(view === 'history')} onclick=${() => setView('history')}>${t.history}</button>
          <button type="button" class="button" aria-pressed=${String(view === 'corrections')} onclick=${() => setView('corrections')}>${t.corrections}</button>
        </div>
      </header>
      <${Warnings} folder=${folder} />
      ${view === 'history' && html`<${History} onTaken=${() => setFresh(fresh + 1)} />`}
      ${view === 'corrections' && html`<${Corrections} onOpen=${openEntry} />`}
      ${view === 'review' && html`<${Review} drafts=${drafts} checked=${checked} onBack=${() => setView('items')} onPublished=${published} onStale=${checkNow} />`}
      <div class=${`knowledge-desk ${shown ? 'at-form' : ''}`} hidden=${view !== 'items'}>
        <${KnowledgeList} fresh=${fresh} drafts=${drafts} current=${shown?.key ?? ''} onFolder=${setFolder} onOpen=${openRow} onOpenDraft=${setOpen} onNew=${begin} />
        <div class="knowledge-side">
          ${
            shown
              ? html`<${KnowledgeForm}
                  key=${shown.key}
                  draft=${shown}
                  folder=${folder}
                  checked=${checked}
                  onChange=${edit}
                  onForget=${() => forget(shown)}
                  isChanged=${drafts.some(({ key }) => key === shown.key)}
                  onClose=${() => setOpen(null)}
                />`
              : html`<p class="knowledge-none">${t.chooseOne}</p>`
          }
          <${TryOut} drafts=${drafts} />
        </div>
      </div>
      ${
        drafts.length > 0 &&
        view !== 'review' &&
        html`<div class="rules-foot knowledge-foot">
          <div class="rules-said" role="status">
            <p>${t.unpublished(drafts.length)}${checked.mistakes.length > 0 ? ` ${t.mistakesCount(checked.mistakes.length)}` : ''}</p>
            ${checked.conflicts.length > 0 && html`<p class="field-error"><${Icon} name="alert" />${t.conflictsIn(checked.conflicts.map(({ id }) => id))}</p>`}
            ${failure && html`<p class="field-error"><${Icon} name="alert" />${failure}</p>`}
          </div>
          <${DiscardAll} drafts=${drafts} change=${change} onDone=${() => setOpen(null)} />
          <button type="button" class="button primary" onclick=${() => setView('review')}>${t.review}</button>
        </div>`
      }
    </div>
  </main>`
}

/** @param {{ kind: Kind, id: string, version: string, file: string, content: any }} item @returns {Draft} */
function draftOf(item) {
  const form = formOf(item.content)
  return { key: keyOf(item), kind: item.kind, base: item.version, file: item.file, form, was: form }
}

/** @param {{ drafts: Draft[], change: (drafts: Draft[]) => void, onDone: () => void }} props */
function DiscardAll({ drafts, change, onDone }) {
  const t = words.value.editor
  const discard = () => {
    change([])
    onDone()
    toast(t.discarded, 'plain', { label: words.value.undo, run: () => change(drafts) })
  }
  return html`<button type="button" class="button quiet" onclick=${discard}>${t.discard}</button>`
}

/** What is wrong with the folder itself. @param {{ folder: Folder }} props */
function Warnings({ folder }) {
  const t = words.value.editor
  return html`${
    folder.read_only &&
    html`<div class="result bad" role="alert">
      <${Icon} name="alert" />
      <div><p>${t.readOnly}</p><code>${folder.read_only}</code></div>
    </div>`
  }
  ${
    folder.mistakes.length > 0 &&
    html`<div class="result bad" role="alert">
      <${Icon} name="alert" />
      <div><p>${t.folderBroken}</p><${Mistakes} mistakes=${folder.mistakes} /></div>
    </div>`
  }`
}

/** Mistakes with their places. @param {{ mistakes: Told[] }} props */
export function Mistakes({ mistakes }) {
  const t = words.value
  return html`<ul class="mistakes">
    ${mistakes.map(
      ({ file, line, message }) => html`<li>
        <code>${file}</code>${line > 0 && html`<span class="mistake-line">${t.line(line)}</span>`}
        <p>${t.knowledgeMistake(message)}</p>
      </li>`,
    )}
  </ul>`
}
