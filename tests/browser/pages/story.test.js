// The whole story, in Chromium and in both languages: a customer asks, the bot answers, asks back and admits what it
// does not know; a person is wanted; agents see who waits, one claims, both chat; the server restarts in between.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, Customer, launch, limit, openWindow, picture, Server, ada } from './desk.js'

const bo = { name: 'Bo', email: 'bo@shop.example', password: 'staple correct horse' }

/** What is said in each language; answers are recognised by a word of theirs. */
const script = {
  en: {
    locale: 'en-GB',
    known: 'Where is my parcel?',
    answer: /track/i,
    vague: 'gift',
    unknown: 'who won the chess championship in 1972',
    human: 'I want a person',
    hello: 'Hello, this is Ada. How can I help?',
    more: 'My order is 4711 and it never came',
    outage: 'Are you still there?',
    note: 'Please look up order 4711',
    done: 'It is on its way again. All good?',
    comment: 'Quick and friendly',
    tab: 'Take your time, I can wait a little',
  },
  zh: {
    locale: 'zh-CN',
    known: '我的包裹到哪里了？',
    answer: /物流/,
    vague: '礼物怎么弄',
    unknown: '恐龙为何灭绝',
    human: '转人工',
    hello: '您好，我是 Ada，请问有什么可以帮您？',
    more: '我的订单 4711 一直没有收到',
    outage: '您还在吗？',
    note: '请查一下订单 4711',
    done: '已经重新发货了，还有别的问题吗？',
    comment: '回复很快',
    tab: '不着急，我可以等一会儿',
  },
}

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

test('the first admin is made from the printed link, and adds a colleague', limit, async () => {
  const { page, context, mistakes } = await openWindow(browser, { locale: 'en-GB' })
  const admin = new Agent(page, 'en', server.url)
  await admin.setUp(server.setup, ada)
  await assertAccessible(page, 'the empty console')
  const added = await page.request.post(`${server.url}/api/v1/agents`, { data: { ...bo, role: 'agent' } })
  assert.equal(added.status(), 201)
  const spent = await openWindow(browser, { locale: 'en-GB' })
  await spent.page.goto(server.setup)
  await spent.page
    .getByText(admin.words.alreadySetUp)
    .or(spent.page.getByText(admin.words.linkSpentTitle))
    .or(spent.page.getByText(admin.words.signInTitle))
    .first()
    .waitFor()
  assert.deepEqual(mistakes, [])
  await context.close()
  await spent.context.close()
})

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`a customer asks, the bot answers, an agent takes over (${language})`, limit, async () => {
    const lines = script[language]
    const shop = await openWindow(browser, { locale: lines.locale })
    const customer = await new Customer(shop.page, language, server.url).visit()
    await assertAccessible(shop.page, 'the demo shop')
    await customer.openChat()
    const widget = customer.words

    // the bot answers, asks back, and says what it does not know
    await customer.say(lines.known)
    assert.match(await customer.answer(), lines.answer)
    await customer.say(lines.vague)
    await customer.answer()
    const choices = customer.open.locator('.choices').last().getByRole('button')
    await choices.nth(2).waitFor() // an answer may have a button too
    const count = await choices.count()
    assert.ok(count >= 3 && count <= 4, `two or three questions and "none of these": ${count}`)
    await picture(shop.page, `${language}-1-asked-back`)
    const picked = await choices.first().innerText()
    await choices.first().click()
    await customer.sees(picked, 'own')
    await customer.answer()
    await customer.say(lines.unknown)
    await customer.answer()
    const offer = customer.open.locator('.choices').last().getByRole('button')
    await offer.first().waitFor()
    assert.equal(await offer.count(), 1, 'a person is offered')
    await assertAccessible(customer.open, 'the chat')

    // a person is wanted: the place in the queue survives a reload, a second tab and a restart
    await customer.say(lines.human)
    const queue = () => customer.open.locator('#queue')
    await queue().getByText(widget.queuePlace(1, 1)).waitFor()
    await customer.answer()
    await picture(shop.page, `${language}-2-waiting`)
    const before = await customer.said()
    await shop.page.reload()
    await shop.page.waitForFunction('window.frontdesk')
    await customer.openChat()
    await customer.sees(lines.human, 'own')
    assert.deepEqual(await customer.said(), before, 'the same after a reload')
    const tab = await new Customer(await shop.context.newPage(), language, server.url).visit()
    await tab.openChat()
    await tab.sees(lines.human, 'own')
    assert.deepEqual(await tab.said(), before, 'the same in a second tab')
    await tab.say(lines.tab)
    await customer.sees(lines.tab, 'own')
    const both = await tab.said()
    assert.deepEqual(await customer.said(), both, 'what is said in one tab is in the other')
    assert.equal(both.length, before.length + 1, 'once')
    await tab.page.close()
    await server.stop('SIGTERM')
    await customer.open.locator('#connection:not([hidden])').waitFor()
    await server.start()
    await customer.open.locator('#connection').waitFor({ state: 'hidden' })
    await queue().getByText(widget.queuePlace(1, 1)).waitFor()
    assert.deepEqual(await customer.said(), both, 'the same after a restart')

    // two agents see who waits and why; both click, one gets it, the other is told
    const desks = await Promise.all([openWindow(browser, { locale: lines.locale }), openWindow(browser, { locale: lines.locale })])
    const agents = desks.map(({ page }) => new Agent(page, language, server.url))
    const [a, b] = agents
    assert.ok(a && b)
    await a.signIn(ada)
    await b.signIn(bo)
    await a.waiting().waitFor()
    await b.waiting().waitFor()
    assert.match(await a.waiting().innerText(), new RegExp(a.words.claim))
    await picture(a.page, `${language}-3-who-waits`)
    const press = (/** @type {HTMLElement} */ button) => button.click()
    await Promise.all(agents.map((agent) => agent.waiting().locator('.card-claim').evaluate(press)))
    await Promise.any(agents.map((agent) => agent.page.waitForSelector('#reply')))
    const mine = (await a.page.locator('#reply').count()) > 0 ? a : b
    const other = mine === a ? b : a
    const winner = mine === a ? ada.name : bo.name
    await other.page.getByText(winner).first().waitFor()
    assert.equal(await other.page.locator('#reply').count(), 0, 'only one may write')
    await customer.open.getByText(widget.claimed(winner)).waitFor()

    // they chat; each sees the other typing
    for (const text of [lines.known, lines.vague, lines.unknown, lines.human]) await mine.sees(text)
    await mine.page.locator('#reply').pressSequentially(lines.hello.slice(0, 4))
    await customer.open.locator('.typing:not([hidden])').waitFor()
    await mine.reply(lines.hello)
    await customer.sees(lines.hello, 'agent')
    await customer.open.locator('#words').pressSequentially(lines.more.slice(0, 4))
    await mine.page.locator('.bubble.dots, .card-typing').first().waitFor()
    await customer.say(lines.more)
    await mine.sees(lines.more)
    await picture(mine.page, `${language}-4-chat-agent`)
    await picture(shop.page, `${language}-5-chat-customer`)
    await assertAccessible(mine.page, 'the console with a conversation')

    // the server is killed in the middle; what both wrote meanwhile arrives once
    await server.stop('SIGKILL')
    await customer.open.fill('#words', lines.outage)
    await customer.open.press('#words', 'Enter')
    await server.start()
    await mine.sees(lines.outage)
    await customer.open.locator('#connection').waitFor({ state: 'hidden' })
    const heard = (await customer.said()).filter((text) => text.includes(lines.outage))
    assert.equal(heard.length, 1, 'a message that was sent during an outage is there once')

    // back into the queue with a note, and taken by the colleague
    await mine.page.getByRole('button', { name: mine.words.release }).click()
    await mine.page.locator('dialog textarea').fill(lines.note)
    await mine.page.locator('dialog .primary').click()
    await queue().getByText(widget.queuePlace(1, 1)).waitFor()
    await other.waiting().waitFor()
    await other.claimFirst()
    await other.sees(lines.note)
    const visible = (await customer.said()).join('\n')
    assert.ok(!visible.includes(lines.note), 'customers do not see the note')
    await other.reply(lines.done)
    await customer.sees(lines.done, 'agent')

    // resolved, and rated
    await other.page.locator('.thread-head').getByRole('button', { name: other.words.resolve }).click()
    await customer.open.locator('.rate-face').nth(4).click()
    await customer.open.getByLabel(widget.comment).fill(lines.comment)
    await customer.open.getByRole('button', { name: widget.rate }).click()
    await customer.open.getByText(widget.thanks).first().waitFor()
    const rated = other.page.getByRole('log').locator('.rated')
    await rated.getByText(lines.comment).waitFor()
    await rated.getByRole('img', { name: other.words.stars(5) }).waitFor()
    assert.equal(await other.page.locator('.card', { hasText: other.words.claim }).count(), 0, 'nobody waits any more')
    await picture(other.page, `${language}-6-rated`)

    assert.deepEqual([...shop.mistakes, ...desks.flatMap((desk) => desk.mistakes)], [])
    for (const { context } of [shop, ...desks]) await context.close()
  })
}
