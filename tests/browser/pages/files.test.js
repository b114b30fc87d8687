// Files both ways, in both languages: a customer picks a photo and drops a receipt, the bot keeps them for people; an
// agent sees them, enlarges one, and sends back what was pasted and picked. What cannot be sent says so at its place.

import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { after, before, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { Agent, assertAccessible, assertFits, Customer, inLanguage, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const script = {
  en: { photo: 'broken lamp.png', receipt: 'receipt №7.pdf', words: 'see what arrived', reply: 'Thank you. Here is the label.' },
  zh: { photo: '破损的台灯.png', receipt: '收据 7.pdf', words: '您看收到的样子', reply: '谢谢，这是退货标签。' },
}
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF')

/** A photo of a kind: a lamp on a table, as far as colours go. @param {number} width @param {number} height */
function png(width, height) {
  const rows = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (width * 3 + 1) + 1 + x * 3
      const isLamp = Math.hypot(x - width / 2, y - height / 2) < height / 4
      rows.set(isLamp ? [250, 214, 120] : y > height * 0.7 ? [122, 92, 70] : [96 + (x * 60) / width, 128, 140 + (y * 50) / height], at)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const chunks = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks])
}

/** @param {string} name @param {Buffer} data */
function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(data.length, 0)
  body.copy(whole, 4)
  let crc = 0xffffffff
  for (const byte of body) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  whole.writeUInt32BE((crc ^ 0xffffffff) >>> 0, whole.length - 4)
  return whole
}

/**
 * Drops or pastes a file as a browser would.
 * @param {import('playwright-core').Locator} at
 * @param {'drop' | 'paste'} how
 * @param {{ name: string, type: string, bytes: Buffer }} file
 */
async function give(at, how, { name, type, bytes }) {
  await at.evaluate(
    (element, [kind, named, media, base64]) => {
      const data = new DataTransfer()
      const content = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
      data.items.add(new File([content], named, { type: media }))
      const options = { bubbles: true, cancelable: true }
      if (kind === 'paste') return element.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }))
      element.dispatchEvent(new DragEvent('dragover', { ...options, dataTransfer: data }))
      return element.dispatchEvent(new DragEvent('drop', { ...options, dataTransfer: data }))
    },
    /** @type {const} */ ([how, name, type, bytes.toString('base64')]),
  )
}

const server = new Server({ FRONTDESK_ATTACHMENTS_PER_MESSAGE: '3' })
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
  test(`a customer and an agent send each other files (${language})`, limit, async () => {
    const said = script[language]
    const shop = await openWindow(browser, inLanguage(language))
    const customer = await new Customer(shop.page, language, server.url).visit()
    await customer.openChat()
    const t = customer.words.files
    const chat = customer.open
    await chat.getByRole('button', { name: t.attach }).waitFor()

    // what is no picture, document or text is told at its place, and can be taken out
    const input = chat.locator('input[type=file]')
    await input.setInputFiles({ name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<!doctype html><script>1</script>') })
    await chat.getByText(t.errors.file_type ?? '').waitFor()
    assert.ok(await chat.locator('#send').isDisabled(), 'what is not up cannot be sent')
    await chat.getByRole('button', { name: t.remove('page.png') }).click()
    await input.setInputFiles({ name: 'huge.txt', mimeType: 'text/plain', buffer: Buffer.alloc(10_485_761, 'a') })
    await chat.getByText(t.errors.too_large ?? '').waitFor()
    await chat.getByRole('button', { name: t.remove('huge.txt') }).click()
    assert.ok(await chat.locator('.drafts').isHidden())

    // one is picked, one is dropped; Enter sends both with the words
    await input.setInputFiles({ name: said.photo, mimeType: 'image/png', buffer: png(640, 480) })
    await give(chat.locator('#app'), 'drop', { name: said.receipt, type: 'application/pdf', bytes: pdf })
    await chat.locator('.draft-file-ready').nth(1).waitFor()
    await chat.fill('#words', said.words)
    await assertAccessible(chat, 'files that are about to be sent')
    await picture(shop.page, `files-widget-draft-${language}`)
    await chat.press('#words', 'Enter')
    const row = chat.locator('.row-own', { hasText: said.words })
    await row.locator('.file-picture img[src^="blob:"]').waitFor()
    await row.getByText(said.receipt).waitFor()
    await chat.locator('.row-bot', { hasText: language === 'zh' ? '文件已收到' : 'your file' }).waitFor()
    const shown = await row.locator('.file-picture img').evaluate((image) => [image.clientWidth, image.clientHeight])
    assert.deepEqual(shown, [240, 180], 'as large as was known before')
    await picture(shop.page, `files-widget-${language}`)

    // a picture is enlarged, and Escape closes it, not the chat
    await row.locator('.file-picture').click()
    await chat.locator('dialog.lightbox img').waitFor()
    await picture(shop.page, `files-widget-large-${language}`)
    await shop.page.keyboard.press('Escape')
    await chat.locator('dialog.lightbox').waitFor({ state: 'detached' })
    assert.ok(await chat.locator('#app').isVisible())

    // a file alone goes too, and after a reload everything is there
    await input.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') })
    await chat.locator('.draft-file-ready').waitFor()
    await chat.locator('#send').click()
    await chat.locator('.row-own .file', { hasText: 'notes.txt' }).waitFor()
    await customer.say(language === 'zh' ? '转人工' : 'I want a person')
    await chat.locator('#queue .queue-place').waitFor()
    await shop.page.reload()
    await shop.page.waitForFunction('window.frontdesk')
    const again = (await customer.frame().catch(() => null)) ?? (await customer.openChat())
    if (await again.locator('#app').isHidden()) await customer.openChat()
    await again.locator('.row-own .file-picture img[src^="blob:"]').waitFor()

    // the agent sees them
    const desk = await openWindow(browser, inLanguage(language))
    const agent = new Agent(desk.page, language, server.url)
    if (language === 'en') await agent.setUp(server.setup, ada)
    else await agent.signIn(ada)
    const c = agent.words
    await agent.claimFirst()
    const log = desk.page.getByRole('log')
    const photo = log.getByRole('button', { name: c.enlarge(said.photo) })
    await photo.waitFor()
    await photo.locator('img').evaluate((image) => (image instanceof HTMLImageElement ? image.decode() : undefined))
    await log.getByRole('link', { name: said.receipt }).waitFor()
    await photo.click()
    await desk.page.getByRole('link', { name: c.openInTab }).waitFor()
    await desk.page.locator('.lightbox img').evaluate((image) => (image instanceof HTMLImageElement ? image.decode() : undefined))
    await assertAccessible(desk.page, 'a picture, enlarged')
    await picture(desk.page, `files-console-large-${language}`)
    await desk.page.keyboard.press('Escape')

    // one is pasted, one is picked, one too many is left out with a word
    await give(desk.page.locator('#reply'), 'paste', { name: 'label.png', type: 'image/png', bytes: png(300, 500) })
    await desk.page.locator('.draft-file-ready').waitFor()
    const many = ['a.txt', 'b.txt', 'c.txt'].map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) }))
    await desk.page.locator('input[data-files]').setInputFiles(many)
    await desk.page.getByText(c.tooManyFiles(3)).waitFor()
    await desk.page.locator('.draft-file-ready').nth(2).waitFor()
    await desk.page.getByRole('button', { name: c.takeOut('b.txt') }).click()
    await desk.page.fill('#reply', said.reply)
    await assertAccessible(desk.page, 'files of an agent')
    await picture(desk.page, `files-console-draft-${language}`)
    await desk.page.press('#reply', 'Enter')
    await agent.sees(said.reply)
    await log.getByRole('button', { name: c.enlarge('label.png') }).waitFor()
    assert.equal(await desk.page.locator('.draft-file').count(), 0)

    // and the customer gets them
    const answer = again.locator('.row-agent', { hasText: said.reply })
    await answer.locator('.file-picture img[src^="blob:"]').waitFor()
    await answer.getByText('a.txt').waitFor()
    const [download] = await Promise.all([shop.page.waitForEvent('download'), answer.getByText('a.txt').click()])
    assert.equal(download.suggestedFilename(), 'a.txt')
    await assertAccessible(again, 'files in the chat')
    await picture(shop.page, `files-widget-answer-${language}`)
    await desk.page
      .locator('.row-own .file-picture img')
      .evaluate((image) => (image instanceof HTMLImageElement ? image.decode() : undefined))
    await picture(desk.page, `files-console-${language}`)
    await desk.page.setViewportSize({ width: 390, height: 844 })
    await assertFits(desk.page, 'files on a phone')
    await picture(desk.page, `files-console-narrow-${language}`)

    await desk.page.setViewportSize({ width: 1280, height: 860 })
    await desk.page.getByRole('button', { name: c.resolve }).click()
    assert.deepEqual([...shop.mistakes, ...desk.mistakes], [])
    await shop.context.close()
    await desk.context.close()
  })
}

test('an upload that fails is kept, and goes again when the network is back', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, inLanguage('en'))
  const customer = await new Customer(page, 'en', server.url).visit()
  await customer.openChat()
  const t = customer.words.files
  const chat = customer.open
  await chat.getByRole('button', { name: t.attach }).waitFor()
  let isDown = true
  await page.route('**/attachments?name=*', (route) => (isDown ? route.abort() : route.continue()))
  const file = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('kept') }
  await chat.locator('input[type=file]').setInputFiles(file)
  await chat.getByText(t.errors.offline ?? '').waitFor()
  await chat.getByRole('button', { name: t.retry }).click()
  await chat.getByText(t.errors.offline ?? '').waitFor()
  isDown = false
  await chat.evaluate(() => dispatchEvent(new Event('online')))
  await chat.locator('.draft-file-ready').waitFor()
  await chat.locator('#send').click()
  await chat.locator('.row-own .file', { hasText: 'notes.txt' }).waitFor()
  assert.deepEqual(mistakes, [])
  await context.close()
})

test('a chat where files are turned off has no button for them', limit, async () => {
  const without = await new Server({ FRONTDESK_ATTACHMENTS_ENABLED: 'false' }).start()
  try {
    const { page, context } = await openWindow(browser, inLanguage('en'))
    const customer = await new Customer(page, 'en', without.url).visit()
    await customer.openChat()
    await customer.say('Where is my parcel?')
    await customer.answer()
    // the button would have come by now
    await page.waitForTimeout(2_500)
    assert.equal(await customer.open.getByRole('button', { name: customer.words.files.attach }).count(), 0)
    await context.close()
  } finally {
    await without.remove()
  }
})
