/** The log of one receiver: what was sent, what it answered, and sending it again. */

/** @import { Attempt, Webhook } from '../api.js' */
/** @import { LaterStrings } from '../strings/later.en.js' */
import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { Dialog } from './dialog.js'

/**
 * How an attempt ended, in a few words.
 * @param {Attempt} attempt
 * @param {LaterStrings['doors']} t
 */
export function saidOf(attempt, t) {
  const answer = attempt.status ? t.answered(attempt.status) : (attempt.error ?? '')
  return `${t.verdicts[attempt.verdict] ?? attempt.verdict} · ${answer} · ${attempt.duration_ms} ms`
}

/** @param {{ webhook: Webhook, onClose: () => void }} props */
export function Deliveries({ webhook, onClose }) {
  const t = words.value.doors
  const [shown, setShown] = useState(/** @type {Attempt[] | null} */ (null))
  const [next, setNext] = useState(/** @type {string | null} */ (null))
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState('')
  const load = async (/** @type {string | null} */ before) => {
    try {
      const page = await api.deliveries(webhook.id, before)
      setShown((earlier) => (before ? [...(earlier ?? []), ...page.deliveries] : page.deliveries))
      setNext(page.next)
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  useEffect(() => void load(null), [])
  const replay = async (/** @type {Attempt} */ attempt) => {
    setBusy(attempt.delivery)
    try {
      const again = await api.replay(webhook.id, attempt.delivery)
      toast(saidOf(again, t), again.verdict === 'delivered' ? 'good' : 'bad')
      await load(null)
    } catch (error) {
      toast(sayError(error), 'bad')
    }
    setBusy('')
  }
  return html`<${Dialog} title=${t.logOf(webhook.url)} onClose=${onClose}>
    <div role="status">
      ${!shown && !failure && html`<p class="log-loading"><span class="spinner"></span>${words.value.loading}</p>`}
      ${failure && html`<p class="form-error"><${Icon} name="alert" />${failure}</p>`}
      ${shown?.length === 0 && html`<p class="dialog-lead">${t.nothingSent}</p>`}
    </div>
    <ul class="mistakes">
      ${shown?.map(
        (attempt) => html`<li key=${`${attempt.delivery}/${attempt.at}/${attempt.cause}`}>
          <code>${attempt.type}</code> <span class="mistake-line">${t.causes[attempt.cause] ?? attempt.cause}, ${t.attempt(attempt.attempt)}, ${when(attempt.at)}</span>
          <p>${saidOf(attempt, t)}</p>
          ${attempt.excerpt && html`<p><code>${attempt.excerpt}</code></p>`}
          ${
            attempt.conversation &&
            html`<button
              type="button"
              class="button small"
              disabled=${busy === attempt.delivery}
              aria-label=${`${t.replay}: ${attempt.type}, ${when(attempt.at)}`}
              onclick=${() => replay(attempt)}
            >
              ${t.replay}
            </button>`
          }
        </li>`,
      )}
    </ul>
    <div class="dialog-actions">
      ${next && html`<button type="button" class="button" onclick=${() => load(next)}>${t.older}</button>`}
      <button type="button" class="button primary" data-first onclick=${onClose}>${words.value.close}</button>
    </div>
  <//>`
}

/** @param {number} at */
function when(at) {
  return new Date(at).toLocaleString(language.value, { dateStyle: 'medium', timeStyle: 'medium' })
}
