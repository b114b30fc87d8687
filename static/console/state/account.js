/** Who is signed in here, and the desk that comes with it. */

/** @import { Account, NewAccount } from '../api.js' */
/** @import { ErrorFrame, MentionedFrame } from '../../shared/wire.js' */
/** @import { Pending } from './outbox.js' */
import { api, Refused } from '../api.js'
import { effect, signal, untracked } from '../lib.js'
import { Desk } from './desk.js'
import { isWords } from './outbox.js'
import { go, route } from './route.js'
import { words } from './settings.js'
import { toast } from './toasts.js'

/**
 * `setup-done`: came with a one-time link, but there is an admin. `ended`: signed in until a moment ago, the session was ended elsewhere or ran out.
 * @typedef {'loading' | 'unreachable' | 'setup' | 'setup-done' | 'setup-needed' | 'signed-out' | 'ended' | 'signed-in'} Stage
 */

export const stage = signal(/** @type {Stage} */ ('loading'))
export const account = signal(/** @type {Account | null} */ (null))
export const desk = signal(/** @type {Desk | null} */ (null))

/** The conversation that is wanted on the screen is asked for before anything is drawn of it. */
effect(() => {
  const { conversation } = route.value
  const here = desk.value
  untracked(() => here?.show(conversation))
})

const setupLink = /^#setup=(.+)$/
const signInLink = /^#sign_in=([a-z_]+)$/
let setupToken = ''
/** Why the sign-in provider's answer let nobody in: a code of the server. */
export const providerRefusal = signal('')

/** A one-time link that is opened where the console is shown already changes no more than the address. */
export function followLinks() {
  addEventListener('hashchange', () => {
    if (setupLink.test(location.hash) && stage.value !== 'signed-in') begin()
  })
}

/** Takes the one-time link out of the address bar, finds out who we are and begins. */
export async function begin() {
  const token = setupLink.exec(location.hash)?.[1]
  if (token) {
    setupToken = decodeURIComponent(token)
    history.replaceState(null, '', location.pathname)
  }
  const refusal = signInLink.exec(location.hash)?.[1]
  if (refusal) {
    providerRefusal.value = refusal
    history.replaceState(null, '', location.pathname)
  }
  stage.value = 'loading'
  try {
    enter(await api.whoAmI())
  } catch (error) {
    if (isCode(error, 'unauthorized')) await beginSignedOut()
    else stage.value = 'unreachable'
  }
}

async function beginSignedOut() {
  try {
    const { needed } = await api.setupNeeded()
    if (setupToken) stage.value = needed ? 'setup' : 'setup-done'
    else stage.value = needed ? 'setup-needed' : 'signed-out'
  } catch {
    stage.value = 'unreachable'
  }
}

/** @param {NewAccount} first */
export async function setUp(first) {
  enter(await api.setUp(setupToken, first))
  setupToken = ''
}

/** Leaves the set-up page, for one whose link is spent. */
export function toSignIn() {
  setupToken = ''
  stage.value = 'signed-out'
}

/**
 * @param {string} email
 * @param {string} password
 * @param {string} [code] of the second factor, where there is one
 */
export async function signIn(email, password, code) {
  providerRefusal.value = ''
  enter(await api.signIn(email, password, code))
}

/** Whether we may do something; the server decides, this only hides what it would refuse. @param {string} permission */
export function may(permission) {
  return account.value?.permissions?.includes(permission) ?? false
}

/** Looks again at who we are, after something about us has changed. */
export async function lookAgain() {
  account.value = await api.whoAmI()
}

export async function signOut() {
  desk.value?.stop()
  try {
    await api.signOut()
  } catch (error) {
    if (!isCode(error, 'unauthorized')) {
      toast(sayError(error), 'bad')
      desk.value?.start()
      return
    }
  }
  leave('signed-out')
  go()
}

/** @param {Account} who */
function enter(who) {
  account.value = who
  const opened = new Desk(who, { refused, done, closed, missed, mentioned })
  desk.value = opened
  opened.start()
  stage.value = 'signed-in'
}

/** @param {Stage} why */
function leave(why) {
  desk.value?.stop()
  desk.value = null
  account.value = null
  stage.value = why
}

/**
 * A connection that never got its welcome may mean that nobody knows us any more.
 * @param {{ code: number, welcomed: boolean }} closed
 * @returns {Promise<'retry' | 'stop'>}
 */
async function closed({ code, welcomed }) {
  if (code === 4009) {
    leave('ended')
    return 'stop'
  }
  if (welcomed) return 'retry'
  try {
    await api.whoAmI()
  } catch (error) {
    if (isCode(error, 'unauthorized')) {
      leave('ended')
      return 'stop'
    }
  }
  return 'retry'
}

/** @param {Pending} item */
function done(item) {
  const t = words.value
  if (item.type === 'release') toast(t.releasedToast, 'good')
  if (item.type === 'resolve') toast(t.resolvedToast, 'good')
  if (item.type === 'transfer') toast(t.transferredToast, 'good')
  if (item.type === 'return_to_bot') toast(t.returnedToast, 'good')
}

/** @param {MentionedFrame} frame */
function mentioned({ conversation, seq, name, text }) {
  // Who reads along sees it.
  if (route.value.conversation === conversation && document.visibilityState === 'visible') return
  const t = words.value
  const run = () => go({ conversation, seq })
  toast(t.mentionedBy(name, text.length > 120 ? `${text.slice(0, 120)}…` : text), 'plain', { label: t.openIt, run })
}

/**
 * @param {string[]} conversations
 * @param {boolean} setAway
 */
function missed(conversations, setAway) {
  const t = words.value
  for (const conversation of conversations) toast(t.offerMissed(t.visitor(conversation.slice(0, 4).toUpperCase())))
  if (setAway) toast(t.setAway, 'bad')
}

/**
 * @param {ErrorFrame} frame
 * @param {Pending | undefined} item
 */
function refused(frame, item) {
  // What was written says by itself that it was not sent.
  if (item && isWords(item)) return
  const t = words.value
  if (frame.code === 'already_claimed' && frame.owner) toast(t.alreadyClaimed(frame.owner), 'bad')
  else toast(t.errors[frame.code] ?? frame.message, 'bad')
}

/**
 * @param {unknown} error
 * @param {string} code
 */
export function isCode(error, code) {
  return error instanceof Refused && error.code === code
}

/** @param {unknown} error */
export function sayError(error) {
  const t = words.value
  if (!(error instanceof Refused)) return t.errors.internal ?? ''
  if (error.code === 'invalid_field') return t.fieldErrors[error.field] ?? error.message
  return t.errors[error.code] ?? error.message
}

/** Whether there is something on this page for us. */
export function seesPeople() {
  return ['agents.manage', 'teams.manage', 'roles.manage', 'knowledge.reload'].some(may)
}
