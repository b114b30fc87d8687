/** The parts of the rules that are lists: what agents must bring, and what is promised, each for whom. */

/** @import { Child } from '../../vendor/preact/preact.module.js' */
/** @import { RoutingForm, SlaForm, UnitsForm, WhenForm } from '../state/rules.js' */
/** @import { Mistakes, PartProps } from './routing.js' */
/** @import { InputEvent } from './routing_hours.js' */
import { html } from '../lib.js'
import { chosen, named, promises, routingForm, slaForm, unitsForm } from '../state/rules.js'
import { words } from '../state/later_words.js'
import { Icon, IconButton } from './bits.js'
import { Field } from './field.js'

/** @param {PartProps} props */
export function RoutingPart({ form, change, wrong }) {
  const t = words.value
  const rules = form.routing
  const edit = (/** @type {number} */ key, /** @type {Partial<RoutingForm>} */ part) =>
    change({ routing: rules.map((rule) => (rule.key === key ? { ...rule, ...part } : rule)) })
  return html`<section class="rules-part">
    <header><h2>${t.routingRules}</h2><p>${t.routingRulesLead}</p></header>
    ${rules.length === 0 && html`<p class="quiet-words">${t.noRules}</p>`}
    ${wrong.routing && html`<p class="field-error"><${Icon} name="alert" />${wrong.routing}</p>`}
    ${rules.map(
      (rule, at) => html`<${RuleRow}
        key=${rule.key}
        title=${`${t.routingRule} ${at + 1}`}
        removing=${t.removeOf(t.routingRule, at + 1)}
        path=${`routing[${at}]`}
        when=${rule.when}
        wrong=${wrong}
        onWhen=${(/** @type {WhenForm} */ when) => edit(rule.key, { when })}
        onRemove=${() => change({ routing: rules.filter(({ key }) => key !== rule.key) })}
      >
        <${Field}
          name="skills"
          label=${t.skills}
          hint=${t.ruleSkillsHint}
          error=${wrong[`routing[${at}].skills`]}
          autocomplete="off"
          value=${rule.skills}
          oninput=${(/** @type {InputEvent} */ event) => edit(rule.key, { skills: event.currentTarget.value })}
        />
        <${Field}
          name="team"
          label=${t.team}
          hint=${t.teamHint}
          error=${wrong[`routing[${at}].team`]}
          autocomplete="off"
          value=${rule.team}
          oninput=${(/** @type {InputEvent} */ event) => edit(rule.key, { team: event.currentTarget.value })}
        />
      <//>`,
    )}
    <button type="button" class="button small" onclick=${() => change({ routing: [...rules, routingForm()] })}>
      <${Icon} name="plus" />${t.addRule}
    </button>
  </section>`
}

/** @param {PartProps} props */
export function SlaPart({ form, change, wrong }) {
  const t = words.value
  const rules = form.sla
  const edit = (/** @type {number} */ key, /** @type {Partial<SlaForm>} */ part) =>
    change({ sla: rules.map((rule) => (rule.key === key ? { ...rule, ...part } : rule)) })
  const labels = { ...t.slaMinutes, warn_minutes: t.warnMinutes }
  return html`<section class="rules-part">
    <header><h2>${t.slaRules}</h2><p>${t.slaRulesLead}</p></header>
    ${rules.length === 0 && html`<p class="quiet-words">${t.noSla}</p>`}
    ${wrong.sla && html`<p class="field-error"><${Icon} name="alert" />${wrong.sla}</p>`}
    ${rules.map(
      (rule, at) => html`<${RuleRow}
        key=${rule.key}
        title=${`${t.slaRule} ${at + 1}`}
        removing=${t.removeOf(t.slaRule, at + 1)}
        path=${`sla[${at}]`}
        when=${rule.when}
        wrong=${wrong}
        onWhen=${(/** @type {WhenForm} */ when) => edit(rule.key, { when })}
        onRemove=${() => change({ sla: rules.filter(({ key }) => key !== rule.key) })}
      >
        ${[...promises, /** @type {const} */ ('warn_minutes')].map(
          (name) => html`<${Field}
            key=${name}
            name=${name}
            inputmode="numeric"
            label=${labels[name]}
            error=${wrong[`sla[${at}].${name}`]}
            autocomplete="off"
            value=${rule[name]}
            oninput=${(/** @type {InputEvent} */ event) => edit(rule.key, { [name]: event.currentTarget.value })}
          />`,
        )}
      <//>`,
    )}
    <button type="button" class="button small" onclick=${() => change({ sla: [...rules, slaForm()] })}>
      <${Icon} name="plus" />${t.addSla}
    </button>
  </section>`
}

/** @param {PartProps} props */
export function UnitsPart({ form, change, wrong }) {
  const t = words.value
  const { units } = form
  const edit = (/** @type {number} */ key, /** @type {Partial<UnitsForm>} */ part) =>
    change({ units: units.map((one) => (one.key === key ? { ...one, ...part } : one)) })
  return html`<section class="rules-part units">
    <header><h2>${t.unitsTitle}</h2><p>${t.unitsLead}</p></header>
    ${units.map(
      ({ key, channel, units: count }, at) => html`<div class="unit" key=${key}>
        <${Field}
          name="channel"
          label=${t.unitsChannel}
          error=${wrong[`units[${at}]`]}
          autocomplete="off"
          value=${channel}
          oninput=${(/** @type {InputEvent} */ event) => edit(key, { channel: event.currentTarget.value })}
        />
        <${Field}
          name="units"
          inputmode="numeric"
          label=${t.unitsCount}
          error=${wrong[`units.${channel.trim()}`]}
          autocomplete="off"
          value=${count}
          oninput=${(/** @type {InputEvent} */ event) => edit(key, { units: event.currentTarget.value })}
        />
        <${IconButton}
          icon="close"
          label=${t.removeOf(t.unitsChannel, at + 1)}
          onclick=${() => change({ units: units.filter((one) => one.key !== key) })}
        />
      </div>`,
    )}
    <button type="button" class="button small" onclick=${() => change({ units: [...units, unitsForm()] })}>
      <${Icon} name="plus" />${t.addUnits}
    </button>
  </section>`
}

/**
 * @typedef {object} RuleRowProps
 * @property {string} title
 * @property {string} removing
 * @property {string} path
 * @property {WhenForm} when
 * @property {Mistakes} wrong
 * @property {(when: WhenForm) => void} onWhen
 * @property {() => void} onRemove
 * @property {Child} [children] what the rule says
 */

/** @param {RuleRowProps} props */
function RuleRow({ title, removing, path, when, wrong, onWhen, onRemove, children }) {
  const t = words.value
  return html`<fieldset class="rule">
    <legend class="only-read">${title}</legend>
    <div class="rule-head">
      <b aria-hidden="true">${title}</b>
      <${IconButton} icon="close" label=${removing} onclick=${onRemove} />
    </div>
    <div class="rules-grid">${children}</div>
    <p class="rule-when">${t.appliesTo}<span class="field-hint">${t.conditionHint}</span></p>
    <div class="rules-grid rules-grid-three">
      ${named.map(
        (name) => html`<${Field}
          key=${name}
          name=${name}
          label=${t.conditionParts[name]}
          error=${wrong[`${path}.when.${name}`]}
          autocomplete="off"
          placeholder=${t.whenAny}
          value=${when[name]}
          oninput=${(/** @type {InputEvent} */ event) => onWhen({ ...when, [name]: event.currentTarget.value })}
        />`,
      )}
    </div>
    <div class="rule-choices"><${Choices} when=${when} onWhen=${onWhen} /></div>
  </fieldset>`
}

/** @param {{ when: WhenForm, onWhen: (when: WhenForm) => void }} props */
function Choices({ when, onWhen }) {
  const t = words.value
  /** @type {Record<keyof typeof chosen, Record<string, string>>} */
  const labels = { languages: t.languages, urgency: t.urgencies, reasons: t.reasons }
  const toggle = (/** @type {keyof typeof chosen} */ name, /** @type {string} */ value) => {
    const on = when[name].includes(value)
    onWhen({ ...when, [name]: on ? when[name].filter((other) => other !== value) : [...when[name], value] })
  }
  return html`${Object.entries(chosen).map(
    ([name, values]) => html`<fieldset key=${name} class="checks">
      <legend>${t.conditionParts[/** @type {keyof typeof chosen} */ (name)]}</legend>
      ${values.map(
        (value) => html`<label class="check" key=${value}>
          <input
            type="checkbox"
            checked=${when[/** @type {keyof typeof chosen} */ (name)].includes(value)}
            onchange=${() => toggle(/** @type {keyof typeof chosen} */ (name), value)}
          />
          <span>${labels[/** @type {keyof typeof chosen} */ (name)][value] ?? value}</span>
        </label>`,
      )}
    </fieldset>`,
  )}`
}
