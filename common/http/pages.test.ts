import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pages } from './pages.ts'
import { saying, serving } from './test/serving.ts'

const INDEX = '<!doctype html><script type="module" src="/assets/index-abc123.js"></script>'

/** A folder with a page in it and a secret beside it. */
async function built(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pages-'))
  t.after(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'raft/assets'), { recursive: true })
  await writeFile(join(folder, 'raft/index.html'), INDEX)
  await writeFile(join(folder, 'raft/assets/index-abc123.js'), 'script')
  await writeFile(join(folder, 'raft/.hidden'), 'secret')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  return folder
}

function served(t: TestContext, folder: string): Promise<number> {
  const page = pages('raft', folder)
  return serving(t, (request, response) => {
    page(request, response, (error) => response.writeHead(error.httpStatus).end(error.code))
  })
}

test('the page is served with a policy that lets nothing in from elsewhere', async (t) => {
  const port = await served(t, await built(t))
  const response = await fetch(`http://127.0.0.1:${port}/`)
  assert.equal(response.status, 200)
  assert.equal(await response.text(), INDEX)
  const policy = response.headers.get('content-security-policy') ?? ''
  const parts = new Map(policy.split('; ').map((part) => part.split(/ (.*)/) as [string, string]))
  const none = ['default-src', 'base-uri', 'form-action', 'frame-ancestors']
  for (const name of none) assert.equal(parts.get(name), "'none'", name)
  for (const name of ['script-src', 'style-src', 'font-src', 'connect-src']) {
    assert.equal(parts.get(name), "'self'", name)
  }
  assert.doesNotMatch(policy, /unsafe|\*|https?:/)
  const expected = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  }
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(response.headers.get(name), value, name)
  }
  assert.match(response.headers.get('permissions-policy') ?? '', /camera=\(\).*microphone=\(\)/)
  assert.equal(response.headers.get('access-control-allow-origin'), null)
})

test('what has a hash in its name is kept for good, the page is asked for again: 304', async (t) => {
  const port = await served(t, await built(t))
  const get = (path: string, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers })
  const asset = await get('/assets/index-abc123.js')
  assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.match(asset.headers.get('content-type') ?? '', /javascript/)
  assert.equal(await asset.text(), 'script')
  const index = await get('/')
  const etag = index.headers.get('etag') ?? ''
  assert.notEqual(etag, '')
  // Not by fetch: with a tag of ours it would ask for no cached answer.
  const ask = (header: string) =>
    saying(port, `GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n${header}\r\n\r\n`)
  const again = await ask(`if-none-match: ${etag}`)
  assert.deepEqual([again.status, again.body], [304, ''])
  assert.match(again.head, /etag: W\//i)
  assert.match(again.head, /content-security-policy: default-src 'none'/i)
  assert.equal((await ask('if-none-match: "other"')).status, 200)
  assert.equal((await ask('if-match: "other"')).status, 400)
  assert.equal((await ask('range: bytes=0-3')).status, 200)
})

test('HEAD has the headers alone; other methods are nobody’s here', async (t) => {
  const port = await served(t, await built(t))
  const head = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
  assert.equal(head.headers.get('content-length'), String(INDEX.length))
  const post = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })
  assert.equal(post.status, 404)
})

test('nothing but the page can be reached, however the path is written', async (t) => {
  const port = await served(t, await built(t))
  const climbing = [
    ...['/../secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/%2E%2e%2fsecret.txt'],
    ...['/..%2fsecret.txt', '/..%5csecret.txt', '/..\\secret.txt', '/assets/..%2f..%2fsecret.txt'],
    ...['/%252e%252e/secret.txt', '//secret.txt', '/./../secret.txt', '/.%2e/secret.txt'],
    ...[
      '/index.html%00.js',
      '/%00',
      '/secret.txt',
      '/.hidden',
      '/assets',
      '/assets/',
      '/%',
      '/%c3',
    ],
    ...['/....//secret.txt', '/%c0%ae%c0%ae/secret.txt', 'http://h/../secret.txt', '*', '?', '/x'],
  ]
  for (const path of climbing) {
    const answer = await saying(
      port,
      `GET ${path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`,
    )
    assert.ok([400, 404].includes(answer.status), `${path}: ${answer.head}`)
    assert.doesNotMatch(answer.body, /^secret/, path)
    assert.doesNotMatch(answer.head, /location|cache-control/i, path)
  }
})

test('a page that was not built is said to be missing; one that is built anew is served', async (t) => {
  const folder = await built(t)
  const port = await served(t, folder)
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return [response.status, await response.text()]
  }
  await rm(join(folder, 'raft'), { recursive: true })
  assert.deepEqual(await get('/'), [404, 'NO_PAGE'])
  assert.deepEqual(await get('/assets/index-abc123.js'), [404, 'NO_ROUTE'])
  await mkdir(join(folder, 'raft'))
  assert.deepEqual(await get('/'), [404, 'NO_ROUTE'])
  await writeFile(join(folder, 'raft/index.html'), 'new')
  assert.deepEqual(await get('/'), [200, 'new'])
})
