/**
 * The other end of `embed.js`: four kinds of messages between this frame and the page around it.
 * The page says `frontdesk:init {language, color, identity}`, again when `identity` changes (a token of
 * the site, or nothing when the customer signs out), and `frontdesk:show {open, text}`; we say
 * `frontdesk:close` and `frontdesk:unread {count}`, to exactly the origin that sent the `init`.
 * Who may be that page at all is the business of `frame-ancestors`.
 */

/** @typedef {{ language?: string, color?: string, identity?: string }} HostWishes */

/**
 * @param {{ onInit: (wishes: HostWishes) => void, onShow: (open: boolean, draft?: string) => void, onIdentify: (identity: string) => void }} hears
 * @returns {{ embedded: boolean, close: () => void, unread: (count: number) => void }}
 */
export function connectHost({ onInit, onShow, onIdentify }) {
  const embedded = window.parent !== window
  let origin = ''

  /** @param {object} message */
  const tell = (message) => {
    if (origin) window.parent.postMessage(message, origin)
  }

  addEventListener('message', ({ source, origin: from, data }) => {
    if (!embedded || source !== window.parent || typeof data !== 'object' || data === null) return
    if (data.type === 'frontdesk:init' && from === origin) onIdentify(text(data.identity) ?? '')
    if (data.type === 'frontdesk:init' && origin === '' && from !== 'null') {
      origin = from
      onInit({ language: text(data.language), color: text(data.color), identity: text(data.identity) })
    }
    if (data.type === 'frontdesk:show' && from === origin) onShow(data.open === true, text(data.text))
  })

  if (!embedded) {
    // Opened as a page of its own: a link to the chat works without any host.
    onInit({})
    onShow(true)
  }
  return {
    embedded,
    close: () => tell({ type: 'frontdesk:close' }),
    unread: (count) => tell({ type: 'frontdesk:unread', count }),
  }
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : undefined
}
