/** Claiming a conversation or taking it over: asked for once, opened at once, and the composer gets the focus when it is ours. */

import { effect } from '../lib.js'
import { desk } from '../state/account.js'
import { go } from '../state/route.js'

/** After this the agent looks at something else, and the focus stays there. */
const patienceMs = 5_000

/** @param {string} conversation */
export function claim(conversation) {
  take('claim', conversation)
}

/** From the colleague who has it. @param {string} conversation */
export function takeOver(conversation) {
  take('take_over', conversation)
}

/**
 * @param {'claim' | 'take_over'} how
 * @param {string} conversation
 */
function take(how, conversation) {
  const here = desk.value
  if (here?.link.value.state !== 'open' || here.isDoing(how, conversation)) return
  go({ conversation })
  here.show(conversation)
  here.act(how, conversation)
  const thread = here.thread(conversation)
  const stop = effect(() => {
    // Outside this run: the composer is drawn after it.
    const owner = thread.owner.value
    if (owner && (how === 'claim' || owner.id === here.me.id)) setTimeout(() => settle())
  })
  const settle = () => {
    stop()
    const reply = document.getElementById('reply')
    if (thread.owner.peek()?.id === here.me.id && document.activeElement?.tagName !== 'TEXTAREA') reply?.focus()
  }
  setTimeout(stop, patienceMs)
}
