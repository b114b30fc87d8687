/** The rules that put customers into segments: edited in their order, tried out before they are saved, saved as a whole. */

/** @import { ConditionForm, Preview, SegmentForm } from '../state/segments.js' */
/** @import { Mistakes } from './routing.js' */
/** @import { InputEvent } from './routing_hours.js' */
import { api, Refused } from '../api.js'
import { html, useEffect, useId, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { bands, builtIn, conditionForm, moved, needsValue, ops, segmentForm, segmentsOf } from '../state/segments.js'
import { words } from '../state/later_words.js'
import { Icon, IconButton } from './bits.js'
import { Field, FormError, focusFirstMistake } from './field.js'

export function Segments() {
  const t = words.value
  const [forms, setForms] = useState(/** @type {SegmentForm[] | null} */ (null))
  const [failure, setFailure] = useState('')
  const load = () => {
    setFailure('')
    api.segments().then(
      (segments) => setForms(segments.map(segmentForm)),
      (error) => setFailure(sayError(error)),
    )
  }
  useEffect(load, [])
  return html`<section class="customer-segments">
    <header><h2>${t.segmentsTitle}</h2><p>${t.segmentsLead}</p></header>
    ${
      failure &&
      html`<p class="form-error" role="alert">
        <${Icon} name="alert" />${failure} <button type="button" class="link-button" onclick=${load}>${t.tryAgain}</button>
      </p>`
    }
    ${forms && html`<${Editor} forms=${forms} setForms=${setForms} />`}
  </section>`
}

/** @param {{ forms: SegmentForm[], setForms: (forms: SegmentForm[]) => void }} props */
function Editor({ forms, setForms }) {
  const t = words.value
  const [wrong, setWrong] = useState(/** @type {Mistakes} */ ({}))
  const [failure, setFailure] = useState('')
  const [said, setSaid] = useState('')
  const [preview, setPreview] = useState(/** @type {Preview | null} */ (null))
  const [busy, setBusy] = useState(false)
  const change = (/** @type {SegmentForm[]} */ next) => {
    setForms(next)
    setPreview(null)
    setSaid(t.segmentsUnsaved)
  }
  /** @template T @param {EventTarget | null} form @param {() => Promise<T>} what @param {(answer: T) => void} then */
  const tell = async (form, what, then) => {
    setBusy(true)
    setWrong({})
    setFailure('')
    try {
      then(await what())
    } catch (error) {
      const field = error instanceof Refused ? error.field : ''
      setWrong(field ? { [field]: t.segmentMistake(error instanceof Refused ? error.message.replace(/^`[^`]+`: /, '') : '') } : {})
      setFailure(field ? t.segmentsNotSaved : sayError(error))
      focusFirstMistake(form)
    }
    setBusy(false)
  }
  const save = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    tell(
      event.currentTarget,
      () => api.setSegments(segmentsOf(forms)),
      () => setSaid(t.segmentsSaved),
    )
  }
  const look = (/** @type {Event & { currentTarget: HTMLButtonElement }} */ event) => {
    const { form } = event.currentTarget
    tell(form, () => api.previewSegments(segmentsOf(forms)), setPreview)
  }
  return html`<form class="rules" onsubmit=${save} novalidate aria-label=${t.segmentsTitle}>
    ${forms.length === 0 && html`<p class="quiet-words">${t.noSegments}</p>`}
    ${forms.map(
      (form, at) => html`<${SegmentRow}
        key=${form.key}
        form=${form}
        at=${at}
        count=${preview?.segments[at]?.customers}
        isLast=${at === forms.length - 1}
        wrong=${wrong}
        onChange=${(/** @type {Partial<SegmentForm>} */ part) =>
          change(forms.map((other) => (other.key === form.key ? { ...other, ...part } : other)))}
        onMove=${(/** @type {-1 | 1} */ by) => change(moved(forms, at, by))}
        onRemove=${() => change(forms.filter(({ key }) => key !== form.key))}
      />`,
    )}
    <div class="rules-buttons">
      <button type="button" class="button small" onclick=${() => change([...forms, segmentForm()])}><${Icon} name="plus" />${t.addSegment}</button>
      <button type="button" class="button small" disabled=${busy} onclick=${look}>${t.previewSegments}</button>
    </div>
    <div class="rules-foot">
      <div class="rules-said">
        <${FormError} text=${failure} />
        <p role="status">${!failure && [said, preview && t.without(preview.without)].filter(Boolean).join(' ')}</p>
      </div>
      <button class="button primary" disabled=${busy}>${t.saveSegments}</button>
    </div>
  </form>`
}

/**
 * @typedef {object} RowProps
 * @property {SegmentForm} form
 * @property {number} at
 * @property {number | undefined} count customers that it would have
 * @property {boolean} isLast
 * @property {Mistakes} wrong
 * @property {(part: Partial<SegmentForm>) => void} onChange
 * @property {(by: -1 | 1) => void} onMove
 * @property {() => void} onRemove
 */

/** @param {RowProps} props */
function SegmentRow({ form, at, count, isLast, wrong, onChange, onMove, onRemove }) {
  const t = words.value
  const id = useId()
  const title = `${t.segment} ${at + 1}`
  const path = `segments[${at}]`
  return html`<fieldset class="rule">
    <legend class="only-read">${title}</legend>
    <div class="rule-head">
      <b aria-hidden="true">${title}</b>
      ${count !== undefined && html`<span class="chip segment-count">${t.customersCount(count)}</span>`}
      <button type="button" class="link-button" disabled=${at === 0} aria-label=${`${t.moveUp}: ${title}`} onclick=${() => onMove(-1)}>${t.moveUp}</button>
      <button type="button" class="link-button" disabled=${isLast} aria-label=${`${t.moveDown}: ${title}`} onclick=${() => onMove(1)}>${t.moveDown}</button>
      <${IconButton} icon="close" label=${t.removeOf(t.segment, at + 1)} onclick=${onRemove} />
    </div>
    <div class="rules-grid">
      <${Field}
        name="name"
        label=${t.segmentName}
        error=${wrong[`${path}.name`]}
        autocomplete="off"
        value=${form.name}
        oninput=${(/** @type {InputEvent} */ event) => onChange({ name: event.currentTarget.value })}
      />
      <div class="field">
        <label for=${id}>${t.valueBand}</label>
        <select id=${id} value=${form.value_band} onchange=${(/** @type {InputEvent} */ event) => onChange({ value_band: event.currentTarget.value })}>
          ${bands.map((band) => html`<option key=${band} value=${band} selected=${band === form.value_band}>${t.valueBands[band]}</option>`)}
        </select>
      </div>
    </div>
    ${
      /** @type {const} */ (['all', 'any']).map(
        (list) => html`<${Conditions}
        key=${list}
        label=${list === 'all' ? t.allOf : t.anyOf}
        path=${`${path}.${list}`}
        conditions=${form[list]}
        wrong=${wrong}
        onChange=${(/** @type {ConditionForm[]} */ conditions) => onChange({ [list]: conditions })}
      />`,
      )
    }
  </fieldset>`
}

/** @param {{ label: string, path: string, conditions: ConditionForm[], wrong: Mistakes, onChange: (conditions: ConditionForm[]) => void }} props */
function Conditions({ label, path, conditions, wrong, onChange }) {
  const t = words.value
  const id = useId()
  const edit = (/** @type {number} */ key, /** @type {Partial<ConditionForm>} */ part) =>
    onChange(conditions.map((condition) => (condition.key === key ? { ...condition, ...part } : condition)))
  return html`<fieldset class="rows conditions">
    <legend>${label}</legend>
    <datalist id=${`${id}-known`}>${builtIn.map((name) => html`<option key=${name} value=${name} />`)}</datalist>
    ${wrong[path] && html`<p class="field-error"><${Icon} name="alert" />${wrong[path]}</p>`}
    ${conditions.map(({ key, attribute, op, value }, at) => {
      const wrongOp = wrong[`${path}[${at}].op`]
      return html`<div class="condition" key=${key}>
        <${Field}
          name="attribute"
          label=${t.attribute}
          list=${`${id}-known`}
          error=${wrong[`${path}[${at}].attribute`]}
          autocomplete="off"
          value=${attribute}
          oninput=${(/** @type {InputEvent} */ event) => edit(key, { attribute: event.currentTarget.value })}
        />
        <div class="field">
          <label for=${`${id}-${key}`}>${t.comparison}</label>
          <select
            id=${`${id}-${key}`}
            aria-invalid=${wrongOp ? 'true' : undefined}
            onchange=${(/** @type {InputEvent} */ event) => edit(key, { op: event.currentTarget.value })}
          >
            ${ops.map((one) => html`<option key=${one} value=${one} selected=${one === op}>${t.ops[one]}</option>`)}
          </select>
          ${wrongOp && html`<p class="field-error"><${Icon} name="alert" />${wrongOp}</p>`}
        </div>
        ${
          needsValue(op)
            ? html`<${Field}
              name="value"
              label=${t.conditionValue}
              hint=${op === 'in' ? t.valuesHint : undefined}
              error=${wrong[`${path}[${at}].value`]}
              autocomplete="off"
              value=${value}
              oninput=${(/** @type {InputEvent} */ event) => edit(key, { value: event.currentTarget.value })}
            />`
            : html`<span></span>`
        }
        <${IconButton} icon="close" label=${t.removeOf(t.condition, at + 1)} onclick=${() => onChange(conditions.filter((other) => other.key !== key))} />
      </div>`
    })}
    <button type="button" class="button small" onclick=${() => onChange([...conditions, conditionForm()])}><${Icon} name="plus" />${t.addCondition}</button>
  </fieldset>`
}
