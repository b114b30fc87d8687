/** The tag for one's own site: chosen by a form, copied, and shown as customers would see it. */

/** @import { Wishes } from '../state/tag.js' */
import { api } from '../api.js'
import { html, useEffect, useId, useRef, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { keep, kept } from '../state/kept.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { attributes, siteOf, tagOf } from '../state/tag.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { Field } from './field.js'

const showAfterMs = 600

export function Site() {
  const t = words.value.site
  const [wishes, setWishes] = useState(/** @type {Wishes} */ (kept('site', {})))
  const [sites, setSites] = useState(/** @type {{ url: string, origins: string[] } | null} */ (null))
  const [failure, setFailure] = useState('')
  useEffect(() => {
    api.sites().then(setSites, (error) => setFailure(sayError(error)))
  }, [])
  const set = (/** @type {string} */ name) => (/** @type {Event & { currentTarget: HTMLInputElement | HTMLSelectElement }} */ event) => {
    const next = { ...wishes, [name]: event.currentTarget.value }
    setWishes(next)
    keep('site', next)
  }
  const tag = tagOf(sites?.url ?? location.origin, wishes)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(tag)
      toast(t.copied, 'good')
    } catch {
      toast(t.notCopied, 'bad')
    }
  }
  return html`<section class="site" aria-label=${t.title}>
    <header><h2>${t.title}</h2><p>${t.lead}</p></header>
    ${failure && html`<p class="form-error" role="alert"><${Icon} name="alert" />${failure}</p>`}
    <div class="site-desk">
      <div class="site-form">
        ${attributes.map((attribute) => {
          const { name, kind } = attribute
          const label = t.attributes[name]
          if (kind === 'choice') {
            const said = /** @type {Record<string, string>} */ (t.choices[name])
            return html`<${Choice} key=${name} name=${name} label=${label} value=${wishes[name] ?? ''} onchange=${set(name)}
              choices=${attribute.choices.map((choice) => [choice, said[choice || 'auto'] ?? choice])} />`
          }
          const hint = name === 'quick' ? t.quickHint : name === 'ask' ? t.askHint : name === 'color' ? t.colorHint : ''
          const one = html`<${Field} name=${name} label=${kind === 'words' ? t.inEnglish(label) : label} hint=${hint} value=${wishes[name] ?? ''} oninput=${set(name)} />`
          if (kind !== 'words') return html`<div key=${name}>${one}</div>`
          const zh = `${name}-zh`
          return html`<div class="site-both" key=${name}>${one}<${Field} name=${zh} label=${t.inChinese(label)} value=${wishes[zh] ?? ''} oninput=${set(zh)} /></div>`
        })}
      </div>
      <div class="site-shown">
        <h3>${t.preview}</h3>
        <${Preview} wishes=${wishes} />
      </div>
    </div>
    <div class="site-tag">
      <pre tabindex="0" aria-label=${t.tag}>${tag}</pre>
      <button type="button" class="button primary" onclick=${copy}>${t.copy}</button>
    </div>
    ${
      sites &&
      html`<div class="site-origins">
        <p>${sites.origins.length > 0 ? t.allowed : t.noneAllowed}</p>
        <ul>${sites.origins.map((origin) => html`<li key=${origin}><code>${origin}</code></li>`)}</ul>
        <p class="field-hint">${t.allowHint} <code>[sites] origins = ["https://shop.example"]</code></p>
      </div>`
    }
  </section>`
}

/** @param {{ name: string, label: string, value: string, choices: string[][], onchange: (event: any) => void }} props */
function Choice({ name, label, value, choices, onchange }) {
  const id = useId()
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} name=${name} value=${value} onchange=${onchange}>${choices.map(([of, shown]) => html`<option value=${of} key=${of}>${shown}</option>`)}</select>
  </div>`
}

/** The chat itself, told what a site with this tag tells it. @param {{ wishes: Wishes }} props */
function Preview({ wishes }) {
  const [shown, setShown] = useState(wishes)
  const frame = useRef(/** @type {HTMLIFrameElement | null} */ (null))
  useEffect(() => {
    const later = setTimeout(() => setShown(wishes), showAfterMs)
    return () => clearTimeout(later)
  }, [wishes])
  const begin = () => {
    const chat = frame.current?.contentWindow
    const site = { language: language.value, ...siteOf(shown) }
    chat?.postMessage({ type: 'frontdesk:init', site, dir: 'ltr', reset: false }, location.origin)
    chat?.postMessage({ type: 'frontdesk:show', open: true, text: '' }, location.origin)
  }
  return html`<iframe
    key=${JSON.stringify([shown, language.value])}
    class="site-frame"
    ref=${frame}
    title=${words.value.site.preview}
    src=${`${location.origin}/widget/`}
    style=${shown.theme ? `color-scheme:${shown.theme}` : ''}
    onload=${begin}
  ></iframe>`
}
