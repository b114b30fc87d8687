/** One entry or intent as a form, with what is wrong at its field, and both texts where somebody else was first. */

/** @import { Checked, Content, Draft, Form } from '../state/knowledge.js' */
/** @import { Folder } from './knowledge_page.js' */
import { html, useId } from '../lib.js'
import { fields, formOf, isList, mistakesAt, nameOf } from '../state/knowledge.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { Icon, IconButton } from './bits.js'

/** @typedef {Event & { currentTarget: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement }} FieldEvent */

/**
 * @param {{ draft: Draft, folder: Folder, checked: Checked, isChanged: boolean, onChange: (draft: Draft) => void,
 *   onForget: () => void, onClose: () => void }} props
 */
export function KnowledgeForm({ draft, folder, checked, isChanged, onChange, onForget, onClose }) {
  const t = words.value.editor
  const name = nameOf(draft)
  const wrong = mistakesAt(checked.mistakes, { kind: draft.kind, id: name })
  const conflict = checked.conflicts.find(({ kind, id }) => kind === draft.kind && id === name)
  const isNew = draft.base === null
  const remove = () => {
    onChange({ ...draft, form: null })
    toast(t.removedToast(name), 'plain', { label: words.value.undo, run: () => onChange(draft) })
  }
  return html`<section class="knowledge-form" aria-label=${name || t.unnamed}>
    <header class="knowledge-form-head">
      <${IconButton} icon="back" class="knowledge-back" label=${t.backToList} onclick=${onClose} />
      <div>
        <h2 dir="auto">${name || t.unnamed}</h2>
        <p>${t.kinds[draft.kind]} · <code>${draft.file}</code></p>
      </div>
      ${isChanged && html`<button type="button" class="button small quiet" onclick=${onForget}>${isNew ? t.dropNew : t.revert}</button>`}
      ${!isNew && draft.form && html`<button type="button" class="button small quiet" onclick=${remove}><${Icon} name="erased" />${words.value.remove}</button>`}
    </header>
    ${
      conflict &&
      html`<${Conflicting}
        mine=${draft.form}
        theirs=${conflict.theirs?.content ?? null}
        isNew=${isNew}
        kind=${draft.kind}
        onMine=${() => onChange({ ...draft, base: conflict.theirs?.version ?? null, was: conflict.theirs ? formOf(conflict.theirs.content) : draft.was })}
        onTheirs=${() => {
          const theirs = conflict.theirs
          if (!theirs || isNew) return onForget()
          const form = formOf(theirs.content)
          onChange({ ...draft, base: theirs.version, file: theirs.file, form, was: form })
        }}
      />`
    }
    ${
      draft.form
        ? html`<div class="knowledge-fields">
            ${
              isNew &&
              html`<${Select} label=${t.file} field="file" value=${draft.file} choices=${folder.files.map((file) => [file, file])} onChange=${(/** @type {string} */ file) => onChange({ ...draft, file })} />`
            }
            ${fields[draft.kind].map(
              (field) =>
                html`<${OneField} key=${field} field=${field} draft=${draft} form=${draft.form} folder=${folder} error=${wrong[field]} onChange=${onChange} />`,
            )}
          </div>`
        : html`<div class="result bad"><${Icon} name="erased" /><div><p>${t.willBeRemoved}</p></div></div>`
    }
  </section>`
}

/** @param {{ field: string, draft: Draft, form: Form, folder: Folder, error?: string, onChange: (draft: Draft) => void }} props */
function OneField({ field, draft, form, folder, error, onChange }) {
  const t = words.value.editor
  const label = t.fields[/** @type {keyof typeof t.fields} */ (field)] ?? field
  const set = (/** @type {string} */ value) => onChange({ ...draft, form: { ...form, [field]: value } })
  const value = form[field] ?? ''
  const told = error && words.value.knowledgeMistake(error)
  if (field === 'category') {
    const names = [...new Set([...folder.categories, ...(value ? [value] : [])])]
    return html`<${Select} label=${label} field=${field} value=${value} error=${told} choices=${[['', t.noCategory], ...names.map((one) => [one, one])]} onChange=${set} />`
  }
  if (field === 'act') {
    return html`<${Select} label=${label} field=${field} value=${value} error=${told} choices=${Object.entries(t.acts)} onChange=${set} />`
  }
  const hint = t.hints[/** @type {keyof typeof t.hints} */ (field)] ?? (isList(field) ? t.oneALine : '')
  if (field === 'id' || field === 'entry') {
    const isFixed = field === 'id' && draft.base !== null
    if (isFixed && !told) return null
    return html`<${Box} field=${field} label=${label} hint=${hint} error=${told}>
      ${(/** @type {object} */ about) => html`<input ...${about} value=${value} readonly=${isFixed} autocomplete="off" oninput=${(/** @type {FieldEvent} */ event) => set(event.currentTarget.value)} />`}
    <//>`
  }
  const rows = Math.min(12, Math.max(isList(field) ? 3 : 2, value.split('\n').length + 1, Math.ceil(value.length / 70)))
  const lang = field.endsWith('.zh') ? 'zh-CN' : field.endsWith('.en') ? 'en' : undefined
  return html`<${Box} field=${field} label=${label} hint=${hint} error=${told} wide>
    ${(/** @type {object} */ about) => html`<textarea ...${about} rows=${rows} lang=${lang} value=${value} oninput=${(/** @type {FieldEvent} */ event) => set(event.currentTarget.value)}></textarea>`}
  <//>`
}

/** @param {{ field: string, label: string, hint?: string, error?: string, wide?: boolean, children?: any }} props */
function Box({ field, label, hint, error, wide, children }) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  const about = { id, name: field, 'aria-describedby': described || undefined, 'aria-invalid': error ? 'true' : undefined }
  return html`<div class=${`field ${wide ? 'field-wide' : ''} ${field.endsWith('.zh') ? 'field-zh' : field.endsWith('.en') ? 'field-en' : ''}`}>
    <label for=${id}>${label}</label>
    <div class="field-box">${children(about)}</div>
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="field-error" id=${`${id}-error`}><${Icon} name="alert" />${error}</p>`}
  </div>`
}

/** @param {{ label: string, field: string, value: string, error?: string, choices: string[][], onChange: (value: string) => void }} props */
function Select({ label, field, value, error, choices, onChange }) {
  return html`<${Box} field=${field} label=${label} error=${error}>
    ${(
      /** @type {object} */ about,
    ) => html`<select ...${about} value=${value} onchange=${(/** @type {FieldEvent} */ event) => onChange(event.currentTarget.value)}>
      ${choices.map(([of, shown]) => html`<option value=${of} key=${of}>${shown}</option>`)}
    </select>`}
  <//>`
}

/**
 * What somebody else has published in the meantime, beside what is written here; one is chosen.
 * @param {{ mine: Form | null, theirs: Content | null, isNew: boolean, kind: 'faq' | 'intent', onMine: () => void, onTheirs: () => void }} props
 */
function Conflicting({ mine, theirs, isNew, kind, onMine, onTheirs }) {
  const t = words.value.editor
  const other = theirs && formOf(theirs)
  const differing = fields[kind].filter((field) => (mine?.[field] ?? '') !== (other?.[field] ?? ''))
  return html`<div class="result bad knowledge-conflict" role="alert">
    <${Icon} name="alert" />
    <div>
      <p>${isNew ? t.nameTaken : other ? t.changedByOther : t.removedByOther}</p>
      ${
        mine &&
        other &&
        html`<div class="table-frame" role="region" aria-label=${t.bothTexts} tabindex="0"><table class="table">
          <thead><tr><th scope="col">${t.field}</th><th scope="col">${t.yours}</th><th scope="col">${t.theirs}</th></tr></thead>
          <tbody>
            ${differing.map(
              (field) => html`<tr key=${field}>
                <th scope="row">${t.fields[/** @type {keyof typeof t.fields} */ (field)] ?? field}</th>
                <td data-label=${t.yours} dir="auto">${mine[field]}</td>
                <td data-label=${t.theirs} dir="auto">${other[field]}</td>
              </tr>`,
            )}
          </tbody>
        </table></div>`
      }
      <div class="rules-buttons">
        ${!(isNew && other) && html`<button type="button" class="button" onclick=${onMine}>${t.keepMine}</button>`}
        <button type="button" class="button" onclick=${onTheirs}>${other && !isNew ? t.takeTheirs : t.dropMine}</button>
      </div>
    </div>
  </div>`
}
