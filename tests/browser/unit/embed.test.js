/** What is shipped: the tag that sites paste stays alone, and no page makes markup out of text. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../static/', import.meta.url))

test('embed.js is alone', () => {
  assert.doesNotMatch(readFileSync(join(root, 'embed.js'), 'utf8'), /\bimport\b|\bexport\b/)
})

test('text never becomes markup: nothing of ours writes HTML or runs strings', () => {
  const own = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(js|html)$/.test(name) && !name.startsWith('vendor'),
  )
  assert.ok(own.length > 50, `only ${own.length} files were found`)
  const forbidden =
    /innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|srcdoc|document\.write|createContextualFragment|DOMParser|\beval\(|new Function|\son\w+="/
  for (const name of own) assert.doesNotMatch(readFileSync(join(root, name), 'utf8'), forbidden, name)
})
