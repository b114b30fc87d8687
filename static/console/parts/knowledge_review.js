/** What publishing would do: to the files, line by line, and to the answers to what customers asked lately. */

/** @import { Checked, Draft } from '../state/knowledge.js' */
/** @import { Heard } from './knowledge_try.js' */
import { api, Refused } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { may } from '../state/account.js'
import { changesOf, diffLines, nameOf } from '../state/knowledge.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { Field } from './field.js'
import { Mistakes } from './knowledge_page.js'
import { sayRefusal } from './knowledge_try.js'

/** @typedef {{ text: string, live: Heard, edited: Heard }} Changed */

/**
 * @param {{ drafts: Draft[], checked: Checked, onBack: () => void, onPublished: () => void, onStale: () => void }} props
 */
export function Review({ drafts, checked, onBack, onPublished, onStale }) {
  const t = words.value.editor
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const nameless = drafts.filter((draft) => !nameOf(draft)).length
  const isReady = checked.mistakes.length === 0 && checked.conflicts.length === 0 && nameless === 0
  const publish = async (/** @type {Event} */ event) => {
    event.preventDefault()
    setBusy(true)
    setFailure('')
    try {
      const { version } = await api.publishKnowledge(changesOf(drafts), note)
      onPublished()
      const undo = async () => {
        try {
          await api.takeBack(version.number, 'undo', false)
          toast(t.takenBack(version.number), 'good')
        } catch (error) {
          toast(sayRefusal(error), 'bad')
        }
      }
      toast(t.published(version.number), 'good', { label: words.value.undo, run: undo })
    } catch (error) {
      setFailure(sayRefusal(error))
      setBusy(false)
      if (error instanceof Refused && /^knowledge_(conflict|mistakes)$/.test(error.code)) onStale()
    }
  }
  return html`<section class="knowledge-review" aria-label=${t.review}>
    <header class="page-head">
      <div><h2>${t.review}</h2><p>${t.reviewLead}</p></div>
      <button type="button" class="button" onclick=${onBack}><${Icon} name="back" />${t.backToEdit}</button>
    </header>
    ${
      checked.mistakes.length > 0 &&
      html`<div class="result bad"><${Icon} name="alert" /><div><p>${t.mistakesCount(checked.mistakes.length)}</p><${Mistakes} mistakes=${checked.mistakes} /></div></div>`
    }
    ${
      checked.conflicts.length > 0 &&
      html`<div class="result bad"><${Icon} name="alert" /><div><p>${t.conflictsIn(checked.conflicts.map(({ id }) => id))}</p></div></div>`
    }
    ${nameless > 0 && html`<div class="result bad"><${Icon} name="alert" /><div><p>${t.nameless(nameless)}</p></div></div>`}
    <${Diffs} diffs=${checked.diffs} />
    ${isReady && may('conversations.read_all') && html`<${Compared} drafts=${drafts} />`}
    <form class="knowledge-publish" onsubmit=${publish}>
      <${Field} name="note" label=${t.note} hint=${t.noteHint} value=${note} maxlength="500" oninput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) => setNote(event.currentTarget.value)} />
      <button class="button primary" disabled=${busy || !isReady}>${busy ? t.publishing : t.publish}</button>
      <div role="alert">${failure && html`<p class="form-error"><${Icon} name="alert" />${failure}</p>`}</div>
    </form>
  </section>`
}

/** What changes in the files. @param {{ diffs: { file: string, diff: string }[] }} props */
export function Diffs({ diffs }) {
  const t = words.value.editor
  if (diffs.length === 0) return html`<p class="field-hint">${t.noDifference}</p>`
  return html`${diffs.map(
    ({ file, diff }) => html`<figure class="diff" key=${file}>
      <figcaption><code>${file}</code></figcaption>
      <pre tabindex="0" aria-label=${t.changesOf(file)}>${diffLines(diff).map(({ what, text }) => html`<span class=${`diff-${what}`}>${text}${'\n'}</span>`)}</pre>
    </figure>`,
  )}`
}

/** The answers to the latest questions that would be others. @param {{ drafts: Draft[] }} props */
function Compared({ drafts }) {
  const t = words.value.editor
  const [found, setFound] = useState(/** @type {{ asked: number, changed: Changed[] } | null} */ (null))
  const [failure, setFailure] = useState('')
  useEffect(() => {
    let isGone = false
    api.compareKnowledge(changesOf(drafts)).then(
      (compared) => !isGone && setFound(compared),
      (error) => !isGone && setFailure(sayRefusal(error)),
    )
    return () => {
      isGone = true
    }
  }, [])
  return html`<section class="knowledge-compared">
    <h3>${t.answersChange}</h3>
    <div role="status">
      ${!found && !failure && html`<p class="log-loading"><span class="spinner"></span>${t.comparing}</p>`}
      ${failure && html`<p class="form-error"><${Icon} name="alert" />${failure}</p>`}
      ${found && html`<p>${t.compared(found.asked, found.changed.length)}</p>`}
    </div>
    ${
      found &&
      found.changed.length > 0 &&
      html`<div class="table-frame" role="region" aria-label=${t.answersChange} tabindex="0"><table class="table">
        <thead><tr><th scope="col">${t.question}</th><th scope="col">${t.liveNow}</th><th scope="col">${t.withChanges}</th></tr></thead>
        <tbody>
          ${found.changed.map(
            ({ text, live, edited }) => html`<tr key=${text}>
              <th scope="row" dir="auto">${text}</th>
              <td data-label=${t.liveNow}><${Short} heard=${live} /></td>
              <td data-label=${t.withChanges}><${Short} heard=${edited} /></td>
            </tr>`,
          )}
        </tbody>
      </table></div>`
    }
  </section>`
}

/** @param {{ heard: Heard }} props */
function Short({ heard }) {
  const t = words.value.editor
  return html`<span class="tag">${t.does[heard.does] ?? heard.does}</span> ${heard.entry && html`<code>${heard.entry}</code>`}
    <span class="knowledge-short" dir="auto">${heard.says}</span>`
}
