/** Customers that are offered to this agent, above the list: what it is about, how long the offer stands, yes or no. */

/** @import { Offer } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
import { html, useId, useState } from '../lib.js'
import { now, serverNow, waited } from '../state/clock.js'
import { addressOf, go } from '../state/route.js'
import { language, words } from '../state/settings.js'
import { CustomerFace, Icon, Urgency, visitorName, Waited } from './bits.js'
import { claim } from './claim.js'
import { usePopover } from './popover.js'
import { nextOf, Sla } from './sla.js'

/** Longest reason that the server takes. */
const reasonLength = 200
/** From here on the time is short. */
const shortMs = 8_000
/** How long each offer stands, as first seen here, so that the bar begins full. @type {Map<string, Offer & { length: number }>} */
const seen = new Map()

/** @param {Offer} offer */
function lengthOf({ conversation, until }) {
  const known = seen.get(conversation)
  if (known?.until === until) return known.length
  for (const [id, old] of seen) if (old.until < serverNow()) seen.delete(id)
  const length = Math.max(1, until - serverNow())
  seen.set(conversation, { conversation, until, length })
  return length
}

/** The clock ticks once a second: right after an offer came it may stand a little before it. @param {Offer} offer */
function timeLeft(offer) {
  return Math.max(0, Math.min(lengthOf(offer), offer.until - now.value))
}

/** @param {{ desk: Desk }} props */
export function Offers({ desk }) {
  const { offers } = desk.floor.value
  if (offers.length === 0) return null
  return html`<section class="offers" aria-label=${words.value.offered}>
    ${offers.map((offer) => html`<${OfferCard} key=${offer.conversation} desk=${desk} offer=${offer} />`)}
  </section>`
}

/** Where the list is hidden behind a conversation, one line leads to it. @param {{ desk: Desk }} props */
export function OfferBar({ desk }) {
  const t = words.value
  const { offers } = desk.floor.value
  const [first] = offers
  if (!first) return null
  return html`<div class="offer-bar">
    <${Icon} name="hand" />
    <span>${t.offersNow(offers.length)}</span>
    <${Countdown} offer=${first} />
    <button type="button" class="link-button" onclick=${() => go()}>${t.look}</button>
  </div>`
}

/** @param {{ offer: Offer }} props */
function Countdown({ offer }) {
  const left = timeLeft(offer)
  return html`<span class=${`offer-time ${left < shortMs ? 'offer-short' : ''}`} role="timer" aria-label=${words.value.timeLeft}>
    ${waited(left + 999, language.value)}
  </span>`
}

/** @param {{ desk: Desk, offer: Offer }} props */
function OfferCard({ desk, offer }) {
  const t = words.value
  const { conversation, until } = offer
  const item = desk.item(conversation)
  const card = desk.thread(conversation).card.value
  const name = visitorName(conversation, item)
  const isOver = now.value >= until
  const claiming = desk.isDoing('claim', conversation)
  const cannot = isOver || claiming || desk.link.value.state !== 'open'
  const clock = nextOf(item?.sla)
  // the card is of the moment of the hand-off: what was said since stands last
  const told = card?.summary?.sentences ?? []
  const latest = item && !told.some((sentence) => sentence.includes(item.preview)) ? [item.preview] : []
  const sentences = [...told, ...latest]
  const left = timeLeft(offer) / lengthOf(offer)
  return html`<article class=${`offer ${isOver ? 'offer-over' : ''}`} aria-label=${`${t.offered}: ${name}`}>
    <header class="offer-head">
      <span>${isOver ? t.offerOver : t.offered}</span>
      <${Countdown} offer=${offer} />
    </header>
    <svg class="bar offer-bar-line" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-room" width="100" height="4" /><rect class="bar-fill" width=${100 * left} height="4" />
    </svg>
    <div class="offer-body">
      <div class="card-top">
        <${CustomerFace} conversation=${conversation} />
        <h3><a class="offer-link" href=${addressOf({ conversation })}>${name}</a></h3>
        ${item && html`<${Urgency} level=${item.urgency} />`}
      </div>
      ${
        sentences.length > 1
          ? html`<ul class="offer-words">${sentences.map((sentence, at) => html`<li key=${at} dir="auto">${sentence}</li>`)}</ul>`
          : sentences.length > 0 && html`<p class="offer-words" dir="auto">${sentences[0]}</p>`
      }
      ${item && html`<p class="card-why">${item.why[language.value]}</p>`}
      <p class="chips">
        ${item && html`<span class="card-time"><${Icon} name="clock" /><span class="only-read">${t.waitingFor} </span><${Waited} since=${item.since} /></span>`}
        ${clock && html`<${Sla} clock=${clock} />`}
      </p>
      <div class="offer-actions">
        <button type="button" class="button primary" disabled=${cannot} onclick=${() => claim(conversation)}>${claiming ? t.claiming : t.accept}</button>
        <${DeclineMenu} desk=${desk} conversation=${conversation} name=${name} disabled=${cannot} />
      </div>
    </div>
  </article>`
}

/** @param {{ desk: Desk, conversation: string, name: string, disabled: boolean }} props */
function DeclineMenu({ desk, conversation, name, disabled }) {
  const t = words.value
  const id = useId()
  const { open, setOpen, at, button, onkeydown } = usePopover()
  const [own, setOwn] = useState('')
  const decline = (/** @type {string} */ reason) => {
    desk.decline(conversation, reason.trim() || undefined)
    setOpen(false)
  }
  const toggle = () => {
    setOpen(!open)
    if (open) return
    /** @type {HTMLElement | null | undefined} */
    const first = at.current?.querySelector('.decline-menu button')
    requestAnimationFrame(() => first?.focus())
  }
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    decline(own)
  }
  return html`<div class="decline" ref=${at} onkeydown=${onkeydown}>
    <button
      type="button"
      class="button"
      ref=${button}
      disabled=${disabled}
      aria-expanded=${String(open)}
      aria-controls=${`${id}-menu`}
      aria-label=${t.declineOf(name)}
      onclick=${toggle}
    >
      ${t.decline}
    </button>
    <form class="decline-menu" id=${`${id}-menu`} hidden=${!open} onsubmit=${submit}>
      <p class="decline-title">${t.declineTitle}</p>
      ${Object.entries(t.declineReasons).map(
        ([reason, label]) => html`<button type="button" class="menu-item" key=${reason} onclick=${() => decline(reason)}>${label}</button>`,
      )}
      <div class="field">
        <label for=${id}>${t.declineOther}</label>
        <div class="decline-own">
          <input
            id=${id}
            dir="auto"
            maxlength=${reasonLength}
            autocomplete="off"
            value=${own}
            oninput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) => setOwn(event.currentTarget.value)}
          />
          <button class="button small" disabled=${own.trim() === '' || disabled}>${t.decline}</button>
        </div>
      </div>
    </form>
  </div>`
}
