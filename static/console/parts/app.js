/** The whole page: the entrance, or the sections with the connection's state, short messages and dialogs around them. */

import { html, signal, useEffect } from '../lib.js'
import { account, desk, stage } from '../state/account.js'
import { route } from '../state/route.js'
import { words } from '../state/settings.js'
import { Entrance } from './auth.js'
import { ConnectionBanner } from './banner.js'
import { Help } from './help.js'
import { Inbox } from './inbox.js'
import { listenToKeys } from './keys.js'
import { People } from './people.js'
import { Rail } from './rail.js'
import { Routing } from './routing.js'
import { Toasts } from './toasts.js'

export const helpShown = signal(false)

export function App() {
  const inside = stage.value === 'signed-in' && account.value && desk.value
  return html`${inside ? html`<${Inside} />` : html`<${Entrance} key="entrance" />`}<${Toasts} />`
}

function Inside() {
  const t = words.value
  const { page, conversation } = route.value
  useEffect(() => listenToKeys(() => (helpShown.value = true)), [])
  const isAdmin = account.value?.role === 'admin'
  const place = page !== 'inbox' && isAdmin ? page : conversation ? 'thread' : 'list'
  const skip = () => (document.getElementById('stage') ?? document.getElementById('main'))?.focus()
  return html`<div class=${`frame at-${place}`}>
    <button type="button" class="skip" onclick=${skip}>${t.skip}</button>
    <${ConnectionBanner} />
    <${Rail} onHelp=${() => (helpShown.value = true)} />
    ${place === 'people' ? html`<${People} />` : place === 'routing' ? html`<${Routing} />` : html`<${Inbox} conversation=${conversation} />`}
    ${helpShown.value && html`<${Help} onClose=${() => (helpShown.value = false)} />`}
  </div>`
}
