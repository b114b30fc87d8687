/**
 * Files that an agent is about to send, by conversation: each goes up at once, can be taken back or tried again, and
 * is named in the next message when it is there.
 */

/** @import { Attachment } from '../../shared/wire.js' */
import { isImage, upload } from '../../shared/files.js'
import { signal } from '../lib.js'
import { keep, kept } from './kept.js'

/**
 * @typedef {object} Draft
 * @property {number} key
 * @property {string} name
 * @property {number} size in bytes
 * @property {File} [file] the bytes, while they are not up
 * @property {string} [preview] address of the picture in this page
 * @property {number} share how much of it is up, from 0 to 1
 * @property {Attachment} [attachment] the file, when the server has it
 * @property {string} [code] why the server does not have it
 */

/** What the server takes, as its welcome says; nothing where no files are taken. */
export const fileRules = signal(/** @type {{ file_bytes: number, per_message: number } | null} */ (null))

/** @type {Map<string, Uploads>} */
const all = new Map()
let owner = ''

/** From now on files are this agent's: nobody sends what another has picked. @param {string} agent */
export function filesOf(agent) {
  if (agent !== owner) all.clear()
  owner = agent
}

/** @param {string} conversation */
export function uploadsOf(conversation) {
  const found = all.get(conversation) ?? new Uploads(conversation)
  all.set(conversation, found)
  return found
}

let keys = 0

export class Uploads {
  /** @param {string} conversation */
  constructor(conversation) {
    this.conversation = conversation
    this.name = `files.${owner}.${conversation}`
    this.drafts = signal(/** @type {readonly Draft[]} */ ([]))
    /** How many of the last ones were too many. */
    this.leftOut = signal(0)
    /** @type {Map<number, () => void>} */
    this.cancels = new Map()
    this.putBack(kept(this.name, /** @type {Attachment[]} */ ([]), session()))
  }

  /** Whether what is here can go with the next message. */
  get areReady() {
    const drafts = this.drafts.value
    return drafts.every((draft) => draft.attachment) && (drafts.length === 0 || drafts.length <= (fileRules.value?.per_message ?? 0))
  }

  /** Files that are up go before those that were picked since. @param {readonly Attachment[]} files */
  putBack(files) {
    const back = files.map((attachment) => {
      keys += 1
      const address = `/api/v1/conversations/${this.conversation}/attachments/${attachment.id}`
      const { name, size } = attachment
      return { key: keys, name, size, preview: isImage(attachment) ? address : undefined, share: 1, attachment }
    })
    this.#show([...back, ...this.drafts.value])
  }

  /** @param {Iterable<File>} files */
  add(files) {
    const room = (fileRules.value?.per_message ?? 0) - this.drafts.value.length
    const given = [...files]
    this.leftOut.value = Math.max(0, given.length - room)
    for (const file of given.slice(0, Math.max(0, room))) {
      keys += 1
      const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : undefined
      const { name, size } = file
      this.#show([...this.drafts.value, { key: keys, name, size, file, preview, share: 0 }])
      this.#start(keys)
    }
  }

  /** @param {number} key */
  retry(key) {
    this.#change(key, { code: undefined, share: 0 })
    this.#start(key)
  }

  /** @param {number} key */
  remove(key) {
    this.cancels.get(key)?.()
    this.cancels.delete(key)
    this.#drop([key])
    this.leftOut.value = 0
  }

  /** The files that are up, which a message takes along. */
  take() {
    const ready = this.drafts.value.filter((draft) => draft.attachment)
    this.#drop(ready.map(({ key }) => key))
    this.leftOut.value = 0
    return ready.flatMap(({ attachment }) => attachment ?? [])
  }

  /** @param {number} key */
  async #start(key) {
    const file = this.drafts.value.find((draft) => draft.key === key)?.file
    if (!file) return
    // the server would say the same after all of it has gone up
    if (file.size > (fileRules.value?.file_bytes ?? 0)) return this.#change(key, { code: 'too_large' })
    const path = `/api/v1/conversations/${this.conversation}/attachments`
    const { done, cancel } = upload(path, file, (share) => this.#change(key, { share }))
    this.cancels.set(key, cancel)
    const { attachment, code } = await done
    this.cancels.delete(key)
    this.#change(key, attachment ? { attachment, share: 1 } : { code })
  }

  /**
   * @param {number} key
   * @param {Partial<Draft>} change
   */
  #change(key, change) {
    this.#show(this.drafts.value.map((draft) => (draft.key === key ? { ...draft, ...change } : draft)))
  }

  /** @param {number[]} keys */
  #drop(keys) {
    for (const { key, preview } of this.drafts.value) if (preview && keys.includes(key)) URL.revokeObjectURL(preview)
    this.#show(this.drafts.value.filter(({ key }) => !keys.includes(key)))
  }

  /** What is up outlives a reload of this tab. @param {readonly Draft[]} drafts */
  #show(drafts) {
    this.drafts.value = drafts
    const up = drafts.flatMap(({ attachment }) => attachment ?? [])
    keep(this.name, up.length > 0 ? up : undefined, session())
  }
}

/** Where files outlive a reload of this tab, if there is such a place. */
function session() {
  return typeof sessionStorage === 'undefined' ? undefined : sessionStorage
}
