/** The audit log: who did what, newest first. It is read and nothing else. */

/** @import { AuditEntry } from '../api.js' */
import { fullTime } from '../../shared/time.js'
import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { Icon } from './bits.js'

/** How many entries are shown at once. */
const page = 100

export function Audit() {
  const t = words.value
  const [entries, setEntries] = useState(/** @type {AuditEntry[] | null} */ (null))
  const [failure, setFailure] = useState('')
  /** Puts the entries before `first` below those that are there. @param {number} [first] */
  const load = async (first) => {
    setFailure('')
    try {
      const end = first ? first - 1 : (await api.audit(0, 1)).last
      const start = Math.max(0, end - page)
      const older = end > start ? (await api.audit(start, end - start)).entries.reverse() : []
      setEntries((shown) => (first ? [...(shown ?? []), ...older] : older))
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  useEffect(() => void load(), [])
  const oldest = entries?.at(-1)?.seq ?? 1
  return html`<main class="page" id="main" tabindex="-1">
    <div class="page-body">
      <header class="page-head">
        <div><h1>${t.audit}</h1><p>${t.auditLead}</p></div>
        <button type="button" class="button" onclick=${() => load()}><${Icon} name="reload" />${t.refresh}</button>
      </header>
      ${failure && html`<p class="form-error" role="alert"><${Icon} name="alert" />${failure}</p>`}
      ${!entries && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${t.loading}</p>`}
      ${entries && html`<${Entries} entries=${entries} />`}
      ${oldest > 1 && html`<button type="button" class="button" onclick=${() => load(oldest)}>${t.older}</button>`}
    </div>
  </main>`
}

/** @param {{ entries: AuditEntry[] }} props */
function Entries({ entries }) {
  const t = words.value
  const who = (/** @type {AuditEntry['by']} */ by) => by.name ?? t.actors[by.kind] ?? by.kind
  return html`<div class="table-frame" role="region" aria-label=${t.audit} tabindex="0">
    <table class="table">
      <thead>
        <tr>
          <th scope="col">${t.when}</th><th scope="col">${t.who}</th><th scope="col">${t.what}</th><th scope="col">${t.where}</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          (entry) => html`<tr key=${entry.seq}>
            <td data-label=${t.when}><time datetime=${new Date(entry.at).toISOString()}>${fullTime(entry.at, language.value)}</time></td>
            <th scope="row">${who(entry.by)}</th>
            <td data-label=${t.what}>
              ${t.acts[entry.act] ?? entry.act}${entry.on && entry.act !== 'session.signed_in' && html` <b>${entry.on.name ?? entry.on.id}</b>`}
              ${(entry.before || entry.after) && html`<${Change} before=${entry.before} after=${entry.after} />`}
            </td>
            <td data-label=${t.where}>${entry.from}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** @param {{ before?: Record<string, any>, after?: Record<string, any> }} props */
function Change({ before = {}, after = {} }) {
  const t = words.value
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const said = (/** @type {unknown} */ value) => {
    if (Array.isArray(value)) return value.join(t.comma) || '–'
    if (value && typeof value === 'object')
      return (
        Object.entries(value)
          .map(([name, part]) => `${name}: ${part}`)
          .join(' · ') || '–'
      )
    return value === undefined || value === null ? '–' : (t.auditValues[String(value)] ?? String(value))
  }
  return html`<ul class="changes">
    ${fields.map((field) => {
      const was = Object.keys(before).length > 0 ? `${said(before[field])} → ` : ''
      return html`<li key=${field}><code>${t.auditFields[field] ?? field}</code> ${was}${said(after[field])}</li>`
    })}
  </ul>`
}
