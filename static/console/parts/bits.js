/** The small pieces that many parts show: icons, faces, urgency, stars, texts with links, ticking times. */

import { fill, withLinks } from '../../shared/dom.js'
import { ago } from '../../shared/ago.js'
import { fullTime } from '../../shared/time.js'
import { icons } from '../icons.js'
import { html, useLayoutEffect, useRef } from '../lib.js'
import { now, waited } from '../state/clock.js'
import { language, words } from '../state/settings.js'

/** @param {{ name: keyof typeof icons, class?: string }} props */
export function Icon({ name, class: className = '' }) {
  return html`<svg viewBox="0 0 24 24" class=${`icon ${className}`} aria-hidden="true"><path d=${icons[name]} /></svg>`
}

/**
 * A button with an icon alone; its words are its name and its tooltip.
 * @param {{ icon: keyof typeof icons, label: string, [attribute: string]: unknown }} props
 */
export function IconButton({ icon, label, class: className = '', ...rest }) {
  return html`<button type="button" class=${`icon-button ${className}`} aria-label=${label} title=${label} ...${rest}>
    <${Icon} name=${icon} />
  </button>`
}

/** How many colours faces come in. */
const tints = 6

/**
 * The round picture of a customer: two signs of their conversation on a colour of their own. The signs are
 * no text of the page: they are in nobody's name.
 * @param {{ conversation: string, large?: boolean }} props
 */
export function CustomerFace({ conversation, large }) {
  const tint = Number.parseInt(conversation.slice(0, 4), 16) % tints || 0
  return html`<span
    class=${`face tint-${tint} ${large ? 'face-large' : ''}`}
    data-sign=${conversation.slice(0, 2).toUpperCase()}
    aria-hidden="true"
  ></span>`
}

/** @param {{ name: string, own?: boolean }} props */
export function AgentFace({ name, own }) {
  return html`<span class=${`face ${own ? 'face-own' : 'face-agent'}`} data-sign=${initials(name)} aria-hidden="true"></span>`
}

export function AssistantFace() {
  return html`<span class="face face-bot" aria-hidden="true"><${Icon} name="assistant" /></span>`
}

/** @param {string} name */
export function initials(name) {
  const parts = name.trim().split(/\s+/)
  const first = Array.from(parts[0] ?? '')[0] ?? '?'
  const last = parts.length > 1 ? (Array.from(parts.at(-1) ?? '')[0] ?? '') : ''
  return (first + last).toUpperCase()
}

/** @type {Record<string, keyof typeof icons>} */
const urgencyIcons = { urgent: 'flame', high: 'up', normal: 'level', low: 'low' }

/** @param {{ level: string }} props */
export function Urgency({ level }) {
  const t = words.value
  return html`<span class=${`urgency urgency-${level}`}>
    <${Icon} name=${urgencyIcons[level] ?? 'level'} />
    <span class="only-read">${t.urgencyLabel}: </span>${t.urgencies[level] ?? level}
  </span>`
}

/** @param {{ score: number }} props */
export function Stars({ score }) {
  const label = words.value.stars(score)
  return html`<span class="stars" role="img" aria-label=${label} title=${label}>
    ${[1, 2, 3, 4, 5].map((place) => html`<${Icon} name="star" class=${place <= score ? 'star-on' : 'star-off'} />`)}
  </span>`
}

/** Somebody's words: text alone, with its http(s) addresses as links. @param {{ text: string, class?: string }} props */
export function Words({ text, class: className = 'words' }) {
  const at = useRef(/** @type {HTMLElement | null} */ (null))
  useLayoutEffect(() => {
    if (at.current) fill(at.current, ...withLinks(text))
  }, [text])
  return html`<p class=${className} dir="auto" ref=${at}></p>`
}

/** How long somebody has waited, second by second. @param {{ since: number }} props */
export function Waited({ since }) {
  return html`<span class="waited">${waited(now.value - since, language.value)}</span>`
}

/**
 * What to call a customer who has not said a name, in the page's language.
 * @param {string} conversation
 * @param {{ visitor: string }} [item]
 */
export function visitorName(conversation, item) {
  if (item && !/^Visitor /.test(item.visitor)) return item.visitor
  return words.value.visitor(conversation.slice(0, 4).toUpperCase())
}

/** How long ago something was, in short. @param {{ at: number }} props */
export function Ago({ at }) {
  return html`<time title=${fullTime(at, language.value)}>${ago(at, language.value, now.value)}</time>`
}
