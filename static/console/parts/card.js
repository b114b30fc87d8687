/** A conversation in the list. The whole card is its link; the button to claim lies above it. */

/** @import { BoardItem } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
import { fullTime } from '../../shared/time.js'
import { html } from '../lib.js'
import { addressOf } from '../state/route.js'
import { language, words } from '../state/settings.js'
import { Ago, CustomerFace, Icon, Stars, Urgency, visitorName, Waited } from './bits.js'
import { claim } from './claim.js'
import { nextOf, Sla } from './sla.js'
import { StandingLine } from './standing.js'

/** @typedef {{ item: BoardItem, desk: Desk, shown: boolean }} CardProps */

/** @param {{ item: BoardItem, shown: boolean, unread?: number }} props */
function CardLink({ item, shown, unread = 0 }) {
  const { conversation } = item
  return html`<a class="card-link" href=${addressOf({ conversation })} data-row=${conversation} aria-current=${shown ? 'true' : undefined}>
    ${visitorName(conversation, item)}${unread > 0 && html`<span class="only-read">, ${words.value.unread(unread)}</span>`}
  </a>`
}

/** @param {CardProps} props */
export function WaitingCard({ item, desk, shown }) {
  const t = words.value
  const { conversation } = item
  const claiming = desk.isDoing('claim', conversation)
  const name = visitorName(conversation, item)
  const isOffered = desk.floor.value.offers.some((offer) => offer.conversation === conversation)
  return html`<li class=${`card card-${item.urgency} ${shown ? 'card-shown' : ''} ${isOffered ? 'card-offered' : ''}`}>
    <div class="card-top">
      <${CustomerFace} conversation=${conversation} />
      <h4><${CardLink} item=${item} shown=${shown} /></h4>
      <${Urgency} level=${item.urgency} />
    </div>
    <p class="card-preview" dir="auto">${item.preview}</p>
    <p class="card-why">${item.why[language.value]}</p>
    <${StandingLine} item=${item} desk=${desk} />
    <div class="card-foot">
      <span class="card-time" title=${fullTime(item.since, language.value)}>
        <${Icon} name="clock" /><span class="only-read">${t.waitingFor} </span><${Waited} since=${item.since} />
      </span>
      <button
        type="button"
        class="button small primary card-claim"
        disabled=${claiming || desk.link.value.state !== 'open'}
        aria-label=${t.claimOf(name)}
        onclick=${() => claim(conversation)}
      >
        ${claiming ? t.claiming : t.claim}
      </button>
    </div>
  </li>`
}

/** @param {CardProps} props */
export function MineCard({ item, desk, shown }) {
  const t = words.value
  const { conversation, rating, status } = item
  const thread = desk.threads.get(conversation)
  const unread = desk.unread.value.get(conversation) ?? 0
  const name = visitorName(conversation, item)
  const lastAt = thread?.events.value.at(-1)?.at ?? item.claimed_at ?? item.since
  const typing = thread?.typing.value && status === 'human'
  const clock = nextOf(item.sla)
  return html`<li class=${`card card-mine ${shown ? 'card-shown' : ''} ${unread > 0 ? 'card-unread' : ''}`}>
    <${CustomerFace} conversation=${conversation} />
    <div class="card-words">
      <div class="card-top">
        <h4><${CardLink} item=${item} shown=${shown} unread=${unread} /></h4>
        <span class="card-ago"><${Ago} at=${lastAt} /></span>
      </div>
      <div class="card-line">
        ${
          rating
            ? html`<${Stars} score=${rating.score} />`
            : html`<p class=${`card-preview ${typing ? 'card-typing' : ''}`} dir="auto">${typing ? t.typing(name) : item.preview}</p>`
        }
        ${desk.drafts.begun.value.has(conversation) && html`<span class="draft-chip">${t.draft}</span>`}
        ${unread > 0 && html`<span class="badge" aria-hidden="true">${unread}</span>`}
      </div>
      ${clock && status === 'human' && html`<p class="card-sla"><${Sla} clock=${clock} /></p>`}
    </div>
  </li>`
}
