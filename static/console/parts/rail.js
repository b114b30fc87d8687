/** The sections on the left, at the bottom on a phone, and the account's menu. */

import { html, useState } from '../lib.js'
import { account, desk, may, signOut, seesPeople } from '../state/account.js'
import { addressOf, route } from '../state/route.js'
import { words } from '../state/settings.js'
import { AgentFace, Icon } from './bits.js'
import { soon } from './later.js'
import { usePopover } from './popover.js'
import { PresenceSwitch } from './presence.js'
import { LanguageChoice, ThemeChoice, UndoChoice } from './settings_choices.js'

const Notifications = soon(async () => (await import('./notifications.js')).Notifications)
const SecondFactor = soon(async () => (await import('./second_factor.js')).SecondFactor)
const Sessions = soon(async () => (await import('./sessions.js')).Sessions)

/** @param {{ onHelp: () => void }} props */
export function Rail({ onHelp }) {
  const t = words.value
  const { page } = route.value
  const unread = desk.value?.unread.value.size ?? 0
  const offers = desk.value?.floor.value.offers.length ?? 0
  const current = (/** @type {string} */ here) => (page === here ? 'page' : undefined)
  return html`<nav class="rail" aria-label=${t.sections}>
    <span class="brand-mark" aria-hidden="true"><${Icon} name="logo" /></span>
    <a class="rail-item" href=${addressOf()} aria-current=${current('inbox')}>
      <${Icon} name="inbox" />
      <span>${t.inbox}</span>
      ${
        (unread > 0 || offers > 0) &&
        html`<span class="rail-dot"><span class="only-read">${offers > 0 ? t.offersNow(offers) : t.unread(unread)}</span></span>`
      }
    </a>
    ${
      may('reports.read') &&
      html`<a class="rail-item" href=${addressOf({ page: 'report' })} aria-current=${current('report')}>
        <${Icon} name="bars" /><span>${t.reportTitle}</span>
      </a>`
    }
    ${
      seesPeople() &&
      html`<a class="rail-item" href=${addressOf({ page: 'people' })} aria-current=${current('people')}>
        <${Icon} name="people" /><span>${t.people}</span>
      </a>`
    }
    ${
      may('knowledge.edit') &&
      html`<a class="rail-item" href=${addressOf({ page: 'knowledge' })} aria-current=${current('knowledge')}>
        <${Icon} name="book" /><span>${t.knowledge}</span>
      </a>`
    }
    ${
      may('webhooks.manage') &&
      html`<a class="rail-item" href=${addressOf({ page: 'doors' })} aria-current=${current('doors')}>
        <${Icon} name="external" /><span>${t.doorsTitle}</span>
      </a>`
    }
    ${
      may('audit.read') &&
      html`<a class="rail-item" href=${addressOf({ page: 'audit' })} aria-current=${current('audit')}>
        <${Icon} name="clock" /><span>${t.audit}</span>
      </a>`
    }
    ${
      may('routing.manage') &&
      html`<a class="rail-item" href=${addressOf({ page: 'routing' })} aria-current=${current('routing')}>
        <${Icon} name="routing" /><span>${t.routing}</span>
      </a>`
    }
    ${
      may('replies.manage') &&
      html`<a class="rail-item" href=${addressOf({ page: 'replies' })} aria-current=${current('replies')}>
        <${Icon} name="reply" /><span>${t.repliesTitle}</span>
      </a>
        <a class="rail-item" href=${addressOf({ page: 'proactive' })} aria-current=${current('proactive')}>
          <${Icon} name="speak" /><span>${t.proactive}</span>
        </a>`
    }
    <span class="rail-room"></span>
    ${desk.value && html`<${PresenceSwitch} desk=${desk.value} />`}
    <button type="button" class="rail-item rail-help" onclick=${onHelp} title=${t.shortcuts} aria-label=${t.shortcuts}>
      <${Icon} name="keyboard" />
    </button>
    <${AccountMenu} />
  </nav>`
}

function AccountMenu() {
  const t = words.value
  const { open, setOpen, at, button, onkeydown } = usePopover()
  const [securing, setSecuring] = useState(false)
  const [listing, setListing] = useState(false)
  const [telling, setTelling] = useState(false)
  const secure = () => {
    setOpen(false)
    button.current?.focus()
    setSecuring(true)
  }
  const listSessions = () => {
    setOpen(false)
    button.current?.focus()
    setListing(true)
  }
  const setNotifications = () => {
    setOpen(false)
    button.current?.focus()
    setTelling(true)
  }
  const me = account.value
  if (!me) return null
  return html`<div class="account" ref=${at} onkeydown=${onkeydown}>
    <button
      type="button"
      class="account-button"
      ref=${button}
      aria-expanded=${String(open)}
      aria-controls="account-menu"
      aria-label=${`${t.account}: ${me.name}`}
      title=${t.account}
      onclick=${() => setOpen(!open)}
    >
      <${AgentFace} name=${me.name} own />
    </button>
    <div class="account-menu" id="account-menu" hidden=${!open}>
      <div class="account-who">
        <${AgentFace} name=${me.name} own />
        <div>
          <p class="account-name">${me.name}</p>
          <p class="account-mail">${me.email}</p>
        </div>
        <span class="tag">${t.roles[me.role] ?? me.role}</span>
      </div>
      <${ThemeChoice} />
      <${LanguageChoice} />
      <${UndoChoice} />
      <button type="button" class="menu-item" onclick=${secure}>
        <${Icon} name="screen" />${t.secondFactor}
        ${me.second_factor && html`<span class="tag tag-accent">${t.on}</span>`}
      </button>
      <button type="button" class="menu-item" onclick=${setNotifications}><${Icon} name="bell" />${t.notify.title}</button>
      <button type="button" class="menu-item" onclick=${listSessions}><${Icon} name="key" />${t.sessions}</button>
      <button type="button" class="menu-item" onclick=${signOut}><${Icon} name="leave" />${t.signOut}</button>
    </div>
    ${telling && html`<${Notifications} onClose=${() => setTelling(false)} />`}
    ${listing && html`<${Sessions} onClose=${() => setListing(false)} />`}
    ${securing && html`<${SecondFactor} on=${me.second_factor} onClose=${() => setSecuring(false)} />`}
  </div>`
}
