/** The inbox: the list, the conversation, and what is known about it. */

import { html, useEffect } from '../lib.js'
import { desk } from '../state/account.js'
import { words } from '../state/settings.js'
import { Nothing } from './empty.js'
import { next } from './later.js'
import { List } from './list.js'
import { OfferBar } from './offer.js'
import { announceArrivals } from './arrivals.js'

/** The conversation comes after the list, unless the page is opened at one. */
const { Part: ThreadView, need: needThread } = next(
  async () => (await import('./thread.js')).ThreadView,
  (coming) => html`<div class="thread"><section class="thread-main" aria-busy="true">${coming}</section></div>`,
)

export { needThread }

/** @param {{ conversation: string }} props */
export function Inbox({ conversation }) {
  const t = words.value
  const here = desk.value
  useEffect(() => (here ? announceArrivals(here) : undefined), [here])
  if (!here) return null
  return html`<main class="inbox" id="main">
    <h1 class="only-read">${t.product}</h1>
    <${OfferBar} desk=${here} />
    <${List} desk=${here} shown=${conversation} />
    <div class="stage" id="stage" tabindex="-1">
      ${
        conversation
          ? html`<${ThreadView} key=${conversation} desk=${here} thread=${here.thread(conversation)} />`
          : html`<${Nothing} desk=${here} />`
      }
    </div>
  </main>`
}
