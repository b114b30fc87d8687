/** Who the customer of a conversation is, as the shop knows them: proved or not, what they are worth, their orders. */

/** @import { Status } from '../../shared/wire.js' */
/** @import { Known } from '../api.js' */
import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { language, words } from '../state/settings.js'
import { Fact, Section } from './panel.js'

/**
 * Nothing is shown of a customer of whom nothing is known.
 * @param {{ conversation: string, status: Status | null }} props
 */
export function CustomerPanel({ conversation, status }) {
  const t = words.value
  const [known, setKnown] = useState(/** @type {Known | null} */ (null))
  useEffect(() => {
    let isCurrent = true
    setKnown(null)
    api.customerOf(conversation).then(
      (found) => isCurrent && setKnown(found),
      () => {}, // nobody is known, or the line is down: the panel stays away
    )
    return () => {
      isCurrent = false
    }
  }, [conversation, status])
  if (!known) return null
  const { card, customer } = known
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
