import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PictureCluster } from './cluster.ts'
import { BOUNDARY, MULTIPART, multipart, type Part, RawHttp, rawRequest } from './raw-http.ts'
import { assertUntouched } from './traces.ts'

const MOST = 100_000

let cluster: PictureCluster
before(async () => {
  cluster = await PictureCluster.start({
    coordinatorMain: 'picture-2pc/test/impatient-coordinator.js',
    env: { LOG_LEVEL: 'warn', MAX_PICTURE_BYTES: String(MOST) },
  })
  assert.equal((await cluster.upload('kept.png', 'kept')).status, 200)
})
after(() => cluster.stop())

const QUERIES = ['', '?node=grpc-node2']

const file = (name: string, bytes: string | Uint8Array = 'bytes', field = 'file'): Part => ({
  disposition: `name="${field}"; filename="${name}"`,
  headers: 'content-type: image/png\r\n',
  bytes,
})

/** Sends a whole body, with its length or in chunks, and says what came back. */
async function post(body: string | Uint8Array, { query = '', type = MULTIPART, chunked = false }) {
  const length = chunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`
  const head = `POST /upload${query} HTTP/1.1\r\n${type}\r\n${length}`
  const framed = chunked ? inChunks(Buffer.from(body)) : body
  const answer = await rawRequest(cluster.url, head, framed)
  return { status: answer?.status, code: answer?.json['code'], error: answer?.json['error'] }
}

function inChunks(body: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; at += 1000) {
    const piece = body.subarray(at, at + 1000)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')])
}

/** After a refusal nothing is stored, staged or locked: the picture that is there can be liked. */
async function assertUnharmed(): Promise<void> {
  await assertUntouched(cluster, ['kept.png'])
  assert.equal((await cluster.like('kept.png')).body['status'], 'COMMITTED')
}

const named = (disposition: string): Part => ({ disposition, bytes: 'v' })
const hundreds = Array.from({ length: 300 }, (_, index) => named(`name="f${index}"`))

/** Bodies that are refused: what is wrong with each, the body, and the answer. */
const REFUSED: readonly (readonly [string, string | Uint8Array, number, string])[] = [
  ['no part at all', multipart([]), 400, 'NO_FILE'],
  ['no file', multipart([named('name="other"')]), 400, 'NO_FILE'],
  ['a field called file', multipart([named('name="file"')]), 400, 'NO_FILE'],
  ['wrong field', multipart([file('a.png', 'x', 'picture')]), 400, 'NO_FILE'],
  ['two files', multipart([file('a.png'), file('b.png')]), 400, 'MALFORMED_BODY'],
  [
    'a second file elsewhere',
    multipart([file('a.png'), file('b', 'x', 'y')]),
    400,
    'MALFORMED_BODY',
  ],
  ['empty filename', multipart([file('')]), 400, 'EMPTY_FILENAME'],
  ['empty file', multipart([file('empty.png', '')]), 422, 'EMPTY_PICTURE'],
  ['1 byte too many', multipart([file('big.png', 'x'.repeat(MOST + 1))]), 413, 'PICTURE_TOO_LARGE'],
  ['far too many', multipart([file('big.png', 'x'.repeat(MOST * 3))]), 413, 'PICTURE_TOO_LARGE'],
  [
    'huge field name',
    multipart([named(`name="${'n'.repeat(5000)}"`), file('a')]),
    400,
    'MALFORMED_BODY',
  ],
  [
    'huge head',
    multipart([named(`name="${'n'.repeat(90_000)}"`), file('a')]),
    400,
    'MALFORMED_BODY',
  ],
  [
    'huge field',
    multipart([{ ...named('name="a"'), bytes: 'v'.repeat(2000) }, file('a')]),
    400,
    'MALFORMED_BODY',
  ],
  [
    'nested field',
    multipart([named(`name="a${'[b]'.repeat(20)}"`), file('a')]),
    400,
    'MALFORMED_BODY',
  ],
  ['nested array', multipart([named('name="a[4294967294][9]"'), file('a')]), 400, 'MALFORMED_BODY'],
  ['hundreds of parts', multipart([...hundreds, file('a')]), 400, 'MALFORMED_BODY'],
  ['parts after the file', multipart([file('a'), ...hundreds]), 400, 'MALFORMED_BODY'],
  ['no name', multipart([{ disposition: 'filename="a.png"' }]), 400, 'MALFORMED_BODY'],
  ['no closing boundary', multipart([file('a.png')]).subarray(0, -6), 400, 'MALFORMED_BODY'],
  [
    'cut within the file',
    multipart([file('a.png', 'x'.repeat(5000))]).subarray(0, 3000),
    400,
    'MALFORMED_BODY',
  ],
  ['cut within the head', multipart([file('a.png')]).subarray(0, 40), 400, 'MALFORMED_BODY'],
  [
    'another boundary',
    multipart([file('a.png')])
      .toString()
      .replaceAll(BOUNDARY, 'other'),
    400,
    'MALFORMED_BODY',
  ],
  ['no body in multipart', 'nothing of the sort', 400, 'MALFORMED_BODY'],
  ['a NUL in the head', multipart([file('a\0.png')]), 400, 'MALFORMED_BODY'],
  [
    '__proto__ and a bad file',
    multipart([named('name="__proto__[x]"'), file('../a')]),
    400,
    'INVALID_NAME',
  ],
]

for (const [what, body, status, code] of REFUSED) {
  test(`T12 refused, nothing kept: ${what}`, async () => {
    for (const query of QUERIES) {
      for (const chunked of [false, true]) {
        const answer = await post(body, { query, chunked })
        assert.deepEqual([answer.status, answer.code], [status, code], JSON.stringify(answer))
      }
    }
    await assertUnharmed()
  })
}

test('the original sentences: No file provided, Empty filename', async () => {
  assert.equal((await post(multipart([]), {})).error, 'No file provided')
  assert.equal((await post(multipart([file('')]), {})).error, 'Empty filename')
})

test('T12 what is no multipart is 415, a boundary that is missing or absurd 400', async () => {
  for (const type of [
    'application/json',
    'text/plain',
    'image/png',
    'multipart/mixed; boundary=x',
  ]) {
    const answer = await post('{"file":1}', { type: `content-type: ${type}` })
    assert.deepEqual([answer.status, answer.code], [415, 'NOT_MULTIPART'], type)
  }
  for (const type of [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="',
  ]) {
    const answer = await post(multipart([file('a.png')]), { type: `content-type: ${type}` })
    assert.ok(answer.status === 400 || answer.status === 415, `${type}: ${answer.status}`)
  }
  const bare = await rawRequest(cluster.url, 'POST /upload HTTP/1.1')
  assert.deepEqual([bare?.status, bare?.json['code']], [400, 'NO_FILE'])
  await assertUnharmed()
})

test('exactly MAX_PICTURE_BYTES is stored, by length and in chunks', async () => {
  for (const chunked of [false, true]) {
    for (const query of QUERIES) {
      const body = multipart([named('name="note"'), file('full.png', 'x'.repeat(MOST))])
      assert.equal((await post(body, { chunked, query })).status, 200)
    }
  }
  const download = await fetch(`${cluster.url}/download/full.png`)
  assert.equal((await download.arrayBuffer()).byteLength, MOST)
  await cluster.deleteEverywhere('full.png')
  await assertUnharmed()
})

test('a browser that sends far too much hears 413, not a reset connection', async () => {
  for (const factor of [2, 50, 400]) {
    const answer = await cluster.upload('huge.png', new Uint8Array(MOST * factor))
    assert.deepEqual([answer.status, answer.body['code']], [413, 'PICTURE_TOO_LARGE'])
  }
  await assertUnharmed()
})

/** Where a body stops: nothing of it, within a part's head, within the file, before the last line. */
const whole = multipart([file('half.png', 'x'.repeat(60_000))])
const STOPS = [0, 20, 1000, 50_000, whole.length - 4]

test('T12 a body cut off with its connection leaves nothing', async () => {
  for (const query of QUERIES) {
    for (const stop of STOPS) {
      const http = await RawHttp.open(cluster.url)
      http.write(`POST /upload${query} HTTP/1.1\r\nhost: x\r\n${MULTIPART}\r\n`)
      http.write(`content-length: ${whole.length}\r\n\r\n`)
      http.write(whole.subarray(0, stop))
      await new Promise((resolve) => setTimeout(resolve, 30))
      http.close()
    }
  }
  await assertUnharmed()
})

test('T12 a body that stops and stays open is answered 408, and its connection is closed', async () => {
  const starts = STOPS.flatMap((stop) =>
    QUERIES.map((query) => [query, whole.subarray(0, stop)] as const),
  )
  const bad = multipart([file('../half.png', 'x'.repeat(60_000))]).subarray(0, 30_000)
  await Promise.all(
    [...starts, ['', bad] as const].map(async ([query, start]) => {
      const http = await RawHttp.open(cluster.url)
      http.write(`POST /upload${query} HTTP/1.1\r\nhost: x\r\n${MULTIPART}\r\n`)
      http.write(`content-length: ${whole.length}\r\n\r\n`)
      http.write(start)
      const answer = await http.answer()
      const given = [answer?.status, answer?.json['code']]
      assert.deepEqual(given, [408, 'REQUEST_TIMEOUT'], `after ${start.length} bytes`)
      await http.ended()
    }),
  )
  await assertUnharmed()
})

test('a slow body that never pauses for long is taken', async () => {
  const http = await RawHttp.open(cluster.url)
  http.write(`POST /upload HTTP/1.1\r\nhost: x\r\n${MULTIPART}\r\n`)
  http.write(`content-length: ${whole.length}\r\n\r\n`)
  for (let at = 0; at < whole.length; at += 12_000) {
    http.write(whole.subarray(at, at + 12_000))
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  assert.equal((await http.answer())?.status, 200)
  http.close()
  await cluster.deleteEverywhere('half.png')
  await assertUnharmed()
})
