/**
 * The list column. The queue: what is mine, who waits (most urgent first, as the server sorts), what I closed a moment
 * ago. The team: who is at the desk, and what they have.
 */

/** @import { BoardItem } from '../../shared/wire.js' */
/** @import { Child } from '../../vendor/preact/preact.module.js' */
/** @import { Desk } from '../state/desk.js' */
import { html, signal, useId, useRef } from '../lib.js'
import { palette } from '../state/above.js'
import { words } from '../state/settings.js'
import { begin } from './acts.js'
import { IconButton } from './bits.js'
import { MineCard, WaitingCard } from './card.js'
import { QueueEmpty } from './empty.js'
import { Colleagues, TakenCard } from './floor.js'
import { Offers } from './offer.js'
import { NotOffered } from './presence.js'
import { BulkBar, ViewList } from './view_list.js'
import { Filters, ViewPicker } from './views.js'

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

/** After how long on a card it is likely to be opened. */
const settlesMs = 60

/**
 * What the pointer or the focus rests on is fetched, so that it is there when it is opened.
 * @param {Desk} desk
 */
function useLookAhead(desk) {
  const timer = useRef(/** @type {any} */ (0))
  return (/** @type {Event} */ { target }) => {
    clearTimeout(timer.current)
    const row = target instanceof Element ? target.closest('li')?.querySelector('[data-row]') : null
    const conversation = row instanceof HTMLElement ? row.dataset.row : undefined
    if (conversation) timer.current = setTimeout(() => desk.lookAhead(conversation), settlesMs)
  }
}

const tab = signal(/** @type {'queue' | 'team'} */ ('queue'))

/** @param {{ desk: Desk, shown: string }} props */
export function List({ desk, shown }) {
  const t = words.value
  const hasColleagues = desk.floor.value.agents.length > 1
  const isView = desk.inbox.query.value !== null
  const isTeam = hasColleagues && tab.value === 'team'
  const tabs = /** @type {const} */ ([
    ['queue', t.queueTab],
    ['team', t.teamTab],
  ])
  const ahead = useLookAhead(desk)
  return html`<section class="list" aria-label=${t.inbox} onpointerover=${ahead} onfocusin=${ahead}>
    <header class="list-head">
      <h2 class="only-read">${t.inbox}</h2>
      <div class="list-line">
        <${ViewPicker} desk=${desk} />
        <${Mentions} desk=${desk} />
        <${IconButton} icon="search" label=${t.searchTitle} onclick=${() => (palette.value = 'search')} />
      </div>
      ${
        hasColleagues &&
        !isView &&
        html`<div class="list-tabs" role="group" aria-label=${t.inbox}>
          ${tabs.map(
            ([
              name,
              label,
            ]) => html`<button type="button" key=${name} aria-pressed=${String(isTeam === (name === 'team'))} onclick=${() => (tab.value = name)}>
              ${label}
            </button>`,
          )}
        </div>`
      }
    </header>
    ${isView && html`<${Filters} desk=${desk} /><${BulkBar} desk=${desk} onAct=${begin} />`}
    <div class="list-body">
      <${NotOffered} desk=${desk} />
      <${Offers} desk=${desk} />
      ${!desk.known.value && !isView && html`<${Skeleton} />`}
      ${isView ? html`<${ViewList} desk=${desk} shown=${shown} />` : isTeam ? html`<${Team} desk=${desk} shown=${shown} />` : html`<${Queue} desk=${desk} shown=${shown} />`}
    </div>
  </section>`
}

/** Where colleagues named us and we have not looked. @param {{ desk: Desk }} props */
function Mentions({ desk }) {
  const t = words.value
  const count = desk.inbox.counts.value?.mentions ?? 0
  if (count === 0) return null
  return html`<button
    type="button"
    class="icon-button mentions-button"
    aria-label=${t.mentionsNow(count)}
    title=${t.mentionsNow(count)}
    onclick=${() => desk.inbox.show({ view: 'mentions' })}
  >
    <span aria-hidden="true">@</span><span class="badge" aria-hidden="true">${count}</span>
  </button>`
}

/** @param {{ desk: Desk, shown: string }} props */
function Queue({ desk, shown }) {
  const t = words.value
  const { waiting, mine, others, waiting_count = waiting.length } = desk.board.value
  const active = mine.filter((item) => item.status !== 'resolved')
  const closed = mine.filter((item) => item.status === 'resolved').reverse()
  const mineRow = (/** @type {BoardItem} */ item) =>
    html`<${MineCard} key=${item.conversation} item=${item} desk=${desk} shown=${item.conversation === shown} />`
  return html`
    ${active.length > 0 && html`<${Group} title=${t.mine} count=${active.length}><ul class="cards">${active.map(mineRow)}</ul><//>`}
    ${
      desk.known.value &&
      html`<${Group} title=${t.waiting} count=${waiting_count} strong>
        ${
          waiting.length > 0
            ? html`<ul class="cards">
              ${waiting.map(
                (item) => html`<${WaitingCard} key=${item.conversation} item=${item} desk=${desk} shown=${item.conversation === shown} />`,
              )}
            </ul>`
            : html`<${QueueEmpty} />`
        }
        ${waiting_count > waiting.length && html`<p class="list-note">${t.moreWaiting(waiting_count - waiting.length)}</p>`}
      <//>`
    }
    ${closed.length > 0 && html`<${Group} title=${t.closed}><ul class="cards">${closed.map(mineRow)}</ul><//>`}
    ${others > 0 && html`<p class="list-note">${t.others(others)}</p>`}
  `
}

/** @param {{ desk: Desk, shown: string }} props */
function Team({ desk, shown }) {
  const t = words.value
  const { taken } = desk.board.value
  const theirs = taken?.filter((item) => item.status === 'human') ?? []
  const row = (/** @type {BoardItem} */ item) =>
    html`<${TakenCard} key=${item.conversation} item=${item} desk=${desk} shown=${item.conversation === shown} />`
  return html`
    <${Group} title=${t.colleagues}><${Colleagues} desk=${desk} /><//>
    ${
      taken &&
      html`<${Group} title=${t.withColleagues} count=${theirs.length}>
        ${theirs.length > 0 ? html`<ul class="cards">${theirs.map(row)}</ul>` : html`<p class="list-note">${t.nothingTaken}</p>`}
      <//>`
    }
  `
}

function Skeleton() {
  return html`<div class="skeleton" role="status">
    <span class="only-read">${words.value.loading}</span>
    ${[1, 2, 3].map(() => html`<div class="skeleton-card" aria-hidden="true"><i></i><i></i><i></i></div>`)}
  </div>`
}
