/** The list of entries and intents: searched and filtered by the server, with what is not published marked. */

/** @import { Draft, Kind, Row } from '../state/knowledge.js' */
/** @import { Folder } from './knowledge_page.js' */
import { api } from '../api.js'
import { html, useEffect, useRef, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { keyOf, nameOf } from '../state/knowledge.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { Icon } from './bits.js'

const pageSize = 50
const searchAfterMs = 200

/**
 * @param {{ fresh: number, drafts: Draft[], current: string, onFolder: (folder: Folder) => void, onOpen: (row: Row) => void,
 *   onOpenDraft: (draft: Draft) => void, onNew: (kind: Kind) => void }} props
 */
export function KnowledgeList({ fresh, drafts, current, onFolder, onOpen, onOpenDraft, onNew }) {
  const t = words.value.editor
  const [asked, setAsked] = useState({ q: '', kind: '', file: '', language: '', limit: pageSize })
  const [rows, setRows] = useState(/** @type {Row[] | null} */ (null))
  const [total, setTotal] = useState(0)
  const [files, setFiles] = useState(/** @type {string[]} */ ([]))
  const [failure, setFailure] = useState('')
  const latest = useRef(0)
  const load = async () => {
    const mine = (latest.current ?? 0) + 1
    latest.current = mine
    try {
      const found = await api.knowledge(asked)
      if (mine !== latest.current) return
      setRows(found.items)
      setTotal(found.total)
      setFiles(found.files)
      onFolder(found)
      setFailure('')
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  useEffect(() => {
    const later = setTimeout(load, searchAfterMs)
    const again = () => void load()
    addEventListener('focus', again)
    return () => {
      clearTimeout(later)
      removeEventListener('focus', again)
    }
  }, [asked, fresh])
  const set = (/** @type {string} */ name) => (/** @type {Event & { currentTarget: HTMLInputElement | HTMLSelectElement }} */ event) =>
    setAsked({ ...asked, [name]: event.currentTarget.value, limit: pageSize })
  const added = drafts.filter(({ base }) => base === null)
  const touched = new Map(drafts.map((draft) => [draft.key, draft]))
  return html`<section class="knowledge-list" aria-label=${t.items}>
    <div class="knowledge-new">
      <button type="button" class="button primary" onclick=${() => onNew('faq')}><${Icon} name="plus" />${t.newFaq}</button>
      <button type="button" class="button" onclick=${() => onNew('intent')}><${Icon} name="plus" />${t.newIntent}</button>
    </div>
    <input type="search" class="knowledge-search" aria-label=${t.search} placeholder=${t.search} value=${asked.q} oninput=${set('q')} />
    <div class="knowledge-filters">
      <${Choice} label=${t.kind} value=${asked.kind} onchange=${set('kind')} choices=${[
        ['', t.allKinds],
        ['faq', t.kinds.faq],
        ['intent', t.kinds.intent],
      ]} />
      <${Choice} label=${t.file} value=${asked.file} onchange=${set('file')} choices=${[['', t.allFiles], ...files.map((file) => [file, file])]} />
      <${Choice} label=${words.value.language} value=${asked.language} onchange=${set('language')} choices=${Object.entries(
        t.languageFilters,
      ).map(([value, label]) => [value === 'any' ? '' : value, label])} />
    </div>
    ${
      failure &&
      html`<p class="form-error" role="alert">
        <${Icon} name="alert" />${failure} <button type="button" class="link-button" onclick=${load}>${words.value.tryAgain}</button>
      </p>`
    }
    ${!rows && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${words.value.loading}</p>`}
    <p class="knowledge-count" role="status">${rows && t.found(total)}</p>
    <ul class="knowledge-rows">
      ${added.map((draft) => html`<${Line} key=${draft.key} kind=${draft.kind} title=${titleOf(draft) || nameOf(draft) || t.unnamed} id=${nameOf(draft)} mark=${t.marks.new} current=${draft.key === current} onclick=${() => onOpenDraft(draft)} />`)}
      ${rows?.map((row) => {
        const draft = touched.get(keyOf(row))
        const mark = draft ? (draft.form ? t.marks.changed : t.marks.removed) : ''
        const title = row.title[language.value] || row.title.en || row.title.zh
        return html`<${Line} key=${keyOf(row)} kind=${row.kind} title=${title} id=${row.id} mark=${mark} gone=${draft?.form === null} current=${keyOf(row) === current} onclick=${() => onOpen(row)} />`
      })}
    </ul>
    ${rows && total > rows.length && html`<button type="button" class="button" onclick=${() => setAsked({ ...asked, limit: asked.limit + pageSize })}>${t.more}</button>`}
  </section>`
}

/** @param {Draft} draft */
function titleOf({ form, kind }) {
  const name = kind === 'faq' ? 'question' : 'examples'
  const said = form?.[`${name}.${language.value}`] || form?.[`${name}.en`] || form?.[`${name}.zh`] || ''
  return said.split('\n')[0]
}

/** @param {{ kind: Kind, title: string, id: string, mark: string, gone?: boolean, current: boolean, onclick: () => void }} props */
function Line({ kind, title, id, mark, gone, current, onclick }) {
  const t = words.value.editor
  return html`<li>
    <button type="button" class=${`knowledge-row ${gone ? 'is-gone' : ''}`} aria-current=${current ? 'true' : undefined} onclick=${onclick}>
      <span class="knowledge-title" dir="auto">${title}</span>
      <span class="knowledge-meta"><span>${t.kinds[kind]}</span><code>${id}</code>${mark && html`<span class="tag tag-accent">${mark}</span>`}</span>
    </button>
  </li>`
}

/** @param {{ label: string, value: string, choices: string[][], onchange: (event: any) => void }} props */
function Choice({ label, value, choices, onchange }) {
  return html`<select aria-label=${label} value=${value} onchange=${onchange}>
    ${choices.map(([of, shown]) => html`<option value=${of} key=${of}>${shown}</option>`)}
  </select>`
}
