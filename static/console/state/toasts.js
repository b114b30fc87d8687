/** Short messages that come and go; they are also read out. */

import { signal } from '../lib.js'

/** @typedef {{ id: number, tone: 'good' | 'bad' | 'plain', text: string }} Toast */

export const toasts = signal(/** @type {Toast[]} */ ([]))
/** What is read out and not shown. */
export const announced = signal('')

const staysMs = 7_000
let nextId = 1

/**
 * @param {string} text
 * @param {Toast['tone']} [tone]
 */
export function toast(text, tone = 'plain') {
  const id = nextId++
  toasts.value = [...toasts.value.filter((other) => other.text !== text).slice(-2), { id, tone, text }]
  setTimeout(() => dismiss(id), staysMs)
}

/** @param {number} id */
export function dismiss(id) {
  toasts.value = toasts.value.filter((other) => other.id !== id)
}
