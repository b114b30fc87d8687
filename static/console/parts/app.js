/** The whole page: the entrance, or the sections with the connection's state, short messages and dialogs around them. */

import { html, useEffect } from '../lib.js'
import { helpShown, palette } from '../state/above.js'
import { account, desk, may, seesPeople, stage } from '../state/account.js'
import { route } from '../state/route.js'
import { words } from '../state/settings.js'
import { Asking } from './acts.js'
import { Entrance } from './auth.js'
import { ConnectionBanner } from './banner.js'
import { Inbox } from './inbox.js'
import { listenToKeys } from './keys.js'
import { later, soon } from './later.js'
import { Rail } from './rail.js'
import { Toasts } from './toasts.js'

/** What is beside the inbox. */
const pages = {
  people: later(async () => (await import('./people.js')).People),
  audit: later(async () => (await import('./audit.js')).Audit),
  doors: later(async () => (await import('./doors.js')).Doors),
  routing: later(async () => (await import('./routing.js')).Routing),
  replies: later(async () => (await import('./replies.js')).Replies),
  proactive: later(async () => (await import('./proactive.js')).Proactive),
  knowledge: later(async () => (await import('./knowledge_page.js')).KnowledgePage),
  report: later(async () => (await import('./report.js')).ReportPage),
}

const Help = soon(async () => (await import('./help.js')).Help)
const Palette = soon(async () => (await import('./palette.js')).Palette)

export function App() {
  const inside = stage.value === 'signed-in' && account.value && desk.value
  return html`${inside ? html`<${Inside} />` : html`<${Entrance} key="entrance" />`}<${Toasts} />`
}

function Inside() {
  const t = words.value
  const { page, conversation } = route.value
  useEffect(() => listenToKeys(() => (helpShown.value = true)), [])
  const rights = {
    people: seesPeople(),
    audit: may('audit.read'),
    doors: may('webhooks.manage'),
    routing: may('routing.manage'),
    replies: may('replies.manage'),
    proactive: may('replies.manage'),
    knowledge: may('knowledge.edit'),
    report: may('reports.read'),
    inbox: false,
  }
  const beside = rights[page]
  const place = beside ? (['routing', 'knowledge', 'report'].includes(page) ? 'routing' : 'people') : conversation ? 'thread' : 'list'
  const skip = () => (document.getElementById('stage') ?? document.getElementById('main'))?.focus()
  return html`<div class=${`frame at-${place}`}>
    <button type="button" class="skip" onclick=${skip}>${t.skip}</button>
    <${ConnectionBanner} />
    <${Rail} onHelp=${() => (helpShown.value = true)} />
    ${beside && page !== 'inbox' ? html`<${pages[page]} />` : html`<${Inbox} conversation=${conversation} />`}
    ${desk.value && html`<${Asking} desk=${desk.value} />`}
    ${desk.value && palette.value && html`<${Palette} key=${palette.value} desk=${desk.value} showHelp=${() => (helpShown.value = true)} />`}
    ${helpShown.value && html`<${Help} onClose=${() => (helpShown.value = false)} />`}
  </div>`
}
