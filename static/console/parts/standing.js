/** Why somebody stands where they stand in the queue: what puts them ahead, what is promised, who declined. */

/** @import { BoardItem } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
import { fullTime } from '../../shared/time.js'
import { html } from '../lib.js'
import { language, words } from '../state/settings.js'
import { Icon } from './bits.js'
import { nextOf, Sla } from './sla.js'

/** @param {{ item: BoardItem, desk: Desk }} props */
export function StandingLine({ item, desk }) {
  const clock = nextOf(item.sla)
  const ahead = (item.factors ?? []).filter(({ minutes }) => minutes > 0)
  const declined = item.declined ?? []
  if (!clock && !item.escalated && ahead.length === 0 && declined.length === 0) return null
  return html`<div class="standing-line">
    ${
      (clock || item.escalated || ahead.length > 0) &&
      html`<div class="chips">
        ${clock && html`<${Sla} clock=${clock} />`}
        ${item.escalated && html`<${Escalated} />`}
        ${ahead.length > 0 && html`<${Factors} factors=${ahead} />`}
      </div>`
    }
    ${
      declined.length > 0 &&
      html`<ul class="declined">
        ${declined.map(({ agent, reason }) => html`<li key=${agent} dir="auto">${sayDeclined(desk, agent, reason)}</li>`)}
      </ul>`
    }
  </div>`
}

function Escalated() {
  const t = words.value
  return html`<span class="chip chip-bad" title=${t.escalatedHint}><${Icon} name="up" />${t.escalated}</span>`
}

/** @param {{ factors: NonNullable<BoardItem['factors']> }} props */
function Factors({ factors }) {
  const t = words.value
  return html`<ul class="factors" aria-label=${t.factorsLabel}>
    ${factors.map(
      ({ factor, minutes, due }) => html`<li class="chip" key=${factor} title=${due ? fullTime(due, language.value) : undefined}>
        ${t.ahead(t.factors[factor] ?? factor, `+${minutes}`)}
      </li>`,
    )}
  </ul>`
}

/**
 * @param {Desk} desk
 * @param {string} agent
 * @param {string} [reason] one of ours, or somebody's own words
 */
function sayDeclined(desk, agent, reason = '') {
  const t = words.value
  const name = agent === desk.me.id ? t.you : (desk.nameOf(agent) ?? t.someone)
  return t.declinedBy(name, t.declineReasons[reason] ?? reason)
}
