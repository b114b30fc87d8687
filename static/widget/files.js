/**
 * Files in the chat: the paper clip, files that are pasted or dropped, what is about to be sent, and pictures and
 * documents beside what was said. Loaded a moment after the first look; nothing else waits for it.
 */

/** @import { Attachment, FileRules, Language, VisitorWelcome } from '../shared/wire.js' */
/** @import { Composer } from './composer.js' */
/** @import { MessageLog } from './log.js' */
/** @import { Session } from './session.js' */
/** @import { LaterStrings } from './strings/later.en.js' */
import { byId, el, fill, icon } from '../shared/dom.js'
import { accepted, isImage, sayBytes, thumbSize, upload } from '../shared/files.js'
import { laterStringsOf } from './strings.js'

const clip = 'M8 12.500l6-6a3 3 0 014.200 4.200l-8 8a5 5 0 01-7-7L11 4'
const sheet = 'M6 3h8l5 5v13H6zM14 3v5h5'
const cross = 'M6 6l12 12M18 6L6 18'

/** What trying again does not help. */
const final = new Set(['too_large', 'file_type', 'file_broken'])

/**
 * @typedef {object} Draft
 * @property {File} [file]
 * @property {string} name
 * @property {string} [preview]
 * @property {HTMLElement} item
 * @property {Attachment} [attachment]
 * @property {string} [code] why it is not up
 * @property {() => void} [cancel]
 */

let begun = false

/**
 * Begins to send and show files, once.
 * @param {Session} session
 * @param {Composer} composer
 * @param {MessageLog} log
 * @param {VisitorWelcome} welcome with what may be sent; nothing where none may
 */
export function files(session, composer, log, { attachments, unsent_text }) {
  if (begun) return
  begun = true
  new Files(session, composer, log, attachments).begin()
  if (unsent_text) import('./unsent.js').then(({ unsent }) => unsent(session, composer, log))
}

class Files {
  /**
   * @param {Session} session
   * @param {Composer} composer
   * @param {MessageLog} log
   * @param {FileRules} [rules]
   */
  constructor(session, composer, log, rules) {
    this.session = session
    this.store = session.store
    this.composer = composer
    this.log = log
    this.rules = rules
    /** @type {Draft[]} */
    this.drafts = []
    /** Addresses of pictures in this page, by id. @type {Map<string, Promise<string>>} */
    this.pictures = new Map()
    /** @type {LaterStrings['files']} */
    this.strings = /** @type {any} */ (null)
    this.input = el('input', { type: 'file', multiple: true, hidden: true, accept: accepted, onchange: () => this.#picked() })
    this.button = el('button', { type: 'button', class: 'attach', onclick: () => this.input.click() }, icon(clip))
    this.list = el('ul', { class: 'drafts', hidden: true })
    this.note = el('p', { class: 'drafts-note', role: 'alert', hidden: true })
  }

  async begin() {
    const styles = ['../shared/files.css', 'files.css'].map(
      (sheet) =>
        new Promise((resolve) => {
          const { href } = new URL(sheet, import.meta.url)
          document.head.append(el('link', { rel: 'stylesheet', href, onload: resolve, onerror: resolve }))
        }),
    )
    await Promise.all([...styles, this.#speak()])
    new MutationObserver(() => this.#speak()).observe(document.documentElement, { attributeFilter: ['lang'] })
    new MutationObserver(() => this.#decorate()).observe(this.log.root, { childList: true })
    this.#decorate()
    if (this.rules) this.#offer()
  }

  get language() {
    return /** @type {Language} */ (document.documentElement.lang === 'zh-CN' ? 'zh' : 'en')
  }

  async #speak() {
    this.strings = (await laterStringsOf(this.language)).files
    this.button.setAttribute('aria-label', this.strings.attach)
    this.button.title = this.strings.attach
    this.list.setAttribute('aria-label', this.strings.toSend)
    for (const draft of this.drafts) this.#draw(draft)
  }

  #offer() {
    const { form, button, words } = this.composer
    form.prepend(this.list, this.note)
    button.before(this.input, this.button)
    const sends = () => this.drafts.length > 0
    const send = (/** @type {Event} */ event) => {
      if (!sends()) return
      event.preventDefault()
      event.stopImmediatePropagation()
      this.#send()
    }
    form.addEventListener('submit', send, { capture: true })
    form.addEventListener(
      'keydown',
      (event) => {
        const composing = event.isComposing || event.keyCode === 229
        if (event.target === words && event.key === 'Enter' && !event.shiftKey && !event.altKey && !composing) send(event)
      },
      { capture: true },
    )
    form.addEventListener('input', () => this.#measure())
    form.addEventListener('paste', (event) => {
      const data = event.clipboardData
      // words that come with a picture of themselves are words
      if (!data?.files.length || data.types.includes('text/plain')) return
      event.preventDefault()
      this.#add(data.files)
    })
    const app = byId('app', HTMLElement)
    const drag = (/** @type {DragEvent} */ event) => {
      if (!event.dataTransfer?.types.includes('Files')) return false
      event.preventDefault()
      return true
    }
    app.addEventListener('dragover', (event) => app.classList.toggle('dropping', drag(event)))
    app.addEventListener('dragleave', (event) => {
      if (!(event.relatedTarget instanceof Node && app.contains(event.relatedTarget))) app.classList.remove('dropping')
    })
    app.addEventListener('drop', (event) => {
      app.classList.remove('dropping')
      if (drag(event) && event.dataTransfer) this.#add(event.dataTransfer.files)
    })
    addEventListener('online', () => {
      for (const draft of this.drafts) if (draft.code === 'offline') this.#start(draft)
    })
    const { edit } = this.log.actions
    this.log.actions.edit = (clientId) => {
      const { files = [] } = this.store.outbox.find((item) => item.client_id === clientId) ?? {}
      edit(clientId)
      for (const attachment of files) this.#draft({ name: attachment.name, attachment })
    }
  }

  #picked() {
    if (this.input.files) this.#add(this.input.files)
    // the same file may be picked again
    this.input.value = ''
    this.composer.focus()
  }

  /** @param {Iterable<File>} files */
  #add(files) {
    const most = this.rules?.per_message ?? 0
    let over = false
    for (const file of files) {
      if (this.drafts.length >= most) {
        over = true
        break
      }
      this.#start(this.#draft({ name: file.name, file, preview: isImage(file) ? URL.createObjectURL(file) : undefined }))
    }
    this.note.hidden = !over
    this.note.textContent = over ? this.strings.tooMany(most) : ''
  }

  /** @param {Omit<Draft, 'item'>} what */
  #draft(what) {
    const draft = { ...what, item: el('li') }
    this.drafts.push(draft)
    this.list.append(draft.item)
    this.#draw(draft)
    this.#measure()
    return draft
  }

  /** @param {Draft} draft */
  async #start(draft) {
    const { file } = draft
    if (!file) return
    draft.code = undefined
    const identity = this.store.identity
    if (file.size > (this.rules?.file_bytes ?? 0)) draft.code = 'too_large'
    else if (!identity) draft.code = 'offline'
    this.#draw(draft)
    if (draft.code || !identity) return this.#measure()
    const path = `/api/v1/visitor/conversations/${identity.conversation}/attachments`
    const bar = draft.item.querySelector('progress')
    const { done, cancel } = upload(path, file, (share) => bar?.setAttribute('value', String(share)), identity.token)
    draft.cancel = cancel
    const { attachment, code } = await done
    draft.cancel = undefined
    draft.attachment = attachment
    draft.code = attachment ? undefined : code
    this.#draw(draft)
    this.#measure()
  }

  /** @param {Draft} draft */
  #draw(draft) {
    const { item, name, file, preview, attachment, code } = draft
    const t = this.strings
    const size = attachment?.size ?? file?.size ?? 0
    const retry = code && !final.has(code) && el('button', { type: 'button', class: 'plain', onclick: () => this.#start(draft) }, t.retry)
    const said = code
      ? el('span', { class: 'draft-file-why', role: 'alert' }, t.errors[code] ?? t.errors.other)
      : attachment
        ? el('span', { class: 'file-size' }, sayBytes(size, this.language))
        : el('progress', { max: 1, value: 0, 'aria-label': t.uploading(name) })
    const out = el('button', { type: 'button', class: 'draft-out', onclick: () => this.#remove(draft) }, icon(cross))
    out.setAttribute('aria-label', t.remove(name))
    out.title = t.remove(name)
    item.className = `draft-file draft-file-${code ? 'failed' : attachment ? 'ready' : 'going'}`
    fill(
      item,
      preview ? el('img', { src: preview, alt: '', width: 32, height: 32 }) : el('span', { class: 'draft-file-icon' }, icon(sheet)),
      el('span', { class: 'draft-file-words' }, el('bdi', { class: 'file-name' }, name), said),
      retry,
      out,
    )
  }

  /** @param {Draft} draft */
  #remove(draft) {
    draft.cancel?.()
    this.#forget(draft)
    this.composer.focus()
  }

  /** @param {Draft} draft */
  #forget(draft) {
    if (draft.preview) URL.revokeObjectURL(draft.preview)
    draft.item.remove()
    this.drafts = this.drafts.filter((other) => other !== draft)
    this.note.hidden = true
    this.#measure()
  }

  /** Whether it can be sent, beyond what the composer knows. */
  #measure() {
    const { button, text, words } = this.composer
    this.list.hidden = this.drafts.length === 0
    const fits = words.getAttribute('aria-invalid') !== 'true'
    button.disabled = !fits || (text.trim() === '' && this.drafts.length === 0) || this.drafts.some((draft) => !draft.attachment)
  }

  #send() {
    const { composer, log, session } = this
    if (composer.button.disabled) return
    const files = this.drafts.flatMap(({ attachment }) => attachment ?? [])
    const text = composer.text.trim()
    for (const draft of this.drafts) this.#forget(draft)
    session.typing(false)
    composer.fillIn('')
    log.spendAllChoices()
    log.stick = true
    session.put({ type: 'send', text, files, attachments: files.map(({ id }) => id) })
    composer.focus()
  }

  /** Puts files beside the messages that have some. */
  #decorate() {
    const { events } = this.session.sequence
    for (const event of events) {
      if (!('attachments' in event) || !event.attachments) continue
      const row = this.log.own.get(event.client_id ?? '') ?? this.log.root.querySelector(`.row[data-seq="${event.seq}"]`)
      if (row) this.#show(row, event.attachments)
    }
    for (const { client_id, files } of this.store.outbox) {
      const row = this.log.own.get(client_id)
      if (row && files) this.#show(row, files)
    }
  }

  /** @param {Element} row @param {Attachment[]} files */
  #show(row, files) {
    if (row.querySelector('.files')) return
    const items = files.map((file) => (isImage(file) ? this.#picture(file) : this.#sheet(file)))
    row.querySelector('.said')?.append(el('div', { class: 'files', role: 'group', 'aria-label': this.strings.files }, ...items))
    if (this.log.stick) this.log.toEnd()
  }

  /** @param {Attachment} file */
  #picture(file) {
    const { width, height } = thumbSize(file)
    const image = el('img', { alt: '', width, height })
    const label = this.strings.enlarge(file.name)
    const button = el('button', { type: 'button', class: 'file-picture', title: file.name, 'aria-label': label }, image)
    const load = () =>
      this.#address(file).then(
        (address) => {
          image.src = address
          button.onclick = () => this.#enlarge(file, address)
        },
        () => {
          button.onclick = load
          button.title = this.strings.again
        },
      )
    load()
    return button
  }

  /** @param {Attachment} file */
  #sheet(file) {
    const save = async () => {
      const address = await this.#address(file).catch(() => '')
      if (address) el('a', { href: address, download: file.name }).click()
      else button.classList.add('gone')
      button.title = address ? file.name : this.strings.again
    }
    const size = el('span', { class: 'file-size' }, sayBytes(file.size, this.language))
    const button = el(
      'button',
      { type: 'button', class: 'file', onclick: save },
      icon(sheet),
      el('bdi', { class: 'file-name' }, file.name),
      size,
    )
    return button
  }

  /** @param {Attachment} file @param {string} address */
  #enlarge({ name }, address) {
    const { closePicture } = this.strings
    const out = el('button', { type: 'button', class: 'lightbox-out', 'aria-label': closePicture }, icon(cross))
    const dialog = el(
      'dialog',
      { class: 'lightbox', 'aria-label': name },
      el('img', { src: address, alt: name }),
      el('p', {}, el('bdi', {}, name), el('a', { href: address, download: name }, this.strings.save)),
      out,
    )
    const end = () => dialog.close()
    out.addEventListener('click', end)
    dialog.addEventListener('click', (event) => event.target === dialog && end())
    // Escape closes the picture, not the chat
    dialog.addEventListener('keydown', (event) => event.key === 'Escape' && event.stopPropagation())
    dialog.addEventListener('close', () => dialog.remove())
    document.body.append(dialog)
    dialog.showModal()
  }

  /** The file as an address of this page: the server wants the customer's token, which no address may hold. @param {Attachment} file */
  #address({ id }) {
    const known = this.pictures.get(id)
    if (known) return known
    const { conversation, token } = this.store.identity ?? {}
    const loaded = fetch(`/api/v1/visitor/conversations/${conversation}/attachments/${id}`, {
      headers: { Authorization: `Bearer ${token}` },
      credentials: 'omit',
    }).then(async (response) => {
      if (!response.ok) throw new Error(String(response.status))
      return URL.createObjectURL(await response.blob())
    })
    this.pictures.set(id, loaded)
    loaded.catch(() => this.pictures.delete(id))
    return loaded
  }
}
