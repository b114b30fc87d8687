// The site's side of a message with which the desk speaks first: comes after embed.js, and only where a desk has rules
// for it. Tells the small frame which page is looked at and for how long, and gives it the place that it asks for.
;(() => {
  /** @type {any} */
  const script = document.currentScript
  /** @type {HTMLScriptElement | null} the tag of the site, behind which we were put */
  const tag = script?.previousElementSibling
  const widget = window.frontdesk
  if (!tag || !widget || document.querySelector('frontdesk-teaser')) return
  const desk = new URL(script.src).origin
  const { position = 'end', theme = '', color = '', title = '', titleZh = '', identity: first = '', language: wished } = tag.dataset
  const language = wished || document.documentElement.lang || navigator.language
  const side = { start: 'inset-inline-start', left: 'left', right: 'right' }[position] || 'inset-inline-end'
  let identity = first
  let isOpen = false
  let isLoaded = false

  const host = document.createElement('frontdesk-teaser')
  const root = host.attachShadow({ mode: 'closed' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
:host { all: initial; direction: inherit }
iframe { position: fixed; ${side}: max(20px, env(safe-area-inset-left), env(safe-area-inset-right));
  bottom: calc(max(20px, env(safe-area-inset-bottom)) + 70px); z-index: 2147482999; width: 320px; max-width: calc(100vw - 40px); height: 0;
  border: 0; border-radius: 16px; background: Canvas; color-scheme: light dark; visibility: hidden; box-shadow: 0 8px 32px #0f232133, 0 0 0 1px #0f23211f }
iframe.shown { visibility: visible; animation: rise .2s cubic-bezier(.2,.7,.2,1) }
@keyframes rise { from { opacity: 0; transform: translateY(8px) } }
@media (prefers-reduced-motion: reduce) { iframe { animation: none !important } }
@media (prefers-color-scheme: dark) { iframe { box-shadow: 0 8px 32px #000a, 0 0 0 1px #fff3 } }
@media print { iframe { display: none } }`)
  root.adoptedStyleSheets = [sheet]
  const frame = document.createElement('iframe')
  frame.title = /^zh/i.test(language) ? '客服消息' : 'Message from customer service'
  frame.src = `${desk}/widget/teaser`
  if (theme) frame.style.colorScheme = theme

  /** @param {boolean} [tick] another second on the page */
  function tell(tick = false) {
    if (!isLoaded) return
    const site = { language, identity, theme, color, title, titleZh }
    const dir = getComputedStyle(host).direction
    frame.contentWindow?.postMessage({ type: 'frontdesk:page', path: location.pathname, site, dir, open: isOpen, tick }, desk)
  }
  frame.onload = () => {
    isLoaded = true
    tell()
  }
  for (const name of ['open', 'close']) {
    document.addEventListener(`frontdesk:${name}`, () => {
      isOpen = name === 'open'
      tell()
    })
  }
  // Who the customer is may be said, and taken back, while the page is open.
  const { identify, reset } = widget
  widget.identify = (token = '') => {
    identity = token
    identify(token)
    tell()
  }
  widget.reset = () => {
    identity = ''
    reset()
    tell()
  }
  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== desk || source !== frame.contentWindow) return
    if (data?.type === 'frontdesk:teaser' && Number.isInteger(data.height)) {
      frame.style.height = `${Math.min(data.height, innerHeight - 110)}px`
      frame.classList.toggle('shown', data.height > 0)
    }
    if (data?.type === 'frontdesk:offer') widget.open('', data.offer)
  })
  root.append(frame)
  document.body.append(host)
  setInterval(() => document.visibilityState === 'visible' && tell(true), 1_000)
})()
