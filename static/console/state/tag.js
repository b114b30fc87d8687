/** The tag that puts the chat on a site: made of what is wished for, leaving out what is as it is anyway. Pure. */

/** @typedef {Record<string, string>} Wishes by the names of the tag's attributes, without `data-` */

/** The attributes in the order in which they stand; those with `words` may be said in Chinese beside it. */
export const attributes = /** @type {const} */ ([
  { name: 'language', kind: 'choice', choices: ['', 'en', 'zh'] },
  { name: 'theme', kind: 'choice', choices: ['', 'light', 'dark'] },
  { name: 'position', kind: 'choice', choices: ['', 'start'] },
  { name: 'color', kind: 'color' },
  { name: 'label', kind: 'words' },
  { name: 'title', kind: 'words' },
  { name: 'subtitle', kind: 'words' },
  { name: 'greeting', kind: 'words' },
  { name: 'quick', kind: 'words' },
  { name: 'ask', kind: 'text' },
])

const escapes = /** @type {Record<string, string>} */ ({ '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' })

/** @param {string} text */
const quoted = (text) => `"${text.replace(/[&"<>]/g, (sign) => escapes[sign] ?? sign)}"`

/** What is wished for in the order of the attributes, Chinese words behind the others. @param {Wishes} wishes @returns {[string, string][]} */
export function wished(wishes) {
  const names = attributes.flatMap(({ name, kind }) => (kind === 'words' ? [name, `${name}-zh`] : [name]))
  return names.flatMap((name) => {
    const value = (wishes[name] ?? '').trim()
    return value ? [/** @type {[string, string]} */ ([name, value])] : []
  })
}

/** @param {string} url of the server @param {Wishes} wishes */
export function tagOf(url, wishes) {
  const parts = [
    `src=${quoted(`${url.replace(/\/$/, '')}/embed.js`)}`,
    ...wished(wishes).map(([name, value]) => `data-${name}=${quoted(value)}`),
    'async',
  ]
  return `<script ${parts.join(parts.length > 3 ? '\n  ' : ' ')}></script>`
}

/** As the page around the chat tells it. @param {Wishes} wishes @returns {Record<string, string>} */
export function siteOf(wishes) {
  return Object.fromEntries(wished(wishes).map(([name, value]) => [name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()), value]))
}
