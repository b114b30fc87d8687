/** The box that tells somebody who waits where they stand, and the ways out of it. Loaded when somebody waits. */

/** @import { QueueFrame } from '../shared/wire.js' */
/** @import { Strings } from './strings/en.js' */
/** @import { LaterStrings } from './strings/later.en.js' */
import { el, fill } from '../shared/dom.js'
import { waitWords } from './wait.js'

/**
 * @param {HTMLElement} box
 * @param {object} now
 * @param {QueueFrame | null} now.queue null while the place is not known yet
 * @param {Strings & LaterStrings} now.strings
 * @param {boolean} now.leaving whether they are about to leave
 * @param {boolean} now.known whether there is no need to ask who they are
 * @param {{ leave: () => void, details: () => void }} actions
 */
export function showQueue(box, { queue, strings, leaving, known }, actions) {
  // Only what has changed is written, so that a screen reader hears it once.
  if (box.hidden || box.dataset.language !== strings.pageTitle) {
    box.dataset.language = strings.pageTitle
    const words = el('div', {}, el('p', { class: 'queue-place', role: 'status' }), el('p', { class: 'queue-wait' }))
    const details = el('button', { type: 'button', class: 'plain details', onclick: () => actions.details() }, strings.leaveMessage)
    words.append(el('p', { class: 'queue-kept' }, strings.queueKept), details)
    const leave = el('button', { type: 'button', class: 'plain leave', onclick: () => actions.leave() }, strings.leaveQueue)
    fill(box, el('span', { class: 'pulse', 'aria-hidden': 'true' }), words, leave)
    box.hidden = false
  }
  say(box, '.queue-place', queue ? strings.queuePlace(queue.place, queue.waiting) : strings.queueFinding)
  say(box, '.queue-wait', waitWords(queue?.wait_seconds, strings))
  const [details, leave] = /** @type {NodeListOf<HTMLButtonElement>} */ (box.querySelectorAll('button'))
  if (details) details.hidden = known
  if (leave) leave.disabled = leaving
}

/** @param {HTMLElement} box @param {string} selector @param {string} text */
function say(box, selector, text) {
  const at = box.querySelector(selector)
  if (at && at.textContent !== text) at.textContent = text
}
