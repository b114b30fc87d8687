/** Promised times that count down: calm, then a warning, then late. They tick with the page's one clock. */

/** @import { SlaClock } from '../../shared/wire.js' */
import { fullTime } from '../../shared/time.js'
import { html } from '../lib.js'
import { now, waited } from '../state/clock.js'
import { language, words } from '../state/settings.js'
import { Icon } from './bits.js'

/**
 * @param {SlaClock} clock
 * @param {number} at
 * @returns {'kept' | 'soon' | 'late'}
 */
export function stateOf({ warn_at, due }, at) {
  if (at >= due) return 'late'
  return at >= warn_at ? 'soon' : 'kept'
}

/** The clock that ends first. @param {readonly SlaClock[]} [clocks] */
export function nextOf(clocks = []) {
  return clocks.reduce((/** @type {SlaClock | undefined} */ first, clock) => (first && first.due <= clock.due ? first : clock), undefined)
}

/** @param {{ clock: SlaClock }} props */
export function Sla({ clock }) {
  const t = words.value
  const at = now.value
  const state = stateOf(clock, at)
  const promise = t.promises[clock.promise] ?? clock.promise
  const time = waited(Math.abs(clock.due - at), language.value)
  return html`<span class=${`sla sla-${state}`} title=${fullTime(clock.due, language.value)}>
    <${Icon} name=${state === 'kept' ? 'clock' : 'alert'} />${state === 'late' ? t.lateBy(promise, time) : t.dueIn(promise, time)}
  </span>`
}
