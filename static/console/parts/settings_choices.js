/** The choices of theme and language, as small groups of radio buttons. */

/** @import { icons } from '../icons.js' */
import { html, useId } from '../lib.js'
import { chooseLanguageTo, language, theme, undoWanted, wantUndo, wear, words } from '../state/settings.js'
import { Icon } from './bits.js'

/**
 * @typedef {{ value: string, label: string, lang?: string, icon?: keyof typeof icons }} Option
 * @param {{ legend: string, value: string, options: Option[], onChoose: (value: any) => void }} props
 */
function Segments({ legend, value, options, onChoose }) {
  const name = useId()
  return html`<fieldset class="segments">
    <legend>${legend}</legend>
    <div class="segments-row">
      ${options.map(
        (option) => html`<label key=${option.value} lang=${option.lang}>
          <input type="radio" name=${name} value=${option.value} checked=${option.value === value} onchange=${() => onChoose(option.value)} />
          <span>${option.icon && html`<${Icon} name=${option.icon} />`}${option.label}</span>
        </label>`,
      )}
    </div>
  </fieldset>`
}

export function ThemeChoice() {
  const t = words.value
  /** @type {Option[]} */
  const options = [
    { value: 'system', label: t.themes.system, icon: 'screen' },
    { value: 'light', label: t.themes.light, icon: 'sun' },
    { value: 'dark', label: t.themes.dark, icon: 'moon' },
  ]
  return html`<${Segments} legend=${t.theme} value=${theme.value} options=${options} onChoose=${wear} />`
}

export function LanguageChoice() {
  const options = [
    { value: 'en', label: 'English', lang: 'en' },
    { value: 'zh', label: '中文', lang: 'zh-CN' },
  ]
  return html`<${Segments} legend=${words.value.language} value=${language.value} options=${options} onChoose=${chooseLanguageTo} />`
}

/** Whether what was sent can be taken back for a moment. */
export function UndoChoice() {
  const t = words.value
  const options = [
    { value: 'on', label: t.undoFor },
    { value: 'off', label: t.undoOff },
  ]
  const choose = (/** @type {string} */ value) => wantUndo(value === 'on')
  return html`<${Segments} legend=${t.undoSend} value=${undoWanted.value ? 'on' : 'off'} options=${options} onChoose=${choose} />`
}
