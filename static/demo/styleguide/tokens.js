/** The tokens themselves, read out of their style sheet, so that a new one is here at once. */

import { el } from '../../shared/dom.js'
import { sample } from './sample.js'

/** @param {RegExp} pattern @returns {string[]} */
function named(pattern) {
  const rules = [...(document.styleSheets[0]?.cssRules ?? [])]
  const root = rules.find((rule) => rule instanceof CSSStyleRule && rule.selectorText === ':root')
  const names = root instanceof CSSStyleRule ? [...root.style] : []
  return names.filter((name) => pattern.test(name))
}

/** @param {HTMLElement} main @param {typeof import('./strings.js').en} words */
export function showTokens(main, words) {
  const other = /^--(space|text-(xs|sm|md|lg|xl|2xl)|font|mono|leading|weight|radius|shadow|quick|calm|ease)/
  const colours = named(/^--/).filter((name) => !other.test(name))
  const swatches = colours.map((name) => {
    const fill = el('i', {})
    fill.style.background = `var(${name})`
    return el('span', { class: 'swatch' }, fill, name)
  })
  const type = named(/^--text-(xs|sm|md|lg|xl|2xl)$/).map((name) => {
    const line = el('p', { class: 'type' }, words.sentence)
    line.style.fontSize = `var(${name})`
    return line
  })
  const space = named(/^--space/).map((name) => {
    const bar = el('i', {})
    bar.style.cssText = `background: var(--accent); block-size: 1rem; inline-size: var(${name})`
    return el('span', { class: 'swatch' }, bar, name)
  })
  const flow = (/** @type {Element[]} */ all) => el('div', { class: 'flow' }, ...all)
  main.append(sample(words.colours, flow(swatches)), sample(words.type, ...type), sample(words.space, flow(space)))
}
