/**
 * The desk's rules as a form holds them: lists as text, numbers as text. Pure, both ways; the server checks what
 * the rules mean and names the field of a mistake.
 */

/** @typedef {'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'} Day */
/** @typedef {{ time_zone: string, holidays?: Holiday[] } & Partial<Record<Day, string[]>>} Hours */
/** @typedef {{ date: string, name?: string | null, hours?: string[] }} Holiday */
/**
 * @typedef {object} Condition
 * @property {string[]} [intents]
 * @property {string[]} [channels]
 * @property {string[]} [segments]
 * @property {string[]} [languages]
 * @property {string[]} [urgency]
 * @property {string[]} [reasons]
 */
/** @typedef {{ when?: Condition, skills?: string[], team?: string | null }} RoutingRule */
/**
 * @typedef {object} SlaRule
 * @property {Condition} [when]
 * @property {number | null} [first_response_minutes]
 * @property {number | null} [next_response_minutes]
 * @property {number | null} [resolution_minutes]
 * @property {number} [warn_minutes]
 */
/**
 * @typedef {object} Rules
 * @property {Hours | null} [hours]
 * @property {Record<string, Hours>} [team_hours]
 * @property {RoutingRule[]} [routing]
 * @property {SlaRule[]} [sla]
 * @property {number} [overflow_after_minutes]
 * @property {Record<string, number>} [units]
 */

export const days = /** @type {const} */ (['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
/** The parts of a condition that are text, and those that are chosen, with what there is to choose. */
export const named = /** @type {const} */ (['intents', 'channels', 'segments'])
export const chosen = /** @type {const} */ ({
  languages: ['en', 'zh'],
  urgency: ['urgent', 'high', 'normal', 'low'],
  reasons: ['requested', 'urgent', 'not_understood'],
})
export const promises = /** @type {const} */ (['first_response_minutes', 'next_response_minutes', 'resolution_minutes'])

/** @typedef {Record<typeof named[number], string> & Record<keyof typeof chosen, string[]>} WhenForm */
/** @typedef {{ date: string, name: string, hours: string }} HolidayForm */
/** @typedef {{ key: number, when: WhenForm, skills: string, team: string }} RoutingForm */
/** @typedef {{ key: number, when: WhenForm, warn_minutes: string } & Record<typeof promises[number], string>} SlaForm */
/**
 * @typedef {object} HoursForm
 * @property {string} time_zone
 * @property {Record<Day, string>} week
 * @property {(HolidayForm & { key: number })[]} holidays
 */
/** @typedef {HoursForm & { key: number, team: string }} TeamHoursForm */
/** @typedef {{ key: number, channel: string, units: string }} UnitsForm */
/**
 * @typedef {object} RulesForm
 * @property {boolean} always open at all times
 * @property {string} time_zone
 * @property {Record<Day, string>} week
 * @property {(HolidayForm & { key: number })[]} holidays
 * @property {TeamHoursForm[]} teams those with hours of their own
 * @property {UnitsForm[]} units
 * @property {RoutingForm[]} routing
 * @property {SlaForm[]} sla
 * @property {string} overflow_after_minutes
 * @property {Rules} rest what the form does not show, and keeps
 */

let nextKey = 1

/** @param {readonly string[] | undefined} list */
const joined = (list) => (list ?? []).join(', ')
/** @param {string} text in commas of any script @returns {string[]} */
const split = (text) =>
  text
    .split(/[,，、;；]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
/** @param {string} text ranges, with any dash @returns {string[]} */
const ranges = (text) => split(text).map((range) => range.replace(/\s*[-–—~～至]\s*/, '-').replaceAll('：', ':'))
/** @param {number | null | undefined} value */
const shown = (value) => (value === null || value === undefined ? '' : String(value))

/** @param {Condition} [when] @returns {WhenForm} */
export function whenForm(when = {}) {
  return {
    intents: joined(when.intents),
    channels: joined(when.channels),
    segments: joined(when.segments),
    languages: [...(when.languages ?? [])],
    urgency: [...(when.urgency ?? [])],
    reasons: [...(when.reasons ?? [])],
  }
}

/** @param {RoutingRule} [rule] @returns {RoutingForm} */
export function routingForm({ when, skills, team } = {}) {
  return { key: nextKey++, when: whenForm(when), skills: joined(skills), team: team ?? '' }
}

/** @param {SlaRule} [rule] @returns {SlaForm} */
export function slaForm({ when, warn_minutes = 5, ...rule } = {}) {
  const [first, next, end] = promises.map((name) => shown(rule[name]))
  return {
    key: nextKey++,
    when: whenForm(when),
    first_response_minutes: first ?? '',
    next_response_minutes: next ?? '',
    resolution_minutes: end ?? '',
    warn_minutes: shown(warn_minutes),
  }
}

/** @param {Holiday} [holiday] */
export function holidayForm({ date, name, hours } = { date: '' }) {
  return { key: nextKey++, date, name: name ?? '', hours: joined(hours) }
}

/** @param {Hours | null} [hours] @returns {HoursForm} */
function hoursForm(hours) {
  const week = /** @type {Record<Day, string>} */ (Object.fromEntries(days.map((day) => [day, joined(hours?.[day])])))
  const time_zone = hours?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  return { time_zone, week, holidays: (hours?.holidays ?? []).map(holidayForm) }
}

/** @param {string} [team] @param {Hours} [hours] @returns {TeamHoursForm} */
export function teamHoursForm(team = '', hours) {
  return { key: nextKey++, team, ...hoursForm(hours) }
}

/** @param {string} [channel] @param {number} [units] @returns {UnitsForm} */
export function unitsForm(channel = '', units = 1) {
  return { key: nextKey++, channel, units: shown(units) }
}

/** @param {Rules} rules @returns {RulesForm} */
export function formOf(rules) {
  const { hours, team_hours = {}, units = {}, routing = [], sla = [], overflow_after_minutes = 0, ...rest } = rules
  return {
    always: !hours,
    ...hoursForm(hours),
    teams: Object.entries(team_hours).map(([team, own]) => teamHoursForm(team, own)),
    units: Object.entries(units).map(([channel, count]) => unitsForm(channel, count)),
    routing: routing.map(routingForm),
    sla: sla.map(slaForm),
    overflow_after_minutes: shown(overflow_after_minutes),
    rest,
  }
}

/** @param {WhenForm} when @returns {Condition} */
function conditionOf({ intents, channels, segments, ...lists }) {
  return { intents: split(intents), channels: split(channels), segments: split(segments), ...lists }
}

/** @param {string} text */
const minutes = (text) => (text.trim() === '' ? null : Number(text))

/** @param {HoursForm} form @returns {Hours} */
function hoursOf(form) {
  const week = Object.fromEntries(days.map((day) => [day, ranges(form.week[day])]))
  const holidays = form.holidays.map(({ date, name, hours }) => ({ date, name: name.trim() || null, hours: ranges(hours) }))
  return { time_zone: form.time_zone.trim(), ...week, holidays }
}

/** @param {RulesForm} form @returns {Rules} */
export function rulesOf(form) {
  return {
    ...form.rest,
    hours: form.always ? null : hoursOf(form),
    team_hours: Object.fromEntries(form.teams.map((own) => [own.team.trim(), hoursOf(own)])),
    units: Object.fromEntries(form.units.map(({ channel, units }) => [channel.trim(), minutes(units) ?? 1])),
    routing: form.routing.map(({ when, skills, team }) => ({
      when: conditionOf(when),
      skills: split(skills),
      team: team.trim() || null,
    })),
    sla: form.sla.map((rule) => ({
      when: conditionOf(rule.when),
      first_response_minutes: minutes(rule.first_response_minutes),
      next_response_minutes: minutes(rule.next_response_minutes),
      resolution_minutes: minutes(rule.resolution_minutes),
      warn_minutes: minutes(rule.warn_minutes) ?? 0,
    })),
    overflow_after_minutes: minutes(form.overflow_after_minutes) ?? 0,
  }
}

/**
 * The fields that hold no whole number where one is wanted; everything else is the server's to judge.
 * @param {RulesForm} form
 * @returns {string[]}
 */
export function notNumbers(form) {
  const isNumber = (/** @type {string} */ text) => /^\d{0,9}$/.test(text.trim())
  const wrong = form.sla.flatMap((rule, at) =>
    [...promises, /** @type {const} */ ('warn_minutes')].filter((name) => !isNumber(rule[name])).map((name) => `sla[${at}].${name}`),
  )
  for (const { channel, units } of form.units) if (!isNumber(units)) wrong.push(`units.${channel.trim()}`)
  if (!isNumber(form.overflow_after_minutes)) wrong.push('overflow_after_minutes')
  return wrong
}

/**
 * Teams and channels that are not named, or named twice: of two with one name the server would see one only. By the
 * field's path, with the place in the list instead of a name.
 * @param {RulesForm} form
 * @returns {Record<string, 'hoursTeamMissing' | 'channelMissing' | 'thereTwice'>}
 */
export function badNames({ teams, units }) {
  /** @type {Record<string, 'hoursTeamMissing' | 'channelMissing' | 'thereTwice'>} */
  const wrong = {}
  const check = (
    /** @type {string} */ list,
    /** @type {string[]} */ names,
    /** @type {'hoursTeamMissing' | 'channelMissing'} */ missing,
  ) => {
    for (const [at, name] of names.entries()) {
      if (name === '') wrong[`${list}[${at}]`] = missing
      else if (names.indexOf(name) < at) wrong[`${list}[${at}]`] = 'thereTwice'
    }
  }
  check(
    'team_hours',
    teams.map(({ team }) => team.trim()),
    'hoursTeamMissing',
  )
  check(
    'units',
    units.map(({ channel }) => channel.trim()),
    'channelMissing',
  )
  return wrong
}
