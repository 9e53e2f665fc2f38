import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import {
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Stream,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { forgetClosedStreams } from './closed-streams.ts'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
/** It came within the first releases of Node 24. */
const isTold = major > 24 || (major === 24 && minor >= 3)
const skip = isTold ? false : 'this Node may not tell of its streams'

test('a closed stream has no listeners left, and all of them heard its end', { skip }, async () => {
  forgetClosedStreams('server')
  forgetClosedStreams('server')
  const created: Http2Stream[] = []
  subscribe('http2.server.stream.created', (message) => {
    created.push((message as { readonly stream: Http2Stream }).stream)
  })
  const heard: string[] = []
  const server = createServer()
  const isOver = new Promise<void>((resolve) => {
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('data', (data: Buffer) => heard.push(data.toString()))
      stream.on('end', () => {
        heard.push('end')
        stream.respond({ ':status': 200 })
        stream.end('answer')
      })
      stream.on('close', () => heard.push('close'))
      stream.on('close', () => setImmediate(resolve))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const request: ClientHttp2Stream = session.request({ ':method': 'POST' })
  request.end('question')
  assert.deepEqual(await request.setEncoding('utf8').toArray(), ['answer'])
  await isOver
  session.close()
  server.close()
  const [stream] = created
  assert.ok(stream !== undefined && created.length === 1)
  assert.deepEqual(heard, ['question', 'end', 'close'])
  assert.deepEqual(stream.eventNames(), ['error'])
  stream.emit('error', new Error('too late for anybody to hear'))
})
