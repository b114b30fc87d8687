// Signing in with a real OpenID Connect provider, in Chromium and in both languages: who has an account comes in, who
// has none is told so, a cancelled sign-in comes back to where it began, and the password goes on working.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import Provider from 'oidc-provider'
import { Agent, assertAccessible, assertFits, launch, limit, openWindow, picture, Server } from './desk.js'

/** @type {import('playwright-core').Browser} */
let browser

before(async () => {
  browser = await launch()
}, limit)

after(() => browser?.close())

/** The provider with its people: whoever signs in there as `bo` has the address of `bo`. */
async function openProvider() {
  /** @type {import('node:http').RequestListener} */
  let answer = (_, response) => void response.writeHead(503).end('not yet')
  const http = createServer((request, response) => answer(request, response))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  assert.ok(address && typeof address === 'object')
  const issuer = `http://127.0.0.1:${address.port}`
  /** @param {string} url of the desk */
  const serve = (url) => {
    const provider = new Provider(issuer, {
      clients: [
        { client_id: 'frontdesk', client_secret: 'a secret of the client', redirect_uris: [`${url}/api/v1/session/oidc/callback`] },
      ],
      cookies: { keys: ['only for this test'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      pkce: { required: () => true },
      findAccount: (/** @type {unknown} */ _, /** @type {string} */ id) => ({
        accountId: id,
        claims: async () => ({ sub: id, email: `${id}@shop.example`, email_verified: id !== 'eve', name: id }),
      }),
    })
    answer = provider.callback()
  }
  return { issuer, serve, close: () => http.close() }
}

for (const language of /** @type {const} */ (['en', 'zh'])) {
  test(`signing in with a provider (${language})`, limit, async (story) => {
    const provider = await openProvider()
    story.after(() => provider.close())
    const server = new Server({
      FRONTDESK_OIDC_ISSUER: provider.issuer,
      FRONTDESK_OIDC_CLIENT_ID: 'frontdesk',
      FRONTDESK_OIDC_CLIENT_SECRET: 'a secret of the client',
      FRONTDESK_OIDC_LABEL: 'Acme ID',
      FRONTDESK_LIMITS_SIGN_IN_PER_MINUTE: '100',
    })
    await server.start()
    story.after(() => server.remove())
    const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
    const { page: adminPage } = await openWindow(browser, { locale })
    const admin = new Agent(adminPage, language, server.url)
    await admin.setUp(server.setup, { name: 'Ada', email: 'ada@shop.example', password: 'correct horse battery' })
    const bo = { name: 'Bo', email: 'bo@shop.example', password: 'staple correct horse' }
    const added = await adminPage.request.post(`${server.url}/api/v1/agents`, { data: { ...bo, role: 'agent' } })
    assert.equal(added.status(), 201)

    const t = admin.words
    const open = async () => {
      const window = await openWindow(browser, { locale })
      // the provider's own page asks for a font from elsewhere
      await window.context.route(
        (url) => url.hostname !== '127.0.0.1',
        (route) => route.abort(),
      )
      await window.page.goto(`${server.url}/console`)
      return window
    }
    const way = (/** @type {import('playwright-core').Page} */ page) => page.getByRole('link', { name: t.signInWith('Acme ID') })
    const signOn = async (/** @type {import('playwright-core').Page} */ page, /** @type {string} */ who) => {
      await way(page).click()
      await page.fill('input[name=login]', who)
      await page.fill('input[name=password]', 'anything')
      await page.click('button[type=submit]')
      await page.getByRole('button', { name: 'Continue' }).click()
    }
    const refused = async (/** @type {import('playwright-core').Page} */ page, /** @type {string} */ code) => {
      await page
        .getByRole('alert')
        .getByText(t.providerRefusals[code] ?? 'no words')
        .waitFor()
      assert.ok(page.url().endsWith('/console'), `${page.url()} still has the code`)
    }

    // before the provider is up, the page says so, and the password still works
    const early = await open()
    await way(early.page).click()
    await refused(early.page, 'provider_unavailable')
    await early.page.getByLabel(t.email).fill(bo.email)
    await early.page.getByLabel(t.password, { exact: true }).fill(bo.password)
    await early.page.getByRole('button', { name: t.signInButton, exact: true }).click()
    await early.page.waitForSelector('.list')
    provider.serve(server.url)

    const { page, mistakes } = await open()
    await way(page).waitFor()
    await assertAccessible(page, 'sign-in')
    await assertFits(page, 'sign-in')
    await picture(page, `${language}-oidc`)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await assertFits(page, 'sign-in on a phone')
    await assertAccessible(page, 'sign-in in the dark')
    await picture(page, `${language}-oidc-phone`)
    await page.setViewportSize({ width: 1280, height: 860 })

    // cancelled at the provider
    await way(page).click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await refused(page, 'provider_refused')
    await assertAccessible(page, 'a refusal')
    await picture(page, `${language}-oidc-refused`)
    // then gone through with
    await signOn(page, 'bo')
    await page.waitForSelector('.list')
    const who = await (await page.request.get(`${server.url}/api/v1/session`)).json()
    assert.deepEqual([who.name, who.email, who.role], ['Bo', 'bo@shop.example', 'agent'])
    await page.reload()
    await page.waitForSelector('.list')
    assert.deepEqual(mistakes, [])

    // nobody has invited cy; eve's address was not checked
    const cy = await open()
    await signOn(cy.page, 'cy')
    await refused(cy.page, 'not_invited')
    const eve = await open()
    await signOn(eve.page, 'eve')
    await refused(eve.page, 'unverified')

    await adminPage.getByRole('link', { name: t.audit }).click()
    await adminPage
      .getByText(t.auditValues.oidc ?? '')
      .first()
      .waitFor()
    await picture(adminPage, `${language}-oidc-audit`)
  })
}
