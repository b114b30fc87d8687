/**
 * What the console loads before it can be used, from the files themselves: the page, its style sheets, every module
 * that is imported at once, and the words of one language, each as the server sends it: without comments and
 * indentation, compressed. `pages/budget.test.js` measures the same over the line.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import ts from 'typescript'

/** The most bytes until the list is there, and with a conversation beside it. */
const listBudget = 95_000
const conversationBudget = 120_000

const root = fileURLToPath(new URL('../../../static/', import.meta.url))

/** What is imported at once. @param {string} path @param {string} text */
function importsOf(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
  return file.statements.flatMap((statement) => {
    const from = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined
    return from && ts.isStringLiteral(from) ? [join(dirname(path), from.text)] : []
  })
}

/** What stays in the folder: comments and indentation. @param {string} text */
function slim(text) {
  return text
    .replace(/^\s*\/\*[\s\S]*?\*\/[ \t]*\n/gm, '')
    .replace(/^\s*\/\/.*\n/gm, '')
    .replace(/^\s+/gm, '')
}

/** The compressed size of files and of all that they import, by path. @param {string[]} entries */
function loadedWith(entries) {
  /** @type {Map<string, number>} */
  const sizes = new Map()
  const queue = [...entries]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (sizes.has(path)) continue
    const text = readFileSync(join(root, path), 'utf8')
    sizes.set(path, gzipSync(path.startsWith('vendor/') ? text : slim(text), { level: 9 }).length)
    if (path.endsWith('.js')) queue.push(...importsOf(path, text))
  }
  return sizes
}

/** @param {Map<string, number>} sizes */
const sum = (sizes) => [...sizes.values()].reduce((total, size) => total + size, 0)
/** @param {Map<string, number>} sizes */
const told = (sizes) => [...sizes].sort(([, a], [, b]) => b - a).map(([path, size]) => `\n${size} ${path}`)

const page = readFileSync(join(root, 'console/index.html'), 'utf8')
const named = [...page.matchAll(/(?:href|src)="([^"{]+)"/g)].map(([, path = '']) => join('console', path))

for (const language of ['en', 'zh']) {
  test(`the console is light before it can be used (${language})`, () => {
    const list = loadedWith(['console/index.html', ...named, `console/strings/${language}.js`])
    assert.ok(list.size > 50, `only ${list.size} files were found`)
    assert.ok(sum(list) <= listBudget, `${sum(list)} bytes:${told(list)}`)
    const conversation = loadedWith([...list.keys(), 'console/parts/thread.js'])
    assert.ok(conversation.size > list.size, 'a conversation comes after the list')
    assert.ok(sum(conversation) <= conversationBudget, `${sum(conversation)} bytes:${told(conversation)}`)
  })
}

test('pages and dialogs, their words and the other language wait until somebody wants them', () => {
  const list = [...loadedWith([...named, 'console/parts/thread.js']).keys()]
  for (const late of ['palette', 'help', 'sessions', 'second_factor', 'notifications', 'act_dialogs', 'transfer', 'people', 'routing']) {
    assert.ok(!list.includes(`console/parts/${late}.js`), late)
  }
  assert.deepEqual(
    list.filter((path) => path.startsWith('console/strings/')),
    [],
  )
})
