/** The part of the rules that says when the desk is open. */

/** @import { HoursForm, TeamHoursForm } from '../state/rules.js' */
/** @import { PartProps } from './routing.js' */
import { html } from '../lib.js'
import { days, holidayForm, teamHoursForm } from '../state/rules.js'
import { words } from '../state/later_words.js'
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
    ${!form.always && html`<${HoursFields} hours=${form} path="hours" wrong=${wrong} onChange=${change} />`}
    <${TeamHours} form=${form} change=${change} wrong=${wrong} />
  </section>`
}

/** @param {PartProps} props */
function TeamHours({ form, change, wrong }) {
  const t = words.value
  const { teams } = form
  const edit = (/** @type {number} */ key, /** @type {Partial<TeamHoursForm>} */ part) =>
    change({ teams: teams.map((own) => (own.key === key ? { ...own, ...part } : own)) })
  return html`<fieldset class="rows team-hours">
    <legend>${t.teamHours}</legend>
    <p class="field-hint">${t.teamHoursLead}</p>
    ${teams.map(
      (own, at) => html`<fieldset class="rule" key=${own.key}>
        <legend class="only-read">${`${t.teamHours} ${at + 1}`}</legend>
        <div class="rule-head">
          <b aria-hidden="true">${own.team || `${t.teamHours} ${at + 1}`}</b>
          <${IconButton}
            icon="close"
            label=${t.removeOf(t.teamHours, at + 1)}
            onclick=${() => change({ teams: teams.filter(({ key }) => key !== own.key) })}
          />
        </div>
        <div class="rules-grid">
          <${Field}
            name="team"
            label=${t.teamId}
            error=${wrong[`team_hours[${at}]`]}
            autocomplete="off"
            spellcheck="false"
            value=${own.team}
            oninput=${(/** @type {InputEvent} */ event) => edit(own.key, { team: event.currentTarget.value })}
          />
        </div>
        <${HoursFields}
          hours=${own}
          path=${`team_hours.${own.team.trim()}`}
          wrong=${wrong}
          onChange=${(/** @type {Partial<HoursForm>} */ part) => edit(own.key, part)}
        />
      </fieldset>`,
    )}
    <button type="button" class="button small" onclick=${() => change({ teams: [...teams, teamHoursForm()] })}>
      <${Icon} name="plus" />${t.addTeamHours}
    </button>
  </fieldset>`
}

/**
 * @typedef {object} HoursProps
 * @property {HoursForm} hours
 * @property {string} path where they stand in the rules
 * @property {Record<string, string>} wrong
 * @property {(part: Partial<HoursForm>) => void} onChange
 */

/** @param {HoursProps} props */
function HoursFields({ hours, path, wrong, onChange }) {
  const t = words.value
  return html`
    <div class="rules-grid">
      <${Field}
        name="time_zone"
        label=${t.timeZone}
        hint=${t.timeZoneHint}
        error=${wrong[`${path}.time_zone`]}
        autocomplete="off"
        spellcheck="false"
        value=${hours.time_zone}
        oninput=${(/** @type {InputEvent} */ event) => onChange({ time_zone: event.currentTarget.value })}
      />
    </div>
    <p class="field-hint">${t.rangesHint}</p>
    ${wrong[path] && html`<p class="field-error"><${Icon} name="alert" />${wrong[path]}</p>`}
    <div class="week">
      ${days.map(
        (day, at) => html`<${Field}
          key=${day}
          name=${day}
          label=${t.days[day]}
          error=${wrong[`${path}.${day}`]}
          autocomplete="off"
          aria-invalid=${wrong[`${path}.${day}`] || (wrong[path] && at === 0) ? 'true' : undefined}
          value=${hours.week[day]}
          oninput=${(/** @type {InputEvent} */ event) => onChange({ week: { ...hours.week, [day]: event.currentTarget.value } })}
        />`,
      )}
    </div>
    <${Holidays} hours=${hours} path=${path} wrong=${wrong} onChange=${onChange} />
  `
}

/** @param {HoursProps} props */
function Holidays({ hours: { holidays }, path, wrong, onChange }) {
  const t = words.value
  const edit = (/** @type {number} */ key, /** @type {Partial<ReturnType<typeof holidayForm>>} */ part) =>
    onChange({ holidays: holidays.map((holiday) => (holiday.key === key ? { ...holiday, ...part } : holiday)) })
  return html`<fieldset class="rows">
    <legend>${t.holidays}</legend>
    ${holidays.map(
      ({ key, date, name, hours }, at) => html`<div class="holiday" key=${key}>
        <${Field}
          name="date"
          type="date"
          label=${t.holidayDate}
          error=${wrong[`${path}.holidays[${at}].date`]}
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
          error=${wrong[`${path}.holidays[${at}].hours`]}
          autocomplete="off"
          value=${hours}
          oninput=${(/** @type {InputEvent} */ event) => edit(key, { hours: event.currentTarget.value })}
        />
        <${IconButton}
          icon="close"
          label=${t.removeOf(t.holidays, at + 1)}
          onclick=${() => onChange({ holidays: holidays.filter((holiday) => holiday.key !== key) })}
        />
      </div>`,
    )}
    <button type="button" class="button small" onclick=${() => onChange({ holidays: [...holidays, holidayForm()] })}>
      <${Icon} name="plus" />${t.addHoliday}
    </button>
  </fieldset>`
}
