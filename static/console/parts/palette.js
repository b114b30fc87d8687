/**
 * The command palette (Ctrl/Cmd + K) and the search (/): one box to type into, and a list of what it can mean. The
 * focus stays in the box; the arrows move through the list, as screen readers know it from a combobox.
 */

/** @import { FoundMessage, SearchAnswer } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { icons } from '../icons.js' */
import { fullTime } from '../../shared/time.js'
import { api, Refused } from '../api.js'
import { html, useEffect, useId, useRef, useState } from '../lib.js'
import { palette } from '../state/above.js'
import { may, seesPeople } from '../state/account.js'
import { queryOf, views } from '../state/inbox.js'
import { go, route } from '../state/route.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { begin, meant } from './acts.js'
import { Icon, visitorName } from './bits.js'
import { Dialog } from './dialog.js'

/** @typedef {{ key: string, group: string, icon: keyof typeof icons, text: string, more?: string, parts?: FoundMessage['excerpt'], run: () => void }} Entry */

/** How long after a key the server is asked. */
const settlesMs = 120
const mostConversations = 6

/** @param {{ desk: Desk, showHelp: () => void }} props */
export function Palette({ desk, showHelp }) {
  const t = words.value
  const id = useId()
  const onlySearch = palette.value === 'search'
  // What is meant was chosen before the palette took the focus.
  const [of] = useState(() => meant(desk))
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const { found, state, more } = useSearch(typed)
  const box = useRef(/** @type {HTMLElement | null} */ (null))
  const close = () => (palette.value = '')
  const entries = [...(onlySearch ? [] : commandsFor(desk, of, typed, showHelp)), ...messagesOf(found)]
  const chosen = Math.min(at, entries.length - 1)
  const run = (/** @type {Entry | undefined} */ entry) => {
    if (!entry) return
    close()
    // The dialog gives the focus back first.
    queueMicrotask(entry.run)
  }
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && entries.length > 0) setAt((chosen + step + entries.length) % entries.length)
    else if (event.key === 'Enter') run(entries[chosen])
    else return
    event.preventDefault()
  }
  useEffect(() => {
    box.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen, entries.length])
  let group = ''
  return html`<${Dialog} title=${onlySearch ? t.searchTitle : t.paletteTitle} onClose=${close}>
    <div class="palette" ref=${box}>
      <input
        type="search"
        role="combobox"
        data-first
        class="palette-input"
        aria-label=${onlySearch ? t.searchHint : t.paletteHint}
        placeholder=${onlySearch ? t.searchHint : t.paletteHint}
        aria-expanded="true"
        aria-controls=${`${id}-list`}
        aria-activedescendant=${entries[chosen] ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        autocomplete="off"
        maxlength="200"
        value=${typed}
        oninput=${(/** @type {InputEvent} */ event) => {
          if (event.currentTarget instanceof HTMLInputElement) setTyped(event.currentTarget.value)
          setAt(0)
        }}
        onkeydown=${keys}
      />
      <div class="palette-list" id=${`${id}-list`} role="listbox" aria-label=${t.results}>
        ${entries.map((entry, place) => {
          const isNew = entry.group !== group
          group = entry.group
          return html`
            ${isNew && html`<p class="palette-group" role="presentation" key=${`group-${group}`}>${group}</p>`}
            <div
              key=${entry.key}
              class="palette-entry"
              role="option"
              id=${`${id}-${place}`}
              aria-selected=${String(place === chosen)}
              onmousemove=${() => place !== chosen && setAt(place)}
              onclick=${() => run(entry)}
            >
              <${Icon} name=${entry.icon} />
              <span class="palette-text" dir="auto">
                ${entry.parts ? entry.parts.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : text)) : entry.text}
              </span>
              ${entry.more && html`<span class="palette-more">${entry.more}</span>`}
            </div>
          `
        })}
      </div>
      <p class="palette-state" role="status">
        ${state === 'failed' ? t.searchFailed : state === 'asking' ? t.searching : typed.trim() && entries.length === 0 ? t.nothingFound(typed.trim()) : t.resultsCount(entries.length)}
        ${more && html` <button type="button" class="link-button" onclick=${more}>${t.searchMore}</button>`}
        ${found && !found.complete && html` ${t.searchBehind}`}
      </p>
    </div>
  <//>`
}

/** What the server finds for what is typed, page after page. @param {string} typed */
function useSearch(typed) {
  const [found, setFound] = useState(/** @type {SearchAnswer | null} */ (null))
  const [state, setState] = useState(/** @type {'' | 'asking' | 'failed'} */ (''))
  const asked = useRef('')
  const query = typed.trim()
  useEffect(() => {
    asked.current = query
    if (!query) {
      setFound(null)
      setState('')
      return undefined
    }
    setState('asking')
    const timer = setTimeout(() => ask(), settlesMs)
    return () => clearTimeout(timer)
  }, [query])
  const ask = async (/** @type {SearchAnswer | null} */ before = null) => {
    try {
      const answer = await api.search(query, before?.next ?? undefined)
      if (asked.current !== query) return
      setFound(before ? { ...answer, customers: before.customers, messages: [...before.messages, ...answer.messages] } : answer)
      setState('')
    } catch (error) {
      if (asked.current !== query) return
      // Signs alone are nothing to search for.
      const isEmpty = error instanceof Refused && error.code === 'invalid_field'
      setFound(null)
      setState(isEmpty ? '' : 'failed')
    }
  }
  const more = found?.next ? () => ask(found) : undefined
  return { found, state, more }
}

/** @param {SearchAnswer | null} found @returns {Entry[]} */
function messagesOf(found) {
  const t = words.value
  const customers = (found?.customers ?? []).flatMap(({ name, email, external_id, conversations }) =>
    conversations.slice(0, 1).map((conversation) => ({
      key: `customer-${conversation}`,
      group: t.customersFound,
      icon: /** @type {const} */ ('person'),
      text: name ?? email ?? external_id ?? '',
      more: email ?? external_id ?? '',
      run: () => go({ conversation }),
    })),
  )
  const messages = (found?.messages ?? []).map((message) => ({
    key: `message-${message.conversation}-${message.seq}`,
    group: t.messagesFound,
    icon: /** @type {const} */ ('note'),
    text: '',
    parts: message.excerpt,
    more: `${message.from === 'visitor' ? visitorName(message.conversation, { visitor: message.visitor }) : t.speakers[message.from]} · ${fullTime(message.at, language.value)}`,
    run: () => go({ conversation: message.conversation, seq: message.seq }),
  }))
  return [...customers, ...messages]
}

/**
 * What can be done from here, what can be seen, and conversations by name or last words.
 * @param {Desk} desk
 * @param {string[]} of
 * @param {string} typed
 * @param {() => void} showHelp
 * @returns {Entry[]}
 */
function commandsFor(desk, of, typed, showHelp) {
  const t = words.value
  const wanted = typed.trim().toLowerCase()
  /** @type {Entry[]} */
  const all = []
  const acts = /** @type {const} */ ([
    ['resolve', 'check'],
    ['snooze', 'clock'],
    ['label', 'tag'],
    ['priority', 'flag'],
    ['assign', 'person'],
    ['unread', 'eyeOff'],
  ])
  for (const [act, icon] of of.length > 0 ? acts : []) {
    all.push({ key: act, group: t.actsGroup(of.length), icon, text: t.inboxActs[act], run: () => begin(act, of) })
  }
  const show = (/** @type {Parameters<typeof desk.inbox.show>[0]} */ query) => {
    go()
    desk.inbox.show(query)
    requestAnimationFrame(() => document.getElementById('view-button')?.focus())
  }
  all.push({ key: 'desk', group: t.viewsLabel, icon: 'inbox', text: t.deskView, run: () => show(null) })
  for (const view of views) {
    const count = desk.inbox.counts.value?.[view]
    all.push({
      key: view,
      group: t.viewsLabel,
      icon: 'inbox',
      text: t.views[view],
      more: count === undefined ? '' : String(count),
      run: () => show({ view }),
    })
  }
  for (const filter of desk.inbox.filters.value) {
    all.push({
      key: `filter-${filter.name}`,
      group: t.savedFilters,
      icon: 'filter',
      text: filter.name,
      run: () => show(queryOf(filter.query)),
    })
  }
  const pages = /** @type {const} */ ([
    ['report', 'bars', t.reportTitle, may('reports.read')],
    ['people', 'people', t.people, seesPeople()],
    ['knowledge', 'book', t.knowledge, may('knowledge.edit')],
    ['doors', 'external', t.doorsTitle, may('webhooks.manage')],
    ['audit', 'clock', t.audit, may('audit.read')],
    ['routing', 'routing', t.routing, may('routing.manage')],
    ['replies', 'reply', t.repliesTitle, may('replies.manage')],
    ['proactive', 'speak', t.proactive, may('replies.manage')],
  ])
  for (const [page, icon, text, allowed] of pages) {
    if (allowed) all.push({ key: page, group: t.pagesGroup, icon, text, run: () => go({ page }) })
  }
  all.push({ key: 'search', group: t.pagesGroup, icon: 'search', text: t.searchTitle, run: () => (palette.value = 'search') })
  all.push({ key: 'help', group: t.pagesGroup, icon: 'keyboard', text: t.shortcuts, run: showHelp })
  return [...all.filter(({ text }) => text.toLowerCase().includes(wanted)), ...conversationsFor(desk, wanted)]
}

/** @param {Desk} desk @param {string} wanted @returns {Entry[]} */
function conversationsFor(desk, wanted) {
  const t = words.value
  const { mine, waiting } = desk.board.value
  const seen = new Map([...mine, ...waiting, ...desk.inbox.rows.value].map((item) => [item.conversation, item]))
  seen.delete(route.value.conversation)
  const fitting = [...seen.values()].filter((item) =>
    `${visitorName(item.conversation, item)} ${item.preview}`.toLowerCase().includes(wanted),
  )
  return fitting.slice(0, mostConversations).map((item) => ({
    key: item.conversation,
    group: t.conversationsGroup,
    icon: 'inbox',
    text: visitorName(item.conversation, item),
    more: item.preview.slice(0, 60),
    run: () => go({ conversation: item.conversation }),
  }))
}
