/** The admins' page of doors for other systems: who is told what happens, and which bot answers new conversations. */

/** @import { Bot, Webhook } from '../api.js' */
import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { Deliveries, saidOf } from './deliveries.js'
import { AddDoor, Keys, Sure } from './door_dialogs.js'
import { Site } from './site.js'

/** @typedef {{ webhooks: Webhook[], event_types: string[], bots: Bot[] }} All */
/** @typedef {{ kind: 'webhook' | 'bot' }} Adding */
/** @typedef {{ name: string, remove: () => Promise<unknown> }} Removing */

export function Doors() {
  const t = words.value.doors
  const [all, setAll] = useState(/** @type {All | null} */ (null))
  const [failure, setFailure] = useState('')
  const [adding, setAdding] = useState(/** @type {Adding | null} */ (null))
  const [made, setMade] = useState(/** @type {Record<string, string> | null} */ (null))
  const [log, setLog] = useState(/** @type {Webhook | null} */ (null))
  const [removing, setRemoving] = useState(/** @type {Removing | null} */ (null))
  const load = async () => {
    setFailure('')
    try {
      const [webhooks, bots] = await Promise.all([api.webhooks(), api.bots()])
      setAll({ ...webhooks, bots })
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  useEffect(() => void load(), [])
  /** Does something, says when it was refused, and shows how things are then. */
  const act = async (/** @type {() => Promise<unknown>} */ action) => {
    try {
      await action()
    } catch (error) {
      toast(sayError(error), 'bad')
    }
    await load()
  }
  const added = (/** @type {Record<string, string>} */ keys) => {
    setAdding(null)
    setMade(keys)
    void load()
  }
  const remove = async () => {
    const what = removing
    setRemoving(null)
    if (what) await act(what.remove)
  }
  return html`<main class="page" id="main" tabindex="-1">
    <div class="page-body">
      <${Head} title=${t.webhooks} lead=${t.webhooksLead} button=${t.addWebhook} first onAdd=${() => setAdding({ kind: 'webhook' })} />
      ${
        failure &&
        html`<p class="form-error" role="alert">
          <${Icon} name="alert" />${failure} <button type="button" class="link-button" onclick=${load}>${words.value.tryAgain}</button>
        </p>`
      }
      ${!all && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${words.value.loading}</p>`}
      ${all && html`<${Webhooks} webhooks=${all.webhooks} act=${act} onLog=${setLog} onRemove=${setRemoving} />`}
      <${Head} title=${t.bots} lead=${t.botsLead} button=${t.addBot} onAdd=${() => setAdding({ kind: 'bot' })} />
      ${all && html`<${Bots} bots=${all.bots} act=${act} onRemove=${setRemoving} />`}
      <${Site} />
    </div>
    ${adding && html`<${AddDoor} kind=${adding.kind} types=${all?.event_types ?? []} onAdded=${added} onClose=${() => setAdding(null)} />`}
    ${made && html`<${Keys} keys=${made} onClose=${() => setMade(null)} />`}
    ${log && html`<${Deliveries} webhook=${log} onClose=${() => setLog(null)} />`}
    ${removing && html`<${Sure} title=${t.removeQuestion(removing.name)} onSure=${remove} onClose=${() => setRemoving(null)} />`}
  </main>`
}

/** @param {{ title: string, lead: string, button: string, first?: boolean, onAdd: () => void }} props */
function Head({ title, lead, button, first, onAdd }) {
  return html`<header class="page-head">
    <div>${first ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`}<p>${lead}</p></div>
    <button type="button" class=${`button ${first ? 'primary' : ''}`} onclick=${onAdd}><${Icon} name="plus" />${button}</button>
  </header>`
}

/** @typedef {(action: () => Promise<unknown>) => Promise<void>} Act */

/** @param {{ webhooks: Webhook[], act: Act, onLog: (one: Webhook) => void, onRemove: (what: Removing) => void }} props */
function Webhooks({ webhooks, act, onLog, onRemove }) {
  const t = words.value.doors
  if (webhooks.length === 0) return html`<p>${t.noWebhooks}</p>`
  const tryOut = (/** @type {Webhook} */ one) =>
    act(async () => {
      const attempt = await api.testWebhook(one.id)
      toast(saidOf(attempt, t), attempt.verdict === 'delivered' ? 'good' : 'bad')
    })
  const stateOf = (/** @type {Webhook} */ one) => (one.active ? t.on : one.gone_at ? t.gone : t.off)
  return html`<div class="table-frame" role="region" aria-label=${t.webhooks} tabindex="0">
    <table class="table">
      <thead>
        <tr>
          <th scope="col">${t.address}</th>
          <th scope="col">${t.events}</th>
          <th scope="col">${t.state}</th>
          <th scope="col"><span class="only-read">${words.value.actions}</span></th>
        </tr>
      </thead>
      <tbody>
        ${webhooks.map(
          (one) => html`<tr key=${one.id}>
            <th scope="row">${one.url}</th>
            <td data-label=${t.events}>${one.events.length ? one.events.join(', ') : t.allEvents}</td>
            <td data-label=${t.state}><span class=${`tag ${one.active ? 'tag-accent' : ''}`}>${stateOf(one)}</span></td>
            <td class="table-action">
              <${Action} label=${t.log} of=${one.url} onclick=${() => onLog(one)} />
              <${Action} label=${t.test} of=${one.url} onclick=${() => tryOut(one)} />
              <${Action}
                label=${one.active ? t.turnOff : t.turnOn}
                of=${one.url}
                onclick=${() => act(() => api.changeWebhook(one.id, { active: !one.active }))}
              />
              <${Action} label=${t.remove} of=${one.url} onclick=${() => onRemove({ name: one.url, remove: () => api.removeWebhook(one.id) })} />
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** @param {{ bots: Bot[], act: Act, onRemove: (what: Removing) => void }} props */
function Bots({ bots, act, onRemove }) {
  const t = words.value.doors
  if (bots.length === 0) return html`<p>${t.noBots}</p>`
  return html`<div class="table-frame" role="region" aria-label=${t.bots} tabindex="0">
    <table class="table">
      <thead>
        <tr>
          <th scope="col">${words.value.name}</th>
          <th scope="col">${t.address}</th>
          <th scope="col">${t.deadline}</th>
          <th scope="col">${t.state}</th>
          <th scope="col"><span class="only-read">${words.value.actions}</span></th>
        </tr>
      </thead>
      <tbody>
        ${bots.map(
          (bot) => html`<tr key=${bot.id}>
            <th scope="row">${bot.name}</th>
            <td data-label=${t.address}>${bot.url}</td>
            <td data-label=${t.deadline}>${t.seconds(bot.deadline_seconds)}</td>
            <td data-label=${t.state}><span class=${`tag ${bot.in_use ? 'tag-accent' : ''}`}>${bot.in_use ? t.inUse : t.notInUse}</span></td>
            <td class="table-action">
              <${Action}
                label=${bot.in_use ? t.stopUsing : t.use}
                of=${bot.name}
                onclick=${() => act(() => api.changeBot(bot.id, { in_use: !bot.in_use }))}
              />
              <${Action} label=${t.remove} of=${bot.name} onclick=${() => onRemove({ name: bot.name, remove: () => api.removeBot(bot.id) })} />
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** @param {{ label: string, of: string, onclick: () => void }} props */
function Action({ label, of, onclick }) {
  return html`<button type="button" class="button small quiet" aria-label=${`${label}: ${of}`} onclick=${onclick}>${label}</button>`
}
