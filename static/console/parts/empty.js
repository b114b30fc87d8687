/** What is shown where there is nothing yet: a picture and what one can do. */

/** @import { Child } from '../../vendor/preact/preact.module.js' */
/** @import { Desk } from '../state/desk.js' */
import { html } from '../lib.js'
import { words } from '../state/settings.js'
import { Icon } from './bits.js'
import { claim } from './claim.js'

/** @param {{ picture: Child, title: string, hint: string, small?: boolean, children?: Child }} props */
export function Empty({ picture, title, hint, small, children }) {
  return html`<div class=${`empty ${small ? 'empty-small' : ''}`}>
    ${picture}
    <h2>${title}</h2>
    <p>${hint}</p>
    ${children}
  </div>`
}

/** A cup of tea: nothing to do. */
function Tea() {
  return html`<svg class="picture" viewBox="0 0 160 120" aria-hidden="true">
    <ellipse class="p-ground" cx="80" cy="104" rx="58" ry="7" />
    <path class="p-fill" d="M44 52h62v22a28 28 0 01-28 28h-6a28 28 0 01-28-28z" />
    <path class="p-line" d="M44 52h62v22a28 28 0 01-28 28h-6a28 28 0 01-28-28zM106 58h8a12 12 0 010 24h-10" />
    <path class="p-accent" d="M62 40c-5-6 5-9 0-16M76 40c-5-6 5-9 0-16M90 40c-5-6 5-9 0-16" />
    <path class="p-line" d="M58 68v8a12 12 0 006 10" />
  </svg>`
}

/** Two speech bubbles beside each other. */
function Bubbles() {
  return html`<svg class="picture" viewBox="0 0 160 120" aria-hidden="true">
    <ellipse class="p-ground" cx="80" cy="108" rx="60" ry="6" />
    <path class="p-under" d="M82 46h48a10 10 0 0110 10v24a10 10 0 01-10 10h-4v12l-14-12H82a10 10 0 01-10-10V56a10 10 0 0110-10zM106 68h.1M116 68h.1M126 68h.1" />
    <path class="p-fill" d="M30 22h62a10 10 0 0110 10v26a10 10 0 01-10 10H56L40 82V68H30a10 10 0 01-10-10V32a10 10 0 0110-10z" />
    <path class="p-line" d="M30 22h62a10 10 0 0110 10v26a10 10 0 01-10 10H56L40 82V68H30a10 10 0 01-10-10V32a10 10 0 0110-10zM36 40h48M36 52h30" />
  </svg>`
}

/** A page that is not there. */
function Lost() {
  return html`<svg class="picture" viewBox="0 0 160 120" aria-hidden="true">
    <ellipse class="p-ground" cx="80" cy="108" rx="52" ry="6" />
    <path class="p-fill" d="M50 16h44l18 18v66H50z" />
    <path class="p-line" d="M50 16h44l18 18v66H50zM94 16v18h18" />
    <path class="p-accent" d="M70 58l22 22M92 58L70 80" />
  </svg>`
}

export function QueueEmpty() {
  const t = words.value
  return html`<${Empty} small picture=${html`<${Tea} />`} title=${t.nobodyWaiting} hint=${t.nobodyWaitingHint}>
    <a class="button small" href="/" target="_blank" rel="noopener">${t.tryDemo}<${Icon} name="external" /></a>
  <//>`
}

/** In the place of a conversation while none is open. @param {{ desk: Desk }} props */
export function Nothing({ desk }) {
  const t = words.value
  const [next] = desk.board.value.waiting
  if (desk.known.value && !next && desk.board.value.mine.length === 0) {
    return html`<${Empty} picture=${html`<${Bubbles} />`} title=${t.allQuiet} hint=${t.allQuietHint} />`
  }
  return html`<${Empty} picture=${html`<${Bubbles} />`} title=${t.nothingOpen} hint=${t.nothingOpenHint}>
    ${next && html`<button type="button" class="button primary" onclick=${() => claim(next.conversation)}>${t.claimNext}</button>`}
  <//>`
}

export function Missing() {
  const t = words.value
  return html`<${Empty} picture=${html`<${Lost} />`} title=${t.missingTitle} hint=${t.missing} />`
}
