import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger } from './logger.ts'
import { plainWording } from './rpc-log.ts'
import { startServer } from './rpc-server.ts'

const program = join(import.meta.dirname, 'healthcheck.js')

function healthcheck(...words: readonly string[]): Promise<{ code: unknown; text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], (error, stdout) =>
      resolve({ code: error === null ? 0 : error.code, text: stdout.trim() }),
    )
  })
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return String((server.address() as AddressInfo).port)
}

test('grpc: well when SERVING, not while it is not', async () => {
  const { log } = createLogger({ node: 'n', level: 'silent', format: 'json' })
  const host = '127.0.0.1'
  const server = await startServer({
    ...{ host, port: 0, node: 'n', log, wording: plainWording, served: [] },
  })
  const port = String(server.port)
  assert.deepEqual(await healthcheck('grpc', port), { code: 1, text: 'it does not answer SERVING' })
  server.setServing(true)
  assert.deepEqual(await healthcheck('grpc', port), { code: 0, text: 'SERVING' })
  await server.close(0)
  const { code, text } = await healthcheck('grpc', port)
  assert.equal(code, 1)
  assert.match(text, /ECONNREFUSED/)
})

test('http: well when it answers 2xx', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/livez' ? 200 : 503).end()
  })
  const port = await listening(server)
  assert.deepEqual(await healthcheck('http', port, '/livez'), { code: 0, text: 'HTTP 200' })
  assert.deepEqual(await healthcheck('http', port, '/x'), { code: 1, text: 'it answers HTTP 503' })
  server.close()
  await once(server, 'close')
  assert.equal((await healthcheck('http', port, '/livez')).code, 1)
})

test('a process that accepts and says nothing is not well', async () => {
  const server = createServer(() => undefined)
  const port = await listening(server)
  const answers = await Promise.all([
    healthcheck('http', port, '/livez'),
    healthcheck('grpc', port),
  ])
  for (const { code } of answers) assert.equal(code, 1)
  server.closeAllConnections()
  server.close()
})

test('wrong usage is told', async () => {
  for (const words of [
    [],
    ['grpc'],
    ['grpc', '0'],
    ['grpc', '1', '/x'],
    ['http', '1', 'x'],
    ['x', '1'],
  ]) {
    const { code, text } = await healthcheck(...words)
    assert.equal(code, 2)
    assert.match(text, /^usage:/)
  }
})
