/** Who the customer of a conversation is, as the shop knows them: proved or not, what they are worth, their orders. */

/** @import { Status } from '../../shared/wire.js' */
/** @import { Known } from '../api.js' */
import { api } from '../api.js'
import { dayName } from '../../shared/time.js'
import { html, useEffect, useState } from '../lib.js'
import { may, sayError } from '../state/account.js'
import { serverNow } from '../state/clock.js'
import { language, words } from '../state/settings.js'
import { toast } from '../state/toasts.js'
import { Dialog } from './dialog.js'
import { Fact, Section } from './panel.js'

/**
 * Nothing is shown of a customer of whom nothing is known.
 * @param {{ conversation: string, status: Status | null, said?: unknown }} props `said`: what the card says of them; they are looked up again when that changes
 */
export function CustomerPanel({ conversation, status, said }) {
  const t = words.value
  const [apart, setApart] = useState('')
  const [looks, setLooks] = useState(0)
  const [known, setKnown] = useState(/** @type {Known | null} */ (null))
  useEffect(() => {
    let isCurrent = true
    setKnown(null)
    if (!status) return // not there yet
    api.customerOf(conversation).then(
      (found) => isCurrent && setKnown(found),
      () => {}, // nobody is known, or the line is down: the panel stays away
    )
    return () => {
      isCurrent = false
    }
  }, [conversation, status, JSON.stringify(said ?? null), looks])
  if (!known) return null
  const { card, customer } = known
  const { merged = [] } = customer
  const attributes = Object.entries(card.attributes)
  return html`<${Section} title=${t.customerProfile}>
    <p class="customer-name">
      <span dir="auto">${card.name ?? customer.email ?? customer.external_id ?? t.nameless}</span>
      <span class=${`proof ${card.verified ? 'proof-verified' : ''}`}>${card.verified ? t.verified : t.unverified}</span>
    </p>
    <dl class="facts">
      ${customer.email && html`<${Fact} name=${t.email}>${customer.email}<//>`}
      ${customer.phone && html`<${Fact} name=${t.phone}>${customer.phone}<//>`}
      <${Fact} name=${t.segment}>${card.segment ?? t.noSegment}<//>
      <${Fact} name=${t.valueBand}>${t.valueBands[card.value_band]}<//>
      ${attributes.map(([name, value]) => html`<${Fact} key=${name} name=${name.replaceAll('_', ' ')}>${shown(value)}<//>`)}
    </dl>
    ${
      card.open_orders.length > 0 &&
      html`<h4 class="orders-head">${t.openOrders}</h4>
        <ul class="orders">${card.open_orders.map(
          (order) => html`<li key=${order.id}>
          <code>${order.id}</code> <span dir="auto">${order.status}</span>
          ${order.total !== undefined && html`<span class="order-total">${money(order.total, order.currency)}</span>`}
        </li>`,
        )}</ul>`
    }
    ${
      may('customers.edit') &&
      merged.map(
        ({ id, at }) => html`<p class="joined-profile" key=${id}>
          ${t.joinedOn(dayName(at, language.value, serverNow()))}
          <button type="button" class="link-button" onclick=${() => setApart(id)}>${t.unmerge}</button>
        </p>`,
      )
    }
    ${apart && html`<${UnmergeDialog} id=${apart} onDone=${() => setLooks(looks + 1)} onClose=${() => setApart('')} />`}
  <//>`
}

/** @param {{ id: string, onDone: () => void, onClose: () => void }} props */
function UnmergeDialog({ id, onDone, onClose }) {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const confirm = async () => {
    setBusy(true)
    try {
      await api.unmerge(id)
      toast(t.unmerged, 'good')
      onDone()
    } catch (error) {
      toast(sayError(error), 'bad')
    }
    onClose()
  }
  return html`<${Dialog} title=${t.unmergeTitle} onClose=${onClose}>
    <p class="dialog-lead">${t.unmergeLead}</p>
    <div class="dialog-actions">
      <button type="button" class="button" data-first onclick=${onClose}>${t.cancel}</button>
      <button type="button" class="button danger" disabled=${busy} onclick=${confirm}>${t.unmerge}</button>
    </div>
  <//>`
}

/** @param {string | number | boolean} value */
function shown(value) {
  const t = words.value
  return typeof value === 'boolean' ? (value ? t.yes : t.no) : String(value)
}

/** @param {number} total @param {string | undefined} currency */
function money(total, currency) {
  const style = currency ? { style: /** @type {const} */ ('currency'), currency } : {}
  return new Intl.NumberFormat(language.value, style).format(total)
}
