/** Answers of which customers said that they were not what was asked, and what that does to them. */

import { fullTime } from '../../shared/time.js'
import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { sayRefusal } from './knowledge_try.js'

/** @typedef {{ entry: string, question: { en: string, zh: string } | null, conversations: number, counted: number, factor: number,
 *   last: number, aside: boolean, questions: string[] }} Corrected */

/** @param {{ onOpen: (entry: string) => void }} props */
export function Corrections({ onOpen }) {
  const t = words.value.editor
  const [all, setAll] = useState(/** @type {Corrected[] | null} */ (null))
  const [failure, setFailure] = useState('')
  const load = async () => {
    try {
      setAll(await api.corrections())
      setFailure('')
    } catch (error) {
      setFailure(sayRefusal(error))
    }
  }
  useEffect(() => void load(), [])
  const count = async (/** @type {string} */ entry, /** @type {boolean} */ counts) => {
    try {
      await api.countCorrections(entry, counts)
      await load()
      const undo = { label: words.value.undo, run: () => void count(entry, !counts) }
      toast(counts ? t.correctionsCount : t.correctionsAside, 'plain', undo)
    } catch (error) {
      toast(sayRefusal(error), 'bad')
    }
  }
  const title = (/** @type {Corrected} */ one) => {
    const { en = '', zh = '' } = one.question ?? {}
    return (language.value === 'zh' ? zh || en : en || zh) || one.entry
  }
  return html`<section class="knowledge-history" aria-label=${t.corrections}>
    <p class="field-hint">${t.correctionsLead}</p>
    ${failure && html`<p class="form-error" role="alert"><${Icon} name="alert" />${failure}</p>`}
    ${!all && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${words.value.loading}</p>`}
    ${all?.length === 0 && html`<p>${t.noCorrections}</p>`}
    <ol class="groups">
      ${all?.map(
        (one) => html`<li key=${one.entry}>
          <div>
            <b dir="auto">${title(one)}</b> · ${t.correctedIn(one.conversations)} · <time>${fullTime(one.last, language.value)}</time>
            <p>${one.factor < 1 ? t.correctionsLower(one.counted, Math.round(100 * one.factor)) : one.aside ? t.correctionsAside : t.correctionsFew}</p>
            <p class="field-hint" dir="auto">${one.questions.map((question) => t.quoted(question)).join(words.value.comma)}</p>
          </div>
          <div class="rules-buttons">
            ${one.question && html`<button type="button" class="button small quiet" aria-label=${`${t.openEntry}: ${title(one)}`} onclick=${() => onOpen(one.entry)}>${t.openEntry}</button>`}
            ${
              one.aside
                ? html`<button type="button" class="button small quiet" aria-label=${`${t.countAgain}: ${title(one)}`} onclick=${() => count(one.entry, true)}>${t.countAgain}</button>`
                : html`<button type="button" class="button small quiet" aria-label=${`${t.setAside}: ${title(one)}`} onclick=${() => count(one.entry, false)}>${t.setAside}</button>`
            }
          </div>
        </li>`,
      )}
    </ol>
  </section>`
}
