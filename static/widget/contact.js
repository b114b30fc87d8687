/**
 * The form in which customers say who they are: before the first message where the site asks for it, or
 * while they wait and may be gone when somebody has time. What is written is kept over a reload.
 */

/** @import { LaterStrings } from './strings/later.en.js' */
import { el, fill } from '../shared/dom.js'

/** @typedef {'name' | 'email' | 'phone'} FieldName */
/** @typedef {{ name: FieldName, required: boolean }} Asked */

/** @type {Record<FieldName, Record<string, string>>} */
const inputs = {
  name: { type: 'text', autocomplete: 'name', maxlength: '200' },
  email: { type: 'email', autocomplete: 'email', inputmode: 'email', maxlength: '254', dir: 'ltr' },
  phone: { type: 'tel', autocomplete: 'tel', inputmode: 'tel', maxlength: '32', dir: 'ltr' },
}

/**
 * The fields of `data-ask="name, email!"`; what ends with `!` must be filled in.
 * @param {string} ask
 * @param {(word: string) => void} [complain] hears of what is no field
 * @returns {Asked[]}
 */
export function askedFor(ask, complain = () => {}) {
  const words = ask.split(/[\s,]+/).filter(Boolean)
  return words.flatMap((word) => {
    const name = word.replace(/!$/, '')
    if (name !== 'name' && name !== 'email' && name !== 'phone') {
      complain(word)
      return []
    }
    return [{ name, required: word.endsWith('!') }]
  })
}

/**
 * What is wrong, by field; the server checks again.
 * @param {Asked[]} asked
 * @param {Record<string, string>} values
 * @param {LaterStrings} strings
 */
export function mistakesIn(asked, values, strings) {
  /** @type {Record<string, string>} */
  const found = {}
  for (const { name, required } of asked) {
    const value = values[name] ?? ''
    if (value === '' ? required : !looksRight(name, value)) found[name] = strings.fieldErrors[name]
  }
  return found
}

/** @param {FieldName} name @param {string} value */
function looksRight(name, value) {
  if (name === 'email') return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)
  return name !== 'phone' || /^\+?[\d\s().-]{5,}$/.test(value)
}

/**
 * @param {HTMLElement} place
 * @param {object} with_
 * @param {Asked[]} with_.asked
 * @param {{ title: string, hint: string, send: string, skip?: string }} with_.words `skip`: without it there is no way around
 * @param {LaterStrings} with_.strings
 * @param {Record<string, string>} with_.values
 * @param {boolean} [with_.refused] whether the server did not take these values
 * @param {(values: Record<string, string>) => void} with_.onDraft
 * @param {(values: Record<string, string>) => void} with_.onSend
 * @param {() => void} with_.onSkip
 */
export function showContact(place, { asked, words, strings, values, refused, onDraft, onSend, onSkip }) {
  const fields = asked.map(({ name, required }) => {
    const input = el('input', { id: `contact-${name}`, name, required, ...inputs[name] })
    input.value = values[name] ?? ''
    const error = el('p', { class: 'field-error', id: `contact-${name}-error` })
    const label = el(
      'label',
      { for: input.id },
      strings.fields[name],
      !required && el('span', { class: 'optional' }, ` ${strings.optional}`),
    )
    return { name, input, error, row: el('div', { class: 'field' }, label, input, error) }
  })
  const read = () => Object.fromEntries(fields.map(({ name, input }) => [name, input.value.trim()]).filter(([, value]) => value !== ''))
  /** @param {Record<string, string>} mistakes */
  const mark = (mistakes) => {
    for (const { name, input, error } of fields) {
      error.textContent = mistakes[name] ?? ''
      input.setAttribute('aria-invalid', String(name in mistakes))
      if (name in mistakes) input.setAttribute('aria-describedby', error.id)
      else input.removeAttribute('aria-describedby')
    }
    const first = fields.find(({ name }) => name in mistakes)
    first?.input.focus()
    return first === undefined
  }
  const buttons = [
    el('button', { type: 'submit', class: 'primary' }, words.send),
    words.skip && el('button', { type: 'button', class: 'plain', onclick: () => onSkip() }, words.skip),
  ]
  const title = el('h2', { id: 'contact-title' }, words.title)
  const hint = el('p', { class: 'contact-hint' }, words.hint)
  const form = el(
    'form',
    { class: 'contact-form', novalidate: true, 'aria-labelledby': title.id },
    title,
    hint,
    ...fields.map(({ row }) => row),
    el('div', { class: 'contact-buttons' }, ...buttons),
  )
  form.addEventListener('input', () => onDraft(read()))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const said = read()
    if (!mark(mistakesIn(asked, said, strings))) return
    if (Object.keys(said).length > 0) onSend(said)
    else onSkip()
  })
  fill(place, form)
  place.hidden = false
  if (refused) {
    const named = fields.filter(({ name }) => values[name])
    mark(Object.fromEntries(named.map(({ name }) => [name, strings.fieldErrors[name]])))
  }
}
