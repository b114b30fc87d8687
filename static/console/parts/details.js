/** The panel beside a conversation: why a person is needed, the facts, and what the assistant understood. */

/** @import { BoardItem } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { Understood } from '../state/insight.js' */
/** @import { Thread } from '../state/thread.js' */
import { html, useEffect, useRef } from '../lib.js'
import { insightInto } from '../state/insight.js'
import { language, words } from '../state/settings.js'
import { IconButton, Stars, Urgency, Waited, Words } from './bits.js'
import { CustomerPanel } from './customer.js'
import { CardSections, SuggestedReplies } from './handoff_card.js'
import { Certainty, Fact, Section, When } from './panel.js'
import { Sla } from './sla.js'
import { StandingLine } from './standing.js'

/** @param {{ desk: Desk, thread: Thread, item: BoardItem | undefined, name: string, drawer: boolean, onClose: () => void }} props */
export function Details({ desk, thread, item, name, drawer, onClose }) {
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
  const card = status === 'bot' ? null : thread.card.value
  const sla = item?.sla ?? []
  const channel = card?.channel?.name ?? item?.channel
  const replyUntil = card?.channel?.reply_until
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
            ${item && status === 'waiting' && html`<${StandingLine} item=${item} desk=${desk} />`}
          </div>
        <//>`
      }
      ${
        sla.length > 0 &&
        html`<${Section} title=${t.promised}>
          <ul class="sla-list">${sla.map((clock) => html`<li key=${clock.promise}><${Sla} clock=${clock} /></li>`)}</ul>
        <//>`
      }
      ${card && html`<${SuggestedReplies} desk=${desk} thread=${thread} card=${card} onUsed=${() => drawer && onClose()} />`}
      ${lastNote && html`<${Section} title=${t.note}><div class="panel-note"><${Words} text=${lastNote} /></div><//>`}
      ${
        (rating || status === 'resolved') &&
        html`<${Section} title=${t.rating}>
          ${rating ? html`<${Stars} score=${rating.score} />` : html`<p class="quiet-words">${t.ratingPending}</p>`}
          ${rating?.comment && html`<blockquote class="rating-comment" dir="auto">${rating.comment}</blockquote>`}
        <//>`
      }
      <${CustomerPanel} conversation=${thread.conversation} status=${status} said=${thread.card.value?.customer} />
      <${Section} title=${t.facts}>
        <dl class="facts">
          <${Fact} name=${t.customer}>${name}<//>
          ${urgency && html`<${Fact} name=${t.urgency}><${Urgency} level=${urgency} /><//>`}
          ${spoken && html`<${Fact} name=${t.customerLanguage}>${t.languages[spoken] ?? spoken}<//>`}
          ${since && html`<${Fact} name=${status === 'waiting' ? t.waitingSince : t.handedOverAt}><${When} at=${since} /><//>`}
          ${since && status === 'waiting' && html`<${Fact} name=${t.waitingFor}><${Waited} since=${since} /><//>`}
          ${item?.claimed_at && html`<${Fact} name=${t.claimedAt}><${When} at=${item.claimed_at} /><//>`}
          ${thread.owner.value && html`<${Fact} name=${t.agent}>${thread.owner.value.name}<//>`}
          ${item?.team && html`<${Fact} name=${t.team}>${item.team}<//>`}
          ${!card?.customer && item?.segment && html`<${Fact} name=${t.segment}>${item.segment}<//>`}
          ${!card?.customer && item?.value && html`<${Fact} name=${t.value}>${item.value}<//>`}
          ${
            channel &&
            html`<${Fact} name=${t.channel}>${t.channels[channel] ?? channel}<//>
              ${replyUntil && html`<${Fact} name=${t.replyUntil}><${When} at=${replyUntil} /><//>`}`
          }
        </dl>
      <//>
      ${card && html`<${CardSections} card=${card} />`}
      ${!card?.summary?.sentences.length && firstMessage && html`<${Section} title=${t.firstMessage}><${Words} class="quote" text=${firstMessage} /><//>`}
      <${Section} title=${t.understood}>
        ${understood ? html`<${Reading} understood=${understood} />` : html`<p class="quiet-words">${t.nothingUnderstood}</p>`}
      <//>
    </div>
  </aside>`
}

/** @param {{ understood: Understood }} props */
function Reading({ understood }) {
  const t = words.value
  const { of, readAs, intent, category, urgency, answers } = understood
  const urgencyWords = urgency && { name: t.urgencies[urgency.name] ?? urgency.name, confidence: urgency.confidence }
  return html`
    ${of && html`<p class="reading-of"><span class="only-read">${t.understoodOf}: </span><q dir="auto">${of}</q></p>`}
    ${readAs && html`<p class="reading-of">${t.readAs} <q dir="auto">${readAs}</q></p>`}
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
