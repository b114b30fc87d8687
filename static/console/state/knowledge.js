/**
 * Changes of the knowledge that are not published: kept in this browser, as a form holds them (lists as lines of a
 * text), and given to the server as it wants them. Pure but for what is kept.
 */

/** @typedef {'faq' | 'intent'} Kind */
/** @typedef {{ en: string, zh: string }} Texts */
/** @typedef {{ en: string[], zh: string[] }} Lists */
/** @typedef {{ kind: 'faq', id: string, category: string | null, question: Texts, variants: Lists, answer: Texts, sites: string[], segments: string[] }} FaqContent */
/** @typedef {{ kind: 'intent', id: string, category: string | null, entry: string | null, act: string, examples: Lists, reply: Texts }} IntentContent */
/** @typedef {FaqContent | IntentContent} Content */
/** @typedef {{ kind: Kind, id: string, file: string, line: number, version: string, content: Content }} Item */
/** @typedef {{ kind: Kind, id: string, file: string, line: number, version: string, category: string | null, title: Texts, texts: { en: number, zh: number } }} Row */
/** @typedef {{ file: string, line: number, message: string, item: { kind: Kind, id: string } | null, field: string | null }} Told */
/** @typedef {{ kind: Kind, id: string, yours: Content | null, theirs: Item | null }} Conflict */
/** @typedef {{ diffs: { file: string, diff: string }[], mistakes: Told[], conflicts: Conflict[] }} Checked */
/** @typedef {{ kind: Kind, id: string, base: string | null, file: string | null, content: Content | null }} Change */

/**
 * One change: `form` holds every field as text, `null` removes the item; `base` is the version that was opened, `null`
 * for a new item; `was` is the form as it was opened.
 * @typedef {{ key: string, kind: Kind, base: string | null, file: string, form: Form | null, was: Form }} Draft
 */
/** @typedef {Record<string, string>} Form by the names that the server gives fields, such as `answer.en` */

export const languages = /** @type {const} */ (['en', 'zh'])
const listFields = new Set(['variants.en', 'variants.zh', 'examples.en', 'examples.zh', 'sites', 'segments'])

/** @type {Record<Kind, string[]>} */
export const fields = {
  faq: ['id', 'category', 'question.en', 'question.zh', 'variants.en', 'variants.zh', 'answer.en', 'answer.zh', 'sites', 'segments'],
  intent: ['id', 'category', 'act', 'entry', 'examples.en', 'examples.zh', 'reply.en', 'reply.zh'],
}

/** @param {string} field */
export const isList = (field) => listFields.has(field)

/** @param {Kind} kind @returns {Form} */
export function emptyForm(kind) {
  return { ...Object.fromEntries(fields[kind].map((field) => [field, ''])), ...(kind === 'intent' && { act: 'ask' }) }
}

/** @param {Content} content @returns {Form} */
export function formOf(content) {
  const said = /** @type {Record<string, any>} */ (content)
  const one = (/** @type {string} */ field) => {
    const [name = '', language] = field.split('.')
    const value = language ? said[name]?.[language] : said[name]
    return Array.isArray(value) ? value.join('\n') : (value ?? '')
  }
  return Object.fromEntries(fields[content.kind].map((field) => [field, one(field)]))
}

/** @param {Kind} kind @param {Form} form @returns {Content} */
export function contentOf(kind, form) {
  const text = (/** @type {string} */ field) => (form[field] ?? '').trim()
  const list = (/** @type {string} */ field) =>
    text(field)
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  const texts = (/** @type {string} */ name) => ({ en: text(`${name}.en`), zh: text(`${name}.zh`) })
  const lists = (/** @type {string} */ name) => ({ en: list(`${name}.en`), zh: list(`${name}.zh`) })
  const both = { id: text('id'), category: text('category') || null }
  if (kind === 'faq') {
    const [question, variants, answer] = [texts('question'), lists('variants'), texts('answer')]
    return { kind, ...both, question, variants, answer, sites: list('sites'), segments: list('segments') }
  }
  return { kind, ...both, entry: text('entry') || null, act: text('act') || 'ask', examples: lists('examples'), reply: texts('reply') }
}

/** @param {{ kind: Kind, id: string }} item */
export const keyOf = ({ kind, id }) => `${kind}:${id}`

/** What an item is called in a draft. @param {Draft} draft */
export const nameOf = ({ form, was }) => ((form ?? was).id ?? '').trim()

/** Whether a draft changes anything. @param {Draft} draft */
export function changesAnything({ kind, base, form, was }) {
  if (!form) return base !== null
  const said = JSON.stringify(contentOf(kind, form))
  return said !== JSON.stringify(contentOf(kind, was))
}

/**
 * The drafts with one of them put in; what changes nothing is no draft.
 * @param {Draft[]} drafts
 * @param {Draft} draft
 */
export function withDraft(drafts, draft) {
  const others = drafts.filter(({ key }) => key !== draft.key)
  return changesAnything(draft) ? [...others, draft] : others
}

/** As the server takes them; new items without a name are not told. @param {Draft[]} drafts @returns {Change[]} */
export function changesOf(drafts) {
  return drafts
    .filter((draft) => nameOf(draft) !== '')
    .map((draft) => {
      const { kind, base, file, form } = draft
      return { kind, id: nameOf(draft), base, file: base === null ? file : null, content: form && contentOf(kind, form) }
    })
}

/**
 * What is wrong with one item, by field; without the number of the line in a list.
 * @param {Told[]} mistakes
 * @param {{ kind: Kind, id: string }} item
 * @returns {Record<string, string>}
 */
export function mistakesAt(mistakes, { kind, id }) {
  const own = mistakes.filter(({ item }) => item?.kind === kind && item.id === id)
  return Object.fromEntries(own.reverse().map(({ field, message }) => [(field ?? 'id').replace(/\[\d+\]$/, ''), message]))
}

/** The lines of a diff, with what each is. @param {string} diff */
export function diffLines(diff) {
  const lines = diff.replace(/\n$/, '').split('\n')
  return lines.map((text) => {
    const what = text.startsWith('@@') ? 'place' : text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'same'
    return { what, text }
  })
}
