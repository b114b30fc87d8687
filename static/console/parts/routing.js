/** The admins' page for the desk's rules: loads them, lets one edit them as a form, and saves them as a whole. */

/** @import { RulesForm } from '../state/rules.js' */
import { api, Refused } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { isCode, may, sayError } from '../state/account.js'
import { badNames, formOf, notNumbers, rulesOf } from '../state/rules.js'
import { words } from '../state/later_words.js'
import { Icon } from './bits.js'
import { Field, FormError, focusFirstMistake } from './field.js'
import { HoursPart } from './routing_hours.js'
import { RoutingPart, SlaPart, UnitsPart } from './routing_rules.js'
import { Segments } from './segments.js'

/** @typedef {Record<string, string>} Mistakes by the field's path, such as `sla[0].warn_minutes` */
/** @typedef {{ form: RulesForm, change: (part: Partial<RulesForm>) => void, wrong: Mistakes }} PartProps */

export function Routing() {
  const t = words.value
  const [form, setForm] = useState(/** @type {RulesForm | null} */ (null))
  const [failure, setFailure] = useState('')
  const load = () => {
    setFailure('')
    api.routing().then(
      (rules) => setForm(formOf(rules)),
      (error) => setFailure(isCode(error, 'not_found') ? words.value.routingOff : sayError(error)),
    )
  }
  useEffect(load, [])
  return html`<main class="page" id="main" tabindex="-1">
    <div class="page-body">
      <header class="page-head">
        <div><h1>${t.routing}</h1><p>${t.routingLead}</p></div>
      </header>
      ${
        failure &&
        html`<p class="form-error" role="alert">
          <${Icon} name="alert" />${failure} <button type="button" class="link-button" onclick=${load}>${t.tryAgain}</button>
        </p>`
      }
      ${!form && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${t.loading}</p>`}
      ${form && html`<${Editor} form=${form} setForm=${setForm} />`}
      ${may('customers.edit') && html`<${Segments} />`}
    </div>
  </main>`
}

/** @param {{ form: RulesForm, setForm: (form: RulesForm) => void }} props */
function Editor({ form, setForm }) {
  const t = words.value
  const [wrong, setWrong] = useState(/** @type {Mistakes} */ ({}))
  const [state, setState] = useState(/** @type {'' | 'changed' | 'saving' | 'saved'} */ (''))
  const [failure, setFailure] = useState('')
  const change = (/** @type {Partial<RulesForm>} */ part) => {
    setForm({ ...form, ...part })
    setState('changed')
  }
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault()
    const { currentTarget } = event
    const names = Object.entries(badNames(form)).map(([field, what]) => [field, t[what]])
    const found = Object.fromEntries([...notNumbers(form).map((field) => [field, t.notANumber]), ...names])
    setWrong(found)
    setFailure(Object.keys(found).length > 0 ? t.nothingSaved : '')
    if (Object.keys(found).length > 0) return focusFirstMistake(currentTarget)
    setState('saving')
    try {
      await api.setRouting(rulesOf(form))
      setState('saved')
    } catch (error) {
      setState('changed')
      if (!(error instanceof Refused) || !isCode(error, 'invalid_rule')) return setFailure(sayError(error))
      setWrong({ [error.field]: t.ruleMistake(error.message) })
      setFailure(t.nothingSaved)
      focusFirstMistake(currentTarget)
    }
  }
  const part = { form, change, wrong }
  return html`<form class="rules" onsubmit=${submit} novalidate>
    <${HoursPart} ...${part} />
    <${RoutingPart} ...${part} />
    <${SlaPart} ...${part} />
    <${UnitsPart} ...${part} />
    <section class="rules-part">
      <header><h2>${t.overflow}</h2><p>${t.overflowLead}</p></header>
      <div class="rules-grid">
        <${Field}
          name="overflow_after_minutes"
          inputmode="numeric"
          label=${t.overflowMinutes}
          hint=${t.overflowHint}
          error=${wrong.overflow_after_minutes}
          value=${form.overflow_after_minutes}
          oninput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) =>
            change({ overflow_after_minutes: event.currentTarget.value })}
        />
      </div>
    </section>
    <div class="rules-foot">
      <div class="rules-said">
        <${FormError} text=${failure && `${failure} ${elsewhere(wrong)}`} />
        <p role="status">${!failure && (state === 'saved' ? t.savedRules : state === 'changed' ? t.unsaved : '')}</p>
      </div>
      <button class="button primary" disabled=${state === 'saving'}>${state === 'saving' ? t.savingRules : t.saveRules}</button>
    </div>
  </form>`
}

/** A mistake in something that this form does not show is told with its name. @param {Mistakes} wrong */
function elsewhere(wrong) {
  const isShown = (/** @type {string} */ field) => /^(hours\b|team_hours[.[]|units[.[]|routing\b|sla\b|overflow_after_minutes)/.test(field)
  const hidden = Object.entries(wrong).filter(([field]) => !isShown(field))
  return hidden.map(([field, message]) => `${field}: ${message}`).join(' ')
}
