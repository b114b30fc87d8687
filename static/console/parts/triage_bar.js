/** How a conversation is sorted: its priority, labels and rest, with the buttons to change them. */

/** @import { Desk } from '../state/desk.js' */
/** @import { ActName } from './acts.js' */
import { fullTime } from '../../shared/time.js'
import { html } from '../lib.js'
import { language, words } from '../state/settings.js'
import { triageOf } from '../state/triage.js'
import { begin } from './acts.js'
import { Icon } from './bits.js'

/** What agents said of the open conversation, with the buttons to say it. @param {{ desk: Desk, thread: import('../state/thread.js').Thread }} props */
export function TriageBar({ desk, thread }) {
  const t = words.value
  const status = thread.status.value
  const { labels, priority, snoozed } = triageOf(thread.events.value)
  const of = [thread.conversation]
  const isOpen = status === 'waiting' || status === 'human'
  if (!status || !thread.loaded.value) return null
  const offline = desk.link.value.state !== 'open'
  const act = (
    /** @type {ActName} */ name,
    /** @type {'clock' | 'flag' | 'tag' | 'eyeOff' | 'sun'} */ icon,
    /** @type {string} */ text,
    /** @type {string} */ look = '',
  ) =>
    html`<button type="button" class=${`triage-button ${look}`} disabled=${offline} title=${t.inboxActs[name]} onclick=${() => begin(name, of)}>
      <${Icon} name=${icon} /><span>${text}</span>
    </button>`
  return html`<div class="triage" role="group" aria-label=${t.triage}>
    ${act('priority', 'flag', priority ? t.priorities[priority] : t.priority, priority ? `priority-${priority}` : '')}
    ${act('label', 'tag', labels.length > 0 ? labels.join(', ') : t.label, labels.length > 0 ? 'triage-on' : '')}
    ${isOpen && !snoozed && act('snooze', 'clock', t.inboxActs.snooze)}
    ${snoozed && act('wake', 'sun', snoozed.until ? t.snoozedUntil(fullTime(snoozed.until, language.value)) : t.snoozedOpen, 'triage-on')}
    ${isOpen && act('unread', 'eyeOff', t.inboxActs.unread)}
  </div>`
}
