// The one tag that a site pastes: <script src="https://desk.example/embed.js" async></script>
// Draws the launcher in a closed shadow root and, when needed, the conversation in an iframe of the desk's own
// origin: neither page can read the other. What may be set with data-… attributes: see README.
;(() => {
  /** @type {any} */
  const script = document.currentScript
  if (!script || window.frontdesk) return
  const desk = new URL(script.src).origin
  /** @type {DOMStringMap} */
  const site = { ...script.dataset }
  let { color, position = 'end', label, identity, theme } = site
  const language = script.dataset.language || document.documentElement.lang || navigator.language
  const words = /^zh/i.test(language)
    ? ['联系客服', '关闭对话', '条未读消息', '客服对话']
    : ['Chat with us', 'Close the chat', 'unread', 'Customer service chat']
  const side = { start: 'inset-inline-start', left: 'left', right: 'right' }[position] || 'inset-inline-end'

  const gap = 'max(20px, env(safe-area-inset-left), env(safe-area-inset-right))'
  const below = 'max(20px, env(safe-area-inset-bottom))'

  const host = document.createElement('frontdesk-widget')
  const root = host.attachShadow({ mode: 'closed' })
  // The site's own policy may forbid <style>.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
:host { all: initial; direction: inherit }
* { box-sizing: border-box }
button { position: fixed; ${side}: ${gap}; bottom: ${below}; z-index: 2147483001;
  width: 56px; height: 56px; padding: 0; border: 0; border-radius: 28px; background: #0b645e; color: #fff; cursor: pointer;
  box-shadow: 0 4px 18px #0f23214d; transition: transform .16s, box-shadow .16s }
button:hover { transform: translateY(-2px); box-shadow: 0 8px 24px #0f232159 }
button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; box-shadow: 0 0 0 3px #14211f }
svg { width: 28px; height: 28px; margin: auto; display: block; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
span { position: absolute; top: -4px; inset-inline-end: -4px; min-width: 22px; padding: 0 6px; border-radius: 11px; background: #b3261e; color: #fff;
  font: 600 12px/22px system-ui, sans-serif }
iframe { position: fixed; ${side}: ${gap}; bottom: calc(${below} + 70px); z-index: 2147483000;
  width: 400px; height: min(680px, calc(100dvh - 110px)); border: 0; border-radius: 16px; box-shadow: 0 16px 48px #0f232140, 0 0 0 1px #0f23211a;
  background: Canvas; color-scheme: light dark; animation: rise .2s cubic-bezier(.2,.7,.2,1) }
[hidden] { display: none }
@keyframes rise { from { opacity: 0; transform: translateY(12px) } }
@media (max-width: 480px), (max-height: 460px) {
  iframe { inset: var(--top, 0) 0 auto; width: 100%; height: var(--height, 100dvh); border-radius: 0;
    padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left) }
  [aria-expanded=true] { display: none }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important } }
@media (prefers-color-scheme: dark) { iframe { box-shadow: 0 16px 48px #000a, 0 0 0 1px #fff3 } }
@media print { * { display: none } }`)
  root.adoptedStyleSheets = [sheet]

  const button = document.createElement('button')
  button.type = 'button'
  button.ariaHasPopup = 'dialog'
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = svg.appendChild(document.createElementNS(svg.namespaceURI, 'path'))
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const badge = document.createElement('span')
  button.append(svg, badge)
  root.append(button)

  const key = 'frontdesk'
  let isOpen = false
  let unread = 0
  let isLoaded = false
  let isReset = false
  let text = ''
  /** @type {object | undefined} what the desk said first, and the customer opens */
  let offer
  /** @type {HTMLIFrameElement | undefined} */
  let frame

  /** @param {object} message */
  const tell = (message) => isLoaded && frame?.contentWindow?.postMessage(message, desk)
  const init = () =>
    tell({ type: 'frontdesk:init', site: { ...site, language, identity }, dir: getComputedStyle(host).direction, reset: isReset })
  /** @param {string} name @param {object} [detail] */
  const announce = (name, detail) => document.dispatchEvent(new CustomEvent(`frontdesk:${name}`, { detail }))

  function draw() {
    button.ariaExpanded = String(isOpen)
    button.ariaLabel = isOpen ? words[1] : (label || words[0]) + (unread ? ` (${unread} ${words[2]})` : '')
    path.setAttribute(
      'd',
      isOpen ? 'M6 9.5l6 6 6-6' : 'M5 5h14a2 2 0 012 2v8a2 2 0 01-2 2h-7l-5 4v-4H5a2 2 0 01-2-2V7a2 2 0 012-2zM8 9.5h8M8 13h5',
    )
    badge.textContent = unread > 9 ? '9+' : String(unread)
    badge.hidden = isOpen || !unread
    if (frame) frame.hidden = !isOpen
  }

  function load() {
    if (frame) return
    frame = document.createElement('iframe')
    frame.title = words[3]
    frame.src = `${desk}/widget/`
    frame.hidden = true
    frame.onload = () => {
      isLoaded = true
      init()
      isReset = false
      show()
    }
    if (theme) frame.style.colorScheme = theme
    fit()
    root.append(frame)
  }

  /** Above the keyboard of a phone, which lies over the page without making it smaller. */
  const view = window.visualViewport
  function fit() {
    if (!frame || !view || view.scale > 1) return
    frame.style.setProperty('--top', `${view.offsetTop}px`)
    frame.style.setProperty('--height', `${view.height}px`)
  }
  view?.addEventListener('resize', fit)
  view?.addEventListener('scroll', fit)

  const show = () => tell({ type: 'frontdesk:show', open: isOpen, text, offer })

  /** @param {boolean} open @param {string} [draft] put into the composer, not sent @param {object} [opened] */
  function set(open, draft = '', opened) {
    const turns = open !== isOpen
    if (!turns && !draft && !opened) return
    if (open) load()
    isOpen = open
    text = draft
    offer = opened
    draw()
    show()
    if (open) frame?.focus()
    else button.focus()
    if (turns) announce(open ? 'open' : 'close')
  }

  button.onclick = () => set(!isOpen)
  root.addEventListener('keydown', (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === 'Escape') set(false)
  })
  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== desk || !frame || source !== frame.contentWindow) return
    if (data?.type === 'frontdesk:close') set(false)
    if (data?.type === 'frontdesk:said') announce(data.name, data.detail)
    if (data?.type === 'frontdesk:unread' && Number.isInteger(data.count)) {
      if (unread !== data.count) announce('unread', { count: data.count })
      unread = data.count
      draw()
      keep('1')
    }
  })

  /** Only whoever has a conversation going loads more than this file, for the badge. @param {string} [value] */
  function keep(value) {
    try {
      if (value !== undefined) localStorage.setItem(key, value)
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }

  function start() {
    document.body.append(host)
    const paint = document.createElement('canvas').getContext('2d')
    if (paint && color && CSS.supports('color', color)) {
      paint.fillStyle = button.style.background = color
      paint.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0] = paint.getImageData(0, 0, 1, 1).data
      button.style.color = r * 0.3 + g * 0.59 + b * 0.11 > 150 ? '#111' : '#fff'
    }
    draw()
    if (keep()) (window.requestIdleCallback || setTimeout)(load)
    announce('ready')
  }
  window.frontdesk = {
    open: (text, offer) => set(true, text, offer),
    close: () => set(false),
    toggle: () => set(!isOpen),
    identify(token = '') {
      identity = token
      init()
    },
    reset() {
      identity = ''
      isReset = true
      unread = 0
      set(false)
      draw()
      if (keep()) load()
      init()
      if (isLoaded) isReset = false
      keep('')
      announce('reset')
    },
  }

  if (document.body) start()
  else addEventListener('DOMContentLoaded', start)
})()
