/** Starts the console: theme and words first, so that nothing is drawn in the wrong ones, then the app. */

import { byId } from '../shared/dom.js'
import { effect, html, render } from './lib.js'
import { App } from './parts/app.js'
import { needThread } from './parts/inbox.js'
import { fetchAhead } from './parts/later.js'
import { begin, desk, followLinks } from './state/account.js'
import { startClock } from './state/clock.js'
import { notifyWishes } from './state/notify.js'
import { followAddress, route } from './state/route.js'
import { applyTheme, language, speak, theme, words } from './state/settings.js'

applyTheme(theme.value)
await speak(language.value)
const known = begin()
followAddress()
if (route.value.conversation) needThread()
followLinks()
startClock()
effect(() => {
  const counts = desk.value?.unread.value.values() ?? []
  const offers = desk.value?.floor.value.offers.length ?? 0
  const all = [...counts].reduce((sum, count) => sum + count, offers)
  document.title = words.value.title(notifyWishes.value.badge ? all : 0)
})
render(html`<${App} />`, byId('app', HTMLElement))
await known
fetchAhead()
