/** The rules of the segments as a form holds them: values as text. Pure, both ways; the server names the field of a mistake. */

/** @typedef {string | number | boolean} Plain */
/** @typedef {{ attribute: string, op: string, value?: Plain | Plain[] | null }} Condition */
/** @typedef {{ name: string, value_band: string, all?: Condition[], any?: Condition[] }} Segment */
/** @typedef {{ segments: { name: string, customers: number }[], without: number }} Preview */
/** @typedef {{ key: number, attribute: string, op: string, value: string }} ConditionForm */
/** @typedef {{ key: number, name: string, value_band: string, all: ConditionForm[], any: ConditionForm[] }} SegmentForm */

export const bands = /** @type {const} */ (['low', 'normal', 'high', 'vip'])
/** What conditions compare by; `exists_not` is `exists` with `false`. */
export const ops = /** @type {const} */ ([
  'eq',
  'ne',
  'gt',
  'lt',
  'contains',
  'in',
  'exists',
  'exists_not',
  'days_since_lt',
  'days_since_gt',
])
/** What a profile has besides the site's own attributes. */
export const builtIn = /** @type {const} */ ([
  'name',
  'email',
  'phone',
  'language',
  'tags',
  'open_orders',
  'verified',
  'created_at',
  'updated_at',
])

const numeric = new Set(['gt', 'lt', 'days_since_gt', 'days_since_lt'])
const number = /^-?\d{1,15}(\.\d{1,10})?$/
let nextKey = 1

/** Whether a comparison needs a value beside it. @param {string} op */
export const needsValue = (op) => !op.startsWith('exists')

/** A text that would be read as something else stands in quotes. @param {Plain} value */
function shown(value) {
  if (typeof value !== 'string') return String(value)
  return number.test(value) || /^(true|false|".*")$/.test(value) || value !== value.trim() ? `"${value}"` : value
}

/** @param {string} text @returns {Plain} */
function plain(text) {
  const trimmed = text.trim()
  if (/^".*"$/.test(trimmed)) return trimmed.slice(1, -1)
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
  return number.test(trimmed) ? Number(trimmed) : trimmed
}

/** @param {Condition} condition @returns {ConditionForm} */
export function conditionForm({ attribute, op, value } = { attribute: '', op: 'eq' }) {
  const key = nextKey++
  if (op === 'exists') return { key, attribute, op: value === false ? 'exists_not' : 'exists', value: '' }
  if (op === 'contains') return { key, attribute, op, value: String(value ?? '') }
  const text = Array.isArray(value) ? value.map(shown).join(', ') : shown(value ?? '')
  return { key, attribute, op, value: text }
}

/** @param {Segment} [segment] @returns {SegmentForm} */
export function segmentForm({ name, value_band, all, any } = { name: '', value_band: 'normal', all: [{ attribute: '', op: 'eq' }] }) {
  return { key: nextKey++, name, value_band, all: (all ?? []).map(conditionForm), any: (any ?? []).map(conditionForm) }
}

/** @param {ConditionForm} form @returns {Condition} */
function conditionOf({ attribute, op, value }) {
  const about = attribute.trim()
  if (!needsValue(op)) return { attribute: about, op: 'exists', value: op === 'exists' }
  if (op === 'contains') return { attribute: about, op, value: value.trim() }
  if (op === 'in') {
    const values = value.split(/[,，、;；]/).filter((part) => part.trim() !== '')
    return { attribute: about, op, value: values.map(plain) }
  }
  // What is no number is told by the server, at this field; nor is an empty field any value.
  if (numeric.has(op)) return { attribute: about, op, value: number.test(value.trim()) ? Number(value) : null }
  return { attribute: about, op, value: value.trim() === '' ? null : plain(value) }
}

/** @param {SegmentForm[]} forms @returns {Segment[]} */
export function segmentsOf(forms) {
  return forms.map(({ name, value_band, all, any }) => ({
    name: name.trim(),
    value_band,
    all: all.map(conditionOf),
    any: any.map(conditionOf),
  }))
}

/**
 * The list with one of it a place further up (-1) or down (1).
 * @template T
 * @param {T[]} list
 * @param {number} at
 * @param {-1 | 1} by
 */
export function moved(list, at, by) {
  const to = at + by
  const item = list[at]
  if (item === undefined || to < 0 || to >= list.length) return list
  return list.toSpliced(at, 1).toSpliced(to, 0, item)
}
