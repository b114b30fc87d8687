/**
 * When customers are asked who they are, and what becomes of what they say: before the first message where the site
 * asks for it (in the place of the composer), or while they wait (above it). Loaded when there is something to ask.
 */

/** @import { Language } from '../shared/wire.js' */
/** @import { Site } from './host.js' */
/** @import { Session } from './session.js' */
/** @import { Store } from './store.js' */
import { fill } from '../shared/dom.js'
import { askedFor, showContact } from './contact.js'
import { laterStyles } from './cards.js'
import { complain } from './looks.js'
import { laterStringsOf } from './strings.js'

/** @typedef {{ language: Language, site: Site }} Around */

export class About {
  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} composer
   * @param {Session} session
   * @param {Store} store
   * @param {() => void} changed after the customer has sent it or gone around it
   */
  constructor(box, composer, session, store, changed) {
    this.box = box
    this.composer = composer
    this.session = session
    this.store = store
    this.changed = changed
    this.drawn = ''
    this.sent = ''
    this.wanted = false
    this.refused = false
    this.ask = ''
    /** @type {ReturnType<typeof askedFor>} */
    this.asked = []
  }

  /** The server did not take what was said. @param {Record<string, string>} fields */
  refuse(fields) {
    this.wanted = true
    this.refused = true
    this.drawn = ''
    this.store.contact = { fields, done: false }
  }

  /** @param {Around} around */
  async draw({ language, site }) {
    if (site.ask && site.ask !== this.ask) {
      this.ask = site.ask
      this.asked = askedFor(site.ask, (word) => complain('data-ask', word, 'name, email or phone, with ! when needed'))
    }
    const { fields, done } = this.store.contact
    const hasSpoken = this.session.sequence.last > 0 || this.store.outbox.some((item) => item.type === 'send')
    const isUnknown = !done && !site.identity
    const what = !isUnknown ? '' : this.asked.length > 0 && !hasSpoken ? 'ask' : this.wanted ? 'leave' : ''
    this.composer.hidden = what === 'ask'
    const drawn = what && `${what} ${language}`
    if (drawn === this.drawn) return
    this.drawn = drawn
    const [strings] = await Promise.all([laterStringsOf(language), laterStyles()])
    if (drawn !== this.drawn) return
    if (what === '') {
      this.box.hidden = true
      return fill(this.box)
    }
    const own = (/** @type {string} */ name) => (language === 'zh' && site[`${name}Zh`]) || site[name]
    const canSkip = !this.asked.some(({ required }) => required)
    const { askTitle, askHint, askSend, askSkip, leaveTitle, leaveHint, leaveSend, leaveSkip } = strings
    const askWords = {
      title: own('askTitle') ?? askTitle,
      hint: own('askHint') ?? askHint,
      send: askSend,
      skip: canSkip ? askSkip : undefined,
    }
    showContact(this.box, {
      asked:
        what === 'ask'
          ? this.asked
          : [
              { name: 'name', required: false },
              { name: 'email', required: true },
            ],
      words: what === 'ask' ? askWords : { title: leaveTitle, hint: leaveHint, send: leaveSend, skip: leaveSkip },
      strings,
      values: fields,
      refused: this.refused,
      onDraft: (values) => (this.store.contact = { fields: values, done: false }),
      onSend: (values) => {
        this.sent = this.session.put({ type: 'contact', contact: values })
        this.#end({ fields: values, done: true })
      },
      onSkip: () => this.#end({ fields: this.store.contact.fields, done: what === 'ask' }),
    })
  }

  /** @param {{ fields: Record<string, string>, done: boolean }} contact */
  #end(contact) {
    this.store.contact = contact
    this.wanted = false
    this.refused = false
    this.changed()
  }
}
