/** Keyboard shortcuts of the inbox. They are silent while somebody writes and while a dialog is open. */

import { palette } from '../state/above.js'
import { account, desk } from '../state/account.js'
import { noting } from '../state/draft.js'
import { go, route } from '../state/route.js'
import { runLatest } from '../state/toasts.js'
import { begin } from './acts.js'
import { claim } from './claim.js'

const rowSelector = '[data-row]'

/**
 * @param {() => void} showHelp
 * @returns {() => void} stops listening
 */
export function listenToKeys(showHelp) {
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return
    if (event.ctrlKey || event.metaKey) return withControl(event)
    if (document.querySelector('dialog[open]') || !account.value) return
    if (isWriting(event.target)) {
      if (event.key === 'Escape') leaveConversation(event)
      return
    }
    const run = actions[event.key]
    const inList = event.target instanceof Element && event.target.closest('.list') !== null
    if (event.key === '?') showHelp()
    else if (!run || (event.key.startsWith('Arrow') && !inList)) return
    else run(event)
    event.preventDefault()
  }
  document.addEventListener('keydown', pressed)
  return () => document.removeEventListener('keydown', pressed)
}

/** @type {Record<string, (event: KeyboardEvent) => void>} */
const actions = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  c: claimChosen,
  r: () => document.getElementById('reply')?.focus(),
  n: () => (noting.value = route.value.conversation),
  x: chooseRow,
  e: () => begin('resolve'),
  z: () => begin('snooze'),
  l: () => begin('label'),
  p: () => begin('priority'),
  a: () => begin('assign'),
  u: () => begin('unread'),
  v: () => document.getElementById('view-button')?.click(),
  '/': () => (palette.value = 'search'),
  Escape: (event) => {
    const inbox = desk.value?.inbox
    if (inbox && inbox.chosen.value.size > 0) inbox.chooseAll(false)
    else leaveConversation(event)
  },
}

/** @param {KeyboardEvent} event */
function withControl(event) {
  if (!account.value) return
  if (event.key === 'k' && !document.querySelector('dialog[open]')) palette.value = 'all'
  else if (event.key !== 'z' || isWriting(event.target) || !runLatest()) return
  event.preventDefault()
}

function chooseRow() {
  const row = document.activeElement?.closest('li')?.querySelector(rowSelector)
  const conversation = row instanceof HTMLElement ? row.dataset.row : undefined
  if (conversation && desk.value?.inbox.query.value) desk.value.inbox.toggle(conversation)
}

/** @param {EventTarget | null} target */
function isWriting(target) {
  return target instanceof HTMLElement && target.matches('input:not([type=radio]), textarea, select, [contenteditable]')
}

/** @returns {HTMLElement[]} */
function rows() {
  return [...document.querySelectorAll(rowSelector)].filter((row) => row instanceof HTMLElement)
}

/** @param {1 | -1} by */
function step(by) {
  const all = rows()
  const from = document.activeElement?.closest('li')?.querySelector(rowSelector) ?? rowOf(route.value.conversation)
  const at = all.indexOf(/** @type {HTMLElement} */ (from))
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))
  all[next]?.focus()
  all[next]?.scrollIntoView({ block: 'nearest' })
}

/** @param {string} conversation */
function rowOf(conversation) {
  return rows().find((row) => row.dataset.row === conversation)
}

function claimChosen() {
  const chosen = document.activeElement?.closest('li')?.querySelector(rowSelector)
  const conversation = (chosen instanceof HTMLElement && chosen.dataset.row) || route.value.conversation
  if (desk.value?.board.value.waiting.some((item) => item.conversation === conversation)) claim(conversation)
}

/** @param {KeyboardEvent} event */
function leaveConversation(event) {
  const { conversation, page } = route.value
  if (page !== 'inbox' || !conversation) return
  event.preventDefault()
  back()
}

/** Closes the conversation and puts the focus on its row in the list. */
export function back() {
  const { conversation } = route.value
  go()
  requestAnimationFrame(() => (rowOf(conversation) ?? rows()[0])?.focus())
}
