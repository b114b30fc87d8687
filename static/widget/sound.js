/** Two soft notes for a new message; nothing is played before the customer has turned the sound on. */

/** @type {AudioContext | undefined} */
let audio

/** Browsers stay silent until there was a click. */
function allowSound() {
  audio ??= new AudioContext()
  audio.resume().catch(() => {})
}

export function playSound() {
  allowSound()
  if (!audio) return
  for (const [index, pitch] of [660, 880].entries()) {
    const at = audio.currentTime + index * 0.12
    const note = audio.createOscillator()
    const loud = audio.createGain()
    note.frequency.value = pitch
    loud.gain.setValueAtTime(0.0001, at)
    loud.gain.exponentialRampToValueAtTime(0.08, at + 0.02)
    loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.3)
    note.connect(loud).connect(audio.destination)
    note.start(at)
    note.stop(at + 0.32)
  }
}
