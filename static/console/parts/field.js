/** A labelled input with a hint and, when something is wrong, what; and what forms check before they ask the server. */

/** @import { Strings } from '../strings/en.js' */
import { html, useId, useState } from '../lib.js'
import { words } from '../state/settings.js'
import { Icon, IconButton } from './bits.js'

const shortestPassword = 10
const longestName = 80

/** @typedef {{ name: string, label: string, type?: string, hint?: string, error?: string, [attribute: string]: unknown }} FieldProps */

/** @param {FieldProps} props */
export function Field({ name, label, type = 'text', hint, error, ...rest }) {
  const t = words.value
  const id = useId()
  const [shown, show] = useState(false)
  const isPassword = type === 'password'
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  const toggle = shown ? t.hidePassword : t.showPassword
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="field-box">
      <input
        id=${id}
        name=${name}
        type=${isPassword && shown ? 'text' : type}
        aria-describedby=${described || undefined}
        aria-invalid=${error ? 'true' : undefined}
        ...${rest}
      />
      ${
        isPassword &&
        html`<${IconButton} icon=${shown ? 'eyeOff' : 'eye'} label=${toggle} aria-pressed=${String(shown)} onclick=${() => show(!shown)} />`
      }
    </div>
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="field-error" id=${`${id}-error`}><${Icon} name="alert" />${error}</p>`}
  </div>`
}

/** What went wrong with the form as a whole. @param {{ text: string }} props */
export function FormError({ text }) {
  return html`<div role="alert">${text && html`<p class="form-error"><${Icon} name="alert" />${text}</p>`}</div>`
}

/**
 * What is wrong with the fields of a new account, by field; the server checks again.
 * @param {Record<string, string>} fields
 * @param {Strings} t
 */
export function mistakesIn({ name = '', email = '', password = '' }, t) {
  /** @type {Record<string, string>} */
  const found = {}
  const length = Array.from(name.trim()).length
  if (length < 1 || length > longestName) found.name = t.fieldErrors.name ?? ''
  if (!looksLikeAddress(email)) found.email = t.fieldErrors.email ?? ''
  if (Array.from(password).length < shortestPassword) found.password = t.fieldErrors.password ?? ''
  return found
}

/** @param {string} email */
export function looksLikeAddress(email) {
  return /^[^\s@]+@[^\s@]+$/.test(email.trim())
}

/**
 * The form's fields as text.
 * @param {EventTarget | null} form
 * @returns {Record<string, string>}
 */
export function fieldsOf(form) {
  if (!(form instanceof HTMLFormElement)) return {}
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
}

/**
 * Puts the cursor where the first mistake is, once it is marked.
 * @param {EventTarget | null} form
 */
export function focusFirstMistake(form) {
  requestAnimationFrame(() => {
    if (!(form instanceof HTMLFormElement)) return
    /** @type {HTMLElement | null} */
    const first = form.querySelector('[aria-invalid=true]')
    first?.focus()
  })
}
