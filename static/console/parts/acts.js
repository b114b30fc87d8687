/**
 * What one does with conversations: those that are chosen, else the one that has the focus in the list, else the one
 * that is open. What needs more to be said opens a dialog; what is done can be undone.
 */

/** @import { InboxAct } from '../../shared/wire.js' */
/** @import { Desk } from '../state/desk.js' */
import { html, signal } from '../lib.js'
import { desk as deskSignal, sayError } from '../state/account.js'
import { go, route } from '../state/route.js'
import { words } from '../state/settings.js'
import { toast } from '../state/toasts.js'
import { soon } from './later.js'

/** @typedef {'resolve' | 'snooze' | 'label' | 'priority' | 'assign' | 'unread' | 'wake'} ActName */

/** What is being asked, and for which conversations. */
export const asking = signal(/** @type {{ act: ActName, of: string[] } | null} */ (null))

/** The conversations that are meant at this moment. @param {Desk} desk @returns {string[]} */
export function meant(desk) {
  const chosen = [...desk.inbox.chosen.value]
  if (chosen.length > 0) return chosen
  const row = document.activeElement?.closest('li')?.querySelector('[data-row]')
  const focused = row instanceof HTMLElement ? row.dataset.row : undefined
  const one = focused ?? route.value.conversation
  return one ? [one] : []
}

/** @param {ActName} act @param {string[]} [of] */
export function begin(act, of) {
  const desk = deskSignal.value
  if (!desk) return
  const conversations = of ?? meant(desk)
  if (conversations.length === 0) return
  const t = words.value
  if (act === 'resolve') finish(desk, conversations, { type: 'resolve' }, t.didResolve(conversations.length))
  else if (act === 'wake') finish(desk, conversations, { type: 'wake' }, t.didWake(conversations.length))
  else if (act === 'unread') {
    // What is on the screen would be read again at once.
    if (conversations.includes(route.value.conversation)) go()
    for (const conversation of conversations) desk.unsee(conversation)
    finish(desk, conversations, { type: 'unread' }, t.didUnread(conversations.length))
  } else asking.value = { act, of: conversations }
}

/**
 * @param {Desk} desk
 * @param {string[]} of
 * @param {InboxAct} act
 * @param {string} done
 */
export async function finish(desk, of, act, done) {
  asking.value = null
  const t = words.value
  try {
    const { done: count, failed, undo } = await desk.inbox.act(of, act)
    const error = failed[0]?.error
    if (error) toast(t.actsFailed(failed.length, t.errors[error.code] ?? error.message), 'bad')
    if (count === 0) return
    toast(done, 'good', undo.length > 0 ? { label: t.undo, run: () => takeBack(desk, undo) } : undefined)
    desk.inbox.chooseAll(false)
  } catch (error) {
    return toast(sayError(error), 'bad')
  }
  if (act.type === 'label') desk.inbox.lookForLabels().catch(() => {})
}

/** @param {Desk} desk @param {import('../state/inbox.js').ActOn[]} acts */
async function takeBack(desk, acts) {
  const t = words.value
  try {
    const outcomes = await desk.inbox.carryOut(acts)
    if (outcomes.every(({ error }) => !error)) toast(t.undone, 'good')
    else toast(t.undoFailed, 'bad')
  } catch (error) {
    toast(sayError(error), 'bad')
  }
}

const Dialogs = soon(async () => (await import('./act_dialogs.js')).ActDialog)

/** The dialog of what is being asked. @param {{ desk: Desk }} props */
export function Asking({ desk }) {
  const asked = asking.value
  if (!asked) return null
  return html`<${Dialogs} key=${asked.act} desk=${desk} act=${asked.act} of=${asked.of} onClose=${() => (asking.value = null)} />`
}
