import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, PictureCluster } from './cluster.ts'
import { rawRequest } from './raw-http.ts'
import { assertUntouched } from './traces.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

let cluster: PictureCluster
before(async () => {
  cluster = await PictureCluster.start({ env: { LOG_LEVEL: 'warn' } })
  assert.equal((await cluster.upload('a.png', PNG)).status, 200)
})
after(() => cluster.stop())

function form(filename: string, bytes: Buffer | string): FormData {
  const data = new FormData()
  data.set('file', new Blob([new Uint8Array(Buffer.from(bytes))]), filename)
  return data
}

test('what changes something is refused to pages of others, a form of theirs included', async () => {
  const foreign: Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: cluster.url },
  ]
  const ask = (method: string, path: string, headers: Record<string, string>): Promise<Answer> =>
    cluster.request(method, path, {
      headers,
      ...(path.startsWith('/upload') ? { body: form('evil.png', PNG) } : {}),
    })
  const calls = [
    ...[
      ['POST', '/upload'],
      ['POST', '/upload?node=grpc-node1'],
      ['POST', '/like/a.png'],
    ],
    ...[
      ['DELETE', '/delete-2pc/a.png'],
      ['DELETE', '/delete/a.png?node=grpc-node1'],
    ],
  ] as const
  for (const [method = '', path = ''] of calls) {
    for (const headers of foreign) {
      const { status, body } = await ask(method, path, headers)
      assert.deepEqual([status, body['code']], [403, 'FOREIGN_PAGE'], `${method} ${path}`)
    }
  }
  await assertUntouched(cluster, ['a.png'])
  const own = { origin: cluster.url, 'sec-fetch-site': 'same-origin' }
  assert.equal((await ask('POST', '/like/a.png', own)).status, 200)
  const rebound = await rawRequest(
    cluster.url,
    'POST /like/a.png HTTP/1.1\r\nhost: evil.example\r\norigin: http://evil.example',
  )
  assert.equal(rebound?.status, 403)
})

test('a picture is shown in place where its bytes are one, in a box, and asked for once', async () => {
  await cluster.upload('drawing.svg', SVG)
  await cluster.upload('page.png', '<!doctype html><script>alert(1)</script>')
  const shown = await fetch(`${cluster.url}/picture/a.png`)
  assert.deepEqual([shown.status, Buffer.from(await shown.arrayBuffer())], [200, PNG])
  const expected = {
    'content-type': 'image/png',
    'content-length': String(PNG.length),
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
    'x-picture-node': 'grpc-node1',
  }
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(shown.headers.get(name), value, name)
  }
  assert.equal(shown.headers.get('content-disposition'), null)
  const etag = shown.headers.get('etag') ?? ''
  const ask = (line: string, tag: string) =>
    rawRequest(cluster.url, `${line} HTTP/1.1\r\nif-none-match: ${tag}`)
  const again = await ask('GET /picture/a.png', etag)
  assert.deepEqual([again?.status, again?.headers.get('etag')], [304, etag])
  const other = await ask('GET /picture/a.png?node=grpc-node2', etag)
  assert.equal(other?.status, 304, 'the same bytes at another node')
  const head = await cluster.request('HEAD', '/picture/a.png')
  assert.deepEqual([head.status, head.headers.get('etag')], [200, etag])
  for (const name of ['drawing.svg', 'page.png']) {
    const { status, body, headers } = await cluster.get(`/picture/${name}`)
    assert.deepEqual([status, body['code']], [415, 'NOT_AN_IMAGE'], name)
    assert.equal(headers.get('etag'), null)
  }
  assert.equal((await cluster.get('/picture/none.png')).status, 404)
  const svg = await fetch(`${cluster.url}/download/drawing.svg`)
  assert.equal(svg.headers.get('content-type'), 'application/octet-stream')
  await svg.arrayBuffer()
  const replaced = Buffer.concat([PNG, Buffer.from('more')])
  assert.equal((await cluster.upload('a.png', replaced)).status, 200)
  const changed = await ask('GET /picture/a.png', etag)
  assert.equal(changed?.status, 200)
  assert.notEqual(changed?.headers.get('etag'), etag)
})

test('an upload to chosen nodes is no transaction, and says who stored it', async () => {
  const upload = (query: string) =>
    cluster.request('POST', `/upload?${query}`, { body: form('some.png', PNG) })
  const two = await upload('node=grpc-node1&node=grpc-node3')
  assert.deepEqual(
    [two.status, two.body],
    [
      200,
      {
        ...{ success: true, filename: 'some.png' },
        nodes: [
          { node: 'grpc-node1', stored: true },
          { node: 'grpc-node3', stored: true },
        ],
      },
    ],
  )
  assert.deepEqual(await cluster.holders('some.png'), ['grpc-node1', 'grpc-node3'])
  const deleted = await cluster.deleteEverywhere('some.png')
  assert.equal(deleted.body['status'], 'ABORTED')
  const one = await upload('node=grpc-node2')
  assert.deepEqual(one.body, { success: true, filename: 'some.png', node: 'grpc-node2' })
  const dead = cluster.participant('grpc-node3')
  await dead.end('SIGKILL')
  const half = await upload('node=grpc-node2&node=grpc-node3')
  assert.deepEqual([half.status, half.body['success']], [503, false])
  assert.deepEqual(half.body['nodes'], [
    { node: 'grpc-node2', stored: true },
    { node: 'grpc-node3', stored: false, code: 'UNREACHABLE' },
  ])
  dead.start()
  await cluster.ready()
})

test('names are looked for page by page, and none is left out', async () => {
  const names = ['Cat 1.png', 'cat 2.png', 'CAT 3.png', 'dog.png', 'Übercat.png']
  for (const name of names) assert.equal((await cluster.upload(name, PNG)).status, 200)
  const found: string[] = []
  let after: string | null = ''
  for (let page = 0; page < 10 && after !== null; page += 1) {
    const { body, headers } = await cluster.get(`/list?contains=cAt&limit=2&after=${after}`)
    assert.ok(Object.keys(body).length <= 2)
    found.push(...Object.keys(body))
    after = headers.get('x-next-after')
  }
  assert.deepEqual(found.sort(), names.filter((name) => name !== 'dog.png').sort())
  const { body } = await cluster.get(`/list?contains=${encodeURIComponent('U\u0308BER')}`)
  const [entry] = Object.values(body) as { nodes: string[]; size: number }[]
  assert.deepEqual(
    [Object.keys(body), entry?.nodes.length, entry?.size],
    [['Übercat.png'], 3, PNG.length],
  )
})

test('what a page needs to know and does not change', async () => {
  const { body } = await cluster.get('/about')
  assert.deepEqual(body, {
    node: 'http-node1',
    participants: ['grpc-node1', 'grpc-node2', 'grpc-node3'],
    ...{ max_picture_bytes: 33_554_432, vote_timeout_ms: 2000, ack_timeout_ms: 2000 },
  })
})
