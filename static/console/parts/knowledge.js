/** Loads the knowledge again and shows the result, or every mistake with its file and line. */

/** @import { Mistake } from '../api.js' */
import { api, Refused } from '../api.js'
import { html, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { Icon } from './bits.js'

/** @typedef {{ entries: number, intents: number, ms: number }} Loaded */

export function Knowledge() {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const [loaded, setLoaded] = useState(/** @type {Loaded | null} */ (null))
  const [mistakes, setMistakes] = useState(/** @type {Mistake[]} */ ([]))
  const [failure, setFailure] = useState('')
  const reload = async () => {
    setBusy(true)
    setLoaded(null)
    setMistakes([])
    setFailure('')
    try {
      setLoaded(await api.reload())
    } catch (error) {
      const found = error instanceof Refused ? error.body?.mistakes : null
      if (Array.isArray(found)) setMistakes(found)
      else setFailure(sayError(error))
    }
    setBusy(false)
  }
  return html`<section class="knowledge">
    <header class="page-head">
      <div><h2>${t.knowledge}</h2><p>${t.knowledgeLead}</p></div>
      <button type="button" class="button" disabled=${busy} onclick=${reload}>
        <${Icon} name="reload" class=${busy ? 'turning' : ''} />${busy ? t.reloading : t.reload}
      </button>
    </header>
    <div role="status">
      ${loaded && html`<p class="result good"><${Icon} name="check" />${t.reloaded(loaded.entries, loaded.intents, loaded.ms)}</p>`}
      ${failure && html`<p class="result bad"><${Icon} name="alert" />${failure}</p>`}
      ${
        mistakes.length > 0 &&
        html`<div class="result bad">
          <${Icon} name="alert" />
          <div>
            <p>${t.mistakes(mistakes.length)}</p>
            <ul class="mistakes">
              ${mistakes.map(
                ({ file, line, message }) => html`<li>
                  <code>${file}</code>${line > 0 && html`<span class="mistake-line">${t.line(line)}</span>`}
                  <p>${message}</p>
                </li>`,
              )}
            </ul>
          </div>
        </div>`
      }
    </div>
  </section>`
}
