/** What the panel beside a conversation is made of: sections, facts, times, and how sure the assistant is. */

/** @import { Child } from '../../vendor/preact/preact.module.js' */
/** @import { Scored } from '../state/insight.js' */
import { clockTime, dayName, sameDay } from '../../shared/time.js'
import { html } from '../lib.js'
import { now } from '../state/clock.js'
import { language, words } from '../state/settings.js'

/** @param {{ title: string, children?: Child }} props */
export function Section({ title, children }) {
  return html`<section class="panel"><h3>${title}</h3>${children}</section>`
}

/** @param {{ name: string, children?: Child }} props */
export function Fact({ name, children }) {
  return html`<div><dt>${name}</dt><dd>${children}</dd></div>`
}

/** @param {{ at: number }} props */
export function When({ at }) {
  const time = clockTime(at, language.value)
  return html`<time>${sameDay(at, now.value) ? time : `${dayName(at, language.value, now.value)}, ${time}`}</time>`
}

/** A name with how sure the assistant is of it. @param {{ kind?: string, scored: Scored, code?: boolean }} props */
export function Certainty({ kind, scored, code }) {
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
