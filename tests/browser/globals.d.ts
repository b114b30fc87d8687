/** What `embed.js` gives the page that carries it. */
interface Window {
  frontdesk?: { open(text?: string): void; close(): void; toggle(): void; identify(token?: string): void; reset(): void }
}
