/** The messages with which the desk speaks first, as the server has them and as a form holds them. Pure, both ways. */

/** @typedef {{ en?: string, zh?: string }} Texts */
/**
 * @typedef {object} Rule
 * @property {string} [id]
 * @property {string} name
 * @property {boolean} on
 * @property {string[]} pages
 * @property {number} seconds
 * @property {string} [segment]
 * @property {'always' | 'open' | 'closed'} when
 * @property {string} [site]
 * @property {Texts} text
 * @property {Texts[]} choices
 * @property {number} times
 * @property {number} days
 */
/** @typedef {Rule & { id: string, counts: { shown: number, opened: number, answered: number } }} CountedRule */

export const whens = /** @type {const} */ (['always', 'open', 'closed'])
export const languages = /** @type {const} */ (['en', 'zh'])
export const mostChoices = 3

/** @type {Rule} */
export const fresh = {
  name: '',
  on: false,
  pages: ['/**'],
  seconds: 20,
  when: 'always',
  text: {},
  choices: [],
  times: 1,
  days: 7,
}

/** A rule as it is sent. @param {Rule & { counts?: unknown }} rule @returns {Rule} */
export function bare({ counts: _, ...rule }) {
  return rule
}

/**
 * The rule that a form holds; what is no number is told by the server.
 * @param {Record<string, string>} fields
 * @param {Rule} before
 * @returns {Rule}
 */
export function ruleOf(fields, before) {
  const number = (/** @type {string} */ name) => (/^\d{1,6}$/.test(fields[name]?.trim() ?? '') ? Number(fields[name]) : 999_999)
  const texts = (/** @type {string} */ name) =>
    Object.fromEntries(languages.map((one) => [one, fields[`${name}.${one}`]?.trim() ?? '']).filter(([, said]) => said))
  const choices = Array.from({ length: mostChoices }, (_, at) => texts(`choices[${at}]`))
  return {
    ...(before.id && { id: before.id }),
    name: fields.name?.trim() ?? '',
    on: before.on,
    pages: (fields.pages ?? '')
      .split(/[\n,，]/)
      .map((page) => page.trim())
      .filter(Boolean),
    seconds: number('seconds'),
    ...(fields.segment && { segment: fields.segment }),
    when: whens.find((one) => one === fields.when) ?? 'always',
    ...(fields.site?.trim() && { site: fields.site.trim().replace(/\/$/, '') }),
    text: texts('text'),
    choices: choices.filter((choice) => Object.keys(choice).length > 0),
    times: number('times'),
    days: number('days'),
  }
}

/** The field of a form that the server names, such as `rules[2].text.en`. @param {string} field */
export function fieldOf(field) {
  return field.replace(/^rules\[\d+\]\./, '')
}
