/** Everything before one is signed in: the first admin, signing in, and what to say when neither is possible. */

/** @import { Child } from '../../vendor/preact/preact.module.js' */
import { api, Refused } from '../api.js'
import { html, useEffect, useRef, useState } from '../lib.js'
import { begin, isCode, providerRefusal, sayError, setUp, signIn, stage, toSignIn } from '../state/account.js'
import { words } from '../state/settings.js'
import { Icon } from './bits.js'
import { Field, FormError, fieldsOf, focusFirstMistake, looksLikeAddress, mistakesIn } from './field.js'
import { LanguageChoice } from './settings_choices.js'

/** @param {{ title: string, lead?: string, children?: Child }} props */
function Gate({ title, lead, children }) {
  const at = useRef(/** @type {HTMLElement | null} */ (null))
  // Pages that ask for nothing say their title first.
  useEffect(() => {
    if (!at.current?.closest('.gate')?.querySelector('input')) at.current?.focus()
  }, [title])
  return html`<div class="gate">
    <main class="gate-card">
      <div class="brand"><span class="brand-mark"><${Icon} name="logo" /></span>${words.value.product}</div>
      <h1 tabindex="-1" ref=${at}>${title}</h1>
      ${lead && html`<p class="gate-lead">${lead}</p>`}
      ${children}
    </main>
    <footer class="gate-foot"><${LanguageChoice} /></footer>
  </div>`
}

function SignIn() {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [asksCode, setAsksCode] = useState(false)
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}))
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    const { email = '', password = '', code = '' } = fieldsOf(form)
    /** @type {Record<string, string>} */
    const found = {}
    if (!looksLikeAddress(email)) found.email = t.fieldErrors.email ?? ''
    if (!password) found.password = t.passwordMissing
    if (asksCode && !code.trim()) found.code = t.codeMissing
    setWrong(found)
    setFailure('')
    if (Object.keys(found).length > 0) return focusFirstMistake(form)
    setBusy(true)
    try {
      await signIn(email.trim(), password, code.trim())
    } catch (error) {
      if (isCode(error, 'second_factor_required')) {
        setAsksCode(true)
        setBusy(false)
        return
      }
      if (isCode(error, 'second_factor_wrong')) {
        setWrong({ code: t.codeWrong })
        setBusy(false)
        return focusFirstMistake(form)
      }
      setFailure(isCode(error, 'unauthorized') ? t.wrongCredentials : sayError(error))
      setBusy(false)
      if (form instanceof HTMLFormElement) form.querySelector('input')?.focus()
    }
  }
  const refusal = providerRefusal.value && (t.providerRefusals[providerRefusal.value] ?? t.providerRefusals.invalid ?? '')
  return html`<${Gate} title=${t.signInTitle} lead=${t.signInLead}>
    ${stage.value === 'ended' && html`<p class="gate-notice" role="status"><${Icon} name="clock" />${t.endedNotice}</p>`}
    <form class="form" onsubmit=${submit} novalidate>
      <${FormError} text=${failure || refusal} />
      <${Field} name="email" type="email" label=${t.email} error=${wrong.email} autocomplete="username" autofocus />
      <${Field} name="password" type="password" label=${t.password} error=${wrong.password} autocomplete="current-password" />
      ${asksCode && html`<${Code} error=${wrong.code} />`}
      <button class="button primary wide" disabled=${busy}>${busy ? t.signingIn : t.signInButton}</button>
    </form>
    <${ProviderButton} />
  <//>`
}

/** The way in with the account of another system, where the settings name one. */
function ProviderButton() {
  const t = words.value
  const [provider, setProvider] = useState(/** @type {string | null} */ (null))
  useEffect(() => {
    // without an answer there is the password
    api.setupNeeded().then(
      ({ oidc }) => setProvider(oidc),
      () => {},
    )
  }, [])
  if (!provider) return null
  return html`<div class="gate-other">
    <p class="gate-or"><span>${t.orElse}</span></p>
    <a class="button wide" href="/api/v1/session/oidc"><${Icon} name="key" />${t.signInWith(provider)}</a>
  </div>`
}

/** Asks for the code of the second factor, once the server wants it. @param {{ error?: string }} props */
function Code({ error }) {
  const t = words.value
  const at = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => at.current?.querySelector('input')?.focus(), [])
  return html`<div ref=${at}>
    <${Field} name="code" label=${t.code} hint=${t.codeHint} error=${error} autocomplete="one-time-code" inputmode="text" />
  </div>`
}

function SetUp() {
  const t = words.value
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [dead, setDead] = useState(/** @type {'' | 'spent' | 'done'} */ (stage.value === 'setup-done' ? 'done' : ''))
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}))
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    const { name = '', email = '', password = '' } = fieldsOf(form)
    const found = mistakesIn({ name, email, password }, t)
    setWrong(found)
    setFailure('')
    if (Object.keys(found).length > 0) return focusFirstMistake(form)
    setBusy(true)
    try {
      await setUp({ name: name.trim(), email: email.trim(), password })
    } catch (error) {
      setBusy(false)
      if (isCode(error, 'unauthorized')) return setDead('spent')
      if (isCode(error, 'conflict')) return setDead('done')
      if (error instanceof Refused && error.field in t.fieldErrors) {
        setWrong({ [error.field]: sayError(error) })
        return focusFirstMistake(form)
      }
      setFailure(sayError(error))
    }
  }
  if (dead) {
    return html`<${Gate} title=${t.linkSpentTitle} lead=${dead === 'done' ? t.alreadySetUp : t.linkSpent}>
      <button type="button" class="button primary wide" onclick=${dead === 'done' ? toSignIn : begin}>
        ${dead === 'done' ? t.toSignIn : t.checkAgain}
      </button>
    <//>`
  }
  return html`<${Gate} title=${t.setupTitle} lead=${t.setupLead}>
    <form class="form" onsubmit=${submit} novalidate>
      <${FormError} text=${failure} />
      <${Field} name="name" label=${t.name} hint=${t.nameHint} error=${wrong.name} autocomplete="name" autofocus />
      <${Field} name="email" type="email" label=${t.email} error=${wrong.email} autocomplete="username" />
      <${Field}
        name="password"
        type="password"
        label=${t.password}
        hint=${t.passwordHint}
        error=${wrong.password}
        autocomplete="new-password"
      />
      <button class="button primary wide" disabled=${busy}>${busy ? t.settingUp : t.setupButton}</button>
    </form>
  <//>`
}

function SetUpNeeded() {
  const t = words.value
  return html`<${Gate} title=${t.setupNeededTitle} lead=${t.setupNeeded}>
    <p class="gate-lead">${t.setupNeededHint}</p>
    <code class="sample">${location.origin}/console#setup=…</code>
    <button type="button" class="button primary wide" onclick=${begin}>${t.checkAgain}</button>
  <//>`
}

function Unreachable() {
  const t = words.value
  return html`<${Gate} title=${t.unreachableTitle} lead=${t.unreachable}>
    <button type="button" class="button primary wide" onclick=${begin}>${t.tryAgain}</button>
  <//>`
}

/** The page for whoever is not signed in. */
export function Entrance() {
  switch (stage.value) {
    case 'loading':
      return html`<div class="gate gate-loading" role="status"><span class="spinner"></span><span class="only-read">${words.value.loading}</span></div>`
    case 'unreachable':
      return html`<${Unreachable} />`
    case 'setup':
    case 'setup-done':
      return html`<${SetUp} />`
    case 'setup-needed':
      return html`<${SetUpNeeded} />`
    default:
      return html`<${SignIn} />`
  }
}
