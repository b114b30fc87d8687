/** What the browser keeps for the console; a browser that keeps nothing is fine too. */

const prefix = 'frontdesk.console.'

/**
 * @template T
 * @param {string} name
 * @param {T} otherwise also says what kind of value is wanted
 * @param {Storage} [storage]
 * @returns {T}
 */
export function kept(name, otherwise, storage) {
  try {
    const found = JSON.parse((storage ?? localStorage).getItem(prefix + name) ?? 'null')
    return typeof found === typeof otherwise && found !== null ? found : otherwise
  } catch {
    return otherwise
  }
}

/**
 * @param {string} name
 * @param {unknown} value `undefined` forgets it
 * @param {Storage} [storage]
 */
export function keep(name, value, storage) {
  try {
    if (value === undefined) (storage ?? localStorage).removeItem(prefix + name)
    else (storage ?? localStorage).setItem(prefix + name, JSON.stringify(value))
  } catch {
    // Private windows and full disks keep nothing; the page works without.
  }
}
