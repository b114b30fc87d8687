/** The page of replies for many customers: what there is, a form to write one, and an undo for what was removed. */

/** @import { CannedReply } from '../../shared/wire.js' */
/** @import { Team } from '../api.js' */
import { api, Refused } from '../api.js'
import { html, useEffect, useId, useRef, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { forgetReplies, variables, variablesIn } from '../state/replies.js'
import { roomLeft } from '../state/room.js'
import { words } from '../state/later_words.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { Dialog } from './dialog.js'
import { Field, FormError, fieldsOf, focusFirstMistake } from './field.js'

const languages = /** @type {const} */ (['en', 'zh'])
/** @typedef {Omit<CannedReply, 'id'>} Written */

export function Replies() {
  const t = words.value
  const [replies, setReplies] = useState(/** @type {readonly CannedReply[] | null} */ (null))
  const [teams, setTeams] = useState(/** @type {Team[]} */ ([]))
  const [failure, setFailure] = useState('')
  const [editing, setEditing] = useState(/** @type {CannedReply | 'new' | null} */ (null))
  const [wanted, setWanted] = useState('')
  const load = async () => {
    setFailure('')
    forgetReplies()
    try {
      const [found, groups] = await Promise.all([api.replies(), api.teams()])
      variables.value = found.variables
      setReplies(found.replies)
      setTeams(groups)
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  useEffect(() => void load(), [])
  const done = (/** @type {string} */ said) => {
    setEditing(null)
    toast(said, 'good')
    load()
  }
  const remove = async (/** @type {CannedReply} */ { id, ...written }) => {
    try {
      await api.removeReply(id)
      const back = () => api.addReply(written).then(load, (error) => toast(sayReply(error), 'bad'))
      setEditing(null)
      toast(t.replyRemoved(written.shortcut), 'good', { label: t.undo, run: back })
    } catch (error) {
      toast(sayError(error), 'bad')
    }
    load()
  }
  const fits = (/** @type {CannedReply} */ { shortcut, title, text }) =>
    `${shortcut} ${title} ${text.en ?? ''} ${text.zh ?? ''}`.toLowerCase().includes(wanted.trim().toLowerCase())
  const shown = replies?.filter(fits) ?? []
  return html`<main class="page" id="main" tabindex="-1">
    <div class="page-body">
      <header class="page-head">
        <div><h1>${t.repliesTitle}</h1><p>${t.repliesLead}</p></div>
        <button type="button" class="button primary" onclick=${() => setEditing('new')}><${Icon} name="plus" />${t.addReply}</button>
      </header>
      ${
        failure &&
        html`<p class="form-error" role="alert">
          <${Icon} name="alert" />${failure} <button type="button" class="link-button" onclick=${load}>${t.tryAgain}</button>
        </p>`
      }
      ${!replies && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${t.loading}</p>`}
      ${
        replies &&
        replies.length > 7 &&
        html`<${Field}
          name="wanted"
          type="search"
          label=${t.findReply}
          autocomplete="off"
          value=${wanted}
          oninput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) => setWanted(event.currentTarget.value)}
        />`
      }
      ${replies?.length === 0 && html`<p class="quiet-words">${t.noReplies}</p>`}
      ${
        shown.length > 0 &&
        html`<ul class="groups replies-list">
          ${shown.map(
            (reply) => html`<li key=${reply.id}>
              <div>
                <p><code dir="auto">/${reply.shortcut}</code> <b dir="auto">${reply.title}</b>
                  ${languages.filter((one) => reply.text[one]).map((one) => html`<span class="tag" key=${one}>${t.languageNames[one]}</span>`)}
                  ${reply.team && html`<span class="tag tag-soft">${teams.find(({ id }) => id === reply.team)?.name ?? reply.team}</span>`}
                </p>
                ${languages.map((one) => reply.text[one] && html`<p class="field-hint" key=${one} lang=${one} dir="auto">${reply.text[one]}</p>`)}
              </div>
              <span class="reply-acts">
                <button type="button" class="button small quiet" aria-label=${t.editTitle(`/${reply.shortcut}`)} onclick=${() => setEditing(reply)}>${t.edit}</button>
                <button type="button" class="button small quiet" aria-label=${t.removeReply(reply.shortcut)} onclick=${() => remove(reply)}>${t.remove}</button>
              </span>
            </li>`,
          )}
        </ul>`
      }
      ${replies && wanted && shown.length === 0 && html`<p class="quiet-words">${t.noReplyFits(wanted)}</p>`}
    </div>
    ${
      editing &&
      html`<${Edit} reply=${editing === 'new' ? null : editing} teams=${teams} onDone=${done} onClose=${() => setEditing(null)} />`
    }
  </main>`
}

/** @param {{ reply: CannedReply | null, teams: Team[], onDone: (said: string) => void, onClose: () => void }} props */
function Edit({ reply, teams, onDone, onClose }) {
  const t = words.value
  const id = useId()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState('')
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}))
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    const { shortcut = '', title = '', en = '', zh = '', team = '' } = fieldsOf(form)
    /** @type {Written} */
    const written = { shortcut: shortcut.trim().replace(/^[/／]/, ''), title, text: { en: en || null, zh: zh || null }, team: team || null }
    const mistakes = mistakesIn(written)
    setWrong(mistakes)
    setFailure('')
    if (Object.keys(mistakes).length > 0) return focusFirstMistake(form)
    setBusy(true)
    try {
      if (reply) await api.changeReply(reply.id, written)
      else await api.addReply(written)
      onDone(t.replySaved(written.shortcut))
    } catch (error) {
      setBusy(false)
      const field = error instanceof Refused ? error.field : ''
      if (['shortcut', 'title', 'text', 'text.en', 'text.zh', 'team'].includes(field))
        setWrong({ [field === 'text' ? 'text.en' : field]: sayReply(error) })
      else setFailure(sayReply(error))
      focusFirstMistake(form)
    }
  }
  return html`<${Dialog} title=${reply ? t.editTitle(`/${reply.shortcut}`) : t.addReply} onClose=${onClose}>
    <form class="form" onsubmit=${submit} novalidate>
      <${FormError} text=${failure} />
      <${Field} name="shortcut" label=${t.shortcut} hint=${t.shortcutHint} error=${wrong.shortcut} defaultValue=${reply?.shortcut ?? ''} autocomplete="off" data-first />
      <${Field} name="title" label=${t.replyTitle} error=${wrong.title} defaultValue=${reply?.title ?? ''} autocomplete="off" />
      ${languages.map(
        (language) => html`<${WordsField}
        key=${language}
        name=${language}
        label=${t.replyIn(t.languageNames[language])}
        error=${wrong[`text.${language}`]}
        value=${reply?.text[language] ?? ''}
      />`,
      )}
      ${
        teams.length > 0 &&
        html`<div class="field">
          <label for=${`${id}-team`}>${t.replyTeam}</label>
          <select id=${`${id}-team`} name="team" aria-invalid=${wrong.team ? 'true' : undefined} aria-describedby=${wrong.team ? `${id}-team-error` : undefined}>
            <option value="">${t.everybody}</option>
            ${teams.map((team) => html`<option key=${team.id} value=${team.id} selected=${team.id === reply?.team}>${team.name}</option>`)}
          </select>
          ${wrong.team && html`<p class="field-error" id=${`${id}-team-error`}><${Icon} name="alert" />${wrong.team}</p>`}
        </div>`
      }
      <div class="dialog-actions">
        <button type="button" class="button" onclick=${onClose}>${t.cancel}</button>
        <button class="button primary" disabled=${busy}>${reply ? t.save : t.addButton}</button>
      </div>
    </form>
  <//>`
}

/** The words in one language, with buttons for the variables. @param {{ name: 'en' | 'zh', label: string, value: string, error?: string }} props */
function WordsField({ name, label, value, error }) {
  const t = words.value
  const id = useId()
  const at = useRef(/** @type {HTMLTextAreaElement | null} */ (null))
  const put = (/** @type {string} */ variable) => {
    const box = at.current
    if (!box) return
    box.setRangeText(`{{${variable}}}`, box.selectionStart, box.selectionEnd, 'end')
    box.focus()
  }
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <textarea
      id=${id}
      name=${name}
      ref=${at}
      rows="3"
      dir="auto"
      lang=${name}
      defaultValue=${value}
      aria-invalid=${error ? 'true' : undefined}
      aria-describedby=${error ? `${id}-error` : undefined}
    ></textarea>
    ${error && html`<p class="field-error" id=${`${id}-error`}><${Icon} name="alert" />${error}</p>`}
    <details class="variables-box">
      <summary>${t.variables}</summary>
      <div class="variables" role="group" aria-label=${t.putVariable(label)}>
        ${variables.value.map((one) => html`<button type="button" class="chip" key=${one} title=${t.variableNames[one] ?? one} onclick=${() => put(one)}>${`{{${one}}}`}</button>`)}
      </div>
    </details>
  </div>`
}

/**
 * What is wrong with a reply, by field; the server checks again.
 * @param {Written} written
 */
export function mistakesIn({ shortcut, title, text }) {
  const t = words.value.replyErrors
  /** @type {Record<string, string>} */
  const found = {}
  const length = Array.from(shortcut).length
  if (length < 1 || length > 32 || /[\s/]/.test(shortcut)) found.shortcut = t.shortcut_invalid ?? ''
  const titleLength = Array.from(title.trim()).length
  if (titleLength < 1 || titleLength > 80) found.title = t.title_invalid ?? ''
  if (!text.en?.trim() && !text.zh?.trim()) found['text.en'] = t.text_empty ?? ''
  for (const language of languages) {
    const said = text[language] ?? ''
    const unknown = variablesIn(said).find(({ name }) => !variables.value.includes(name))
    if (roomLeft(said.trim()) < 0) found[`text.${language}`] = t.text_too_long ?? ''
    else if (unknown) found[`text.${language}`] = words.value.unknownVariable(unknown.name)
  }
  return found
}

/** @param {unknown} error */
function sayReply(error) {
  if (!(error instanceof Refused)) return sayError(error)
  return words.value.replyErrors[error.code] ?? sayError(error)
}
