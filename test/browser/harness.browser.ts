import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { eventually } from '../child.ts'
import { FOCUSED, MOVING, SIDEWAYS } from './in-page.ts'
import { openBrowser, Tab } from './tab.ts'

/** Everything that a page must not be. */
const BAD = `<!doctype html><title></title>
  <style>
    @keyframes turn { to { rotate: 360deg } }
    .turning { animation: turn 1s infinite }
    .wide { width: 5000px }
    .pale { color: #eee; background: #fff }
    :focus { outline: none }
  </style>
  <button class=pale>hardly to be read</button><input>
  <p class=wide>wide</p><p class=turning>turning</p><p id=pushed>pushed</p>
  <script src=/script.js></script><script>inline = 1</script>`
const SCRIPT = `
  console.error('on the console')
  setTimeout(() => { throw new Error('thrown') })
  setTimeout(() => {
    const block = document.createElement('div')
    block.style.height = '300px'
    document.body.prepend(block)
  }, 300)`

test('what the tests look for is seen where it is', async (t) => {
  const server = createServer(({ url }, response) => {
    response.setHeader('content-security-policy', "default-src 'self'; style-src 'unsafe-inline'")
    const isScript = url === '/script.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? SCRIPT : BAD)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const browser = await openBrowser()
  t.after(async () => {
    await browser.close()
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await using tab = await Tab.open(browser, `http://127.0.0.1:${port}/`)
  await eventually('a shift is seen', async () => (await tab.shifts()).length > 0)
  assert.deepEqual(await tab.shifts((await tab.now()) + 1), [])
  await assert.rejects(tab.assertAccessible('the bad page'), /color-contrast/)
  await assert.rejects(tab.assertAccessible('the bad page'), /document-title/)
  const error = await tab.assertSound().then(
    () => '',
    ({ message }: Error) => message,
  )
  for (const sign of [
    /on the console/,
    /exception: Error: thrown/,
    /forbidden by policy: script-src/,
  ])
    assert.match(error, sign)
  assert.ok(Number(await tab.page.evaluate(SIDEWAYS)) > 1000)
  assert.match(String(await tab.page.evaluate(MOVING)), /turn of turning/)
  await tab.page.keyboard.press('Tab')
  const focused = await tab.page.evaluate(FOCUSED)
  assert.deepEqual(focused, { what: 'button hardly to be read', shown: false })
})
