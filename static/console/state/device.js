/** What a browser calls itself, in words that people know. Pure. */

const browsers = /** @type {const} */ ([
  [/Edg\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/MicroMessenger/, 'WeChat'],
  [/Firefox\/|FxiOS/, 'Firefox'],
  [/Chrome\/|CriOS/, 'Chrome'],
  [/Safari\//, 'Safari'],
])
const systems = /** @type {const} */ ([
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/HarmonyOS/, 'HarmonyOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
])

/** The browser and the system, as far as they can be told; '' where neither can. @param {string} agent @returns {[string, string]} */
export function deviceOf(agent) {
  const found = (/** @type {readonly (readonly [RegExp, string])[]} */ known) => known.find(([pattern]) => pattern.test(agent))?.[1] ?? ''
  return [found(browsers), found(systems)]
}
