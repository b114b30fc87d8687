/**
 * Files that an agent is about to send, by conversation: each goes up at once, can be taken back or tried again, and
 * is named in the next message when it is there.
 */

/** @import { Attachment } from '../../shared/wire.js' */
import { upload } from '../../shared/files.js'
import { signal } from '../lib.js'

/**
 * @typedef {object} Draft
 * @property {number} key
 * @property {File} file
 * @property {string} [preview] address of the picture in this page
 * @property {number} share how much of it is up, from 0 to 1
 * @property {Attachment} [attachment] the file, when the server has it
 * @property {string} [code] why the server does not have it
 */

/** What the server takes, as its welcome says; nothing where no files are taken. */
export const fileRules = signal(/** @type {{ file_bytes: number, per_message: number } | null} */ (null))

/** @type {Map<string, Uploads>} */
const all = new Map()

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
    this.drafts = signal(/** @type {readonly Draft[]} */ ([]))
    /** How many of the last ones were too many. */
    this.leftOut = signal(0)
    /** @type {Map<number, () => void>} */
    this.cancels = new Map()
  }

  /** @param {Iterable<File>} files */
  add(files) {
    const room = (fileRules.value?.per_message ?? 0) - this.drafts.value.length
    const given = [...files]
    this.leftOut.value = Math.max(0, given.length - room)
    for (const file of given.slice(0, Math.max(0, room))) {
      keys += 1
      const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : undefined
      this.drafts.value = [...this.drafts.value, { key: keys, file, preview, share: 0 }]
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
    this.drafts.value = this.drafts.value.map((draft) => (draft.key === key ? { ...draft, ...change } : draft))
  }

  /** @param {number[]} keys */
  #drop(keys) {
    for (const { key, preview } of this.drafts.value) if (preview && keys.includes(key)) URL.revokeObjectURL(preview)
    this.drafts.value = this.drafts.value.filter(({ key }) => !keys.includes(key))
  }
}
