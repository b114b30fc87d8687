/** How a day goes: figures, a picture of its hours with the numbers beneath, who did what, and who waits at this moment. */

/** @import { AgentFigures, Experiment, Figures, Hour, Report, WaitingNow } from '../state/report.js' */
import { api } from '../api.js'
import { html, useEffect, useState } from '../lib.js'
import { desk, sayError } from '../state/account.js'
import { waited } from '../state/clock.js'
import { bars, days, differs, measured, waitedFor, zone } from '../state/report.js'
import { words } from '../state/later_words.js'
import { language } from '../state/settings.js'
import { Icon, Urgency } from './bits.js'
import { Colleagues } from './floor.js'

const everyMs = 15_000
const box = { width: 720, height: 160 }

export function ReportPage() {
  const t = words.value.report
  const [day, setDay] = useState('')
  const [report, setReport] = useState(/** @type {Report | null} */ (null))
  const [failure, setFailure] = useState('')
  useEffect(() => {
    let isGone = false
    const load = async () => {
      if (document.hidden) return
      try {
        const found = await api.report(zone(), day)
        if (isGone) return
        setReport(found)
        setFailure('')
      } catch (error) {
        if (!isGone) setFailure(sayError(error))
      }
    }
    void load()
    const timer = setInterval(load, everyMs)
    document.addEventListener('visibilitychange', load)
    return () => {
      isGone = true
      clearInterval(timer)
      document.removeEventListener('visibilitychange', load)
    }
  }, [day])
  const dayWords = (/** @type {string} */ of) =>
    new Intl.DateTimeFormat(language.value, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
      Date.parse(`${of}T12:00:00Z`),
    )
  return html`<main class="page" id="main" tabindex="-1">
    <div class="page-body report">
      <header class="page-head">
        <div><h1>${words.value.reportTitle}</h1><p>${t.lead(zone())}</p></div>
        <select aria-label=${t.day} value=${day} onchange=${(/** @type {Event & { currentTarget: HTMLSelectElement }} */ event) => setDay(event.currentTarget.value)}>
          ${days(report?.now ?? Date.now(), zone()).map((of, back) => html`<option key=${of} value=${back === 0 ? '' : of}>${back === 0 ? t.today : dayWords(of)}</option>`)}
        </select>
      </header>
      ${failure && html`<p class="form-error" role="alert"><${Icon} name="alert" />${failure}</p>`}
      ${!report && !failure && html`<p class="log-loading" role="status"><span class="spinner"></span>${words.value.loading}</p>`}
      ${report && !report.complete && html`<p class="field-hint" role="status">${t.reading}</p>`}
      ${
        report &&
        html`<${Tiles} total=${report.total} />
          <${Hours} hours=${report.hours} timeZone=${report.zone} />
          <${Agents} agents=${report.agents} />
          ${report.experiments.map((experiment) => html`<${Tried} key=${experiment.experiment} experiment=${experiment} />`)}
          ${day === '' && html`<${Now} waiting=${report.waiting} now=${report.now} />`}`
      }
    </div>
  </main>`
}

/** @param {{ total: Figures }} props */
function Tiles({ total }) {
  const t = words.value.report
  const { first_response: first, csat } = total
  const tiles = [
    [t.begun, total.begun, ''],
    [t.answeredByBot, total.answered_by_bot, ''],
    [t.corrected, total.corrected, ''],
    [t.handedOver, total.handed_over, ''],
    [t.resolved, total.resolved, ''],
    [
      t.firstResponse,
      waitedFor(first.median_ms, language.value),
      first.count > 0 ? t.ninetieth(waitedFor(first.p90_ms, language.value)) : t.noneYet,
    ],
    [t.csat, csat.average === null ? '–' : csat.average.toFixed(1), t.ratings(csat.count)],
  ]
  return html`<dl class="report-tiles">
    ${tiles.map(
      ([name, value, more]) =>
        html`<div key=${name}><dt>${name}</dt><dd>${value}</dd>${more && html`<dd class="report-more">${more}</dd>`}</div>`,
    )}
  </dl>`
}

/** @param {{ hours: Hour[], timeZone: string }} props */
function Hours({ hours, timeZone }) {
  const t = words.value.report
  const at = (/** @type {number} */ from) =>
    new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(from)
  const begun = bars(
    hours.map((hour) => hour.begun),
    box,
  )
  const most = Math.max(1, ...hours.map((hour) => hour.begun))
  // what went to a person is part of what began, drawn on the same scale
  const over = bars([...hours.map((hour) => Math.min(hour.handed_over, most)), most], {
    ...box,
    width: (box.width * (hours.length + 1)) / hours.length,
  })
  return html`<section class="report-part">
    <h2>${t.byHour}</h2>
    <p class="report-key" aria-hidden="true"><i class="report-begun"></i>${t.begun}<i class="report-over"></i>${t.handedOver}</p>
    <svg class="report-bars" viewBox=${`0 0 ${box.width} ${box.height + 20}`} role="img" aria-label=${t.picture}>
      <line x1="0" x2=${box.width} y1=${box.height} y2=${box.height} class="report-line" />
      ${hours.map(
        (hour, place) => html`<g key=${hour.from}>
          <rect class="report-begun" ...${begun[place]} rx="2" />
          <rect class="report-over" ...${over[place]} rx="2" />
          ${place % 3 === 0 && html`<text x=${(begun[place]?.x ?? 0) + (begun[place]?.width ?? 0) / 2} y=${box.height + 15}>${at(hour.from)}</text>`}
        </g>`,
      )}
    </svg>
    <details>
      <summary>${t.asTable}</summary>
      <div class="table-frame" role="region" aria-label=${t.byHour} tabindex="0">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${t.hour}</th><th scope="col">${t.begun}</th><th scope="col">${t.answeredByBot}</th>
              <th scope="col">${t.handedOver}</th><th scope="col">${t.resolved}</th><th scope="col">${t.firstResponse}</th><th scope="col">${t.csat}</th>
            </tr>
          </thead>
          <tbody>
            ${hours.map(
              (hour) => html`<tr key=${hour.from}>
                <th scope="row">${at(hour.from)}</th>
                <td data-label=${t.begun}>${hour.begun}</td>
                <td data-label=${t.answeredByBot}>${hour.answered_by_bot}</td>
                <td data-label=${t.handedOver}>${hour.handed_over}</td>
                <td data-label=${t.resolved}>${hour.resolved}</td>
                <td data-label=${t.firstResponse}>${waitedFor(hour.first_response.median_ms, language.value)}</td>
                <td data-label=${t.csat}>${hour.csat.average?.toFixed(1) ?? '–'}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </section>`
}

/** @param {{ agents: AgentFigures[] }} props */
function Agents({ agents }) {
  const t = words.value.report
  if (agents.length === 0) return html`<section class="report-part"><h2>${t.byAgent}</h2><p class="field-hint">${t.noAgents}</p></section>`
  return html`<section class="report-part">
    <h2>${t.byAgent}</h2>
    <div class="table-frame" role="region" aria-label=${t.byAgent} tabindex="0">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${words.value.agent}</th><th scope="col">${t.messages}</th><th scope="col">${t.resolved}</th>
            <th scope="col">${t.firstResponse}</th><th scope="col">${t.p90}</th><th scope="col">${t.csat}</th>
          </tr>
        </thead>
        <tbody>
          ${agents.map(
            ({ id, name, figures }) => html`<tr key=${id}>
              <th scope="row" dir="auto">${name ?? id.slice(0, 8)}</th>
              <td data-label=${t.messages}>${figures.messages}</td>
              <td data-label=${t.resolved}>${figures.resolved}</td>
              <td data-label=${t.firstResponse}>${waitedFor(figures.first_response.median_ms, language.value)}</td>
              <td data-label=${t.p90}>${waitedFor(figures.first_response.p90_ms, language.value)}</td>
              <td data-label=${t.csat}>${figures.csat.average?.toFixed(1) ?? '–'}${figures.csat.count > 0 ? ` (${figures.csat.count})` : ''}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

/** How the two sides of an experiment fare. @param {{ experiment: Experiment }} props */
function Tried({ experiment }) {
  const t = words.value.report.experiment
  const { experiment: name, usual, trial, measures } = experiment
  const value = (/** @type {number | null} */ of, /** @type {Experiment['measures'][number]} */ measure) =>
    `${measured(measure.name, of, language.value)}`
  return html`<section class="report-part">
    <h2>${t.title} <bdi>${name}</bdi></h2>
    <p class="field-hint">${t.lead(usual, trial)}</p>
    ${experiment.too_few && html`<p class="report-few" role="note"><${Icon} name="alert" />${t.tooFew}</p>`}
    <div class="table-frame" role="region" aria-label=${`${t.title} ${name}`} tabindex="0">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${t.measure}</th><th scope="col">${t.usual}</th><th scope="col">${t.trial}</th>
            <th scope="col">${t.difference}</th><th scope="col">${t.verdict}</th>
          </tr>
        </thead>
        <tbody>
          ${measures.map(
            (measure) => html`<tr key=${measure.name}>
              <th scope="row">${t.measures[measure.name]}</th>
              <td data-label=${t.usual}>${value(measure.usual, measure)} <span class="report-of">${t.of(measure.usual_count)}</span></td>
              <td data-label=${t.trial}>${value(measure.trial, measure)} <span class="report-of">${t.of(measure.trial_count)}</span></td>
              <td data-label=${t.difference}>${differs(measure.name, measure.difference, language.value)}</td>
              <td data-label=${t.verdict}>${measure.too_few ? t.few : measure.excludes_zero ? t.sure : t.unsure}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="field-hint">${t.methods}</p>
  </section>`
}

/** Who waits, and who is at the desk. @param {{ waiting: WaitingNow, now: number }} props */
function Now({ waiting, now }) {
  const t = words.value.report
  const since = (/** @type {number | null} */ oldest) => (oldest === null ? '–' : waited(now - oldest, language.value))
  return html`<section class="report-part">
    <h2>${t.now}</h2>
    <div class="report-now">
      <table class="table">
        <caption class="only-read">${t.waitingNow}</caption>
        <thead><tr><th scope="col">${words.value.urgencyLabel}</th><th scope="col">${t.waitingNow}</th><th scope="col">${t.oldest}</th></tr></thead>
        <tbody>
          ${waiting.levels.map(
            ({ level, count, oldest }) => html`<tr key=${level}>
              <th scope="row"><${Urgency} level=${level} /></th><td data-label=${t.waitingNow}>${count}</td><td data-label=${t.oldest}>${since(oldest)}</td>
            </tr>`,
          )}
          <tr><th scope="row">${t.all}</th><td data-label=${t.waitingNow}>${waiting.count}</td><td data-label=${t.oldest}>${since(waiting.oldest)}</td></tr>
        </tbody>
      </table>
      <div><h3>${t.atTheDesk}</h3>${desk.value && html`<${Colleagues} desk=${desk.value} />`}</div>
    </div>
  </section>`
}
