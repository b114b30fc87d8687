/** What is shipped: the tag that sites paste stays small and alone, and no page makes markup out of text. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('../../../static/', import.meta.url))
const budget = 3_000

test('embed.js is at most 3 kB, compressed, and needs no other file', () => {
  const source = readFileSync(join(root, 'embed.js'))
  const size = gzipSync(source, { level: 9 }).length
  assert.ok(size <= budget, `${size} bytes`)
  assert.doesNotMatch(source.toString(), /\bimport\b|\bexport\b/)
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
