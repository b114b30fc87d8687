/**
 * How this agent wants to be told, in this browser, that somebody needs them: a sound, a notification of the system, the
 * number in the title; and when not to be.
 */

import { signal } from '../lib.js'
import { keep, kept } from './kept.js'

/** @typedef {{ sound: boolean, desktop: boolean, badge: boolean, quiet: boolean, from: string, to: string }} Wishes `from` and `to` are times of the day, `18:00` */

/** @type {Wishes} */
const usual = { sound: false, desktop: false, badge: true, quiet: false, from: '18:00', to: '08:00' }

export const notifyWishes = signal(/** @type {Wishes} */ ({ ...usual, ...kept('notify', {}) }))

/** @param {Partial<Wishes>} change */
export function wishFor(change) {
  notifyWishes.value = { ...notifyWishes.value, ...change }
  keep('notify', notifyWishes.value)
}

/** Minutes since midnight; nothing for what is no time. @param {string} time */
function minutesOf(time) {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? []
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes)
}

/**
 * Whether nobody wants to be disturbed at this moment. The hours may go over midnight; the same time twice is the whole day.
 * @param {Wishes} wishes
 * @param {Date} now
 */
export function isQuiet({ quiet, from, to }, now) {
  const [begin, end] = [minutesOf(from), minutesOf(to)]
  if (!quiet || begin === null || end === null) return false
  const at = now.getHours() * 60 + now.getMinutes()
  if (begin === end) return true
  return begin < end ? begin <= at && at < end : at >= begin || at < end
}

/** Whether the system shows notifications of this page: `default` when it has not been asked. */
export const permission = () => (typeof Notification === 'undefined' ? 'denied' : Notification.permission)

/** Asks for the right to show notifications; says whether there is one. */
export async function askPermission() {
  if (permission() === 'default') await Notification.requestPermission()
  return permission() === 'granted'
}

/** @type {AudioContext | undefined} */
let audio

/** Two short notes. A browser that plays nothing before the first click stays silent. */
export function chime() {
  audio ??= new AudioContext()
  const { currentTime: now, destination } = audio
  for (const [at, pitch] of /** @type {const} */ ([
    [0, 660],
    [0.14, 880],
  ])) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()]
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0, now + at)
    volume.gain.linearRampToValueAtTime(0.12, now + at + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.001, now + at + 0.3)
    tone.connect(volume).connect(destination)
    tone.start(now + at)
    tone.stop(now + at + 0.32)
  }
}

/**
 * Tells the agent, as they wish. Who looks at the page needs no notification of the system.
 * @param {string} title
 * @param {string} about what it is about: a later one of the same takes its place
 * @param {() => void} open
 */
export function notify(title, about, open) {
  const wishes = notifyWishes.value
  if (isQuiet(wishes, new Date())) return
  if (wishes.sound) chime()
  if (!wishes.desktop || permission() !== 'granted' || document.hasFocus()) return
  // what customers say is not for everybody who sees the screen
  const shown = new Notification(title, { tag: about })
  shown.onclick = () => {
    window.focus()
    shown.close()
    open()
  }
}
