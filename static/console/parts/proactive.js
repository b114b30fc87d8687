/** The page of messages with which the desk speaks first: what there is and what came of it, and a form to write one. */

/** @import { CountedRule, Rule } from '../state/proactive.js' */
/** @import { ProactiveStrings } from '../strings/proactive.en.js' */
import { api, Refused } from '../api.js'
import { html, useEffect, useId, useState } from '../lib.js'
import { sayError } from '../state/account.js'
import { bare, fieldOf, fresh, languages, mostChoices, ruleOf, whens } from '../state/proactive.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { toast } from '../state/toasts.js'
import { Icon } from './bits.js'
import { Dialog } from './dialog.js'
import { Field, FormError, fieldsOf, focusFirstMistake } from './field.js'

/** @typedef {(rules: Rule[]) => Rule[]} Change */

export function Proactive() {
  const [t, setStrings] = useState(/** @type {ProactiveStrings | null} */ (null))
  const wanted = language.value
  useEffect(() => {
    const found = wanted === 'zh' ? import('../strings/proactive.zh.js') : import('../strings/proactive.en.js')
    found.then((module) => setStrings('zh' in module ? module.zh : module.en))
  }, [wanted])
  return html`<main class="page" id="main" tabindex="-1">
    <div class="page-body">${t && html`<${Body} t=${t} />`}</div>
  </main>`
}

/** @param {{ t: ProactiveStrings }} props */
function Body({ t }) {
  const own = words.value
  const [rules, setRules] = useState(/** @type {CountedRule[] | null} */ (null))
  const [segments, setSegments] = useState(/** @type {string[]} */ ([]))
  const [sites, setSites] = useState(/** @type {string[]} */ ([]))
  const [failure, setFailure] = useState('')
  const [editing, setEditing] = useState(/** @type {Rule | null} */ (null))
  const load = () => {
    setFailure('')
    api.proactive().then(setRules, (error) => setFailure(sayError(error)))
  }
  useEffect(() => {
    load()
    // Without them one can still write a message for everybody.
    api.segments().then(
      (found) => setSegments(found.map(({ name }) => name)),
      () => {},
    )
    api.sites().then(
      ({ url, origins }) => setSites([url, ...origins]),
      () => {},
    )
  }, [])
  /** What colleagues have changed in the meantime stays. @param {Change} change */
  const save = async (change) => setRules(await api.setProactive(change((await api.proactive()).map(bare))))
  const act = (/** @type {Change} */ change) => save(change).catch((error) => toast(say(error, t), 'bad'))
  const remove = async (/** @type {CountedRule} */ rule) => {
    const at = rules?.indexOf(rule) ?? 0
    await act((all) => all.filter(({ id }) => id !== rule.id))
    toast(t.removed(rule.name), 'good', { label: own.undo, run: () => act((all) => all.toSpliced(at, 0, bare(rule))) })
  }
  const done = (/** @type {string} */ name) => {
    setEditing(null)
    toast(t.saved(name), 'good')
  }
  return html`<header class="page-head">
      <div><h1>${own.proactive}</h1><p>${t.lead}</p></div>
      <button type="button" class="button primary" onclick=${() => setEditing(fresh)}><${Icon} name="plus" />${t.add}</button>
    </header>
    ${
      failure &&
      html`<p class="form-error" role="alert">
        <${Icon} name="alert" />${failure} <button type="button" class="link-button" onclick=${load}>${own.tryAgain}</button>
      </p>`
    }
    ${!rules && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${own.loading}</p>`}
    ${rules?.length === 0 && html`<p class="quiet-words">${t.none}</p>`}
    <ul class="proactive-rules">
      ${rules?.map((rule, at) => html`<${Row} key=${rule.id} t=${t} rule=${rule} isFirst=${at === 0} act=${act} onEdit=${setEditing} onRemove=${remove} />`)}
    </ul>
    ${
      editing &&
      html`<${Edit} t=${t} rule=${editing} segments=${segments} sites=${sites} save=${save} onDone=${done} onClose=${() => setEditing(null)} />`
    }`
}

/**
 * @param {{ t: ProactiveStrings, rule: CountedRule, isFirst: boolean, act: (change: Change) => Promise<unknown>,
 *   onEdit: (rule: Rule) => void, onRemove: (rule: CountedRule) => void }} props
 */
function Row({ t, rule, isFirst, act, onEdit, onRemove }) {
  const own = words.value
  const turn = (/** @type {Event & { currentTarget: HTMLInputElement }} */ { currentTarget: { checked } }) =>
    act((all) => all.map((other) => (other.id === rule.id ? { ...other, on: checked } : other)))
  const up = () =>
    act((all) => {
      const at = all.findIndex(({ id }) => id === rule.id)
      const one = all[at]
      return one && at > 0 ? all.toSpliced(at, 1).toSpliced(at - 1, 0, one) : all
    })
  const about = [
    ...rule.pages,
    t.after(rule.seconds),
    rule.segment ?? '',
    rule.when === 'always' ? '' : t.whens[rule.when],
    rule.site ?? '',
    t.often(rule.times, rule.days),
  ].filter(Boolean)
  return html`<li class="proactive-rule">
    <div class="proactive-head">
      <h2 dir="auto">${rule.name}</h2>
      <label class="check"><input type="checkbox" checked=${rule.on} aria-label=${t.inUseOf(rule.name)} onchange=${turn} />${t.inUse}</label>
    </div>
    <p class="proactive-about">${about.map((one) => html`<span class="tag" dir="auto" key=${one}>${one}</span>`)}</p>
    ${languages.map((one) => rule.text[one] && html`<p key=${one} lang=${one} dir="auto">${rule.text[one]}</p>`)}
    <div class="proactive-foot">
      <dl aria-label=${t.counts}>
        ${
          /** @type {const} */ (['shown', 'opened', 'answered']).map(
            (what) => html`<div key=${what}><dt>${t[what]}</dt><dd>${rule.counts[what]}</dd></div>`,
          )
        }
      </dl>
      <span>
        <button type="button" class="button small quiet" disabled=${isFirst} aria-label=${t.up(rule.name)} onclick=${up}>${own.moveUp}</button>
        <button type="button" class="button small quiet" aria-label=${own.editTitle(rule.name)} onclick=${() => onEdit(rule)}>${own.edit}</button>
        <button type="button" class="button small quiet" aria-label=${t.remove(rule.name)} onclick=${() => onRemove(rule)}>${own.remove}</button>
      </span>
    </div>
  </li>`
}

/**
 * @param {{ t: ProactiveStrings, rule: Rule, segments: string[], sites: string[], save: (change: Change) => Promise<void>,
 *   onDone: (name: string) => void, onClose: () => void }} props
 */
function Edit({ t, rule, segments, sites, save, onDone, onClose }) {
  const own = words.value
  const id = useId()
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}))
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = event.currentTarget
    const written = ruleOf(fieldsOf(form), rule)
    setBusy(true)
    setWrong({})
    setFailure('')
    try {
      await save((all) =>
        all.some((other) => other.id === rule.id) ? all.map((other) => (other.id === rule.id ? written : other)) : [...all, written],
      )
      onDone(written.name)
    } catch (error) {
      const field = error instanceof Refused ? fieldOf(error.field) : ''
      if (field && field !== 'rules') setWrong({ [field]: say(error, t) })
      else setFailure(say(error, t))
      focusFirstMistake(form)
      setBusy(false)
    }
  }
  const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string | number} */ value, more = {}) =>
    html`<${Field} name=${name} label=${label} defaultValue=${value} error=${wrong[name]} autocomplete="off" ...${more} />`
  const area = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ value,
    /** @type {{ hint?: string, lang?: string }} */ { hint, lang } = {},
  ) => {
    const described = [hint && `${id}-${name}-hint`, wrong[name] && `${id}-${name}-error`].filter(Boolean).join(' ')
    return html`<div class="field">
      <label for=${`${id}-${name}`}>${label}</label>
      <textarea id=${`${id}-${name}`} name=${name} rows="2" dir="auto" lang=${lang} defaultValue=${value}
        aria-invalid=${wrong[name] ? 'true' : undefined} aria-describedby=${described || undefined}></textarea>
      ${hint && html`<p class="field-hint" id=${`${id}-${name}-hint`}>${hint}</p>`}
      ${wrong[name] && html`<p class="field-error" id=${`${id}-${name}-error`}><${Icon} name="alert" />${wrong[name]}</p>`}
    </div>`
  }
  const choice = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ value,
    /** @type {string[][]} */ options,
  ) =>
    html`<div class="field">
      <label for=${`${id}-${name}`}>${label}</label>
      <select id=${`${id}-${name}`} name=${name} aria-invalid=${wrong[name] ? 'true' : undefined}
        aria-describedby=${wrong[name] ? `${id}-${name}-error` : undefined}>
        ${options.map(([of, said]) => html`<option key=${of} value=${of} selected=${of === value}>${said}</option>`)}
      </select>
      ${wrong[name] && html`<p class="field-error" id=${`${id}-${name}-error`}><${Icon} name="alert" />${wrong[name]}</p>`}
    </div>`
  const known = [...new Set([...segments, rule.segment ?? ''])].filter(Boolean)
  return html`<${Dialog} title=${t.addTitle} onClose=${onClose}>
    <form class="proactive-form" onsubmit=${submit} novalidate>
      <${FormError} text=${failure} />
      ${field('name', t.name, rule.name, { hint: t.nameHint })}
      ${area('pages', t.pages, rule.pages.join('\n'), { hint: t.pagesHint })}
      <div class="rules-grid">
        ${field('seconds', t.seconds, rule.seconds, { inputmode: 'numeric' })}
        ${field('times', t.times, rule.times, { inputmode: 'numeric' })}
        ${field('days', t.days, rule.days, { inputmode: 'numeric' })}
        ${choice(
          'when',
          t.when,
          rule.when,
          whens.map((one) => [one, t.whens[one]]),
        )}
        ${choice('segment', t.segment, rule.segment ?? '', [['', t.anybody], ...known.map((name) => [name, name])])}
      </div>
      <datalist id=${`${id}-sites`}>${sites.map((one) => html`<option key=${one} value=${one} />`)}</datalist>
      ${field('site', t.site, rule.site ?? '', { hint: t.siteHint, list: `${id}-sites`, inputmode: 'url' })}
      ${languages.map((one) => area(`text.${one}`, t.textIn(own.languageNames[one]), rule.text[one] ?? '', { lang: one }))}
      <fieldset class="rows">
        <legend>${t.answers}</legend>
        <p class="field-hint">${t.answersHint}</p>
        ${Array.from(
          { length: mostChoices },
          (_, at) => html`<div class="proactive-choice" key=${at}>
            ${languages.map((one) => field(`choices[${at}].${one}`, t.answer(at + 1, own.languageNames[one]), rule.choices[at]?.[one] ?? '', { lang: one }))}
          </div>`,
        )}
        ${wrong.choices && html`<p class="field-error"><${Icon} name="alert" />${wrong.choices}</p>`}
      </fieldset>
      <div class="dialog-actions">
        <button type="button" class="button" onclick=${onClose}>${own.cancel}</button>
        <button class="button primary" disabled=${busy}>${own.save}</button>
      </div>
    </form>
  <//>`
}

/** @param {unknown} error @param {ProactiveStrings} t */
function say(error, t) {
  return (error instanceof Refused && t.mistakes[error.code]) || sayError(error)
}
