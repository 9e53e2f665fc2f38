import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { PictureCluster } from './cluster.ts'
import { MULTIPART, multipart, type RawAnswer, rawRequest } from './raw-http.ts'
import { allFiles, assertUntouched } from './traces.ts'

let cluster: PictureCluster
before(async () => {
  cluster = await PictureCluster.start({ env: { LOG_LEVEL: 'warn' } })
  assert.equal((await cluster.upload('kept.png', 'kept')).status, 200)
})
after(() => cluster.stop())

async function ask(method: string, path: string, headers = ''): Promise<RawAnswer> {
  const answer = await rawRequest(cluster.url, `${method} ${path} HTTP/1.1${headers}`)
  assert.ok(answer !== null, `${method} ${path} is answered`)
  return answer
}

async function sendFile(
  filename: string | Buffer,
  bytes = 'bytes',
  query = '',
): Promise<RawAnswer> {
  const disposition = Buffer.concat([
    Buffer.from('name="file"; filename="'),
    Buffer.from(filename),
    Buffer.from('"'),
  ])
  const body = multipart([{ disposition, bytes }])
  const head = `POST /upload${query} HTTP/1.1\r\n${MULTIPART}\r\ncontent-length: ${body.length}`
  const answer = await rawRequest(cluster.url, head, body)
  assert.ok(answer !== null, `an upload of ${String(filename)} is answered`)
  return answer
}

/** Every route that takes a name. */
const NAMED_ROUTES = [
  ['GET', '/search/'],
  ['GET', '/download/'],
  ['GET', '/picture/'],
  ['POST', '/like/'],
  ['DELETE', '/delete-2pc/'],
  ['DELETE', '/delete/', '?node=grpc-node1'],
] as const

const ESCAPE = `escape-${process.pid}.txt`

const FORBIDDEN_IN_PATHS = [
  ...['.', '..', '%2e', '%2e%2e', '%2E%2E', '.%2e'],
  ...[`..%2f${ESCAPE}`, `..%2F..%2F${ESCAPE}`, `%2e%2e%2f${ESCAPE}`, `..%5c${ESCAPE}`],
  ...[
    `%2e%2e%5c${ESCAPE}`,
    `%2f${ESCAPE}`,
    `%2ftmp%2f${ESCAPE}`,
    `C:%5c${ESCAPE}`,
    'a%2fb',
    'a%5cb',
  ],
  ...['%00', 'a%00b', 'a%00.png', '%0a', 'a%0d%0aset-cookie:x', '%1b%5b31m', '%7f', '%c2%85'],
  ...['%e2%80%a8', '%e2%80%a9', '%ef%bf%bd'],
  ...['x'.repeat(256), 'x'.repeat(300), '%c3%a9'.repeat(128)],
]

test('T13 names that could leave the directory, break a line or are too long are refused everywhere', async () => {
  for (const name of FORBIDDEN_IN_PATHS) {
    for (const [method, path, query = ''] of NAMED_ROUTES) {
      const { status, json } = await ask(method, `${path}${name}${query}`)
      assert.deepEqual([status, json['code']], [400, 'INVALID_NAME'], `${method} ${path}${name}`)
    }
  }
  await assertUntouched(cluster, ['kept.png'])
})

test('T13 paths that are no UTF-8, or no percent-encoding, are refused', async () => {
  const bad = ['%ff', '%c3%28', '%ed%a0%80', '%c0%af', '%e0%80%af', '%', '%zz', 'a%2']
  for (const name of bad) {
    for (const [method, path, query = ''] of NAMED_ROUTES) {
      const { status, json } = await ask(method, `${path}${name}${query}`)
      assert.deepEqual(
        [status, json['code']],
        [400, 'INVALID_ARGUMENT'],
        `${method} ${path}${name}`,
      )
    }
  }
})

test('T13 unencoded separators and empty names are no path of ours', async () => {
  for (const [method, path, query = ''] of NAMED_ROUTES) {
    for (const name of ['', `../${ESCAPE}`, `../../${ESCAPE}`, `a/../${ESCAPE}`, '/', './']) {
      const { status, json } = await ask(method, `${path}${name}${query}`)
      const refused = [404, 400, 405].includes(status) && typeof json['error'] === 'string'
      assert.ok(refused, `${method} ${path}${name}: ${status}`)
    }
  }
  await assertUntouched(cluster, ['kept.png'])
})

test('T13 the same holds for the filename of an upload, to all and to one', async () => {
  const names: (string | Buffer)[] = [
    ...['.', '..', `../${ESCAPE}`, `..\\\\${ESCAPE}`, `/tmp/${ESCAPE}`, `a/../../${ESCAPE}`],
    ...['a\0b', 'a%0Ab', 'a%0D%0Ab', '\u0085', '\u2028', 'x'.repeat(256), 'é'.repeat(128)],
    ...[Buffer.from([0xff]), Buffer.from([0xc3, 0x28]), Buffer.from([0xed, 0xa0, 0x80])],
    Buffer.from([0xc0, 0xae, 0xc0, 0xae, 0xc0, 0xaf, 0x61]),
  ]
  for (const name of names) {
    for (const query of ['', '?node=grpc-node2']) {
      const { status, json } = await sendFile(name, 'bytes', query)
      // A NUL ends the part's header for the parser: the body is refused before there is a name.
      const code = name === 'a\0b' ? 'MALFORMED_BODY' : 'INVALID_NAME'
      assert.deepEqual([status, json['code']], [400, code], JSON.stringify(String(name)))
    }
  }
  await assertUntouched(cluster, ['kept.png'])
  const places = [cluster.folder, dirname(cluster.folder), process.cwd(), '/']
  for (const place of places) assert.equal(existsSync(join(place, ESCAPE)), false)
})

test('T13 odd names that are names: stored, found, served, liked, listed, deleted, and never a file', async () => {
  const names = [
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'length', '10', '2'],
    ...[
      '...',
      '..a',
      '.hidden',
      'a b',
      ' ',
      'con',
      'nul.txt',
      'a;b',
      "it's",
      'a&b=c',
      '100%',
      '#?',
    ],
    ...['%2e%2e%2fetc', '日本.png', '🙂.gif', 'x'.repeat(255), 'é'.repeat(127), 'ﷺ'.repeat(85)],
  ]
  for (const name of names) {
    const path = encodeURIComponent(name).replaceAll('.', '%2e')
    assert.equal((await sendFile(name, `bytes of ${name}`)).status, 200, name)
    const found = await ask('GET', `/search/${path}`)
    assert.deepEqual([found.json['found'], found.json['filename']], [true, name])
    const download = await ask('GET', `/download/${path}`)
    assert.equal(download.body.toString('utf8'), `bytes of ${name}`)
    assert.equal((await ask('POST', `/like/${path}`)).json['likes'], 1)
  }
  const { body } = await cluster.get('/list')
  assert.deepEqual(Object.keys(body).sort(), ['kept.png', ...names].sort())
  for (const name of names) {
    assert.deepEqual((Object.entries(body).find(([key]) => key === name) ?? [])[1], {
      ...(Object.getOwnPropertyDescriptor(body, name)?.value as object),
      ...{ likes: 1, node: 'grpc-node1', nodes: ['grpc-node1', 'grpc-node2', 'grpc-node3'] },
    })
  }
  for (const file of await allFiles(cluster)) {
    const last = file.split('/').at(-1) ?? ''
    assert.ok(!names.includes(last), `${file} is not named after a picture`)
  }
  for (const name of names) {
    const path = encodeURIComponent(name).replaceAll('.', '%2e')
    assert.equal((await ask('DELETE', `/delete-2pc/${path}`)).json['status'], 'COMMITTED', name)
  }
  await assertUntouched(cluster, ['kept.png'])
})

test('T13 NFC and NFD of one name are one picture', async () => {
  const composed = '\u00e9t\u00e9.png'
  const decomposed = composed.normalize('NFD')
  assert.notEqual(composed, decomposed)
  assert.equal((await sendFile(decomposed, 'one')).json['filename'], composed)
  assert.equal((await sendFile(composed, 'two')).status, 200)
  for (const name of [composed, decomposed]) {
    const { body } = await ask('GET', `/download/${encodeURIComponent(name)}`)
    assert.equal(body.toString(), 'two')
  }
  assert.equal((await cluster.deleteEverywhere(decomposed)).body['status'], 'COMMITTED')
  await assertUntouched(cluster, ['kept.png'])
})

test('unknown paths are 404, known paths with another method 405 with Allow, both as JSON', async () => {
  const unknown = [
    ...[
      ['GET', '/nothing'],
      ['POST', '/nothing'],
      ['GET', '//list'],
      ['OPTIONS', '*'],
    ],
    ...[
      ['GET', '/..%2f..%2fetc%2fpasswd'],
      ['GET', '/../../etc/passwd'],
      ['GET', '/upload/x'],
    ],
    ...[
      ['DELETE', '/delete-2pc'],
      ['GET', '/static/../package.json'],
      ['GET', '/.git/config'],
    ],
  ] as const
  for (const [method = '', path = ''] of unknown) {
    const { status, json, headers } = await ask(method, path)
    assert.deepEqual([status, json['code']], [404, 'NO_ROUTE'], `${method} ${path}`)
    assert.equal(json['request_id'], headers.get('x-request-id'))
  }
  const wrong = [
    ...[
      ['GET', '/upload', 'POST'],
      ['PUT', '/upload', 'POST'],
      ['POST', '/list', 'GET, HEAD'],
    ],
    ...[
      ['GET', '/delete-2pc/kept.png', 'DELETE'],
      ['DELETE', '/like/kept.png', 'POST'],
    ],
    ...[
      ['PATCH', '/search/kept.png', 'GET, HEAD'],
      ['OPTIONS', '/health', 'GET, HEAD'],
    ],
    ...[
      ['POST', '/transactions/x', 'GET, HEAD'],
      ['POST', '/', 'GET, HEAD'],
      ['DELETE', '/picture/kept.png', 'GET, HEAD'],
      ['HEAD', '/delete/kept.png', 'DELETE'],
    ],
  ] as const
  for (const [method = '', path = '', allow = ''] of wrong) {
    const { status, json, headers } = await ask(method, path)
    assert.deepEqual([status, headers.get('allow')], [405, allow], `${method} ${path}`)
    if (method !== 'HEAD') assert.equal(json['code'], 'METHOD_NOT_ALLOWED')
  }
  const absolute = await ask('GET', 'http://elsewhere.example/health')
  assert.equal(absolute.json['status'], 'healthy')
  await assertUntouched(cluster, ['kept.png'])
})

test('query parameters are given once, name a participant, and are whole numbers in bounds', async () => {
  const bad = [
    ...[['GET', '/download/kept.png?node=grpc-node1&node=grpc-node2', 'INVALID_ARGUMENT']],
    ...[['POST', '/upload?node=grpc-node1&node=grpc-node1', 'INVALID_ARGUMENT']],
    ...[['POST', '/upload?node=grpc-node1&node=grpc-node9', 'UNKNOWN_NODE']],
    ...[['GET', '/list?contains=a&contains=b', 'INVALID_ARGUMENT']],
    ...[['GET', `/list?contains=${'a'.repeat(256)}`, 'INVALID_ARGUMENT']],
    ...[
      ['DELETE', '/delete/kept.png', 'INVALID_ARGUMENT'],
      ['GET', '/list?limit=0', 'INVALID_ARGUMENT'],
    ],
    ...[
      ['GET', '/list?limit=1001', 'INVALID_ARGUMENT'],
      ['GET', '/list?limit=-1', 'INVALID_ARGUMENT'],
    ],
    ...[
      ['GET', '/list?limit=1e3', 'INVALID_ARGUMENT'],
      ['GET', '/list?limit=', 'INVALID_ARGUMENT'],
    ],
    ...[
      ['GET', '/list?limit=1&limit=2', 'INVALID_ARGUMENT'],
      ['GET', '/list?after=a&after=b', 'INVALID_ARGUMENT'],
    ],
    ...[
      ['GET', '/transactions?limit=0', 'INVALID_ARGUMENT'],
      ['GET', '/transactions/none', 'TRANSACTION_NOT_FOUND'],
    ],
    ...[['GET', '/transactions/__proto__', 'TRANSACTION_NOT_FOUND']],
    ...['', 'grpc-node9', 'grpc-node1%00', '__proto__', 'http-node1', '../grpc-node1'].flatMap(
      (node) => [
        ['GET', `/download/kept.png?node=${node}`, 'UNKNOWN_NODE'],
        ['DELETE', `/delete/kept.png?node=${node}`, 'UNKNOWN_NODE'],
        ['POST', `/upload?node=${node}`, 'UNKNOWN_NODE'],
      ],
    ),
  ] as const
  for (const [method = '', path = '', code = ''] of bad) {
    const { status, json } = await ask(method, path)
    assert.deepEqual([json['code'], status], [code, code.includes('INVALID') ? 400 : 404], path)
  }
  await assertUntouched(cluster, ['kept.png'])
})

test('HEAD answers as GET without the body, and the process goes on', async () => {
  await sendFile('head.bin', 'z'.repeat(900_000))
  for (let round = 0; round < 5; round++) {
    const { status, headers, body } = await ask('HEAD', '/download/head.bin')
    assert.deepEqual([status, headers.get('content-length'), body.length], [200, '900000', 0])
  }
  assert.equal((await ask('HEAD', '/download/absent')).status, 404)
  assert.equal((await ask('HEAD', '/health')).status, 200)
  await cluster.deleteEverywhere('head.bin')
  await assertUntouched(cluster, ['kept.png'])
})

const PROVEN = [
  [
    'image/png',
    Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
  ],
  ['image/jpeg', Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')],
  ['image/gif', Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1')],
  [
    'image/webp',
    Buffer.from('RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88', 'latin1'),
  ],
  ['image/avif', Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'latin1')],
] as const

test('content types are what the bytes prove, never what a name or a script pretends', async () => {
  const pretend = [
    ...['<!doctype html><script>alert(1)</script>', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ...['%PDF-1.7\n', '<?xml version="1.0"?><svg/>', 'PK\x03\x04', 'GI', '\x89PNG'],
  ]
  const cases = [
    ...PROVEN.map(([type, bytes]) => [type, bytes] as const),
    ...pretend.map((text) => ['application/octet-stream', Buffer.from(text, 'latin1')] as const),
  ]
  for (const [type, bytes] of cases) {
    const name = 'pretend.html'
    const uploaded = await cluster.upload(name, bytes)
    assert.equal(uploaded.status, 200)
    const { headers, body } = await ask('GET', `/download/${name}`)
    assert.deepEqual(Buffer.from(body), bytes)
    assert.equal(headers.get('content-type'), type)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-disposition') ?? '', /^attachment/)
  }
  await cluster.deleteEverywhere('pretend.html')
})

test('content-disposition carries any name without breaking out of its quotes', async () => {
  const cases = [
    ['日本.png', "filename*=UTF-8''%E6%97%A5%E6%9C%AC.png"],
    ['a%22; filename=b', 'filename="a\\"; filename=b"'],
    ["it's (1).png", 'filename="it\'s (1).png"'],
  ] as const
  for (const [sent, expected] of cases) {
    const { json } = await sendFile(sent)
    const name = String(json['filename'])
    const { headers } = await ask('GET', `/download/${encodeURIComponent(name)}`)
    const disposition = headers.get('content-disposition') ?? ''
    assert.ok(disposition.includes(expected), disposition)
    assert.match(disposition, /^[\x20-\x7e]*$/)
    await cluster.deleteEverywhere(name)
  }
  await assertUntouched(cluster, ['kept.png'])
})

test('GET /list pages through all names in order, with a page from each of several holders', async () => {
  const names = ['a', 'b', 'é', 'z', '10', '9', '__proto__', '日本'].sort()
  for (const [index, name] of names.entries()) {
    const node = `?node=grpc-node${(index % 3) + 1}`
    assert.equal((await sendFile(name, 'x', index % 2 === 0 ? '' : node)).status, 200)
  }
  const seen: string[] = []
  for (let after: string | undefined = ''; after !== undefined; ) {
    const { headers, json } = await ask('GET', `/list?limit=2&after=${after}`)
    const page = Object.keys(json)
    assert.ok(page.length <= 2)
    seen.push(...page.sort())
    after = headers.get('x-next-after')
    assert.ok(seen.length <= names.length + 1, 'it ends')
  }
  assert.deepEqual(seen, ['kept.png', ...names].sort())
  for (const name of names) {
    for (const node of ['grpc-node1', 'grpc-node2', 'grpc-node3']) {
      await ask('DELETE', `/delete/${encodeURIComponent(name)}?node=${node}`)
    }
  }
  await assertUntouched(cluster, ['kept.png'])
})

test('a request id is taken when it is harmless, else made', async () => {
  const id = 'my-request.1'
  const taken = await ask('GET', '/health', `\r\nx-request-id: ${id}`)
  assert.equal(taken.headers.get('x-request-id'), id)
  for (const bad of ['a b', 'x'.repeat(129), 'é', '']) {
    const { headers } = await ask('GET', '/nothing', `\r\nx-request-id: ${bad}`)
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
  }
})

test('what is no HTTP, or too large a head, is refused and hurts nobody', async () => {
  for (const head of ['hello', 'GET', 'GET / HTTP/9.9', `GET /${'x'.repeat(20_000)} HTTP/1.1`]) {
    const answer = await rawRequest(cluster.url, head)
    assert.ok(answer === null || answer.status >= 400, `${head.slice(0, 20)}: ${answer?.status}`)
  }
  await assertUntouched(cluster, ['kept.png'])
})
