/**
 * The rows of a view. Only those in sight are in the page, however many there are; a row has one height, so that
 * nothing jumps.
 */

/** @import { InboxRow } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
import { fullTime } from '../../shared/time.js'
import { html, useEffect, useLayoutEffect, useRef, useState } from '../lib.js'
import { addressOf } from '../state/route.js'
import { language, words } from '../state/settings.js'
import { Ago, CustomerFace, Icon, visitorName } from './bits.js'
import { nextOf, Sla } from './sla.js'

/** As the stylesheet has it. */
const rowPx = 92
/** Rows above and below what is in sight, so that stepping with the keyboard always finds the next one. */
const beside = 8

/** @param {{ desk: Desk, shown: string }} props */
export function ViewList({ desk, shown }) {
  const t = words.value
  const { inbox } = desk
  const rows = inbox.rows.value
  const query = inbox.query.value
  const at = useRef(/** @type {HTMLElement | null} */ (null))
  const [range, setRange] = useState({ from: 0, to: 20 })
  const look = () => {
    const list = at.current
    const frame = list?.closest('.list-body')
    if (!list || !frame) return
    const top = frame.getBoundingClientRect().top - list.getBoundingClientRect().top
    const from = Math.max(0, Math.floor(top / rowPx) - beside)
    const to = Math.ceil((top + frame.clientHeight) / rowPx) + beside
    if (from !== range.from || to !== range.to) setRange({ from, to })
    if (to >= inbox.rows.peek().length - beside) inbox.more()
  }
  useLayoutEffect(look)
  useEffect(() => {
    const frame = at.current?.closest('.list-body')
    if (!frame) return undefined
    const watcher = new ResizeObserver(look)
    watcher.observe(frame)
    frame.addEventListener('scroll', look, { passive: true })
    return () => {
      watcher.disconnect()
      frame.removeEventListener('scroll', look)
    }
  })
  const state = inbox.state.value
  if (rows.length === 0 && state === 'ready') {
    const isNarrowed = query && Object.keys(query).some((name) => name !== 'view' && query[/** @type {keyof typeof query} */ (name)])
    return html`<p class="list-note view-empty" role="status">${isNarrowed ? t.nothingFits : query ? t.viewEmpty[query.view] : ''}</p>`
  }
  return html`
    ${
      state === 'failed' &&
      html`<p class="list-note" role="alert">${t.listFailed} <button type="button" class="link-button" onclick=${() => inbox.load()}>${t.tryAgain}</button></p>`
    }
    ${
      rows.length === 0 &&
      state === 'loading' &&
      html`<div class="skeleton" role="status"><span class="only-read">${t.loading}</span>
      ${[1, 2, 3, 4].map(() => html`<div class="skeleton-card" aria-hidden="true"><i></i><i></i></div>`)}</div>`
    }
    <ul class="view-rows" ref=${at} style=${`block-size: ${rows.length * rowPx}px`} aria-label=${query ? t.views[query.view] : ''}>
      ${rows.slice(range.from, range.to).map(
        (row, place) => html`<${Row}
          key=${row.conversation}
          row=${row}
          desk=${desk}
          place=${range.from + place}
          of=${inbox.next.value ? -1 : rows.length}
          shown=${row.conversation === shown}
        />`,
      )}
    </ul>
    ${!inbox.complete.value && html`<p class="list-note" role="status">${t.stillReading}</p>`}
  `
}

/** @param {{ row: InboxRow, desk: Desk, place: number, of: number, shown: boolean }} props */
function Row({ row, desk, place, of, shown }) {
  const t = words.value
  const { conversation } = row
  const name = visitorName(conversation, row)
  const chosen = desk.inbox.chosen.value.has(conversation)
  const clock = row.sla && nextOf(row.sla)
  return html`<li
    class=${`view-row ${shown ? 'view-row-shown' : ''} ${row.unread ? 'view-row-unread' : ''} ${chosen ? 'view-row-chosen' : ''}`}
    style=${`inset-block-start: ${place * rowPx}px`}
    aria-posinset=${place + 1}
    aria-setsize=${of}
  >
    <label class="view-check">
      <input type="checkbox" checked=${chosen} aria-label=${t.choose(name)} onchange=${() => desk.inbox.toggle(conversation)} />
      <${CustomerFace} conversation=${conversation} />
    </label>
    <div class="view-words">
      <div class="view-top">
        <h4>
          <a class="card-link" href=${addressOf({ conversation })} data-row=${conversation} aria-current=${shown ? 'true' : undefined}>
            ${row.unread && html`<span class="only-read">${t.unreadOne}: </span>`}<span dir="auto">${name}</span>
          </a>
        </h4>
        ${row.unread && html`<span class="unread-dot" aria-hidden="true"></span>`}
        <span class="card-ago"><${Ago} at=${row.at} /></span>
      </div>
      <p class="view-preview" dir="auto">${row.preview}</p>
      <p class="view-foot">
        ${desk.drafts.begun.value.has(conversation) && html`<span class="draft-chip">${t.draft}</span>`}
        ${row.priority && html`<${PriorityChip} priority=${row.priority} />`}
        ${row.status === 'snoozed' && html`<span class="chip"><${Icon} name="clock" />${row.snoozed_until ? fullTime(row.snoozed_until, language.value) : t.untilTheyWrite}</span>`}
        ${clock && row.status !== 'snoozed' && html`<${Sla} clock=${clock} />`}
        ${(row.labels ?? []).slice(0, 3).map((label) => html`<span class="label-chip" key=${label} dir="auto">${label}</span>`)}
        ${row.owner && html`<span class="view-owner" dir="auto">${row.owner_id === desk.me.id ? t.you : row.owner}</span>`}
      </p>
    </div>
  </li>`
}

/** @param {{ priority: import('../../shared/wire.js').Priority }} props */
export function PriorityChip({ priority }) {
  const t = words.value
  return html`<span class=${`chip priority-${priority}`}>
    <${Icon} name="flag" /><span class="only-read">${t.priority}: </span>${t.priorities[priority]}
  </span>`
}

/** What is done with all chosen conversations. @param {{ desk: Desk, onAct: (act: import('./acts.js').ActName) => void }} props */
export function BulkBar({ desk, onAct }) {
  const t = words.value
  const { inbox } = desk
  const count = inbox.chosen.value.size
  const all = count > 0 && count === inbox.rows.value.length
  if (!inbox.query.value || inbox.rows.value.length === 0) return null
  const acts = /** @type {const} */ ([
    ['resolve', 'check'],
    ['snooze', 'clock'],
    ['label', 'tag'],
    ['priority', 'flag'],
    ['assign', 'person'],
  ])
  return html`<div class="bulk">
    <label class="bulk-all">
      <input type="checkbox" checked=${all} indeterminate=${count > 0 && !all} onchange=${() => inbox.chooseAll(!all)} />
      <span aria-live="polite">${count > 0 ? t.chosen(count) : t.chooseAll}</span>
    </label>
    ${
      count > 0 &&
      html`<div class="bulk-acts" role="toolbar" aria-label=${t.bulkActs}>
        ${acts.map(
          ([
            name,
            icon,
          ]) => html`<button type="button" class="icon-button" key=${name} title=${t.inboxActs[name]} aria-label=${t.inboxActs[name]} onclick=${() => onAct(name)}>
            <${Icon} name=${icon} />
          </button>`,
        )}
      </div>`
    }
  </div>`
}
