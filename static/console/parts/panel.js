/** What the panel beside a conversation is made of: sections, and facts with their names. */

/** @import { Child } from '../../vendor/preact/preact.module.js' */
import { html } from '../lib.js'

/** @param {{ title: string, children?: Child }} props */
export function Section({ title, children }) {
  return html`<section class="panel"><h3>${title}</h3>${children}</section>`
}

/** @param {{ name: string, children?: Child }} props */
export function Fact({ name, children }) {
  return html`<div><dt>${name}</dt><dd>${children}</dd></div>`
}
