/** The site's own accent colour on top of our tokens, with words that stay readable on it. */

/**
 * @param {string} color any CSS colour; ignored when it is none
 */
export function applyAccent(color) {
  if (!CSS.supports('color', color)) return
  const probe = document.createElement('i')
  probe.style.color = color
  document.body.append(probe)
  const [red = 0, green = 0, blue = 0] =
    getComputedStyle(probe)
      .color.match(/[\d.]+/g)
      ?.map(Number) ?? []
  probe.remove()
  const on = luminance(red, green, blue) > 0.18 ? '#101816' : '#ffffff'
  const root = document.documentElement.style
  for (const name of ['--accent', '--bubble-own']) root.setProperty(name, color)
  for (const name of ['--on-accent', '--on-bubble-own']) root.setProperty(name, on)
  root.setProperty('--accent-hover', `color-mix(in srgb, ${color} 86%, ${on === '#ffffff' ? 'black' : 'white'})`)
  root.setProperty('--accent-text', 'var(--text)')
  root.setProperty('--accent-soft', `color-mix(in srgb, ${color} 14%, var(--surface))`)
  root.setProperty('--on-accent-soft', 'var(--text)')
  root.setProperty('--choice-line', 'var(--line-strong)')
  root.setProperty('--focus', 'var(--text-soft)')
}

/**
 * Relative luminance as WCAG defines it; 0.18 is where white and near-black words are equally readable.
 * @param {number} red @param {number} green @param {number} blue
 */
function luminance(red, green, blue) {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => {
    const share = part / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
