// A guest has to be light: what the tag and the first look into the chat really bring over the line, compressed, in
// both languages; that the console brings no more than it needs at once; and that what is left out on the way is no code.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { Agent, Customer, launch, limit, openWindow, Server } from './desk.js'

/** The most bytes of the tag, and of everything that opening the chat for the first time loads beside it. */
const tagBudget = 3_000
const openBudget = 25_000
/** The same of everything that the console loads until its list can be used. */
const consoleBudget = 95_000

const root = fileURLToPath(new URL('../../../static/', import.meta.url))
const server = new Server()
/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  await server.start()
  browser = await launch()
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`the tag and the first look into the chat are light (${language})`, limit, async () => {
    const { page, context, mistakes } = await openWindow(browser, { locale: language === 'zh' ? 'zh-CN' : 'en-GB' })
    /** @type {Map<string, Promise<number>>} */
    const loaded = new Map()
    context.on('requestfinished', (request) => {
      loaded.set(
        new URL(request.url()).pathname,
        request.sizes().then(({ responseBodySize }) => responseBodySize),
      )
    })
    const customer = await new Customer(page, language, server.url).visit()
    await page.waitForLoadState('networkidle')
    const tag = (await loaded.get('/embed.js')) ?? 0
    assert.ok(tag > 0 && tag <= tagBudget, `embed.js has ${tag} bytes`)
    assert.ok(![...loaded.keys()].some((path) => path.includes('/widget/')), 'nothing of the chat is loaded before it is opened')

    loaded.clear()
    await customer.openChat()
    await customer.open.locator('#log[aria-busy="false"]').waitFor()
    await page.waitForLoadState('networkidle')
    const files = await Promise.all([...loaded].map(async ([path, size]) => /** @type {const} */ ([path, await size])))
    assert.ok(files.length > 10, `only ${files.length} files were seen`)
    const sum = files.reduce((total, [, size]) => total + size, 0)
    assert.ok(sum <= openBudget, `${sum} bytes:\n${files.map((file) => file.join(' ')).join('\n')}`)
    assert.deepEqual(mistakes, [])
    await context.close()
  })
}

test('the console is light, and loads everything at once that it needs at once', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'en-GB' })
  // What is fetched while nothing else goes on is not needed yet.
  await page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 }))
  await new Agent(page, 'en', server.url).setUp(server.setup, { name: 'Ada', email: 'ada@shop.example', password: 'correct horse battery' })
  /** @type {Map<string, Promise<number>>} */
  const loaded = new Map()
  context.on('requestfinished', (request) => {
    const { pathname } = new URL(request.url())
    if (/^\/(w\/|console)/.test(pathname))
      loaded.set(
        pathname,
        request.sizes().then(({ responseBodySize }) => responseBodySize),
      )
  })
  await page.reload()
  await page.locator('.list').waitFor()
  await page.waitForLoadState('networkidle')
  const files = await Promise.all([...loaded].map(async ([path, size]) => /** @type {const} */ ([path, await size])))
  assert.ok(files.length > 50, `only ${files.length} files were seen`)
  const sum = files.reduce((total, [, size]) => total + size, 0)
  assert.ok(sum <= consoleBudget, `${sum} bytes:\n${files.map((file) => file.join(' ')).join('\n')}`)

  // Every module is named by the page: none is found only when another has come.
  const named = await page.evaluate(() =>
    [...document.querySelectorAll('link[rel=modulepreload]')].map((link) => new URL(/** @type {HTMLLinkElement} */ (link).href).pathname),
  )
  const begun = ['console/main.js', 'console/first.js', 'console/strings/en.js', 'console/strings.js', 'console/state/kept.js']
  assert.deepEqual(
    [...loaded.keys()].filter((path) => path.endsWith('.js') && !named.includes(path) && !begun.some((end) => path.endsWith(end))),
    [],
  )
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('what goes over the line is the same code as in the folder', limit, async () => {
  const [, base] = /<base href="([^"]+)widget\/"/.exec(await (await fetch(`${server.url}/widget/`)).text()) ?? []
  const modules = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.js$/.test(name) && !/^vendor/.test(name))
  assert.ok(modules.length > 100, `only ${modules.length} modules were found`)
  const printer = ts.createPrinter({ removeComments: true })
  const code = (/** @type {string} */ text) => {
    const file = ts.createSourceFile('m.js', text, ts.ScriptTarget.Latest)
    // Line breaks and indentation inside templates mean nothing to htm and to style sheets.
    return printer.printFile(file).replace(/\s+/g, ' ')
  }
  for (const name of modules) {
    const sent = await (await fetch(name === 'embed.js' ? `${server.url}/embed.js` : `${server.url}${base}${name}`)).text()
    const source = readFileSync(`${root}${name}`, 'utf8')
    assert.equal(code(sent), code(source), name)
    assert.ok(sent.length < source.length, `${name} has lost its comments`)
  }
})
