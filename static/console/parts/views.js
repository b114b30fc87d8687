/** Which list is on the screen: the desk's own, a view, or a saved filter; and what narrows it. */

/** @import { Desk } from '../state/desk.js' */
/** @import { Query } from '../state/inbox.js' */
import { html, useId, useState } from '../lib.js'
import { queryOf, textOf, views } from '../state/inbox.js'
import { words } from '../state/settings.js'
import { toast } from '../state/toasts.js'
import { Icon, IconButton } from './bits.js'
import { usePopover } from './popover.js'

/** What a list is called. @param {Desk} desk @param {Query | null} query */
export function nameOfView(desk, query) {
  const t = words.value
  if (!query) return t.deskView
  const saved = desk.inbox.filters.value.find((filter) => filter.query === textOf(query))
  return saved?.name ?? t.views[query.view]
}

/** @param {{ desk: Desk }} props */
export function ViewPicker({ desk }) {
  const t = words.value
  const id = useId()
  const { open, setOpen, close, at, button, onkeydown } = usePopover()
  const { inbox } = desk
  const query = inbox.query.value
  const shown = query ? textOf(query) : ''
  const counts = inbox.counts.value
  const pick = (/** @type {Query | null} */ wanted) => {
    close()
    inbox.show(wanted)
  }
  const item = (/** @type {string} */ name, /** @type {Query | null} */ wanted, /** @type {number | undefined} */ count) => {
    const text = wanted ? textOf(wanted) : ''
    return html`<li key=${text}>
      <button type="button" class="menu-item view-item" aria-current=${text === shown ? 'true' : undefined} onclick=${() => pick(wanted)}>
        <span dir="auto">${name}</span>${count !== undefined && html`<span class="count">${count}</span>`}
      </button>
    </li>`
  }
  return html`<div class="view-picker" ref=${at} onkeydown=${onkeydown}>
    <button
      type="button"
      class="view-button"
      id="view-button"
      ref=${button}
      aria-expanded=${String(open)}
      aria-controls=${id}
      aria-label=${t.viewIs(nameOfView(desk, query))}
      onclick=${() => setOpen(!open)}
    >
      <span dir="auto">${nameOfView(desk, query)}</span><${Icon} name="chevron" />
    </button>
    <nav class="view-menu" id=${id} hidden=${!open} aria-label=${t.viewsLabel}>
      <ul>
        ${item(t.deskView, null, undefined)}
        ${views.map((view) => item(t.views[view], { view }, counts?.[view]))}
      </ul>
      ${
        inbox.filters.value.length > 0 &&
        html`<h3>${t.savedFilters}</h3>
          <ul>${inbox.filters.value.map((filter) => item(filter.name, queryOf(filter.query), undefined))}</ul>`
      }
    </nav>
  </div>`
}

const languages = /** @type {const} */ (['en', 'zh'])
export const priorities = /** @type {const} */ (['urgent', 'high', 'medium', 'low'])

/** What narrows the list, and a name to keep it under. @param {{ desk: Desk }} props */
export function Filters({ desk }) {
  const t = words.value
  const { inbox } = desk
  const query = inbox.query.value
  const [open, setOpen] = useState(false)
  const [naming, setNaming] = useState(false)
  if (!query) return null
  const change = (/** @type {Partial<Query>} */ part) => inbox.show({ ...query, ...part })
  const picked = (/** @type {Event} */ event) =>
    (event.currentTarget instanceof HTMLSelectElement && event.currentTarget.value) || undefined
  const { view, ...narrowed } = query
  const count = Object.values(narrowed).filter(Boolean).length
  const saved = inbox.filters.value.find((filter) => filter.query === textOf(query))
  const forget = async () => {
    try {
      await inbox.save(inbox.filters.value.filter((filter) => filter !== saved))
    } catch {
      toast(t.errors.internal ?? '', 'bad')
    }
  }
  const select = (
    /** @type {string} */ label,
    /** @type {string | undefined} */ value,
    /** @type {[string, string][]} */ options,
    /** @type {(value: string | undefined) => void} */ set,
  ) =>
    html`<label class="filter">
      <span>${label}</span>
      <select value=${value ?? ''} onchange=${(/** @type {Event} */ event) => set(picked(event))}>
        <option value="">${t.any}</option>
        ${options.map(([name, text]) => html`<option key=${name} value=${name} selected=${name === value}>${text}</option>`)}
      </select>
    </label>`
  return html`<div class="filters">
    <div class="filters-head">
      <button type="button" class="link-button" aria-expanded=${String(open)} onclick=${() => setOpen(!open)}>
        <${Icon} name="filter" />${count > 0 ? t.filtersOn(count) : t.filter}
      </button>
      ${count > 0 && !saved && html`<button type="button" class="link-button" onclick=${() => setNaming(true)}>${t.saveFilter}</button>`}
      ${saved && html`<button type="button" class="link-button" onclick=${forget}>${t.forgetFilter}</button>`}
      ${count > 0 && html`<button type="button" class="link-button" onclick=${() => inbox.show({ view })}>${t.clearFilters}</button>`}
    </div>
    ${naming && html`<${NameFilter} desk=${desk} query=${query} onClose=${() => setNaming(false)} />`}
    ${
      open &&
      html`<div class="filters-body">
        ${select(
          t.label,
          query.label,
          inbox.labels.value.map((label) => [label, label]),
          (label) => change({ label }),
        )}
        ${select(
          t.priority,
          query.priority,
          priorities.map((name) => [name, t.priorities[name]]),
          (priority) => change({ priority }),
        )}
        ${select(
          t.language,
          query.language,
          languages.map((name) => [name, t.languageNames[name]]),
          (language) => change({ language }),
        )}
        ${
          view !== 'waiting' &&
          select(
            t.assignee,
            query.assignee,
            [
              ['me', t.you],
              ['none', t.nobody],
              ...desk.floor.value.agents
                .filter(({ id }) => id !== desk.me.id)
                .map((seat) => /** @type {[string, string]} */ ([seat.id, seat.name])),
            ],
            (assignee) => change({ assignee }),
          )
        }
        <label class="filter filter-check">
          <input type="checkbox" checked=${query.unread ?? false} onchange=${() => change({ unread: !query.unread || undefined })} />
          <span>${t.onlyUnread}</span>
        </label>
      </div>`
    }
  </div>`
}

/** @param {{ desk: Desk, query: Query, onClose: () => void }} props */
function NameFilter({ desk, query, onClose }) {
  const t = words.value
  const id = useId()
  const [wrong, setWrong] = useState('')
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const name = String(new FormData(form).get('name') ?? '').trim()
    const others = desk.inbox.filters.value
    if (!name || others.some((filter) => filter.name === name)) return setWrong(t.filterNameWrong)
    try {
      await desk.inbox.save([...others, { name, query: textOf(query) }])
      toast(t.filterSaved(name), 'good')
      onClose()
    } catch {
      setWrong(t.filterNameWrong)
    }
  }
  return html`<form class="name-filter" onsubmit=${submit}>
    <label for=${id}>${t.filterName}</label>
    <input id=${id} name="name" maxlength="60" required aria-invalid=${String(wrong !== '')} aria-describedby=${`${id}-wrong`} ref=${(/** @type {HTMLInputElement | null} */ at) => at?.focus()} />
    <button type="submit" class="button small primary">${t.save}</button>
    <${IconButton} icon="close" label=${t.cancel} onclick=${onClose} />
    <p class="field-error" id=${`${id}-wrong`} role="alert">${wrong}</p>
  </form>`
}
