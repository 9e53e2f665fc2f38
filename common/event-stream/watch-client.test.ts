import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { type ClientReadableStream, status } from '@grpc/grpc-js'
import { ManualClock } from './test/world.ts'
import { WatchClient } from './watch-client.ts'

type Stream = ClientReadableStream<{ readonly events: readonly string[] }>

class FakeStream extends EventEmitter {
  cancelled = false

  cancel(): void {
    this.cancelled = true
  }
}

/** A client of a process that is connected or not, and answers or not, as the test has it. */
function watching() {
  const clock = new ManualClock()
  const streams: FakeStream[] = []
  const told = { heard: [] as string[], lost: [] as string[], reconnects: 0, closed: false }
  const way = { connected: true, isRight: true }
  const client = new WatchClient({
    clock,
    channel: {
      ready: async () => way.connected,
      open: () => {
        const stream = new FakeStream()
        streams.push(stream)
        return stream as unknown as Stream
      },
      reconnect: () => {
        told.reconnects += 1
      },
      close: () => {
        told.closed = true
      },
    },
    heard: (events) => {
      told.heard.push(...events)
      return way.isRight
    },
    lost: (reason) => told.lost.push(reason),
  })
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 100) {
      clock.advance(Math.min(left, 100))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { client, clock, streams, told, way, pass, last: () => streams.at(-1) }
}

test('T1 T9 a process that dies is asked again, a little later each time, until it answers', async () => {
  const { client, streams, told, way, pass, last } = watching()
  await pass(100)
  last()?.emit('data', { events: ['a'] })
  last()?.emit(
    'error',
    Object.assign(new Error('x'), { code: status.UNAVAILABLE, details: 'gone' }),
  )
  way.connected = false
  await pass(60_000)
  assert.deepEqual(new Set(told.lost), new Set(['gone', 'no connection']))
  assert.ok(told.lost.length < 20, `${told.lost.length} attempts in a minute`)
  assert.equal(streams.length, 1, 'nothing is sent without a connection')
  way.connected = true
  await pass(5100)
  last()?.emit('data', { events: ['b'] })
  assert.deepEqual(told.heard, ['a', 'b'])
  assert.ok(told.reconnects > 0, 'addresses move')
  client.close()
})

test('T2 one that falls silent counts as lost; one that says anything does not', async () => {
  const { client, streams, told, pass, last } = watching()
  await pass(100)
  for (let second = 0; second < 20; second += 1) {
    await pass(1000)
    last()?.emit('data', { events: [] })
  }
  assert.deepEqual(told.lost, [])
  await pass(5200)
  assert.deepEqual(told.lost, ['silent for 5000 ms'])
  assert.equal(streams[0]?.cancelled, true)
  await pass(1000)
  streams[0]?.emit('data', { events: ['late'] })
  assert.deepEqual(told.heard, [])
  assert.equal(streams.length, 2)
  client.close()
})

test('L11 where another process answers, the stream is given up', async () => {
  const { client, told, way, pass, last } = watching()
  await pass(100)
  way.isRight = false
  last()?.emit('data', { events: ['of another'] })
  assert.equal(last()?.cancelled, true)
  client.close()
  assert.ok(told.closed)
})

test('closed, it asks no more and leaves no timer', async () => {
  const { client, clock, streams, told, pass, last } = watching()
  await pass(100)
  client.close()
  last()?.emit('error', Object.assign(new Error('cancelled'), { code: status.CANCELLED }))
  await pass(10_000)
  assert.deepEqual([streams.length, told.lost, clock.waiting], [1, [], 0])
})
