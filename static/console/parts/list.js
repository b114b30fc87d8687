/** The list column: what is mine, who waits (most urgent first, as the server sorts), what I closed a moment ago. */

/** @import { BoardItem } from '../../shared/wire.js' */
/** @import { Child } from '../../vendor/preact/preact.module.js' */
/** @import { Desk } from '../state/desk.js' */
import { html, useId } from '../lib.js'
import { words } from '../state/settings.js'
import { MineCard, WaitingCard } from './card.js'
import { QueueEmpty } from './empty.js'
import { Colleagues, TakenCard } from './floor.js'
import { Offers } from './offer.js'
import { NotOffered } from './presence.js'

/** @param {{ title: string, count?: number, strong?: boolean, children?: Child }} props */
function Group({ title, count, strong, children }) {
  const id = useId()
  return html`<section class="group" aria-labelledby=${id}>
    <h3 class="group-head" id=${id}>
      ${title}
      ${count !== undefined && html`<span class=${`count ${strong && count > 0 ? 'count-strong' : ''}`}>${count}</span>`}
    </h3>
    ${children}
  </section>`
}

/** @param {{ desk: Desk, shown: string }} props */
export function List({ desk, shown }) {
  const t = words.value
  const { waiting, mine, others, taken, waiting_count = waiting.length } = desk.board.value
  const theirs = taken?.filter((item) => item.status === 'human') ?? []
  const hasColleagues = desk.floor.value.agents.length > 1
  const active = mine.filter((item) => item.status !== 'resolved')
  const closed = mine.filter((item) => item.status === 'resolved').reverse()
  const mineRow = (/** @type {BoardItem} */ item) =>
    html`<${MineCard} key=${item.conversation} item=${item} desk=${desk} shown=${item.conversation === shown} />`
  return html`<section class="list" aria-label=${t.inbox}>
    <header class="list-head"><h2>${t.inbox}</h2></header>
    <div class="list-body">
      <${NotOffered} desk=${desk} />
      <${Offers} desk=${desk} />
      ${!desk.known.value && html`<${Skeleton} />`}
      ${active.length > 0 && html`<${Group} title=${t.mine} count=${active.length}><ul class="cards">${active.map(mineRow)}</ul><//>`}
      ${
        desk.known.value &&
        html`<${Group} title=${t.waiting} count=${waiting_count} strong>
          ${
            waiting.length > 0
              ? html`<ul class="cards">
                ${waiting.map(
                  (item) =>
                    html`<${WaitingCard} key=${item.conversation} item=${item} desk=${desk} shown=${item.conversation === shown} />`,
                )}
              </ul>`
              : html`<${QueueEmpty} />`
          }
          ${waiting_count > waiting.length && html`<p class="list-note">${t.moreWaiting(waiting_count - waiting.length)}</p>`}
        <//>`
      }
      ${
        theirs.length > 0 &&
        html`<${Group} title=${t.withColleagues} count=${theirs.length}>
          <ul class="cards">
            ${theirs.map(
              (item) => html`<${TakenCard} key=${item.conversation} item=${item} desk=${desk} shown=${item.conversation === shown} />`,
            )}
          </ul>
        <//>`
      }
      ${closed.length > 0 && html`<${Group} title=${t.closed}><ul class="cards">${closed.map(mineRow)}</ul><//>`}
      ${hasColleagues && html`<${Group} title=${t.colleagues}><${Colleagues} desk=${desk} /><//>`}
      ${!taken && others > 0 && html`<p class="list-note">${t.others(others)}</p>`}
    </div>
  </section>`
}

function Skeleton() {
  return html`<div class="skeleton" role="status">
    <span class="only-read">${words.value.loading}</span>
    ${[1, 2, 3].map(() => html`<div class="skeleton-card" aria-hidden="true"><i></i><i></i><i></i></div>`)}
  </div>`
}
