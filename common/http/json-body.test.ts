import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { CodedError } from '../errors.ts'
import { readJson } from './json-body.ts'
import { endWhenRead } from './linger.ts'
import { saying, serving } from './test/serving.ts'

const BOUNDS = { maxBytes: 100, withinMs: 60_000 }

/** Answers what it read, or the code of the refusal. */
async function reader(t: TestContext, bounds = BOUNDS) {
  const outcomes: string[] = []
  const port = await serving(t, (request, response) => {
    readJson(request, bounds).then(
      (json) => response.setHeader('connection', 'close').end(JSON.stringify(json)),
      (error: unknown) => {
        const code = error instanceof CodedError ? error.code : 'OTHER'
        outcomes.push(code)
        response.writeHead(400, { connection: 'close' }).write(code)
        if (code === 'REQUEST_TIMEOUT') response.end()
        else endWhenRead(request, response)
      },
    )
  })
  return { port, outcomes }
}

const head = (length: number, type = 'application/json', more = '') =>
  `POST / HTTP/1.1\r\nhost: h\r\ncontent-type: ${type}\r\n${more}content-length: ${length}\r\n\r\n`

test('JSON comes whole, whatever the pieces', async (t) => {
  const { port } = await reader(t)
  const { body } = await saying(port, head(9), '{"a"', ':"b"', '}')
  assert.match(body, /\{"a":"b"\}/)
  for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
    assert.match((await saying(port, head(2, type), '{}')).body, /\{\}/)
  }
})

test('what is not JSON in UTF-8 is refused, by what it says and by what it is', async (t) => {
  const { port } = await reader(t)
  const form = 'application/x-www-form-urlencoded'
  const types = ['text/plain', form, 'multipart/form-data; boundary=x', 'application/jsonp', '']
  for (const type of [...types, 'application/json; charset=utf-16']) {
    assert.match((await saying(port, head(2, type), '{}')).body, /NOT_JSON/, type)
  }
  const zipped = head(2, 'application/json', 'content-encoding: gzip\r\n')
  assert.match((await saying(port, zipped, '{}')).body, /NOT_JSON/)
  for (const body of ['', '{', '{"a":}', 'nothing', '{}}']) {
    assert.match((await saying(port, head(body.length), body)).body, /INVALID_ARGUMENT/, body)
  }
  const socket = connect(port, '127.0.0.1')
  socket.write(head(3))
  socket.write(Buffer.from([0x22, 0xff, 0x22]))
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /INVALID_ARGUMENT/)
  socket.destroy()
})

test('a body is bounded, whether it says its length or not, and the refusal arrives', async (t) => {
  const { port } = await reader(t)
  const text = JSON.stringify('x'.repeat(98))
  assert.match((await saying(port, head(text.length), text)).body, /xxx/)
  const large = JSON.stringify('x'.repeat(99))
  assert.match((await saying(port, head(large.length), large)).body, /BODY_TOO_LARGE/)
  const chunked = head(0).replace('content-length: 0', 'transfer-encoding: chunked')
  const chunk = `5b\r\n${'x'.repeat(0x5b)}\r\n`
  const { body } = await saying(port, chunked, chunk, chunk, '0\r\n\r\n')
  assert.match(body, /BODY_TOO_LARGE/)
})

test('T2 a body that comes too slowly is given up, and one whose sender left', async (t) => {
  const { port, outcomes } = await reader(t, { maxBytes: 100, withinMs: 50 })
  const { body } = await saying(port, head(9), '{"a"')
  assert.match(body, /REQUEST_TIMEOUT/)
  const patient = await reader(t)
  const leaving = connect(patient.port, '127.0.0.1')
  leaving.write(head(9))
  await once(leaving, 'connect')
  leaving.end('{"a"')
  leaving.resume()
  await once(leaving, 'close')
  assert.deepEqual([outcomes, patient.outcomes], [['REQUEST_TIMEOUT'], ['CALLER_GONE']])
})
