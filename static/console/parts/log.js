/**
 * Everything that was said, oldest first: keeps the end in sight while one reads there, says what is new
 * below otherwise, and notes what the agent has seen.
 */

/** @import { ConversationEvent } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { Thread } from '../state/thread.js' */
import { isKnown } from '../../shared/frame.js'
import { dayName, sameDay } from '../../shared/time.js'
import { html, useEffect, useLayoutEffect, useRef, useState } from '../lib.js'
import { serverNow } from '../state/clock.js'
import { answered } from '../state/draft.js'
import { isWords } from '../state/outbox.js'
import { route } from '../state/route.js'
import { language, words } from '../state/settings.js'
import { earlier, firstRow, reaching } from '../state/rows_window.js'
import { CustomerFace, Icon } from './bits.js'
import { EventRow, PendingRow } from './rows.js'

/** How far from the end still counts as reading the end. */
const nearEndPx = 90
/** How near the first row more of what stands above is drawn. */
const nearTopPx = 300
/** Messages of one author this close together read as one. */
const togetherMs = 4 * 60_000

/** @param {{ desk: Desk, thread: Thread, name: string }} props */
export function Log({ desk, thread, name }) {
  const t = words.value
  const at = useRef(/** @type {HTMLElement | null} */ (null))
  const sticks = useRef(true)
  const lastSize = useRef('')
  const [below, setBelow] = useState(false)
  const events = thread.events.value.filter(isKnown)
  const pending = desk.outbox.items.value.filter((item) => isWords(item) && item.conversation === thread.conversation)
  const status = thread.status.value
  const typing = thread.typing.value && (status === 'human' || status === 'waiting')
  // From a search one comes to the very message.
  const found = route.value.conversation === thread.conversation ? (route.value.seq ?? 0) : 0
  const sought = useRef(0)
  if (found !== sought.current) {
    sought.current = found
    if (found) sticks.current = false
  }
  const from = useRef(0)
  const drawn = useRef(0)
  const place = found ? events.findIndex((event) => event.seq === found) : -1
  // Before there was anything nobody can have scrolled.
  const atEnd = sticks.current === true || drawn.current === 0
  const first = firstRow({ count: events.length, from: from.current ?? 0, atEnd, found: place })
  from.current = first
  drawn.current = events.length
  const [, draw] = useState(0)
  const height = useRef(0)
  const showEarlier = () => {
    if (!from.current || !at.current) return
    sticks.current = false
    from.current = earlier(from.current)
    height.current = at.current.scrollHeight
    draw((count) => count + 1)
  }
  const toEnd = () => at.current?.scrollTo({ top: at.current.scrollHeight })
  const scrolled = () => {
    // Only a hand scrolls away from the end; a window or a text that changes its size does not.
    const size = `${at.current?.scrollHeight} ${at.current?.clientHeight} ${at.current?.clientWidth}`
    const byHand = size === lastSize.current
    lastSize.current = size
    if (byHand && at.current && at.current.scrollTop < nearTopPx) showEarlier()
    if (isAtEnd(at.current)) {
      sticks.current = true
      setBelow(false)
    } else if (byHand) {
      sticks.current = false
    }
  }

  useLayoutEffect(() => {
    if (sticks.current) toEnd()
    else setBelow(true)
  }, [events.length])
  useLayoutEffect(() => {
    // what was drawn above leaves what one reads where it is
    if (height.current && at.current) at.current.scrollTop += at.current.scrollHeight - height.current
    height.current = 0
  })
  useLayoutEffect(() => {
    if (pending.length > 0) sticks.current = true
    if (sticks.current) toEnd()
  }, [pending.length, typing, thread.unsent.value])
  useEffect(() => {
    if (!at.current) return undefined
    const watcher = new ResizeObserver(() => sticks.current && toEnd())
    watcher.observe(at.current)
    for (const rows of at.current.children) watcher.observe(rows)
    return () => watcher.disconnect()
  }, [])
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible' && thread.loaded.peek()) desk.seen(thread)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [events.length, thread.loaded.value, thread.owner.value?.id])

  useLayoutEffect(() => {
    const row = found && thread.loaded.value ? at.current?.querySelector(`[data-seq="${found}"]`) : null
    if (!row) return
    sticks.current = false
    row.scrollIntoView({ block: 'center' })
  }, [found, thread.loaded.value])

  useLayoutEffect(() => {
    const wanted = answered.value
    if (wanted?.conversation !== thread.conversation || !thread.loaded.value) return
    sticks.current = false
    const row = at.current?.querySelector(`[data-seq="${wanted.seq}"]`)
    const index = events.findIndex(({ seq }) => seq === wanted.seq)
    if (!row && index >= 0 && index < first) {
      // it stands above what is drawn: with the next drawing it is there
      from.current = reaching(index)
      draw((count) => count + 1)
      return
    }
    answered.value = null
    row?.scrollIntoView({ block: 'center' })
    row?.classList.add('row-found')
    setTimeout(() => row?.classList.remove('row-found'), 1_500)
  })

  // A row whose props are the same is drawn no second time, however much comes in below.
  const nameOf = useRef((/** @type {string} */ agent) => desk.nameOf(agent)).current
  /** @param {ConversationEvent} event @param {{ joined: boolean, found: boolean, mark: string, canQuote: boolean }} how */
  const row = (event, how) =>
    html`<${EventRow} key=${event.seq} event=${event} me=${desk.me.id} name=${name} conversation=${thread.conversation} nameOf=${nameOf} ...${how} />`

  const isMine = status === 'human' && thread.owner.value?.id === desk.me.id
  const seen = lastOwnSeen(events, desk.me.id, thread.customerRead.value)
  return html`<div class="log-frame">
    <div class="log" role="log" aria-label=${t.conversation} aria-busy=${String(!thread.loaded.value)} tabindex="0" ref=${at} onscroll=${scrolled}>
      ${!thread.loaded.value && html`<p class="log-loading"><span class="spinner"></span>${t.loading}</p>`}
      <ol class="log-rows">
        ${
          first > 0 &&
          html`<li class="log-earlier" key="earlier"><button type="button" class="link-button" onclick=${showEarlier}>${t.earlier}</button></li>`
        }
        ${events.slice(first).map((event, index) => {
          const before = index > 0 ? events[first + index - 1] : undefined
          const newDay = !before || !sameDay(before.at, event.at)
          return html`
            ${newDay && html`<li class="day" key=${`day-${event.seq}`}><span>${dayName(event.at, language.value, serverNow())}</span></li>`}
            ${row(event, {
              joined: !newDay && joins(before, event),
              found: event.seq === found,
              mark:
                event.type === 'agent_message' && event.agent === desk.me.id
                  ? markOf(event.seq, seen, thread.customerRead.value, thread.customerGot.value)
                  : '',
              canQuote: isMine,
            })}
          `
        })}
        ${pending.map((item) => html`<${PendingRow} key=${item.client_id} item=${item} desk=${desk} />`)}
        ${thread.unsent.value && isMine && html`<${Unsent} conversation=${thread.conversation} text=${thread.unsent.value} />`}
        ${typing && !(thread.unsent.value && isMine) && html`<${Typing} conversation=${thread.conversation} name=${name} />`}
      </ol>
    </div>
    ${below && html`<button type="button" class="jump" onclick=${toEnd}><${Icon} name="down" />${t.jump}</button>`}
  </div>`
}

/** @param {{ conversation: string, name: string }} props */
function Typing({ conversation, name }) {
  return html`<li class="row row-customer row-typing" key="typing">
    <${CustomerFace} conversation=${conversation} />
    <div class="bubble dots" role="img" aria-label=${words.value.typing(name)}><i></i><i></i><i></i></div>
  </li>`
}

/** What the customer has not sent. @param {{ conversation: string, text: string }} props */
function Unsent({ conversation, text }) {
  return html`<li class="row row-customer row-typing row-unsent" key="unsent">
    <${CustomerFace} conversation=${conversation} />
    <div>
      <p class="unsent-title">${words.value.unsent}</p>
      <p class="bubble" dir="auto">${text}</p>
    </div>
  </li>`
}

/** @param {HTMLElement | null} log */
function isAtEnd(log) {
  return !log || log.scrollHeight - log.scrollTop - log.clientHeight < nearEndPx
}

/**
 * Whether an event goes on where the one before it stopped.
 * @param {ConversationEvent | undefined} before
 * @param {ConversationEvent} event
 */
function joins(before, event) {
  if (!before || before.type !== event.type || event.at - before.at > togetherMs) return false
  if (event.type === 'agent_message' && before.type === 'agent_message') return event.agent === before.agent
  return event.type === 'visitor_message' || event.type === 'bot_message'
}

/**
 * The last own message that the customer has seen: only there it is said.
 * @param {ConversationEvent[]} events
 * @param {string} me
 * @param {number} read
 */
function lastOwnSeen(events, me, read) {
  return events.findLast((event) => event.type === 'agent_message' && event.agent === me && event.seq <= read)?.seq ?? 0
}

/**
 * @param {number} seq
 * @param {number} seen
 * @param {number} read
 * @param {number} got
 * @returns {'read' | 'delivered' | 'sent' | ''}
 */
function markOf(seq, seen, read, got) {
  if (seq === seen) return 'read'
  if (seq <= read) return ''
  return seq > got ? 'sent' : 'delivered'
}
