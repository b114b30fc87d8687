/** The panel beside a conversation: why a person is needed, the facts, and what the assistant understood. */

/** @import { BoardItem } from '../../shared/wire.js' */
/** @import { Scored, Understood } from '../state/insight.js' */
/** @import { Thread } from '../state/thread.js' */
import { clockTime, dayName, sameDay } from '../../shared/time.js'
import { html, useEffect, useRef } from '../lib.js'
import { now } from '../state/clock.js'
import { insightInto } from '../state/insight.js'
import { language, words } from '../state/settings.js'
import { IconButton, Stars, Urgency, Waited, Words } from './bits.js'
import { CustomerPanel } from './customer.js'
import { Fact, Section } from './panel.js'

/** @param {{ thread: Thread, item: BoardItem | undefined, name: string, drawer: boolean, onClose: () => void }} props */
export function Details({ thread, item, name, drawer, onClose }) {
  const t = words.value
  const at = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    if (drawer) at.current?.focus()
  }, [drawer])
  const closeOnEscape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || !drawer) return
    event.stopPropagation()
    onClose()
  }
  const insight = insightInto(thread.events.value)
  const { handoff, rated, firstMessage, lastNote, understood } = insight
  const evidence = item?.evidence ?? handoff?.evidence ?? []
  const reason = item?.reason ?? handoff?.reason
  const why = item?.why[language.value]
  const urgency = item?.urgency ?? (typeof handoff?.urgency === 'string' ? handoff.urgency : '')
  const spoken = item?.language ?? handoff?.language
  const rating = rated ?? item?.rating
  const status = thread.status.value
  const since = item?.since ?? handoff?.at
  return html`<aside class=${`details ${drawer ? 'details-drawer' : ''}`} aria-label=${t.detailsOf(name)} tabindex="-1" ref=${at} onkeydown=${closeOnEscape}>
    <header class="details-head">
      <h2>${t.details}</h2>
      <${IconButton} icon="close" label=${t.hideDetails} onclick=${onClose} />
    </header>
    <div class="details-body" role="region" aria-label=${t.details} tabindex="0">
      ${
        reason &&
        html`<${Section} title=${t.whyWaiting}>
          <div class="why">
            <p class="why-reason">${t.reasons[reason] ?? reason}</p>
            ${why && html`<p class="why-text">${why}</p>`}
            ${
              evidence.length > 0 &&
              html`<p class="why-label">${t.evidence}</p>
                <ul class="evidence">${evidence.map((word) => html`<li key=${word} dir="auto">${word}</li>`)}</ul>`
            }
          </div>
        <//>`
      }
      ${lastNote && html`<${Section} title=${t.note}><div class="panel-note"><${Words} text=${lastNote} /></div><//>`}
      ${
        (rating || status === 'resolved') &&
        html`<${Section} title=${t.rating}>
          ${rating ? html`<${Stars} score=${rating.score} />` : html`<p class="quiet-words">${t.ratingPending}</p>`}
          ${rating?.comment && html`<blockquote class="rating-comment" dir="auto">${rating.comment}</blockquote>`}
        <//>`
      }
      <${CustomerPanel} conversation=${thread.conversation} status=${status} />
      <${Section} title=${t.facts}>
        <dl class="facts">
          <${Fact} name=${t.customer}>${name}<//>
          ${urgency && html`<${Fact} name=${t.urgency}><${Urgency} level=${urgency} /><//>`}
          ${spoken && html`<${Fact} name=${t.customerLanguage}>${t.languages[spoken] ?? spoken}<//>`}
          ${since && html`<${Fact} name=${status === 'waiting' ? t.waitingSince : t.handedOverAt}><${When} at=${since} /><//>`}
          ${since && status === 'waiting' && html`<${Fact} name=${t.waitingFor}><${Waited} since=${since} /><//>`}
          ${item?.claimed_at && html`<${Fact} name=${t.claimedAt}><${When} at=${item.claimed_at} /><//>`}
          ${thread.owner.value && html`<${Fact} name=${t.agent}>${thread.owner.value.name}<//>`}
        </dl>
      <//>
      ${firstMessage && html`<${Section} title=${t.firstMessage}><${Words} class="quote" text=${firstMessage} /><//>`}
      <${Section} title=${t.understood}>
        ${understood ? html`<${Reading} understood=${understood} />` : html`<p class="quiet-words">${t.nothingUnderstood}</p>`}
      <//>
    </div>
  </aside>`
}

/** @param {{ at: number }} props */
function When({ at }) {
  const time = clockTime(at, language.value)
  return html`<time>${sameDay(at, now.value) ? time : `${dayName(at, language.value, now.value)}, ${time}`}</time>`
}

/** @param {{ understood: Understood }} props */
function Reading({ understood }) {
  const t = words.value
  const { of, intent, category, urgency, answers } = understood
  const urgencyWords = urgency && { name: t.urgencies[urgency.name] ?? urgency.name, confidence: urgency.confidence }
  return html`
    ${of && html`<p class="reading-of"><span class="only-read">${t.understoodOf}: </span><q dir="auto">${of}</q></p>`}
    ${intent && html`<${Certainty} kind=${t.intent} scored=${intent} />`}
    ${category && html`<${Certainty} kind=${t.category} scored=${category} />`}
    ${urgencyWords && html`<${Certainty} kind=${t.urgency} scored=${urgencyWords} />`}
    <p class="reading-label">${t.answers}</p>
    ${
      answers.length > 0
        ? html`<ol class="answers">${answers.map((answer) => html`<li key=${answer.name}><${Certainty} scored=${answer} code /></li>`)}</ol>`
        : html`<p class="quiet-words">${t.noAnswers}</p>`
    }
  `
}

/** A name with how sure the assistant is of it. @param {{ kind?: string, scored: Scored, code?: boolean }} props */
function Certainty({ kind, scored, code }) {
  const percent = Math.round(scored.confidence * 100)
  return html`<div class="certainty" title=${words.value.confidence(percent)}>
    <p>
      ${kind && html`<span class="certainty-kind">${kind}</span>`}
      ${code ? html`<code>${scored.name}</code>` : html`<span class="certainty-name">${scored.name.replaceAll('_', ' ')}</span>`}
      <span class="certainty-percent">${percent}%</span>
    </p>
    <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-room" width="100" height="4" rx="2" /><rect class="bar-fill" width=${percent} height="4" rx="2" />
    </svg>
  </div>`
}
