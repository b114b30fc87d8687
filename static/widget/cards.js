/**
 * Cards: a line `[Title | more words](https://…)` in an answer is drawn as a box that leads there, and says where
 * to; and the style sheet of this and of what else most customers never see, fetched with the first part that needs it.
 */

import { el, withLinks } from '../shared/dom.js'

const card = /^\[([^\]|]+)(?:\|([^\]]+))?\]\((https?:\/\/[^\s)]+)\)$/

/**
 * The text as nodes, its cards apart.
 * @param {string} text
 * @returns {{ words: (string | HTMLAnchorElement)[], cards: HTMLAnchorElement[] }}
 */
export function withCards(text) {
  const lines = text.split('\n')
  /** @type {HTMLAnchorElement[]} */
  const cards = []
  const plain = lines.filter((line) => {
    const [, title = '', more = '', address = ''] = card.exec(line.trim()) ?? []
    if (!URL.canParse(address)) return true
    const url = new URL(address)
    cards.push(
      el(
        'a',
        { class: 'link-card', dir: 'auto', href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow' },
        el('strong', {}, title.trim()),
        more.trim() && el('span', {}, more.trim()),
        el('small', { dir: 'ltr' }, url.host),
      ),
    )
    return false
  })
  return { words: withLinks(plain.join('\n').trim()), cards }
}

/** @type {Promise<unknown> | undefined} */
let loaded

/** Settled when the styles are there, or cannot be had. */
export function laterStyles() {
  loaded ??= new Promise((resolve) => {
    document.head.append(
      el('link', { rel: 'stylesheet', href: new URL('later.css', import.meta.url).href, onload: resolve, onerror: resolve }),
    )
  })
  return loaded
}
