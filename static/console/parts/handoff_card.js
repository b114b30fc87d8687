/** The hand-off card in the panel: what an agent needs to know so that the customer need not repeat themselves. */

/** @import { HandoffCard } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { Thread } from '../state/thread.js' */
import { html } from '../lib.js'
import { suggestion } from '../state/draft.js'
import { words } from '../state/settings.js'
import { Icon, Words } from './bits.js'
import { Certainty, Fact, Section } from './panel.js'

/** @param {{ card: HandoffCard }} props */
export function CardSections({ card }) {
  const t = words.value
  const { intent, next_intents = [], sentiment, slots = [], summary, tried = [] } = card
  const sentences = summary?.sentences ?? []
  return html`
    ${
      sentences.length > 0 &&
      html`<${Section} title=${summary?.extractive ? t.summary : t.summaryWritten}>
        <ul class="summary">${sentences.map((sentence, at) => html`<li key=${at}><${Words} class="quote" text=${sentence} /></li>`)}</ul>
        <p class="panel-hint">${summary?.extractive ? t.summaryHint : t.summaryWrittenHint}</p>
      <//>`
    }
    ${
      slots.length > 0 &&
      html`<${Section} title=${t.slots}>
        <dl class="facts">
          ${slots.map(
            ({ kind, name, value }, at) => html`<${Fact} key=${at} name=${name ?? t.slotKinds[kind] ?? kind}>
              <span class="slot" dir="auto">${value}</span>
            <//>`,
          )}
        </dl>
      <//>`
    }
    ${
      (intent || sentiment) &&
      html`<${Section} title=${t.wants}>
        ${intent && html`<${Certainty} scored=${intent} />`}
        ${next_intents.map((next) => html`<${Certainty} key=${next.name} scored=${next} />`)}
        ${sentiment && html`<${Certainty} kind=${t.mood} scored=${{ ...sentiment, name: t.moods[sentiment.name] ?? sentiment.name }} />`}
      <//>`
    }
    ${
      tried.length > 0 &&
      html`<${Section} title=${t.tried}>
        <ol class="tried">
          ${tried.map(
            ({ outcome, entry }, at) => html`<li key=${at}>${t.outcomes[outcome] ?? outcome}${entry && html` <code>${entry}</code>`}</li>`,
          )}
        </ol>
      <//>`
    }
  `
}

/** @param {{ desk: Desk, thread: Thread, card: HandoffCard, onUsed: () => void }} props */
export function SuggestedReplies({ desk, thread, card, onUsed }) {
  const t = words.value
  const replies = card.suggested_replies ?? []
  const status = thread.status.value
  if (replies.length === 0 || status === 'resolved') return null
  const isMine = status === 'human' && thread.owner.value?.id === desk.me.id
  const use = (/** @type {string} */ text) => {
    suggestion.value = { conversation: thread.conversation, text }
    onUsed()
  }
  return html`<${Section} title=${t.suggested}>
    <ul class="suggested">
      ${replies.map(
        ({ entry, text, confidence }) => html`<li key=${entry}>
          <p class="suggested-text" dir="auto">${text}</p>
          <p class="suggested-foot">
            <span title=${t.confidence(Math.round(100 * confidence))}><code>${entry}</code> ${Math.round(100 * confidence)}%</span>
            <button type="button" class="button small" disabled=${!isMine} aria-label=${t.useReplyOf(entry)} onclick=${() => use(text)}>
              <${Icon} name="reply" />${t.useReply}
            </button>
          </p>
        </li>`,
      )}
    </ul>
    ${!isMine && html`<p class="panel-hint">${t.claimFirst}</p>`}
  <//>`
}
