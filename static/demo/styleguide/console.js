/** The parts of the console with something in each of them. */

/** @import { ConversationEvent, Language } from '../../shared/wire.js' */
import { el } from '../../shared/dom.js'
import { html, render } from '../../console/lib.js'
import { AgentFace, AssistantFace, CustomerFace, Icon, IconButton, Stars, Urgency } from '../../console/parts/bits.js'
import { QueueEmpty } from '../../console/parts/empty.js'
import { Field, FormError } from '../../console/parts/field.js'
import { EventRow } from '../../console/parts/rows.js'
import { speak, words as consoleWords } from '../../console/state/settings.js'
import { sample } from './sample.js'

const conversation = 'a3f1c2d4e5f60718293a4b5c6d7e8f90'

/** @param {HTMLElement} main @param {Language} language @param {typeof import('./strings.js').en} words */
export async function showConsole(main, language, words) {
  await speak(language)
  const t = consoleWords.value
  const drawn = (/** @type {string} */ title, /** @type {any} */ content) => {
    const place = el('div', {})
    render(content, place)
    return sample(title, place)
  }
  const at = Date.now()
  /** @type {ConversationEvent[]} */
  const events = [
    { seq: 1, at, type: 'visitor_message', text: words.ask },
    { seq: 2, at, type: 'bot_message', text: words.vague },
    { seq: 3, at, type: 'handoff_requested', reason: 'requested', urgency: 'high' },
    { seq: 4, at, type: 'claimed', name: words.agent, agent: 'me' },
    { seq: 5, at, type: 'agent_message', name: words.agent, text: words.reply, agent: 'me' },
    { seq: 6, at, type: 'resolved', name: words.agent, agent: 'me' },
    { seq: 7, at, type: 'rated', score: 4, comment: words.more },
  ]
  const row = (/** @type {ConversationEvent} */ event) =>
    html`<${EventRow} event=${event} joined=${false} me="me" name=${t.visitor('A3F1')} conversation=${conversation} mark="read" nameOf=${() => words.agent} />`
  main.append(
    drawn(
      words.buttons,
      html`<div class="flow">
        <button type="button" class="button primary">${t.claim}</button>
        <button type="button" class="button">${t.release}</button>
        <button type="button" class="button small">${t.tryDemo}<${Icon} name="external" /></button>
        <button type="button" class="button primary" disabled>${t.claiming}</button>
        <${IconButton} icon="close" label=${t.close} />
      </div>`,
    ),
    drawn(
      words.fields,
      html`<${Field} name="name" label=${t.name} value=${words.agent} /><${Field} name="email" label=${t.email} value="ada@" error=${words.wrong} /><${Field}
          name="password"
          label=${t.password}
          type="password"
          autocomplete="off"
        /><${FormError} text=${words.wrong} />`,
    ),
    drawn(
      words.marks,
      html`<div class="flow">
        ${['urgent', 'high', 'normal', 'low'].map((level) => html`<${Urgency} level=${level} />`)}
        <${Stars} score=${4} /><span class="badge">3</span>
        <${CustomerFace} conversation=${conversation} /><${AgentFace} name=${words.agent} /><${AgentFace} name=${words.agent} own /><${AssistantFace} />
      </div>`,
    ),
    drawn(words.rows, html`<ol class="rows">${events.map(row)}</ol>`),
    drawn(words.nothing, html`<${QueueEmpty} />`),
  )
}
