/** Files: those about to be sent, above the words, and those that were, as pictures or by name. */

/** @import { Attachment } from '../../shared/wire.js' */
/** @import { Draft, Uploads } from '../state/uploads.js' */
import { accepted, isImage, sayBytes, thumbSize } from '../../shared/files.js'
import { html, useRef, useState } from '../lib.js'
import { language, words } from '../state/settings.js'
import { fileRules } from '../state/uploads.js'
import { Icon, IconButton } from './bits.js'
import { Dialog } from './dialog.js'

/** @param {{ files: readonly Attachment[] | undefined, conversation: string }} props */
export function Files({ files, conversation }) {
  const t = words.value
  const [shown, setShown] = useState(/** @type {Attachment | null} */ (null))
  if (!files?.length) return null
  const address = (/** @type {Attachment} */ { id }) => `/api/v1/conversations/${conversation}/attachments/${id}`
  return html`<ul class="files" aria-label=${t.files}>
      ${files.map((file) => {
        const { id, name, size } = file
        if (!isImage(file)) {
          return html`<li key=${id}>
            <a class="file" href=${address(file)} target="_blank" rel="noopener">
              <${Icon} name="file" /><span class="file-name"><bdi>${name}</bdi></span>
              <span class="file-size">${sayBytes(size, language.value)}</span>
            </a>
          </li>`
        }
        const { width, height } = thumbSize(file)
        return html`<li key=${id}>
          <button type="button" class="file-picture" aria-label=${t.enlarge(name)} title=${name} onclick=${() => setShown(file)}>
            <img src=${address(file)} alt="" width=${width} height=${height} loading="lazy" decoding="async" draggable=${false} />
          </button>
        </li>`
      })}
    </ul>
    ${
      shown &&
      html`<${Dialog} title=${shown.name} onClose=${() => setShown(null)}>
        <figure class="lightbox">
          <img src=${address(shown)} alt=${shown.name} width=${shown.width} height=${shown.height} />
          <figcaption>
            <span>${shown.width} × ${shown.height} · ${sayBytes(shown.size, language.value)}</span>
            <a class="button quiet" href=${address(shown)} target="_blank" rel="noopener">${t.openInTab}</a>
            <a class="button quiet" href=${address(shown)} download=${shown.name}>${t.saveFile}</a>
          </figcaption>
        </figure>
      <//>`
    }`
}

/** The button that opens the file picker. @param {{ uploads: Uploads }} props */
export function PickFiles({ uploads }) {
  const t = words.value
  const input = useRef(/** @type {HTMLInputElement | null} */ (null))
  if (!fileRules.value) return null
  const picked = () => {
    if (!input.current?.files) return
    uploads.add(input.current.files)
    // the same file may be picked again
    input.current.value = ''
  }
  return html`<input ref=${input} type="file" multiple hidden accept=${accepted} onchange=${picked} data-files />
    <${IconButton} icon="clip" label=${t.attach} class="attach" onclick=${() => input.current?.click()} />`
}

/** What is about to be sent. @param {{ uploads: Uploads }} props */
export function DraftFiles({ uploads }) {
  const t = words.value
  const drafts = uploads.drafts.value
  const most = fileRules.value?.per_message ?? drafts.length
  const tooMany = uploads.leftOut.value > 0 || drafts.length > most
  if (drafts.length === 0 && !tooMany) return null
  return html`<div class="draft-files">
    <ul aria-label=${t.filesToSend}>${drafts.map((draft) => html`<${DraftFile} key=${draft.key} draft=${draft} uploads=${uploads} />`)}</ul>
    ${tooMany && html`<p class="draft-files-note" role="alert">${t.tooManyFiles(most)}</p>`}
  </div>`
}

/** @param {{ draft: Draft, uploads: Uploads }} props */
function DraftFile({ draft, uploads }) {
  const t = words.value
  const { key, name, size, preview, share, attachment, code } = draft
  const percent = Math.round(share * 100)
  const state = code ? 'failed' : attachment ? 'ready' : 'going'
  return html`<li class=${`draft-file draft-file-${state}`}>
    ${preview ? html`<img src=${preview} alt="" width="32" height="32" />` : html`<span class="draft-file-icon"><${Icon} name="file" /></span>`}
    <div class="draft-file-words">
      <span class="file-name"><bdi>${name}</bdi></span>
      ${
        code
          ? html`<span class="draft-file-why" role="alert">${t.fileErrors[code] ?? t.errors[code] ?? t.fileErrors.other}</span>`
          : attachment
            ? html`<span class="file-size">${sayBytes(size, language.value)}</span>`
            : html`<progress max="100" value=${percent} aria-label=${t.uploading(name)}>${percent} %</progress>`
      }
    </div>
    ${
      code &&
      !['too_large', 'file_type', 'file_broken'].includes(code) &&
      html`<button type="button" class="link-button" onclick=${() => uploads.retry(key)}>${t.retry}</button>`
    }
    <${IconButton} icon="close" label=${attachment || code ? t.takeOut(name) : t.cancelUpload(name)} class="draft-file-out" onclick=${() => uploads.remove(key)} />
  </li>`
}
