/**
 * Shows the agent what the customer is writing, where the desk wants that, and tells the customer so where they write.
 * Loaded only there. Nothing is sent unless an agent has the conversation; the server keeps none of it.
 */

/** @import { Composer } from './composer.js' */
/** @import { MessageLog } from './log.js' */
/** @import { Session } from './session.js' */
import { byId, el } from '../shared/dom.js'
import { chooseLanguage, laterStringsOf } from './strings.js'

const everyMs = 700
const most = 1_000

/**
 * @param {Session} session
 * @param {Composer} composer
 * @param {MessageLog} log
 */
export function unsent(session, composer, log) {
  const note = el('p', { class: 'unsent-note', id: 'unsent', hidden: true })
  composer.form.before(note)
  let told = ''
  let isDue = false
  const isSeen = () => session.standing.status === 'human'

  function tell() {
    isDue = false
    const text = Array.from(composer.text).slice(0, most).join('')
    if (!isSeen() || text === told) return
    if (session.link.send({ type: 'typing', on: text.trim() !== '', text })) told = text
  }
  const soon = () => {
    if (!isDue) setTimeout(tell, everyMs)
    isDue = true
  }
  async function draw() {
    if (isSeen()) note.textContent = (await laterStringsOf(chooseLanguage(document.documentElement.lang))).unsentSeen
    note.hidden = !isSeen()
    if (note.hidden) {
      told = ''
      composer.words.removeAttribute('aria-describedby')
    } else {
      composer.words.setAttribute('aria-describedby', note.id)
    }
  }
  composer.words.addEventListener('input', soon)
  composer.form.addEventListener('submit', soon)
  composer.words.addEventListener('keydown', ({ key }) => key === 'Enter' && soon())
  // Who has the conversation shows there.
  new MutationObserver(draw).observe(byId('status', HTMLElement), { childList: true, characterData: true, subtree: true })
  new MutationObserver(draw).observe(log.root, { childList: true })
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['lang'] })
  draw()
}
