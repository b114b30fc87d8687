/** Claiming a conversation: asked for once, opened at once, and the composer gets the focus when it is ours. */

import { effect } from '../lib.js'
import { desk } from '../state/account.js'
import { go } from '../state/route.js'

/** After this the agent looks at something else, and the focus stays there. */
const patienceMs = 5_000

/** @param {string} conversation */
export function claim(conversation) {
  const here = desk.value
  if (here?.link.value.state !== 'open' || here.isDoing('claim', conversation)) return
  go({ conversation })
  here.show(conversation)
  here.act('claim', conversation)
  const thread = here.thread(conversation)
  const stop = effect(() => {
    // Outside this run: the composer is drawn after it.
    if (thread.owner.value) setTimeout(() => settle())
  })
  const settle = () => {
    stop()
    const reply = document.getElementById('reply')
    if (thread.owner.peek()?.id === here.me.id && document.activeElement?.tagName !== 'TEXTAREA') reply?.focus()
  }
  setTimeout(stop, patienceMs)
}
