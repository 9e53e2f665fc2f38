import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { EventSourceClient } from '../../test/event-source.ts'
import { machineClock } from '../clock.ts'
import { CodedError } from '../errors.ts'
import { EventLog } from './event-log.ts'
import { serveEvents } from './sse.ts'

async function serving(t: TestContext) {
  const log = new EventLog<{ kind: 'thing'; text: string }, object>({
    ...{ node: 'a', clock: machineClock, state: () => ({}) },
  })
  const responses: ServerResponse[] = []
  const server = createServer((req, response) => {
    responses.push(response)
    try {
      serveEvents(req, response, log.feed)
    } catch (error) {
      response.writeHead(error instanceof CodedError ? error.httpStatus : 500).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  t.after(() => {
    log.close()
    server.close()
    server.closeAllConnections()
  })
  return { log, responses, port, url: `http://127.0.0.1:${port}/events` }
}

/** Status of a request with headers that fetch would not send. */
async function statusOf(port: number, headers: Record<string, string>, method = 'GET') {
  const asked = request({ host: '127.0.0.1', port, path: '/events', method, headers })
  asked.end()
  const [response] = await once(asked, 'response')
  response.destroy()
  return response.statusCode
}

test('T14 a tab that never reads holds a bounded part of the events, and nobody up', async (t) => {
  const { log, responses, port, url } = await serving(t)
  const dead = connect(port, '127.0.0.1')
  dead.pause()
  dead.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await eventually('it is served', () => responses.length === 1)
  const alive = await EventSourceClient.open(url)
  const text = 'x'.repeat(8000)
  const rounds = 25
  let most = 0
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < 100; i += 1) log.emit({ kind: 'thing', text })
    await eventually(
      'the other has them',
      () => (alive.events.at(-1)?.sequence ?? 0) >= log.sequence,
    )
    most = Math.max(most, responses[0]?.writableLength ?? 0)
  }
  const things = alive.events.filter(({ kind }) => kind === 'thing')
  assert.equal(things.length, rounds * 100, 'twenty megabytes')
  assert.ok(most > 0, 'it was not kept from reading')
  assert.ok(most < 512 * 1024, `${most} bytes wait for one that never reads`)
  dead.destroy()
  alive.close()
  await eventually('both are gone', () => log.feed.viewers === 0)
})

test('T9 a browser that lost the connection goes on with Last-Event-ID', async (t) => {
  const { log, url } = await serving(t)
  const first = await EventSourceClient.open(url)
  log.emit({ kind: 'thing', text: 'one' })
  await first.until('the first thing', ({ kind }) => kind === 'thing')
  first.close()
  log.emit({ kind: 'thing', text: 'two' })
  const second = await EventSourceClient.open(url, { 'last-event-id': first.lastId })
  await second.until('the second thing', (event) => event['text'] === 'two')
  const [hello] = second.events
  assert.deepEqual([hello?.['resumed'], hello?.['missed']], ['continued', 0])
  assert.equal(second.events.filter(({ kind }) => kind === 'thing').length, 1)
  second.close()
})

test('a viewer that says goodbye is gone at once', async (t) => {
  const { log, port } = await serving(t)
  const leaving = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  leaving.resume()
  leaving.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await eventually('it looks', () => log.feed.viewers === 1)
  leaving.end()
  await eventually('it does not any more', () => log.feed.viewers === 0)
  leaving.destroy()
})

test('only pages of this server may look', async (t) => {
  const { port } = await serving(t)
  const host = `localhost:${port}`
  for (const headers of [
    { host },
    { host: '127.0.0.1' },
    { host: '[::1]:80' },
    { host: 'raft-node1:8080' },
    { host: 'a.localhost' },
    { host, origin: `http://${host}` },
    { host, 'sec-fetch-site': 'same-origin' },
    { host, 'sec-fetch-site': 'none' },
  ]) {
    assert.equal(await statusOf(port, headers), 200, JSON.stringify(headers))
  }
  for (const headers of [
    { host: 'evil.example' },
    { host: 'localhost.evil.example' },
    { host: '127.0.0.1.evil.example' },
    { host: 'evil.example:80' },
    { host, origin: 'http://evil.example' },
    { host, origin: 'http://localhost:1' },
    { host, origin: 'null' },
    { host, 'sec-fetch-site': 'cross-site' },
    { host, 'sec-fetch-site': 'same-site' },
  ]) {
    assert.equal(await statusOf(port, headers), 403, JSON.stringify(headers))
  }
  assert.equal(await statusOf(port, { host }, 'HEAD'), 200)
})
