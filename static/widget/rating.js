/** The card that asks for a rating once the conversation is closed: five faces and a comment. */

/** @import { Language } from '../shared/wire.js' */
/** @import { LaterStrings } from './strings/later.en.js' */
import { el, fill, icon } from '../shared/dom.js'
import { faces as pictures } from './faces.js'
import { laterStringsOf } from './strings.js'

export class RatingCard {
  /**
   * @param {HTMLElement} place what is at the end of the list of messages
   * @param {object} actions
   * @param {(score: number, comment: string | undefined) => void} actions.rate
   * @param {() => void} actions.startNew
   */
  constructor(place, actions) {
    this.place = place
    this.actions = actions
    this.shown = ''
  }

  /**
   * `ask`: the card. `over`: rated already, only the way to a new conversation. `none`: nothing.
   * @param {'ask' | 'over' | 'none'} what
   * @param {Language} language
   */
  async show(what, language) {
    const key = `${what} ${language}`
    if (key === this.shown) return
    this.shown = key
    const strings = await laterStringsOf(language)
    if (key !== this.shown) return
    const again = el('button', { type: 'button', class: 'plain again', onclick: () => this.actions.startNew() }, strings.startNew)
    if (what === 'none') fill(this.place)
    else fill(this.place, what === 'ask' && this.#card(strings), again)
  }

  /** @param {LaterStrings} strings */
  #card(strings) {
    const hint = el('p', { class: 'rate-hint', id: 'rate-hint' }, strings.rateHint)
    const comment = el('textarea', {
      name: 'comment',
      rows: 2,
      maxlength: 1000,
      dir: 'auto',
      'aria-label': strings.comment,
      placeholder: strings.comment,
    })
    const more = el('div', { class: 'rate-more', hidden: true }, comment, el('button', { type: 'submit', class: 'primary' }, strings.rate))
    const faces = strings.scores.map((label, index) =>
      el(
        'label',
        { class: 'rate-face', title: label },
        el('input', { type: 'radio', name: 'score', value: index + 1, required: true, 'aria-label': `${index + 1}: ${label}` }),
        icon(pictures[index] ?? ''),
      ),
    )
    const group = el(
      'fieldset',
      { 'aria-describedby': 'rate-hint' },
      el('legend', {}, strings.rateTitle),
      hint,
      el('div', { class: 'rate-faces' }, ...faces),
    )
    const form = el('form', { class: 'rate', novalidate: true }, group, more)
    form.addEventListener('change', () => {
      const score = Number(new FormData(form).get('score'))
      if (!score) return
      more.hidden = false
      hint.textContent = strings.scores[score - 1] ?? ''
      this.place.scrollIntoView({ block: 'end' })
    })
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const score = Number(new FormData(form).get('score'))
      if (score) this.actions.rate(score, comment.value.trim() || undefined)
      else hint.textContent = strings.rateFirst
    })
    return form
  }
}
