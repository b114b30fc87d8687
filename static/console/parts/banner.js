/** Says when the server cannot be reached; a blink of the connection is nobody's business. */

import { html, useEffect, useState } from '../lib.js'
import { desk } from '../state/account.js'
import { words } from '../state/settings.js'
import { Icon } from './bits.js'

export function ConnectionBanner() {
  const t = words.value
  const [offline, setOffline] = useState(navigator.onLine === false)
  useEffect(() => {
    const look = () => setOffline(navigator.onLine === false)
    addEventListener('online', look)
    addEventListener('offline', look)
    return () => {
      removeEventListener('online', look)
      removeEventListener('offline', look)
    }
  }, [])
  const { state, attempt } = desk.value?.link.value ?? { state: 'open', attempt: 0 }
  const text = offline ? t.offline : state !== 'open' && state !== 'stopped' && attempt > 1 ? t.reconnecting : ''
  return html`<div class="banner-place" role="status">
    ${
      text &&
      html`<div class="banner">
        <${Icon} name="alert" />
        <span>${text}</span>
        ${!offline && html`<button type="button" class="link-button" onclick=${() => desk.value?.line.wake()}>${t.retryNow}</button>`}
      </div>`
    }
  </div>`
}
