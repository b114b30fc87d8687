/** The list of the composer: replies after a `/`, colleagues after an `@`. */

/** @import { DraftKind, Language } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
/** @import { Option } from './suggest.js' */
import { html, useEffect, useRef, useState } from '../lib.js'
import { account } from '../state/account.js'
import { signAt } from '../state/mentions.js'
import { filledIn, fitting, loadReplies, replies, slashAt, wordsOf } from '../state/replies.js'
import { words } from '../state/settings.js'
import { api } from '../api.js'
import { AgentFace } from './bits.js'
import { Suggest, useSuggest } from './suggest.js'

const mostColleagues = 8

/**
 * @typedef {object} MenuProps
 * @property {string} id
 * @property {Desk} desk
 * @property {string} conversation
 * @property {DraftKind} kind
 * @property {Language} spoken what the customer speaks
 * @property {string} text
 * @property {number} caret -1 while the focus is elsewhere
 * @property {string} closed what the list was closed at
 * @property {(at: string) => void} onClose
 * @property {(from: number, to: number, part: string, agent?: string) => void} onInsert
 * @property {{ current: HTMLTextAreaElement | null }} box
 * @property {{ current: ((event: KeyboardEvent) => boolean) | null }} keys
 */

/** @param {MenuProps} props */
export function Menu({ id, desk, conversation, kind, spoken, text, caret, closed, onClose, onInsert, box, keys }) {
  const t = words.value
  const found = caret < 0 ? null : kind === 'note' ? signAt(text, caret) : slashAt(text, caret)
  const where = found ? `${kind}${found.from}` : ''
  const isOpen = found !== null && closed !== where
  const values = useRef(/** @type {Promise<Record<string, string>> | null} */ (null))
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    values.current = null
    if (!isOpen || kind !== 'reply') return
    loadReplies()
    // They are there when a reply is chosen.
    values.current = api.variables(conversation).catch(() => ({}))
  }, [isOpen, kind, conversation])

  const takeReply = async (/** @type {string} */ part) => {
    if (!found || busy) return
    setBusy(true)
    const known = await (values.current ?? api.variables(conversation).catch(() => ({})))
    setBusy(false)
    onInsert(found.from, found.to, filledIn(part, known))
  }
  /** @type {Option[]} */
  const options = !isOpen
    ? []
    : kind === 'note'
      ? colleagues(desk, found.query).map(({ id: agent, name, away }) => ({
          key: agent,
          row: html`<${AgentFace} name=${name} /><b dir="auto">${name}</b>${away && html`<span class="suggest-more">${t.notAtDesk}</span>`}`,
          take: () => onInsert(found.from, found.to, `@${name} `, agent),
        }))
      : fitting(replies.value, found.query, account.value?.teams ?? []).map((reply) => ({
          key: reply.id,
          row: html`<b dir="auto">/${reply.shortcut}</b><span class="suggest-title" dir="auto">${reply.title}</span>
            <span class="suggest-more" dir="auto">${wordsOf(reply, spoken)}</span>`,
          take: () => takeReply(wordsOf(reply, spoken)),
        }))
  const { chosen, setAt, onkeydown, optionId } = useSuggest(id, options, () => onClose(where))
  keys.current = onkeydown
  useEffect(() => {
    if (chosen) box.current?.setAttribute('aria-activedescendant', optionId(chosen))
    else box.current?.removeAttribute('aria-activedescendant')
  })
  const label = kind === 'note' ? t.colleagues : t.repliesTitle
  const none = isOpen && kind === 'reply' && options.length === 0 && (found.query !== '' || replies.value.length === 0)
  return html`<div class="suggest-place">
    <p class="only-read" role="status">${isOpen ? t.suggestions(options.length) : ''}</p>
    ${
      options.length > 0
        ? html`<${Suggest} id=${`${id}-menu`} label=${label} options=${options} chosen=${chosen} optionId=${optionId} setAt=${setAt} />`
        : html`<div id=${`${id}-menu`} hidden></div>`
    }
    ${none && html`<div class="suggest suggest-none">${replies.value.length === 0 ? t.noReplies : t.noReplyFits(found.query)}</div>`}
  </div>`
}

/** Who can be named, those at the desk first. @param {Desk} desk @param {string} query */
function colleagues(desk, query) {
  const wanted = query.toLowerCase()
  const here = new Set(desk.floor.value.agents.filter(({ connected }) => connected).map(({ id }) => id))
  const all = [...desk.colleagues.value.values()].filter(({ id, active }) => active && id !== desk.me.id)
  const fits = all.filter(
    ({ name }) =>
      name
        .toLowerCase()
        .split(/\s+/)
        .some((part) => part.startsWith(wanted)) || name.toLowerCase().includes(wanted),
  )
  const people = fits.map(({ id, name }) => ({ id, name, away: !here.has(id) }))
  people.sort((a, b) => Number(a.away) - Number(b.away) || a.name.localeCompare(b.name))
  return people.slice(0, mostColleagues)
}
