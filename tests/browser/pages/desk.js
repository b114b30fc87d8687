// What the walks through the pages share: a server of their own, Chromium, and one method for each thing that a
// customer or an agent does. The words are taken from the pages' own strings, so that a test reads any language.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { en as consoleEn } from '../../../static/console/strings/en.js'
import { en as consoleLaterEn } from '../../../static/console/strings/later.en.js'
import { zh as consoleLaterZh } from '../../../static/console/strings/later.zh.js'
import { zh as consoleZh } from '../../../static/console/strings/zh.js'
import { en as laterEn } from '../../../static/widget/strings/later.en.js'
import { zh as laterZh } from '../../../static/widget/strings/later.zh.js'
import { en as widgetEn } from '../../../static/widget/strings/en.js'
import { zh as widgetZh } from '../../../static/widget/strings/zh.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const out = fileURLToPath(new URL('../out/', import.meta.url))
const axeSource = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const binary = process.env.FRONTDESK_BIN ?? join(root, 'target/debug/frontdesk')
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** How long one thing may take before a test fails, and how long a whole test. */
const patience = 20_000
export const limit = { timeout: 300_000 }

/** The words of the pages. */
export const words = {
  en: { widget: { ...widgetEn, ...laterEn }, console: { ...consoleEn, ...consoleLaterEn } },
  zh: { widget: { ...widgetZh, ...laterZh }, console: { ...consoleZh, ...consoleLaterZh } },
}

/** The server with its data and its port, which survive a restart. */
export class Server {
  /** @param {Record<string, string>} settings as environment variables */
  constructor(settings = {}) {
    this.settings = settings
    this.data = mkdtempSync(join(tmpdir(), 'frontdesk-'))
    /** Any that is free, at the first start. */
    this.port = 0
    this.setup = ''
  }

  get url() {
    return `http://127.0.0.1:${this.port}`
  }

  async start() {
    const server = spawn(binary, ['serve', '--listen', `127.0.0.1:${this.port}`, '--data', this.data], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FRONTDESK_LOG_LEVEL: 'warn', FRONTDESK_ENCODER_ENABLED: 'false', ...this.settings },
    })
    this.process = server
    const lines = createInterface({ input: server.stdout })
    /** @param {RegExp} pattern @returns {Promise<RegExpExecArray>} what it finds in the first line that has it */
    const printed = (pattern) =>
      new Promise((resolve, reject) => {
        lines.on('line', (line) => {
          const found = pattern.exec(line)
          if (found) resolve(found)
        })
        server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
      })
    const address = printed(/http:\S+:(\d+)\/api\/docs\//)
    const setup = printed(/http:\S+#setup=\S+/)
    setup.catch(() => {}) // there is none once there is an admin
    this.port = Number((await address)[1])
    const { needed } = await (await fetch(`${this.url}/api/v1/setup`)).json()
    if (needed) this.setup = (await setup)[0]
    return this
  }

  /** @param {NodeJS.Signals} signal */
  async stop(signal = 'SIGTERM') {
    if (!this.process || this.process.exitCode !== null) return
    const ended = once(this.process, 'exit')
    this.process.kill(signal)
    await ended
  }

  async remove() {
    await this.stop()
    rmSync(this.data, { recursive: true, force: true })
  }
}

/** Nothing that reaches outside, and nothing that a test machine may lack. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launch() {
  assert.ok(existsSync(binary), `${binary} is missing: build it first`)
  assert.ok(existsSync(browserPath), `${browserPath} is missing: install chromium`)
  mkdirSync(out, { recursive: true })
  return chromium.launch({ executablePath: browserPath, args: flags })
}

/** What a browser says while a server is away, which is no mistake of the page. */
const outage = /WebSocket connection|ERR_CONNECTION|Failed to load resource/
/** What it says besides when a line is cut under a page that is about to write. */
const cutLine = /^WebSocket is already in CLOSING or CLOSED state/

/** The first admin of most stories. */
export const ada = { name: 'Ada', email: 'ada@shop.example', password: 'correct horse battery' }

/** Starts a server of which Ada is the first admin, and gives the browser in which the story goes on. @param {Server} server */
export async function openShop(server) {
  await server.start()
  const browser = await launch()
  const { page, context } = await openWindow(browser)
  await new Agent(page, 'en', server.url).setUp(server.setup, ada)
  await context.close()
  return browser
}

/**
 * A window. What goes wrong in its pages is collected; a server that is away is no mistake of the page.
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} options
 * @param {boolean} holdsBack whether agents can take back for a moment what they send, as they usually can
 */
export async function openWindow(browser, options = {}, holdsBack = false) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(patience)
  // What is sent goes out at once, but where a story is about taking it back.
  await context.addInitScript((held) => {
    try {
      if (localStorage.getItem('frontdesk.console.undo_send') === null) localStorage.setItem('frontdesk.console.undo_send', String(held))
    } catch {
      // An empty page has no such place.
    }
  }, holdsBack)
  /** @type {string[]} */
  const mistakes = []
  context.on('weberror', (error) => mistakes.push(String(error.error().stack)))
  context.on('console', (message) => {
    if (message.type() === 'error' && !outage.test(message.text())) mistakes.push(message.text())
  })
  return { context, page: await context.newPage(), mistakes }
}

/**
 * A window at the console whose line to the server can be cut and mended.
 * @param {import('playwright-core').Browser} browser
 * @param {'en' | 'zh'} language
 * @param {string} url
 * @param {boolean} holdsBack as above
 */
export async function openDesk(browser, language, url, holdsBack = false) {
  const window = await openWindow(browser, inLanguage(language), holdsBack)
  const { context, page } = window
  /** @type {Set<() => Promise<void>>} */
  const lines = new Set()
  let isCut = false
  let wasCut = false
  await context.routeWebSocket(/\/ws\/v1\/agent/, (near) => {
    if (isCut) {
      near.close()
      return
    }
    const far = near.connectToServer()
    lines.add(async () => {
      await far.close()
      await near.close()
    })
  })
  return {
    context,
    page,
    agent: new Agent(page, language, url),
    /** Only where the line was cut may the page have written to one that had ended. */
    get mistakes() {
      return window.mistakes.filter((mistake) => !(wasCut && cutLine.test(mistake)))
    },
    async cut() {
      isCut = true
      wasCut = true
      for (const end of lines) await end()
      lines.clear()
    },
    /** A browser tells its pages that the network is back, and they try at once. */
    async mend() {
      isCut = false
      await page.evaluate(() => dispatchEvent(new Event('online')))
    },
  }
}

/** @param {'en' | 'zh'} language @returns {import('playwright-core').BrowserContextOptions} */
export const inLanguage = (language) => ({ locale: language === 'zh' ? 'zh-CN' : 'en-GB' })

/** @param {import('playwright-core').Page} page @param {string} name */
export async function picture(page, name) {
  await page.screenshot({ path: join(out, `${name}.png`) })
}

/**
 * No violation of what axe knows about accessibility.
 * @param {import('playwright-core').Page | import('playwright-core').Frame} page
 * @param {string} where
 */
export async function assertAccessible(page, where) {
  await page.evaluate(axeSource)
  const found = await page.evaluate(async () => {
    // @ts-expect-error: put there by the line above
    const { violations } = await window.axe.run(document)
    return violations.map((/** @type {any} */ v) => `${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(' ')).join(', ')}`)
  })
  assert.deepEqual(found, [], where)
}

/**
 * Nothing lies outside the window or the box it is in, left or right, unless it says so with an ellipsis; and nothing
 * has to be scrolled to the side.
 * @param {import('playwright-core').Page | import('playwright-core').Frame} page
 * @param {string} where
 */
export async function assertFits(page, where) {
  const outside = await page.evaluate(() => {
    const { clientWidth } = document.documentElement
    const all = [...document.querySelectorAll('body, body *')].filter((element) => !element.closest('.only-read, .skip, svg *'))
    const name = (/** @type {Element} */ element) => `${element.localName}.${element.getAttribute('class')}`
    const beyond = all.filter((element) => {
      const { left, right, width } = element.getBoundingClientRect()
      return width > 0 && (left < -0.5 || right > clientWidth + 0.5)
    })
    const cut = all.filter((element) => {
      const { overflowX, textOverflow } = getComputedStyle(element)
      return overflowX !== 'visible' && textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1
    })
    const wide = document.documentElement.scrollWidth > clientWidth ? ['the page is too wide'] : []
    return [...wide, ...beyond.map((element) => `${name(element)} is outside`), ...cut.map((element) => `${name(element)} is cut off`)]
  })
  assert.deepEqual(outside, [], where)
}

/** A customer in the demo shop. */
export class Customer {
  /**
   * @param {import('playwright-core').Page} page
   * @param {'en' | 'zh'} language
   * @param {string} url
   */
  constructor(page, language, url) {
    this.page = page
    this.language = language
    this.words = words[language].widget
    this.url = language === 'zh' ? `${url}/?lang=zh` : `${url}/`
  }

  async visit() {
    await this.page.goto(this.url)
    await this.page.waitForFunction('window.frontdesk')
    return this
  }

  /** Clicks the launcher, which no page can see into. */
  async openChat() {
    const { width, height } = this.page.viewportSize() ?? { width: 0, height: 0 }
    await this.page.mouse.click(width - 48, height - 48)
    return this.frame()
  }

  async frame() {
    const isChat = (/** @type {import('playwright-core').Frame} */ frame) => frame.url().endsWith('/widget/')
    const frame = this.page.frames().find(isChat) ?? (await this.page.waitForEvent('framenavigated', isChat))
    await frame.waitForSelector('#app:not([hidden])')
    this.chat = frame
    return frame
  }

  get open() {
    assert.ok(this.chat, 'the chat is not open')
    return this.chat
  }

  /** @param {string} text */
  async say(text) {
    await this.open.fill('#words', text)
    await this.open.press('#words', 'Enter')
    await this.sees(text, 'own')
  }

  /** @param {string} text @param {string} author */
  sees(text, author = '*') {
    const row = author === '*' ? '.row' : `.row-${author}`
    return this.open.locator(row, { hasText: text }).first().waitFor()
  }

  /** Waits for an answer of the bot below the last message, and gives its words. */
  async answer() {
    const last = this.open.locator('.row:not(.typing)').last()
    await this.open.waitForFunction(() => {
      const rows = [...document.querySelectorAll('.log .row:not(.typing)')]
      return rows.at(-1)?.classList.contains('row-bot')
    })
    return last.innerText()
  }

  /** Says what it is about, then asks for a person and gets a place. @param {string} matter */
  async wantsPerson(matter) {
    await this.say(matter)
    await this.answer()
    await this.say(this.language === 'zh' ? '转人工' : 'I want a person')
    await this.open.locator('#queue .queue-place').waitFor()
  }

  /** Everything that was said, in order, once all of it is there. */
  async said() {
    await this.open.locator('#log[aria-busy="false"]').waitFor()
    const bubbles = await this.open.locator('.row:not(.typing) .bubble').allInnerTexts()
    return bubbles.map((bubble) => bubble.trim())
  }
}

/** An agent at the console. */
export class Agent {
  /**
   * @param {import('playwright-core').Page} page
   * @param {'en' | 'zh'} language
   * @param {string} url
   */
  constructor(page, language, url) {
    this.page = page
    this.words = words[language].console
    this.url = url
  }

  /** @param {string} link @param {{ name: string, email: string, password: string }} who */
  async setUp(link, { name, email, password }) {
    await this.page.goto(link)
    await this.page.getByLabel(this.words.name, { exact: true }).fill(name)
    await this.page.getByLabel(this.words.email).fill(email)
    await this.page.getByLabel(this.words.password, { exact: true }).fill(password)
    await this.page.getByRole('button', { name: this.words.setupButton }).click()
    await this.page.waitForSelector('.list')
    assert.ok(!this.page.url().includes('setup='), 'the token stays in the address bar')
  }

  /** @param {{ email: string, password: string }} who */
  async signIn({ email, password }) {
    await this.page.goto(`${this.url}/console`)
    await this.page.getByLabel(this.words.email).fill(email)
    await this.page.getByLabel(this.words.password, { exact: true }).fill(password)
    await this.page.getByRole('button', { name: this.words.signInButton }).click()
    await this.page.waitForSelector('.list')
  }

  /**
   * Asks the server from within the page, as they: a browser also knows what to do when a connection that it kept has ended.
   * @param {'GET' | 'POST' | 'PUT' | 'PATCH'} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<{ status: number, body: any }>}
   */
  ask(method, path, body) {
    return this.page.evaluate(
      async ([how, where, what]) => {
        const headers = { 'Content-Type': 'application/json' }
        const answer = await fetch(where, what ? { method: how, headers, body: what } : { method: how })
        return { status: answer.status, body: await answer.json() }
      },
      /** @type {const} */ ([method, `/api/v1/${path}`, body && JSON.stringify(body)]),
    )
  }

  /** The first card of those who wait. */
  waiting() {
    return this.page.locator('.card:has(.card-claim)').first()
  }

  async claimFirst() {
    await this.waiting().locator('.card-claim').click()
    await this.page.waitForSelector('#reply')
  }

  /** What is offered to them. */
  offer() {
    return this.page.locator('.offer')
  }

  async accept() {
    await this.offer().getByRole('button', { name: this.words.accept }).click()
    await this.page.waitForSelector('#reply')
  }

  /** Chooses what one is, in the rail, with the keyboard. @param {'online' | 'busy' | 'away'} presence */
  async be(presence) {
    const { words: t, page } = this
    await page.locator('.presence-button').press('Enter')
    await page.locator('.presence-choice:focus').waitFor()
    await page.locator('.presence-choice', { hasText: t.presenceHints[presence] }).press('Enter')
    await page.getByRole('button', { name: t.presenceIs(t.presences[presence]) }).waitFor()
  }

  /** The conversation on the screen. */
  conversation() {
    return /#\/c\/([0-9a-f]{32})/.exec(this.page.url())?.[1] ?? ''
  }

  /** @param {string} text */
  async reply(text) {
    await this.page.fill('#reply', text)
    await this.page.press('#reply', 'Enter')
    await this.sees(text)
  }

  /** @param {string} text */
  sees(text) {
    return this.page.getByRole('log').getByText(text).first().waitFor()
  }
}
