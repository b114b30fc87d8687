/** The part of the rules that says when the desk is open. */

/** @import { PartProps } from './routing.js' */
import { html } from '../lib.js'
import { days, holidayForm } from '../state/rules.js'
import { words } from '../state/settings.js'
import { Icon, IconButton } from './bits.js'
import { Field } from './field.js'

/** @typedef {Event & { currentTarget: HTMLInputElement }} InputEvent */

/** @param {PartProps} props */
export function HoursPart({ form, change, wrong }) {
  const t = words.value
  return html`<section class="rules-part">
    <header><h2>${t.hoursTitle}</h2><p>${t.hoursLead}</p></header>
    <label class="check">
      <input type="checkbox" checked=${form.always} onchange=${(/** @type {InputEvent} */ event) => change({ always: event.currentTarget.checked })} />
      <span>${t.alwaysOpen}</span>
    </label>
    ${
      !form.always &&
      html`
        <div class="rules-grid">
          <${Field}
            name="time_zone"
            label=${t.timeZone}
            hint=${t.timeZoneHint}
            error=${wrong['hours.time_zone']}
            autocomplete="off"
            spellcheck="false"
            value=${form.time_zone}
            oninput=${(/** @type {InputEvent} */ event) => change({ time_zone: event.currentTarget.value })}
          />
        </div>
        <p class="field-hint">${t.rangesHint}</p>
        ${wrong.hours && html`<p class="field-error"><${Icon} name="alert" />${wrong.hours}</p>`}
        <div class="week">
          ${days.map(
            (day, at) => html`<${Field}
              key=${day}
              name=${day}
              label=${t.days[day]}
              error=${wrong[`hours.${day}`]}
              autocomplete="off"
              aria-invalid=${wrong[`hours.${day}`] || (wrong.hours && at === 0) ? 'true' : undefined}
              value=${form.week[day]}
              oninput=${(/** @type {InputEvent} */ event) => change({ week: { ...form.week, [day]: event.currentTarget.value } })}
            />`,
          )}
        </div>
        <${Holidays} form=${form} change=${change} wrong=${wrong} />
      `
    }
  </section>`
}

/** @param {PartProps} props */
function Holidays({ form, change, wrong }) {
  const t = words.value
  const { holidays } = form
  const edit = (/** @type {number} */ key, /** @type {Partial<ReturnType<typeof holidayForm>>} */ part) =>
    change({ holidays: holidays.map((holiday) => (holiday.key === key ? { ...holiday, ...part } : holiday)) })
  return html`<fieldset class="rows">
    <legend>${t.holidays}</legend>
    ${holidays.map(
      ({ key, date, name, hours }, at) => html`<div class="holiday" key=${key}>
        <${Field}
          name="date"
          type="date"
          label=${t.holidayDate}
          error=${wrong[`hours.holidays[${at}].date`]}
          value=${date}
          oninput=${(/** @type {InputEvent} */ event) => edit(key, { date: event.currentTarget.value })}
        />
        <${Field}
          name="name"
          label=${t.holidayName}
          autocomplete="off"
          value=${name}
          oninput=${(/** @type {InputEvent} */ event) => edit(key, { name: event.currentTarget.value })}
        />
        <${Field}
          name="hours"
          label=${t.holidayHours}
          error=${wrong[`hours.holidays[${at}].hours`]}
          autocomplete="off"
          value=${hours}
          oninput=${(/** @type {InputEvent} */ event) => edit(key, { hours: event.currentTarget.value })}
        />
        <${IconButton}
          icon="close"
          label=${t.removeOf(t.holidays, at + 1)}
          onclick=${() => change({ holidays: holidays.filter((holiday) => holiday.key !== key) })}
        />
      </div>`,
    )}
    <button type="button" class="button small" onclick=${() => change({ holidays: [...holidays, holidayForm()] })}>
      <${Icon} name="plus" />${t.addHoliday}
    </button>
  </fieldset>`
}
