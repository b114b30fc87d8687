/** Tells the customer that the agent types: not with every key, and no longer after a pause. */

const everyMs = 3_000
const endsAfterMs = 5_000

export class TypingReporter {
  /** @param {(on: boolean) => void} tell */
  constructor(tell) {
    this.tell = tell
    this.toldAt = 0
    /** @type {any} */
    this.timer = 0
  }

  typed() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.stop(), endsAfterMs)
    const now = Date.now()
    if (this.toldAt > 0 && now - this.toldAt < everyMs) return
    this.toldAt = now
    this.tell(true)
  }

  stop() {
    clearTimeout(this.timer)
    if (this.toldAt === 0) return
    this.toldAt = 0
    this.tell(false)
  }
}
