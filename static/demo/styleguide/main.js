/**
 * The styleguide: every component of the widget and the console, in both themes, drawn by the code that draws it for
 * people. The page shows itself in frames, because the two have style sheets of their own: `?part=widget&theme=dark`.
 */

import { el } from '../../shared/dom.js'
import { laterStyles } from '../../widget/cards.js'
import { en, zh } from './strings.js'

const asked = new URLSearchParams(location.search)
const part = asked.get('part')
const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en'
const words = language === 'zh' ? zh : en
const themes = /** @type {const} */ (['light', 'dark'])

/** @param {string} href @returns {Promise<unknown>} */
function style(href) {
  return new Promise((resolve, reject) => {
    document.head.append(el('link', { rel: 'stylesheet', href, onload: resolve, onerror: reject }))
  })
}

/** One theme whatever the device says. @param {string} theme */
function wear(theme) {
  document.documentElement.style.colorScheme = theme
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule instanceof CSSMediaRule && rule.conditionText === '(prefers-color-scheme: dark)')
        rule.media.mediaText = theme === 'dark' ? 'all' : 'not all'
    }
  }
}

/** @param {'tokens' | 'widget' | 'console'} name @param {'light' | 'dark'} theme */
function framed(name, theme) {
  const title = `${words[name]}, ${words[theme]}`
  const frame = el('iframe', { title, src: `/demo/styleguide.html?part=${name}&theme=${theme}&lang=${language}` })
  frame.addEventListener('load', () => {
    const root = frame.contentDocument?.documentElement
    if (!root) return
    const fit = () => (frame.style.blockSize = `${root.querySelector('body')?.scrollHeight ?? 0}px`)
    new ResizeObserver(fit).observe(root)
    fit()
  })
  return el('figure', {}, el('figcaption', {}, words[theme]), frame)
}

async function cover() {
  await style('styleguide/styleguide.css')
  document.title = words.pageTitle
  const sections = /** @type {const} */ (['tokens', 'widget', 'console']).map((name) =>
    el(
      'section',
      { 'aria-labelledby': name },
      el('h2', { id: name }, words[name]),
      el('p', {}, words[`${name}Text`]),
      el('div', { class: 'pair' }, ...themes.map((theme) => framed(name, theme))),
    ),
  )
  const other = language === 'zh' ? 'en' : 'zh'
  const link = el(
    'a',
    { href: `/demo/styleguide.html?lang=${other}`, lang: other === 'zh' ? 'zh-CN' : 'en' },
    other === 'zh' ? '中文' : 'English',
  )
  document.body.append(el('main', { class: 'cover' }, el('h1', {}, words.pageTitle), el('p', {}, words.intro, ' ', link), ...sections))
}

/** @param {'tokens' | 'widget' | 'console'} name */
async function show(name) {
  const main = el('main', {}, el('h1', { class: 'only-read' }, words[name]))
  document.title = words[name]
  document.body.append(main)
  if (name === 'tokens') (await import('./tokens.js')).showTokens(main, words)
  if (name === 'widget') {
    await style('../widget/widget.css')
    await laterStyles()
    await (await import('./widget.js')).showWidget(main, language, words)
  }
  if (name === 'console') {
    for (const file of ['base', 'frame', 'inbox', 'thread', 'details', 'handoff', 'pages']) await style(`../console/css/${file}.css`)
    await (await import('./console.js')).showConsole(main, language, words)
  }
  await style('styleguide/styleguide.css')
  document.documentElement.classList.add('part', `part-${name}`)
  wear(asked.get('theme') === 'dark' ? 'dark' : 'light')
}

await (part === 'tokens' || part === 'widget' || part === 'console' ? show(part) : cover())
document.documentElement.dataset.ready = ''
