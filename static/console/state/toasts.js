/** Short messages that come and go; they are also read out. */

import { signal } from '../lib.js'

/** @typedef {{ label: string, run: () => void }} ToastAction */
/** @typedef {{ id: number, tone: 'good' | 'bad' | 'plain', text: string, action?: ToastAction }} Toast */

export const toasts = signal(/** @type {Toast[]} */ ([]))
/** What is read out and not shown. */
export const announced = signal('')

const staysMs = 7_000
/** What can be undone stays long enough to be reached by keyboard. */
const undoStaysMs = 15_000
let nextId = 1

/**
 * @param {string} text
 * @param {Toast['tone']} [tone]
 * @param {ToastAction} [action]
 */
export function toast(text, tone = 'plain', action) {
  const id = nextId++
  const others = toasts.value.filter((other) => other.text !== text || other.action).slice(-2)
  toasts.value = [...others, { id, tone, text, ...(action && { action }) }]
  setTimeout(() => dismiss(id), action ? undoStaysMs : staysMs)
}

/** Does what the latest message offers. */
export function runLatest() {
  const latest = toasts.value.findLast(({ action }) => action)
  if (!latest) return false
  dismiss(latest.id)
  latest.action?.run()
  return true
}

/** @param {number} id */
export function dismiss(id) {
  toasts.value = toasts.value.filter((other) => other.id !== id)
}
