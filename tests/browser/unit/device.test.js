/** What a browser calls itself, in words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOf } from '../../../static/console/state/device.js'

test('browsers and systems are told apart, though all say the same names', () => {
  const edge = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0'
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1'
  const linux = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0'
  assert.deepEqual(deviceOf(edge), ['Edge', 'Windows'])
  assert.deepEqual(deviceOf(phone), ['Safari', 'iOS'])
  assert.deepEqual(deviceOf(linux), ['Firefox', 'Linux'])
  assert.deepEqual(deviceOf('curl/8.5.0'), ['', ''])
})
