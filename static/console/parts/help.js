/** The dialog with the keyboard shortcuts. */

import { html } from '../lib.js'
import { words } from '../state/later_words.js'
import { Dialog } from './dialog.js'

/** @type {[keyof import('../strings/later.en.js').LaterStrings['helpRows'], string[]][]} */
const rows = [
  ['next', ['j', '↓']],
  ['previous', ['k', '↑']],
  ['open', ['Enter']],
  ['claim', ['c']],
  ['reply', ['r']],
  ['note', ['n']],
  ['canned', ['/']],
  ['choose', ['x']],
  ['resolve', ['e']],
  ['snooze', ['z']],
  ['label', ['l']],
  ['priority', ['p']],
  ['assign', ['a']],
  ['unread', ['u']],
  ['view', ['v']],
  ['search', ['/']],
  ['palette', ['Ctrl+K', '⌘K']],
  ['undo', ['Ctrl+Z']],
  ['back', ['Esc']],
  ['help', ['?']],
]

/** @param {{ onClose: () => void }} props */
export function Help({ onClose }) {
  const t = words.value
  return html`<${Dialog} title=${t.helpTitle} onClose=${onClose}>
    <dl class="keys">
      ${rows.map(
        ([name, keys]) => html`<div key=${name}>
          <dt>${t.helpRows[name]}</dt>
          <dd>${keys.map((key, at) => html`${at > 0 && html` <span class="or">${t.or}</span> `}<kbd>${key}</kbd>`)}</dd>
        </div>`,
      )}
    </dl>
  <//>`
}
