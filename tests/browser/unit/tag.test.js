/** The tag for a site. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { siteOf, tagOf } from '../../../static/console/state/tag.js'

test('the tag says what is wished for, and nothing breaks out of it', () => {
  assert.equal(tagOf('https://desk.example/', {}), '<script src="https://desk.example/embed.js" async></script>')
  const wishes = { theme: 'dark', title: 'A "B" & <c>', 'title-zh': '客服', position: '', color: '  ' }
  assert.equal(
    tagOf('https://desk.example', wishes),
    '<script src="https://desk.example/embed.js"\n  data-theme="dark"\n  data-title="A &quot;B&quot; &amp; &lt;c&gt;"\n  data-title-zh="客服"\n  async></script>',
  )
})

test('the chat is told what a page with the tag tells it', () => {
  assert.deepEqual(siteOf({ title: 'Lumen', 'title-zh': '流明', quick: ' a | b ' }), { title: 'Lumen', titleZh: '流明', quick: 'a | b' })
})
