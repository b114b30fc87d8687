// When somebody is not there, in Chromium and in both languages: the desk is closed and a customer leaves a message, and an agent
// whose line was gone writes too late. Nothing that was written is lost, and each is told.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Agent, assertAccessible, assertFits, Customer, inLanguage, launch, limit, openDesk, openWindow, picture, Server } from './desk.js'

const people = {
  ada: { name: 'Ada', email: 'ada@shop.example', password: 'correct horse battery' },
  bo: { name: 'Bo', email: 'bo@shop.example', password: 'staple correct horse' },
}

const server = new Server({ FRONTDESK_HANDOFF_LAPSE_SECONDS: '1', FRONTDESK_HANDOFF_GIVE_BACK_SECONDS: '1' })
/** @type {import('playwright-core').Browser} */
let browser
/** @type {Agent} */
let admin

before(async () => {
  await server.start()
  browser = await launch()
  const { page } = await openWindow(browser, inLanguage('en'))
  admin = new Agent(page, 'en', server.url)
  await admin.setUp(server.setup, people.ada)
  await admin.be('busy')
  const added = await admin.ask('POST', 'agents', { ...people.bo, role: 'agent' })
  assert.equal(added.status, 201)
}, limit)

after(async () => {
  await browser?.close()
  await server.remove()
})

/** @param {object} rules */
async function setRules(rules) {
  const { status, body } = await admin.ask('PUT', 'routing', rules)
  assert.equal(status, 200, JSON.stringify(body))
}

/** Three days from now by the desk's clock, which is closed until then. */
function closedUntilThen() {
  const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
  const then = (new Date().getUTCDay() + 3) % 7
  const names = { en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'], zh: '日一二三四五六' }
  return {
    hours: { time_zone: 'UTC', [days[then] ?? '']: ['09:30-17:00'] },
    opens: { en: `${names.en[then]}, 09:30`, zh: `周${names.zh[then]}09:30` },
  }
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  const message = language === 'zh' ? '订单 LX-778130 少了一个灯泡，请补发' : 'Order LX-778130 came without its bulb, please send one'

  test(`a message is left while the desk is closed, and found when it opens (${language})`, limit, async () => {
    const { hours, opens } = closedUntilThen()
    await setRules({ hours })
    const shop = await openWindow(browser, inLanguage(language))
    const customer = await new Customer(shop.page, language, server.url).visit()
    await customer.openChat()
    await customer.say(language === 'zh' ? '转人工' : 'I want a person')
    await customer.sees(opens[language], 'bot')
    await customer.open.locator('#queue .queue-place').waitFor()
    await customer.say(message)
    await assertAccessible(customer.open, 'the chat of a closed desk')
    await picture(shop.page, `hours-${language}-1-closed`)

    // whoever leaves and comes back has said it, and stands where they stood
    await customer.visit()
    await customer.openChat()
    await customer.sees(message, 'own')
    await customer.sees(opens[language], 'bot')
    const place = customer.open.locator('#queue .queue-place', { hasText: customer.words.queuePlace(1, 1) })
    await place.waitFor()
    const asked = (await customer.said()).filter((words) => words.includes(message))
    assert.equal(asked.length, 1, 'the message is there once')

    // the desk opens: who comes to it is offered the customer, with what they left
    await setRules({})
    const desk = await openDesk(browser, language, server.url)
    const { agent, page } = desk
    await agent.signIn(people.bo)
    await agent.offer().locator('.offer-words', { hasText: message }).waitFor()
    await picture(page, `hours-${language}-2-offer`)
    await agent.accept()
    await agent.sees(message)
    await customer.open.getByText(customer.words.claimed(people.bo.name)).waitFor()
    const answer = language === 'zh' ? '灯泡今天寄出' : 'The bulb leaves today'
    await agent.reply(answer)
    await customer.sees(answer, 'agent')
    await page.locator('.thread-head').getByRole('button', { name: agent.words.resolve }).click()
    await customer.open.getByText(customer.words.resolved(people.bo.name)).waitFor()
    assert.deepEqual([shop.mistakes, desk.mistakes], [[], []])
    await shop.context.close()
    await desk.context.close()
  })

  test(`what an agent writes under a claim that has lapsed is refused where they see it, and kept (${language})`, limit, async () => {
    const first = await openDesk(browser, language, server.url)
    const { agent, page } = first
    const t = agent.words
    await agent.signIn(people.bo)
    const shop = await openWindow(browser, inLanguage(language))
    const customer = await new Customer(shop.page, language, server.url).visit()
    await customer.openChat()
    await customer.wantsPerson(language === 'zh' ? '怎么退货' : 'can I return something?')
    await agent.accept()
    await customer.open.getByText(customer.words.claimed(people.bo.name)).waitFor()

    // the line is gone while they write; the customer waits again
    await first.cut()
    const late = language === 'zh' ? '我刚才查到了您的订单' : 'I have just found your order'
    await page.fill('#reply', late)
    await page.press('#reply', 'Enter')
    await page.locator('.row-pending', { hasText: late }).waitFor()
    await customer.open.getByText(customer.words.lapsed(people.bo.name)).waitFor()

    // the same agent takes them again, at another machine: that is another claim
    const second = await openDesk(browser, language, server.url)
    await second.agent.signIn(people.bo)
    await second.agent.accept()
    await second.agent.reply(language === 'zh' ? '我回来了' : 'I am back')

    // the first machine is there again, and its words come too late: said so, at the words, which stay
    await first.mend()
    const failed = page.locator('.row-failed', { hasText: late })
    await failed.getByText(t.errors.lapsed ?? '').waitFor()
    await agent.sees(t.youLapsed)
    await assertAccessible(page, 'words that came too late')
    await assertFits(page, 'words that came too late')
    await picture(page, `hours-${language}-3-lapsed`)
    assert.ok(!(await customer.said()).join().includes(late), 'the customer has not read them')
    await page.reload()
    await failed.getByText(t.errors.lapsed ?? '').waitFor()

    // sent on purpose, under the claim that holds, they arrive once
    await failed.getByRole('button', { name: t.retry }).click()
    await customer.sees(late, 'agent')
    await failed.waitFor({ state: 'detached' })
    assert.equal((await customer.said()).filter((words) => words.includes(late)).length, 1)
    await page.locator('.thread-head').getByRole('button', { name: t.resolve }).click()
    await customer.open.getByText(customer.words.resolved(people.bo.name)).waitFor()
    assert.deepEqual(
      [shop, first, second].map(({ mistakes }) => mistakes),
      [[], [], []],
    )
    for (const { context } of [shop, first, second]) await context.close()
  })
}
