/** Who is at the desk, and what colleagues have: for looking, and for those who may take over. */

/** @import { BoardItem, Seat } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
import { html } from '../lib.js'
import { addressOf } from '../state/route.js'
import { words } from '../state/settings.js'
import { AgentFace, CustomerFace, Urgency, visitorName } from './bits.js'
import { takeOver } from './claim.js'
import { Load, PresenceDot } from './presence.js'
import { StandingLine } from './standing.js'

const order = ['online', 'busy', 'away', 'offline']

/** Those at the desk first, the freest in front. @param {readonly Seat[]} agents @param {string} me */
export function colleaguesOf(agents, me) {
  const place = (/** @type {Seat} */ { connected, presence }) => (connected ? order.indexOf(presence) : order.length)
  return agents
    .filter(({ id }) => id !== me)
    .sort((a, b) => place(a) - place(b) || a.load / (a.capacity || 1) - b.load / (b.capacity || 1) || a.name.localeCompare(b.name))
}

/** What somebody's presence is called, and whether their line is down. @param {Seat} seat */
export function presenceWords({ presence, connected }) {
  const t = words.value
  return connected || presence === 'offline' ? t.presences[presence] : t.lostConnection
}

/** @param {{ desk: Desk }} props */
export function Colleagues({ desk }) {
  const t = words.value
  const colleagues = colleaguesOf(desk.floor.value.agents, desk.me.id)
  return html`<ul class="floor">
    ${colleagues.map(
      (seat) => html`<li key=${seat.id} class=${seat.connected ? '' : 'floor-gone'}>
        <span class="floor-face"><${AgentFace} name=${seat.name} /><${PresenceDot} presence=${seat.presence} lost=${!seat.connected} /></span>
        <span class="floor-who"><b dir="auto">${seat.name}</b><small>${presenceWords(seat)}</small></span>
        <span class="floor-load" title=${t.loadWords(seat.load, seat.capacity)}>
          <span class="only-read">${t.loadWords(seat.load, seat.capacity)}</span>
          <span aria-hidden="true">${t.loadOf(seat.load, seat.capacity)}</span>
          <${Load} load=${seat.load} capacity=${seat.capacity} />
        </span>
      </li>`,
    )}
  </ul>`
}

/** @param {{ item: BoardItem, desk: Desk, shown: boolean }} props */
export function TakenCard({ item, desk, shown }) {
  const t = words.value
  const { conversation, owner = t.someone } = item
  const name = visitorName(conversation, item)
  const taking = desk.isDoing('take_over', conversation)
  return html`<li class=${`card card-taken ${shown ? 'card-shown' : ''}`}>
    <div class="card-top">
      <${CustomerFace} conversation=${conversation} />
      <h4>
        <a class="card-link" href=${addressOf({ conversation })} data-row=${conversation} aria-current=${shown ? 'true' : undefined}>${name}</a>
      </h4>
      <${Urgency} level=${item.urgency} />
    </div>
    <p class="card-preview" dir="auto">${item.preview}</p>
    <${StandingLine} item=${item} desk=${desk} />
    <div class="card-foot">
      <span class="card-owner"><${AgentFace} name=${owner} /><span dir="auto">${owner}</span></span>
      <button
        type="button"
        class="button small card-take"
        disabled=${taking || desk.link.value.state !== 'open'}
        aria-label=${t.takeOverOf(name, owner)}
        onclick=${() => takeOver(conversation)}
      >
        ${taking ? t.takingOver : t.takeOver}
      </button>
    </div>
  </li>`
}
