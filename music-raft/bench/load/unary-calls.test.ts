import assert from 'node:assert/strict'
import { createServer } from 'node:http2'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { after, test } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { type EchoMethods, echoMethods } from '../echo/protocol.ts'
import { UnaryCalls } from './unary-calls.ts'

async function serve(answer: grpc.handleUnaryCall<Buffer, Buffer>, port = 0) {
  const server = new grpc.Server()
  server.addService({ Unary: echoMethods.Unary }, { Unary: answer })
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, at) =>
      error === null ? resolve(at) : reject(error),
    ),
  )
  after(() => server.forceShutdown())
  return { server, port: bound }
}

function callsTo(port: number, deadlineMs?: number): UnaryCalls<EchoMethods> {
  const calls = new UnaryCalls<EchoMethods>(
    { definition: echoMethods },
    `127.0.0.1:${port}`,
    deadlineMs,
  )
  after(() => calls.close())
  return calls
}

test('calls of any size are answered each with its own, many at a time, metadata sent along', async () => {
  const { port } = await serve(({ request, metadata }, answer) =>
    answer(null, Buffer.concat([request, Buffer.from(String(metadata.get('x-name')))])),
  )
  const calls = callsTo(port)
  const sizes = Array.from({ length: 300 }, (_, at) => at * 997)
  const answers = await Promise.all(
    sizes.map((size, at) => calls.call('Unary', Buffer.alloc(size, at), { 'x-name': `n${at}` })),
  )
  answers.forEach((answer, at) => {
    const expected = Buffer.concat([Buffer.alloc(at * 997, at), Buffer.from(`n${at}`)])
    assert.deepEqual(answer, expected)
  })
})

test('a refusal rejects with its code and its words; the connection serves on', async () => {
  const { port } = await serve(({ request }, answer) =>
    request.length === 0
      ? answer({ code: grpc.status.FAILED_PRECONDITION, details: 'nothing – 100 % of it' })
      : answer(null, request),
  )
  const calls = callsTo(port)
  const refused = calls.call('Unary', Buffer.alloc(0))
  await assert.rejects(refused, /^Error: \/bench\.Echo\/Unary: status 9 nothing – 100 % of it$/)
  assert.deepEqual(await calls.call('Unary', Buffer.from('y')), Buffer.from('y'))
})

test('the deadline is told to the server', async () => {
  let leftMs = 0
  const { port } = await serve((call, answer) => {
    leftMs = Number(call.getDeadline()) - Date.now()
    answer(null, call.request)
  })
  await callsTo(port, 5000).call('Unary', Buffer.alloc(1))
  assert(leftMs > 0 && leftMs <= 5000, `${leftMs} ms`)
})

test('a server that says nothing at all is given up', async () => {
  const server = createTcpServer((socket) => socket.on('error', () => undefined).resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  const { port } = server.address() as AddressInfo
  await assert.rejects(callsTo(port, 50).call('Unary', Buffer.alloc(1)), /no word in time/)
})

test('a lost connection rejects what was under way; the next call connects anew', async () => {
  const first = await serve(() => undefined)
  const calls = callsTo(first.port)
  const lost = assert.rejects(calls.call('Unary', Buffer.alloc(1)), /Unary: /)
  setTimeout(() => first.server.forceShutdown(), 50)
  await lost
  await assert.rejects(calls.call('Unary', Buffer.alloc(1)), /ECONNREFUSED|lost|canceled/i)
  await serve(({ request }, answer) => answer(null, request), first.port)
  assert.deepEqual(await calls.call('Unary', Buffer.from('again')), Buffer.from('again'))
})

test('an answer that is not gRPC is an error, not an empty message', async () => {
  const server = createServer()
  let status = 404
  server.on('stream', (stream) => {
    if (status === 404) return stream.respond({ ':status': 404 }, { endStream: true })
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(Buffer.from([0, 0, 0, 0, 9, 1]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const calls = callsTo((server.address() as AddressInfo).port)
  after(() => server.close())
  await assert.rejects(calls.call('Unary', Buffer.alloc(1)), /HTTP status 404/)
  status = 200
  await assert.rejects(calls.call('Unary', Buffer.alloc(1)), /not one uncompressed message/)
})
