/** What was published, by whom, and ways back. */

/** @import { Checked } from '../state/knowledge.js' */
import { fullTime } from '../../shared/time.js'
import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { Dialog } from './dialog.js'
import { Mistakes } from './knowledge_page.js'
import { Diffs } from './knowledge_review.js'
import { sayRefusal } from './knowledge_try.js'

/** @typedef {{ number: number, at: number, by: { name: string }, note: string | null, takes_back: { undo?: number, restore?: number } | null,
 *   items: { kind: string, id: string, file: string, what: string }[], files: string[], diffs?: { file: string, diff: string }[] }} Version */
/** @typedef {'undo' | 'restore'} What */

/** @param {{ onTaken: () => void }} props */
export function History({ onTaken }) {
  const t = words.value.editor
  const [versions, setVersions] = useState(/** @type {Version[] | null} */ (null))
  const [isEnd, setIsEnd] = useState(true)
  const [failure, setFailure] = useState('')
  const [shown, setShown] = useState(/** @type {Version | null} */ (null))
  const [taking, setTaking] = useState(/** @type {{ version: Version, what: What } | null} */ (null))
  const load = async (/** @type {number | undefined} */ before) => {
    try {
      const found = await api.knowledgeVersions(before)
      setVersions([...(before ? (versions ?? []) : []), ...found])
      setIsEnd(found.length < 30)
      setFailure('')
    } catch (error) {
      setFailure(sayRefusal(error))
    }
  }
  useEffect(() => void load(undefined), [])
  const show = async (/** @type {Version} */ version) => {
    try {
      setShown(await api.knowledgeVersion(version.number))
    } catch (error) {
      toast(sayRefusal(error), 'bad')
    }
  }
  const taken = () => {
    setTaking(null)
    void load(undefined)
    onTaken()
  }
  return html`<section class="knowledge-history" aria-label=${t.history}>
    ${failure && html`<p class="form-error" role="alert"><${Icon} name="alert" />${failure}</p>`}
    ${!versions && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${words.value.loading}</p>`}
    ${versions?.length === 0 && html`<p>${t.noVersions}</p>`}
    <ol class="groups">
      ${versions?.map(
        (version, at) => html`<li key=${version.number}>
          <div>
            <b>${t.version(version.number)}</b> · ${version.by.name} · <time>${fullTime(version.at, language.value)}</time>
            ${version.takes_back && html`<p>${tookBack(version.takes_back)}</p>`}
            ${version.note && html`<p dir="auto">${version.note}</p>`}
            <p class="field-hint">${version.items.map(({ id, what }) => t.itemWas(id, what)).join(words.value.comma)}</p>
          </div>
          <div class="rules-buttons">
            <button type="button" class="button small quiet" aria-label=${`${t.showChanges}: ${t.version(version.number)}`} onclick=${() => show(version)}>${t.showChanges}</button>
            <button type="button" class="button small quiet" aria-label=${`${t.undoThis}: ${t.version(version.number)}`} onclick=${() => setTaking({ version, what: 'undo' })}>${t.undoThis}</button>
            ${at > 0 && html`<button type="button" class="button small quiet" aria-label=${`${t.restoreThis}: ${t.version(version.number)}`} onclick=${() => setTaking({ version, what: 'restore' })}>${t.restoreThis}</button>`}
          </div>
        </li>`,
      )}
    </ol>
    ${!isEnd && html`<button type="button" class="button" onclick=${() => load(versions?.at(-1)?.number)}>${words.value.older}</button>`}
    ${
      shown &&
      html`<${Dialog} title=${t.version(shown.number)} onClose=${() => setShown(null)}><${Diffs} diffs=${shown.diffs ?? []} /></${Dialog}>`
    }
    ${taking && html`<${Taking} ...${taking} onClose=${() => setTaking(null)} onTaken=${taken} />`}
  </section>`
}

/** @param {{ undo?: number, restore?: number }} what */
function tookBack({ undo, restore }) {
  const t = words.value.editor
  return undo !== undefined ? t.tookBack(undo) : t.restored(restore ?? 0)
}

/** What taking back would change, before it does. @param {{ version: Version, what: What, onClose: () => void, onTaken: () => void }} props */
function Taking({ version, what, onClose, onTaken }) {
  const t = words.value.editor
  const [found, setFound] = useState(/** @type {Checked | null} */ (null))
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    api.takeBack(version.number, what, true).then(setFound, (error) => setFailure(sayRefusal(error)))
  }, [])
  const take = async () => {
    setBusy(true)
    try {
      await api.takeBack(version.number, what, false)
      toast(what === 'undo' ? t.takenBack(version.number) : t.restoredToast(version.number), 'good')
      onTaken()
    } catch (error) {
      setFailure(sayRefusal(error))
      setBusy(false)
    }
  }
  const isReady = found && found.conflicts.length === 0 && found.mistakes.length === 0 && found.diffs.length > 0
  return html`<${Dialog} title=${what === 'undo' ? t.undoTitle(version.number) : t.restoreTitle(version.number)} onClose=${onClose}>
    <p class="dialog-lead">${what === 'undo' ? t.undoLead : t.restoreLead}</p>
    ${failure && html`<p class="form-error" role="alert"><${Icon} name="alert" />${failure}</p>`}
    ${found && found.conflicts.length > 0 && html`<p class="form-error" role="alert"><${Icon} name="alert" />${t.changedSince(found.conflicts.map(({ id }) => id))}</p>`}
    ${found && found.mistakes.length > 0 && html`<${Mistakes} mistakes=${found.mistakes} />`}
    ${found && found.conflicts.length === 0 && html`<${Diffs} diffs=${found.diffs} />`}
    <div class="dialog-actions">
      <button type="button" class="button" onclick=${onClose}>${words.value.cancel}</button>
      <button type="button" class="button primary" disabled=${busy || !isReady} onclick=${take}>${what === 'undo' ? t.undoThis : t.restoreThis}</button>
    </div>
  </${Dialog}>`
}
