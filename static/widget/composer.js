/**
 * Where the customer writes: grows with the text, sends on Enter, leaves Enter to an input method
 * while it composes, keeps the draft, says when the text gets too long.
 */

/** @import { Strings } from './strings/en.js' */
import { byId, fill, icon } from '../shared/dom.js'
import { icons } from './icons.js'

/** What the server takes: user-perceived characters and bytes of UTF-8. */
const mostCharacters = 4_000
const mostBytes = 16 * 1024
const warnBelow = 300
const tellTypingEveryMs = 3_000
const typingEndsAfterMs = 5_000

const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter() : null

/** @param {string} text */
function characters(text) {
  if (!segmenter) return Array.from(text).length
  let count = 0
  for (const _ of segmenter.segment(text)) count += 1
  return count
}

/**
 * How many characters still fit; negative when it is too much.
 * @param {string} text
 */
export function roomLeft(text) {
  // Cheap for what people usually write: no text has more characters than code units.
  if (text.length < mostCharacters - warnBelow) return mostCharacters - text.length
  const left = mostCharacters - characters(text)
  const bytesLeft = mostBytes - new TextEncoder().encode(text).length
  return Math.min(left, bytesLeft)
}

export class Composer {
  /**
   * @param {object} actions
   * @param {(text: string) => void} actions.send
   * @param {(on: boolean) => void} actions.typing
   * @param {(text: string) => void} actions.draft
   */
  constructor(actions) {
    this.actions = actions
    this.form = byId('composer', HTMLFormElement)
    this.words = byId('words', HTMLTextAreaElement)
    this.button = byId('send', HTMLButtonElement)
    this.counter = byId('counter', HTMLElement)
    /** @type {Strings | null} */
    this.strings = null
    this.toldTypingAt = 0
    this.typingEnds = 0
    this.form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#send()
    })
    this.words.addEventListener('input', () => this.#changed())
    this.words.addEventListener('keydown', (event) => this.#key(event))
    addEventListener('resize', () => this.#fit())
    // The box around the text is part of it for whoever clicks.
    this.form.addEventListener('click', (event) => event.target === this.form && this.words.focus())
  }

  /** @param {Strings} strings */
  speak(strings) {
    this.strings = strings
    this.words.placeholder = strings.placeholder
    this.words.setAttribute('aria-label', strings.message)
    this.button.setAttribute('aria-label', strings.send)
    this.button.title = strings.send
    fill(this.button, icon(icons.send))
    this.#measure()
  }

  /** @param {string} text */
  fillIn(text) {
    this.words.value = text
    this.actions.draft(text)
    this.#measure()
  }

  get text() {
    return this.words.value
  }

  focus() {
    this.words.focus({ preventScroll: true })
  }

  #send() {
    const text = this.words.value.trim()
    if (text === '' || roomLeft(text) < 0) return
    this.#stopTyping()
    this.fillIn('')
    this.actions.send(text)
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // 229: what browsers say when an input method takes the key, Safari even just after composing.
    const composing = event.isComposing || event.keyCode === 229
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || composing) return
    event.preventDefault()
    this.#send()
  }

  #changed() {
    this.#measure()
    this.actions.draft(this.words.value)
    if (this.words.value.trim() === '') this.#stopTyping()
    else this.#tellTyping()
  }

  /** As high as its text; there is nothing to measure while the frame is hidden. */
  #fit() {
    const { words } = this
    words.style.height = 'auto'
    if (words.scrollHeight > 0) words.style.height = `${words.scrollHeight}px`
  }

  #measure() {
    const { words, strings } = this
    this.#fit()
    const left = roomLeft(words.value.trim())
    this.button.disabled = words.value.trim() === '' || left < 0
    this.counter.classList.toggle('over', left < 0)
    const said = left < warnBelow && strings ? strings.left(left) : ''
    if (this.counter.textContent !== said) this.counter.textContent = said
    words.setAttribute('aria-invalid', String(left < 0))
  }

  #tellTyping() {
    clearTimeout(this.typingEnds)
    this.typingEnds = window.setTimeout(() => this.#stopTyping(), typingEndsAfterMs)
    const now = performance.now()
    if (this.toldTypingAt > 0 && now - this.toldTypingAt < tellTypingEveryMs) return
    this.toldTypingAt = now
    this.actions.typing(true)
  }

  #stopTyping() {
    clearTimeout(this.typingEnds)
    if (this.toldTypingAt === 0) return
    this.toldTypingAt = 0
    this.actions.typing(false)
  }
}
