/** What `embed.js` gives the page that carries it. */
interface Window {
  frontdesk?: { open(): void; close(): void; toggle(): void }
}
