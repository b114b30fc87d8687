/** Files on their way to the server, and how large they are shown. Loaded where files are sent or seen. */

/** @import { Attachment, Language } from './wire.js' */

/** What file pickers offer; the server looks into the bytes. */
export const accepted = 'image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain,.csv,.log,.md,.json,.tsv'

/** The room that a picture takes at most, in CSS pixels. */
const thumbWidth = 240
const thumbHeight = 200

/** @param {{ type: string }} file */
export const isImage = ({ type }) => type.startsWith('image/')

/**
 * The size at which a picture is shown, known before it is loaded: nothing jumps.
 * @param {{ width?: number, height?: number }} picture
 */
export function thumbSize({ width = thumbWidth, height = thumbHeight }) {
  const scale = Math.min(1, thumbWidth / width, thumbHeight / height)
  return { width: Math.max(24, Math.round(width * scale)), height: Math.max(24, Math.round(height * scale)) }
}

/**
 * @param {number} bytes
 * @param {Language} language
 */
export function sayBytes(bytes, language) {
  const [value, unit] = bytes < 1_000_000 ? [Math.max(1, Math.round(bytes / 1_000)), 'kilobyte'] : [bytes / 1_000_000, 'megabyte']
  const options = /** @type {const} */ ({ style: 'unit', unitDisplay: 'short', maximumFractionDigits: 1 })
  return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { ...options, unit }).format(value)
}

/**
 * @typedef {{ attachment?: Attachment, code?: string }} Outcome the file as the server has it, or why it has not;
 *   `offline` without an answer, `cancelled` after `cancel`
 */

/**
 * Sends a file.
 * @param {string} path
 * @param {File} file
 * @param {(share: number) => void} onProgress from 0 to 1
 * @param {string} [token]
 * @returns {{ done: Promise<Outcome>, cancel: () => void }}
 */
export function upload(path, file, onProgress, token) {
  const request = new XMLHttpRequest()
  /** @type {Promise<Outcome>} */
  const done = new Promise((resolve) => {
    request.open('POST', `${path}?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    if (token) request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onload = () => {
      const { status, response } = request
      resolve(status === 201 && response ? { attachment: response } : { code: response?.error?.code ?? 'internal' })
    }
    request.onerror = () => resolve({ code: 'offline' })
    request.onabort = () => resolve({ code: 'cancelled' })
    request.send(file)
  })
  return { done, cancel: () => request.abort() }
}
