/** Pages that most agents never open: loaded when they are opened for the first time, and kept. */

import { html, signal, useEffect } from '../lib.js'
import { words } from '../state/settings.js'

/**
 * @param {() => Promise<() => unknown>} load
 * @returns {() => unknown} a part that shows what is loaded
 */
export function later(load) {
  const page = signal(/** @type {(() => unknown) | null} */ (null))
  const failed = signal(false)
  const fetchIt = async () => {
    failed.value = false
    const found = await load().catch(() => null)
    if (found) page.value = found
    else failed.value = true
  }
  return function Later() {
    const t = words.value
    useEffect(() => {
      if (!page.peek()) fetchIt()
    }, [])
    const Page = page.value
    if (Page) return html`<${Page} />`
    return html`<main class="page" id="main" tabindex="-1" aria-busy=${String(!failed.value)}>
      <div class="page-body">
        ${
          failed.value
            ? html`<p class="form-error" role="alert">${t.errors.offline} <button type="button" class="link-button" onclick=${fetchIt}>${t.retry}</button></p>`
            : html`<p class="log-loading"><span class="spinner"></span>${t.loading}</p>`
        }
      </div>
    </main>`
  }
}
