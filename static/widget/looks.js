/**
 * What the owner of a site has chosen with attributes of the tag: colour, theme, logo. Loaded only where there is
 * such a choice. What does not work is left out and named on the page's console; words stay readable whatever the colour.
 */

/** @import { Site } from './host.js' */

const themes = ['light', 'dark', 'auto']
const positions = ['start', 'end', 'left', 'right']

/** @param {Site} site @returns {Site} without what does not work */
export function applyLooks(site) {
  const { color, theme = 'auto', position = 'end', logo, ...rest } = site
  if (!themes.includes(theme)) complain('data-theme', theme, themes.join(', '))
  else if (theme !== 'auto') force(theme)
  if (!positions.includes(position)) complain('data-position', position, positions.join(', '))
  if (color) applyAccent(color)
  if (!logo) return rest
  if (/^(https?:\/\/|data:image\/)/.test(logo)) return { ...rest, logo }
  complain('data-logo', logo, 'an https: address, or a data: picture')
  return rest
}

/** @param {string} name @param {string} value @param {string} expected */
export function complain(name, value, expected) {
  // biome-ignore lint/suspicious/noConsole: the owner of the site looks there, customers do not
  console.warn(`frontdesk: ${name}="${value}" is ignored; expected ${expected}`)
}

/**
 * One theme whatever the device says: the rules for the other one never match.
 * @param {string} theme `light` or `dark`
 */
function force(theme) {
  document.documentElement.style.colorScheme = theme
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule instanceof CSSMediaRule && rule.conditionText.includes('prefers-color-scheme: dark'))
        rule.media.mediaText = theme === 'dark' ? 'all' : 'not all'
    }
  }
}

/** @param {string} color any CSS colour */
export function applyAccent(color) {
  const rgb = CSS.supports('color', color) && pixel(color)
  if (!rgb) return complain('data-color', color, 'a CSS colour')
  const [red, green, blue] = rgb
  const accent = `rgb(${red} ${green} ${blue})`
  const light = luminance(red, green, blue)
  // At 0.179 black and white are equally readable, with 4.58:1.
  const on = light > 0.179 ? (light > 0.22 ? '#101816' : '#000000') : '#ffffff'
  const root = document.documentElement.style
  for (const name of ['--accent', '--bubble-own']) root.setProperty(name, accent)
  for (const name of ['--on-accent', '--on-bubble-own']) root.setProperty(name, on)
  root.setProperty('--accent-hover', `color-mix(in srgb, ${accent} 90%, ${on === '#ffffff' ? 'black' : 'white'})`)
  root.setProperty('--accent-text', 'var(--text)')
  root.setProperty('--accent-soft', `color-mix(in srgb, ${accent} 14%, var(--surface))`)
  root.setProperty('--on-accent-soft', 'var(--text)')
  root.setProperty('--choice-line', 'var(--line-strong)')
  root.setProperty('--focus', 'var(--text-soft)')
  // A colour like that of the page would leave a bubble or a button without an edge.
  root.setProperty('--accent-edge', 'color-mix(in srgb, var(--text) 25%, transparent)')
}

/**
 * What the colour is on a screen, on white where it is see-through.
 * @param {string} color
 * @returns {[number, number, number] | null}
 */
function pixel(color) {
  const paint = document.createElement('canvas').getContext('2d')
  if (!paint) return null
  for (const layer of ['#ffffff', color]) {
    paint.fillStyle = layer
    paint.fillRect(0, 0, 1, 1)
  }
  const [red = 0, green = 0, blue = 0] = paint.getImageData(0, 0, 1, 1).data
  return [red, green, blue]
}

/**
 * Relative luminance as WCAG defines it.
 * @param {number} red @param {number} green @param {number} blue
 */
function luminance(red, green, blue) {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => {
    const share = part / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
