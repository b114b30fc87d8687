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
import { sayError } from '../state/account.js'
import { answered } from '../state/draft.js'
import { isWords } from '../state/outbox.js'
import { route } from '../state/route.js'
import { language, words } from '../state/settings.js'
import { earlier, firstRow, reaching } from '../state/rows_window.js'
import { toast } from '../state/toasts.js'
import { CustomerFace, Icon } from './bits.js'
import { whenIdle } from './later.js'
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
  const stick = (/** @type {boolean} */ on) => {
    sticks.current = on
    thread.held = !on
  }
  const lastSize = useRef('')
  const lastTop = useRef(0)
  const [below, setBelow] = useState(false)
  // of what is before the first complete page only some is here
  const begin = thread.from.value
  const events = thread.events.value.filter((event) => event.seq >= begin && isKnown(event))
  const pending = desk.outbox.items.value.filter((item) => isWords(item) && item.conversation === thread.conversation)
  const status = thread.status.value
  const typing = thread.typing.value && (status === 'human' || status === 'waiting')
  // From a search one comes to the very message.
  const found = route.value.conversation === thread.conversation ? (route.value.seq ?? 0) : 0
  const sought = useRef(0)
  if (found !== sought.current) {
    sought.current = found
    if (found) stick(false)
  }
  // the first row that is drawn, by its event: places change with what comes and goes above
  const top = useRef(0)
  const topPlace = () =>
    Math.max(
      0,
      events.findIndex(({ seq }) => seq >= (top.current ?? 0)),
    )
  const wanting = useRef(0)
  const height = useRef(0)
  const drawn = useRef(0)
  const place = found ? events.findIndex((event) => event.seq === found) : -1
  // Before there was anything nobody can have scrolled.
  const atEnd = sticks.current === true || drawn.current === 0
  let from = topPlace()
  if (wanting.current && begin < wanting.current) {
    // the page has come that was wanted
    wanting.current = 0
    from = earlier(from)
    height.current = at.current?.scrollHeight ?? 0
  }
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (thread.loaded.value) whenIdle(() => setSeen(true))
  }, [thread.loaded.value])
  const unseen = isSeen ? {} : { height: at.current?.clientHeight || window.innerHeight }
  const first = firstRow({ count: events.length, from, atEnd, found: place, ...unseen })
  top.current = events[first]?.seq ?? 0
  drawn.current = events.length
  const [, draw] = useState(0)
  /** @param {boolean} asked by a click, which is told when it fails */
  const showEarlier = async (asked) => {
    if (!at.current) return
    if (first > 0) {
      stick(false)
      top.current = events[earlier(first)]?.seq ?? 0
      height.current = at.current.scrollHeight
      return draw((count) => count + 1)
    }
    if (begin <= 1) return
    stick(false)
    wanting.current = begin
    try {
      await desk.earlier(thread)
    } catch (error) {
      if (asked) toast(sayError(error), 'bad')
    }
  }
  const toEnd = () => at.current?.scrollTo({ top: at.current.scrollHeight })
  const scrolled = () => {
    // Only a hand scrolls up from the end; a window or a text that changes its size does not.
    const size = `${at.current?.scrollHeight} ${at.current?.clientHeight} ${at.current?.clientWidth}`
    const scrollTop = at.current?.scrollTop ?? 0
    const byHand = size === lastSize.current && scrollTop < (lastTop.current ?? 0)
    lastSize.current = size
    lastTop.current = scrollTop
    if (byHand && scrollTop < nearTopPx) showEarlier(false)
    if (isAtEnd(at.current)) {
      stick(true)
      setBelow(false)
    } else if (byHand) {
      stick(false)
    }
  }

  useLayoutEffect(() => {
    if (sticks.current) toEnd()
    else setBelow(true)
  }, [events.at(-1)?.seq])
  useLayoutEffect(() => {
    // what was drawn above leaves what one reads where it is
    if (height.current && at.current) at.current.scrollTop += at.current.scrollHeight - height.current
    height.current = 0
  })
  useLayoutEffect(() => {
    if (pending.length > 0) stick(true)
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
  }, [events.at(-1)?.seq, thread.loaded.value, thread.owner.value?.id])

  useEffect(() => {
    thread.held = !sticks.current
    if (found && thread.loaded.value && found < thread.from.peek())
      desk.reach(thread, found).catch((error) => toast(sayError(error), 'bad'))
    return () => {
      thread.held = false
    }
  }, [found, thread.loaded.value])
  useLayoutEffect(() => {
    const row = found && thread.loaded.value ? at.current?.querySelector(`[data-seq="${found}"]`) : null
    if (!row) return
    stick(false)
    row.scrollIntoView({ block: 'center' })
  }, [found, thread.loaded.value, place >= 0])

  useLayoutEffect(() => {
    const wanted = answered.value
    if (wanted?.conversation !== thread.conversation || !thread.loaded.value) return
    stick(false)
    if (wanted.seq < begin) {
      if (!thread.fetching) desk.reach(thread, wanted.seq).catch((error) => giveUp(error))
      return
    }
    const row = at.current?.querySelector(`[data-seq="${wanted.seq}"]`)
    const index = events.findIndex(({ seq }) => seq === wanted.seq)
    if (!row && index >= 0 && index < first) {
      // it stands above what is drawn: with the next drawing it is there
      top.current = events[reaching(index)]?.seq ?? 0
      draw((count) => count + 1)
      return
    }
    answered.value = null
    row?.scrollIntoView({ block: 'center' })
    row?.classList.add('row-found')
    setTimeout(() => row?.classList.remove('row-found'), 1_500)
  })

  const giveUp = (/** @type {unknown} */ error) => {
    answered.value = null
    toast(sayError(error), 'bad')
  }

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
          (first > 0 || begin > 1) &&
          html`<li class="log-earlier" key="earlier"><button type="button" class="link-button" onclick=${() => showEarlier(true)}>${t.earlier}</button></li>`
        }
        ${events.slice(first).flatMap((event, index) => {
          const before = index > 0 ? events[first + index - 1] : undefined
          const newDay = !before || !sameDay(before.at, event.at)
          const drawn = row(event, {
            joined: !newDay && joins(before, event),
            found: event.seq === found,
            mark:
              event.type === 'agent_message' && event.agent === desk.me.id
                ? markOf(event.seq, seen, thread.customerRead.value, thread.customerGot.value)
                : '',
            canQuote: isMine,
          })
          // in one list, where a row is found by its key wherever it comes to stand
          return newDay
            ? [html`<li class="day" key=${`day-${event.seq}`}><span>${dayName(event.at, language.value, serverNow())}</span></li>`, drawn]
            : [drawn]
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
