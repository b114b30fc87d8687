/** One row of a conversation for each kind of event, and for what is still on its way. */

/** @import { BotMessage, ConversationEvent, Mention, Target, TaskEvent } from '../../shared/wire.js' */
/** @import { Child } from '../../vendor/preact/preact.module.js' */
/** @import { icons } from '../icons.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { Pending } from '../state/outbox.js' */
import { clockTime, fullTime } from '../../shared/time.js'
import { html, useEffect, useState } from '../lib.js'
import { quoting } from '../state/draft.js'
import { pieces } from '../state/mentions.js'
import { language, words } from '../state/settings.js'
import { AgentFace, AssistantFace, CustomerFace, Icon, IconButton, Stars, Urgency, Words } from './bits.js'
import { Files } from './files.js'
import { QuotedAbove } from './quote.js'
import { takeBack } from './take_back.js'

/**
 * @typedef {object} RowProps
 * @property {ConversationEvent} event
 * @property {boolean} joined it goes on where the row above stopped
 * @property {string} me
 * @property {string} name the customer's
 * @property {string} conversation
 * @property {'read' | 'delivered' | 'sent' | ''} mark
 * @property {boolean} [canQuote] whether one can answer it
 * @property {boolean} [found] a search led here
 * @property {(agent: string) => string | undefined} nameOf a colleague's name
 */

/** @param {RowProps} props */
export function EventRow({ event, joined, me, name, conversation, mark, found, nameOf, canQuote }) {
  const t = words.value
  const onQuote = canQuote ? () => (quoting.value = { conversation, seq: event.seq }) : undefined
  switch (event.type) {
    case 'visitor_message': {
      const face = html`<${CustomerFace} conversation=${conversation} />`
      return html`<${Message} side="customer" who=${name} face=${face} at=${event.at} joined=${joined} seq=${event.seq} found=${found} onQuote=${onQuote}>
        ${event.text && html`<div class="bubble"><${Words} text=${event.text} /></div>`}
        <${Files} files=${event.attachments} conversation=${conversation} />
        ${event.choice && html`<p class="aside"><${Icon} name="check" />${t.pickedOne}</p>`}
      <//>`
    }
    case 'bot_message':
      return html`<${BotRow} event=${event} joined=${joined} found=${found} onQuote=${onQuote} />`
    case 'agent_message': {
      const own = event.agent === me
      const face = html`<${AgentFace} name=${event.name} own=${own} />`
      return html`<${Message} side=${own ? 'own' : 'agent'} who=${own ? t.you : event.name} face=${face} at=${event.at} joined=${joined} mark=${mark} seq=${event.seq} found=${found} onQuote=${onQuote}>
        ${event.quoted && html`<${QuotedAbove} quote=${event.quoted} name=${name} conversation=${conversation} />`}
        ${event.text && html`<div class="bubble"><${Words} text=${event.text} /></div>`}
        <${Files} files=${event.attachments} conversation=${conversation} />
      <//>`
    }
    case 'noted':
      return html`<${Remark} event=${event} me=${me} nameOf=${nameOf} found=${found} />`
    case 'handoff_requested':
      return html`<${Happening} icon="hand" tone="warn" at=${event.at} text=${event.reason ? (t.reasons[event.reason] ?? event.reason) : t.handedOver}>
        ${typeof event.urgency === 'string' && html`<${Urgency} level=${event.urgency} />`}
      <//>`
    case 'left_queue':
      return html`<${Happening} icon="leave" at=${event.at} text=${t.leftQueue} />`
    case 'claimed':
      return html`<${Happening} icon="person" at=${event.at} text=${event.agent === me ? t.youClaimed : t.claimed(event.name)} />`
    case 'released':
      return html`<${Happening} icon="release" at=${event.at} text=${event.agent === me ? t.youReleased : t.released(event.name)} />
        ${event.note && html`<${Note} by=${event.agent === me ? t.you : event.name} text=${event.note} />`}`
    case 'resolved':
      return html`<${Happening} icon="check" tone="good" at=${event.at} text=${event.agent === me ? t.youResolved : t.resolved(event.name)} />`
    case 'rated':
      return html`<li class="rated">
        <p>${t.rated}</p>
        <${Stars} score=${event.score} />
        ${event.comment && html`<blockquote dir="auto">${event.comment}</blockquote>`}
        <${Time} at=${event.at} />
      </li>`
    case 'erased':
      return html`<${Happening} icon="erased" at=${event.at} text=${t.erased} />`
    default:
      return html`<${DeskRow} event=${event} me=${me} nameOf=${nameOf} />`
  }
}

/** What the desk did with the conversation. @param {{ event: ConversationEvent } & Pick<RowProps, 'me' | 'nameOf'>} props */
function DeskRow({ event, me, nameOf }) {
  const t = words.value
  const called = (/** @type {string | undefined} */ agent) => (agent === me ? t.youLower : (nameOf(agent ?? '') ?? t.someoneLower))
  switch (event.type) {
    case 'transferred': {
      const target = sayTarget(event.target, me, nameOf)
      const text = event.agent === me ? t.youTransferred(target) : t.transferredBy(event.name, target)
      return html`<${Happening} icon="transfer" at=${event.at} text=${text} />
        ${event.note && html`<${Note} by=${event.agent === me ? t.you : event.name} text=${event.note} />`}`
    }
    case 'taken_over': {
      const text = event.agent === me ? t.youTookOver(called(event.from)) : t.takenOver(event.name, called(event.from))
      return html`<${Happening} icon="person" at=${event.at} text=${text} />`
    }
    case 'customer_identified': {
      const { name, segment } = event.customer ?? {}
      return html`<${Happening} icon="person" at=${event.at} text=${t.identified(name ?? t.theCustomer, segment)} />`
    }
    case 'summed_up':
      return html`<${Happening} icon="assistant" at=${event.at} text=${t.summedUp} />`
    case 'lapsed':
      return html`<${Happening} icon="broken" tone="warn" at=${event.at} text=${event.agent === me ? t.youLapsed : t.lapsed(event.name)} />`
    case 'returned_to_bot':
      return html`<${Happening} icon="assistant" at=${event.at} text=${event.agent === me ? t.youReturned : t.returned(event.name)} />`
    case 'sla_breached': {
      const promise = t.promises[event.promise ?? ''] ?? t.promised
      const due = clockTime(event.due ?? event.at, language.value)
      return html`<${Happening} icon="alert" tone="bad" at=${event.at} text=${t.breached(promise, due)} />`
    }
    default:
      return html`<${SortingRow} event=${event} me=${me} />`
  }
}

/** How agents order their work. @param {{ event: ConversationEvent, me: string }} props */
function SortingRow({ event, me }) {
  const t = words.value
  const who = 'agent' in event && event.agent === me ? t.you : 'name' in event ? (event.name ?? '') : ''
  switch (event.type) {
    case 'labelled':
      return html`<${Happening} icon="tag" at=${event.at} text=${t.labelled(who, event.added ?? [], event.removed ?? [])} />`
    case 'prioritised':
      return html`<${Happening} icon="flag" at=${event.at} text=${event.priority ? t.prioritised(who, t.priorities[event.priority]) : t.unprioritised(who)} />`
    case 'snoozed':
      return html`<${Happening} icon="clock" at=${event.at} text=${event.until ? t.snoozed(who, fullTime(event.until, language.value)) : t.snoozedUntilWord(who)} />`
    case 'woken':
      return html`<${Happening} icon="sun" at=${event.at} text=${who ? t.woken(who) : t.wokenByTime} />`
    case 'marked_unread':
      return html`<${Happening} icon="eyeOff" at=${event.at} text=${t.markedUnread(who)} />`
    case 'whispered':
      return html`<${Note} by=${t.whisperBy(who)} text=${event.text} />`
    case 'reopened':
      return html`<${Happening} icon="reply" at=${event.at} text=${t.reopened(who)} />`
    case 'task':
      return html`<${TaskRow} at=${event.at} task=${event.task} />`
    default:
      return null
  }
}

/** How a flow ended, and what became of a call; what goes on in between shows in what the bot says. @param {{ at: number, task: TaskEvent['task'] }} props */
function TaskRow({ at, task }) {
  const t = words.value
  if (task.what === 'ended') {
    const icon = task.end === 'done' ? 'check' : 'leave'
    return html`<${Happening} icon=${icon} at=${at} text=${t.taskEnded(task.flow ?? '', t.taskEnds[task.end ?? ''] ?? '')} />`
  }
  if (task.what !== 'called' || !task.called) return null
  const { action, end, reason } = task.called
  const went = end === 'ok'
  const text = t.called(action, t.callEnds[end] ?? end)
  return html`<${Happening} icon=${went ? 'check' : 'alert'} tone=${went ? '' : 'warn'} at=${at} text=${reason ? `${text} (${reason})` : text} />`
}

/**
 * @param {Target | undefined} target
 * @param {string} me
 * @param {RowProps['nameOf']} nameOf
 */
function sayTarget(target, me, nameOf) {
  const t = words.value
  if (target?.to === 'team') return t.targetTeam(target.team)
  if (target?.to === 'agent') return target.agent === me ? t.targetYou : (nameOf(target.agent) ?? t.someoneLower)
  return t.targetQueue
}

/** @param {{ at: number }} props */
function Time({ at }) {
  return html`<time class="time" datetime=${new Date(at).toISOString()} title=${fullTime(at, language.value)}>${clockTime(at, language.value)}</time>`
}

/** @param {{ side: string, who: string, face: Child, at: number, joined: boolean, seq: number, found?: boolean, mark?: string, onQuote?: () => void, children?: Child }} props */
function Message({ side, who, face, at, joined, seq, found, mark, onQuote, children }) {
  const t = words.value
  return html`<li class=${`row row-${side} ${joined ? 'row-joined' : ''} ${found ? 'row-found' : ''}`} data-seq=${seq}>
    ${joined ? html`<span class="face-room"></span>` : face}
    <div class="row-body">
      <p class=${joined ? 'only-read' : 'row-head'}><span class="who">${who}</span> <${Time} at=${at} /></p>
      ${children}
      ${mark && html`<p class=${`mark mark-${mark}`}><${Icon} name=${mark === 'sent' ? 'check' : 'checks'} />${markWords(mark)}</p>`}
    </div>
    ${onQuote && html`<${IconButton} icon="reply" label=${t.quoteOf(who)} class="row-quote" onclick=${onQuote} />`}
  </li>`
}

/** How far it has come. @param {string} mark */
function markWords(mark) {
  const t = words.value
  return mark === 'read' ? t.read : mark === 'delivered' ? t.delivered : t.sent
}

/** @param {{ event: BotMessage, joined: boolean, found?: boolean, onQuote?: () => void }} props */
function BotRow({ event, joined, found, onQuote }) {
  const t = words.value
  const { outcome = '', entry, choices = [], sources = [] } = event
  return html`<${Message} side="bot" who=${t.assistant} face=${html`<${AssistantFace} />`} at=${event.at} joined=${joined} seq=${event.seq} found=${found} onQuote=${onQuote}>
    <div class="bubble">
      <${Words} text=${event.text} />
      ${
        choices.length > 0 &&
        html`<ul class="choices" aria-label=${t.choices}>
          ${choices.map((choice) => html`<li key=${choice.id} dir="auto" title=${choice.id}>${choice.label}</li>`)}
        </ul>`
      }
    </div>
    ${
      (entry || outcome) &&
      html`<p class="aside">
        ${outcome && html`<span>${t.outcomes[outcome] ?? outcome}</span>`}
        ${entry && html`<span>${t.entry} <code>${entry}</code></span>`}
        ${sources.length > 0 && html`<span class="phrased" dir="auto">${t.phrasedFrom} ${sources.map(({ title }) => title).join(' · ')}</span>`}
      </p>`
    }
  <//>`
}

/** @param {{ icon: keyof typeof icons, at: number, text: string, tone?: string, children?: Child }} props */
function Happening({ icon, at, text, tone = '', children }) {
  return html`<li class=${`happening ${tone}`}>
    <span class="happening-icon"><${Icon} name=${icon} /></span>
    <span>${text}</span>
    ${children}
    <${Time} at=${at} />
  </li>`
}

/** @param {{ by: string, text: string }} props */
function Note({ by, text }) {
  return html`<li class="note">
    <p class="note-head"><${Icon} name="note" />${words.value.note} · ${by}</p>
    <${Words} text=${text} />
  </li>`
}

/** What a colleague wrote for us all. @param {{ event: ConversationEvent & { type: 'noted' } } & Pick<RowProps, 'me' | 'nameOf' | 'found'>} props */
function Remark({ event, me, nameOf, found }) {
  const t = words.value
  return html`<li class=${`note ${found ? 'row-found' : ''}`} data-seq=${event.seq}>
    <p class="note-head"><${Icon} name="note" />${t.note} · ${event.agent === me ? t.you : event.name} <${Time} at=${event.at} /></p>
    <${Named} text=${event.text} mentions=${event.mentions ?? []} me=${me} nameOf=${nameOf} />
  </li>`
}

/** Words with the colleagues who are named in them. @param {{ text: string, mentions: Mention[], me: string, nameOf: RowProps['nameOf'] }} props */
function Named({ text, mentions, me, nameOf }) {
  if (mentions.length === 0) return html`<${Words} text=${text} />`
  const parts = pieces(text, mentions, nameOf)
  return html`<p class="words" dir="auto">
    ${parts.map((part) => (part.agent ? html`<b class=${`named ${part.agent === me ? 'named-me' : ''}`}>${part.text}</b>` : part.text))}
  </p>`
}

/** Until words go out: how long that is, and how to take them back. @param {{ item: Pending, desk: Desk }} props */
function Held({ item, desk }) {
  const t = words.value
  const left = () => Math.max(1, Math.ceil(((item.until ?? 0) - Date.now()) / 1_000))
  const [seconds, setSeconds] = useState(left)
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), 200)
    return () => clearInterval(timer)
  }, [item.until])
  return html`<p class="mark mark-held">
    <${Icon} name="clock" /><span role="timer">${t.sendsIn(seconds)}</span>
    <button type="button" class="link-button" title="Ctrl+Z" onclick=${() => takeBack(desk, item.client_id)}>${t.undo}</button>
    <button type="button" class="link-button" onclick=${() => desk.outbox.release(item.conversation)}>${t.sendNow}</button>
  </p>`
}

/** What is still on its way, or was refused. @param {{ item: Pending, desk: Desk }} props */
export function PendingRow({ item, desk }) {
  const t = words.value
  const { type, client_id, at, refused, stored, conversation, attachments, text = '', mentions = [], until } = item
  const own = html`<${Named} text=${text} mentions=${mentions} me=${desk.me.id} nameOf=${(/** @type {string} */ agent) => desk.nameOf(agent)} />`
  return html`<li class=${`row row-own ${type === 'note' ? 'row-note' : ''} ${refused ? 'row-failed' : 'row-pending'}`}>
    <span class="face-room"></span>
    <div class="row-body">
      <p class="row-head"><span class="who">${type === 'note' ? t.note : t.you}</span> <${Time} at=${at} /></p>
      ${text && html`<div class="bubble">${own}</div>`}
      <${Files} files=${attachments} conversation=${conversation} />
      ${
        refused
          ? html`<p class="mark mark-failed" role="alert">
            <${Icon} name="alert" />${t.failed} ${t.errors[refused] ?? refused}
            <button type="button" class="link-button" onclick=${() => desk.retry(item)}>${t.retry}</button>
            <button type="button" class="link-button" onclick=${() => desk.outbox.remove(client_id)}>${t.discard}</button>
          </p>`
          : until !== undefined
            ? html`<${Held} item=${item} desk=${desk} />`
            : html`<p class="mark"><${Icon} name=${stored ? 'check' : 'clock'} />${stored ? t.sent : t.sending}</p>`
      }
    </div>
  </li>`
}
