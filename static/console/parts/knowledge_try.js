/** The box to try things out: one question, asked of the knowledge in use and of the one with the changes. */

/** @import { Draft } from '../state/knowledge.js' */
import { api, Refused } from '../api.js'
import { html, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { changesOf } from '../state/knowledge.js'
import { words } from '../state/later_words.js'
import { Icon } from './bits.js'

/** @typedef {{ id: string, title: string, confidence: number }} Likely */
/** @typedef {{ does: string, says: string, entry: string | null, choices: string[], answers: Likely[], intent: { name: string, confidence: number } | null }} Heard */
/** @typedef {{ live: Heard, edited: Heard }} Tried */

/** @param {{ drafts: Draft[] }} props */
export function TryOut({ drafts }) {
  const t = words.value.editor
  const [text, setText] = useState('')
  const [tried, setTried] = useState(/** @type {Tried | null} */ (null))
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const ask = async (/** @type {Event} */ event) => {
    event.preventDefault()
    if (!text.trim()) return
    setBusy(true)
    setFailure('')
    try {
      setTried(await api.tryKnowledge(text, changesOf(drafts)))
    } catch (error) {
      setTried(null)
      setFailure(sayRefusal(error))
    }
    setBusy(false)
  }
  return html`<section class="knowledge-try" aria-label=${t.tryOut}>
    <h2>${t.tryOut}</h2>
    <p class="field-hint">${t.tryLead}</p>
    <form class="knowledge-ask" onsubmit=${ask}>
      <input type="text" name="question" aria-label=${t.question} placeholder=${t.questionExample} value=${text} oninput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) => setText(event.currentTarget.value)} />
      <button class="button" disabled=${busy}>${busy ? t.asking : t.ask}</button>
    </form>
    <div role="status">
      ${busy && html`<p class="log-loading"><span class="spinner"></span>${t.learning}</p>`}
      ${failure && html`<p class="form-error"><${Icon} name="alert" />${failure}</p>`}
      ${
        tried &&
        !busy &&
        html`<div class="knowledge-both">
          <${HeardBox} title=${t.liveNow} heard=${tried.live} />
          <${HeardBox} title=${t.withChanges} heard=${tried.edited} />
        </div>`
      }
    </div>
  </section>`
}

/** What a refusal means in the editor. @param {unknown} error */
export function sayRefusal(error) {
  const t = words.value.editor
  const said = error instanceof Refused ? t.refusals[error.code] : ''
  return said || sayError(error)
}

/** @param {{ title: string, heard: Heard }} props */
export function HeardBox({ title, heard }) {
  const t = words.value
  return html`<div class="knowledge-heard">
    <h3>${title}</h3>
    <p><span class="tag tag-accent">${t.editor.does[heard.does] ?? heard.does}</span></p>
    <p class="knowledge-says" dir="auto">${heard.says || t.editor.saysNothing}</p>
    ${heard.choices.length > 0 && html`<p class="knowledge-choices">${heard.choices.map((choice) => html`<span class="tag" key=${choice}>${choice}</span>`)}</p>`}
    <ol class="knowledge-likely">
      ${heard.answers.map(
        ({ id, title: question, confidence }) => html`<li key=${id}>
          <span dir="auto">${question}</span><span class="knowledge-sure">${Math.round(confidence * 100)} %</span>
          <span class="knowledge-bar" aria-hidden="true"><i style=${`inline-size:${Math.round(confidence * 100)}%`}></i></span>
        </li>`,
      )}
    </ol>
    ${heard.answers.length === 0 && html`<p class="field-hint">${t.noAnswers}</p>`}
  </div>`
}
