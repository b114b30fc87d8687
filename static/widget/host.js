/**
 * The other end of `embed.js`: what this frame and the page around it say to each other. The page says
 * `frontdesk:init {site, dir, reset}`, again when `site.identity` changes (a token of the site, or nothing
 * when the customer signs out) or the customer is to be forgotten, and `frontdesk:show {open, text}`; we say
 * `frontdesk:close`, `frontdesk:unread {count}` and `frontdesk:said {name, detail}`, which becomes an event
 * of the page, to exactly the origin that sent the `init`. What was said stays here.
 * Who may be that page at all is the business of `frame-ancestors`.
 */

/** @typedef {Record<string, string>} Site the attributes of the tag, without `data-` */
/** @typedef {{ site: Site, dir: string }} HostWishes */

/**
 * @param {object} hears
 * @param {(wishes: HostWishes) => void} hears.onInit
 * @param {(open: boolean, draft?: string, offer?: object) => void} hears.onShow
 * @param {(identity: string) => void} hears.onIdentify
 * @param {() => void} hears.onReset before anything else that comes with it
 */
export function connectHost({ onInit, onShow, onIdentify, onReset }) {
  const embedded = window.parent !== window
  let origin = ''

  /** @param {object} message */
  const tell = (message) => {
    if (origin) window.parent.postMessage(message, origin)
  }

  addEventListener('message', ({ source, origin: from, data }) => {
    if (!embedded || source !== window.parent || typeof data !== 'object' || data === null) return
    if (data.type === 'frontdesk:init' && (from === origin || (origin === '' && from !== 'null'))) {
      const isFirst = origin === ''
      origin = from
      if (data.reset === true) onReset()
      const site = texts(data.site)
      if (isFirst) onInit({ site, dir: data.dir === 'rtl' ? 'rtl' : 'ltr' })
      else onIdentify(site.identity ?? '')
    }
    if (data.type === 'frontdesk:show' && from === origin) onShow(data.open === true, text(data.text), data.offer)
  })

  if (!embedded) {
    // Opened as a page of its own: a link to the chat works without any host.
    onInit({ site: {}, dir: 'ltr' })
    onShow(true)
  }
  return {
    embedded,
    close: () => tell({ type: 'frontdesk:close' }),
    /** @param {number} count */
    unread: (count) => tell({ type: 'frontdesk:unread', count }),
    /** @param {'message' | 'identify'} name @param {object} detail */
    said: (name, detail) => tell({ type: 'frontdesk:said', name, detail }),
  }
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : undefined
}

/** @param {unknown} value @returns {Site} */
function texts(value) {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(entries.filter(([, one]) => typeof one === 'string' && one !== ''))
}
