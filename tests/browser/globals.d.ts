/** What `embed.js` gives the page that carries it. */
interface Window {
  frontdesk?: { open(text?: string, offer?: object): void; close(): void; toggle(): void; identify(token?: string): void; reset(): void }
}

/** The real provider of the sign-in story, as far as the story uses it. */
declare module 'oidc-provider' {
  export default class Provider {
    constructor(issuer: string, settings: object)
    callback(): import('node:http').RequestListener
  }
}
