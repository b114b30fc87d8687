/**
 * The few ways in which our pages build DOM. Text goes in as text nodes only: there is no path from
 * what somebody wrote to markup.
 */

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | undefined | null | ((event: any) => void)>} Attributes */

/**
 * Builds an element. A function under `onclick`, `oninput` … becomes a listener; `true` an empty attribute;
 * `false`, `null` and `undefined` leave the attribute out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value))
  }
  element.append(...present(children))
  return element
}

/**
 * Replaces what an element holds.
 * @param {Element} element
 * @param {Child[]} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...present(children))
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
function present(children) {
  return /** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== undefined && child !== false))
}

/**
 * The element with this id, which the page's own markup promises.
 * @template {Element} E
 * @param {string} id
 * @param {new () => E} kind
 * @returns {E}
 */
export function byId(id, kind) {
  const element = document.getElementById(id)
  if (!(element instanceof kind)) throw new Error(`no #${id} in this page`)
  return element
}

const svgNamespace = 'http://www.w3.org/2000/svg'

/**
 * A decorative line icon of 24 × 24 from its path data; colour and size come from CSS (`.icon`).
 * @param {string} data
 * @param {string} [className]
 */
export function icon(data, className = '') {
  const svg = document.createElementNS(svgNamespace, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', `icon ${className}`.trim())
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(svgNamespace, 'path')
  path.setAttribute('d', data)
  svg.append(path)
  return svg
}

const address = /https?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+/gi

/**
 * The text as nodes, its http(s) addresses as links that give nothing away about this page.
 * @param {string} text
 * @returns {(string | HTMLAnchorElement)[]}
 */
export function withLinks(text) {
  /** @type {(string | HTMLAnchorElement)[]} */
  const nodes = []
  let from = 0
  for (const match of text.matchAll(address)) {
    const words = trimAddress(match[0])
    const url = URL.canParse(words) ? new URL(words) : null
    if (!url) continue
    nodes.push(text.slice(from, match.index))
    nodes.push(el('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, words))
    from = match.index + words.length
  }
  nodes.push(text.slice(from))
  return nodes.filter((node) => node !== '')
}

/**
 * Leaves the full stop or the closing bracket of the sentence around it out of an address.
 * @param {string} words
 */
function trimAddress(words) {
  let end = words.length
  while (end > 0) {
    const last = words.charAt(end - 1)
    const opened = last === ')' && words.slice(0, end).split('(').length >= words.slice(0, end).split(')').length
    if (!/[.,;:!?)\]}]/.test(last) || opened) break
    end -= 1
  }
  return words.slice(0, end)
}
