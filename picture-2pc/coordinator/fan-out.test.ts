import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import type { ClientWritableStream } from '@grpc/grpc-js'
import { assertNotEmpty, FanOut, type Sink } from './fan-out.ts'

type Chunk = { header: string } | { data: Buffer } | { last: true }

/** A receiver that keeps what it gets; it answers when its stream ends, or fails when told to. */
function receiver({ highWaterMark = 16 } = {}) {
  const got: Chunk[] = []
  let fail: (error: Error) => void = () => undefined
  let cancelled = false
  const pending: (() => void)[] = []
  let stalled = false
  const stream = new Writable({
    ...{ objectMode: true, highWaterMark },
    write(chunk: Chunk, _encoding, done) {
      got.push(chunk)
      if (stalled) pending.push(done)
      else done()
    },
  })
  const answer = new Promise<string>((resolve, reject) => {
    stream.on('finish', () => resolve('stored'))
    fail = reject
  })
  answer.catch(() => undefined)
  const requests = Object.assign(stream, {
    cancel: () => {
      cancelled = true
      fail(new Error('cancelled'))
    },
  }) as unknown as ClientWritableStream<Chunk>
  const sink: Sink<Chunk> = { requests, answer }
  return {
    ...{ sink, got, pending, fail: (error: Error) => fail(error) },
    stall: () => {
      stalled = true
    },
    release: () => {
      stalled = false
      for (const done of pending.splice(0)) done()
    },
    isCancelled: () => cancelled,
    bytes: () =>
      Buffer.concat(got.map((chunk) => ('data' in chunk ? chunk.data : Buffer.alloc(0)))),
  }
}

const fanOut = (sinks: readonly Sink<Chunk>[]) =>
  new FanOut<Chunk>(sinks, { header: 'name' }, (data) => ({ data }), { last: true })

async function* body(...parts: readonly Buffer[]) {
  yield* parts
}

const large = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251))

test('every receiver gets the header, the same bytes in bounded chunks, then the last message', async () => {
  const receivers = [receiver(), receiver()]
  const fan = fanOut(receivers.map(({ sink }) => sink))
  const { size, sha256 } = await fan.send(body(large, Buffer.from('end')), () => 1000)
  const whole = Buffer.concat([large, Buffer.from('end')])
  assert.deepEqual([size, sha256], [whole.length, createHash('sha256').update(whole).digest('hex')])
  for (const { got } of receivers)
    assert.ok(!got.some((chunk) => 'last' in chunk), 'not complete yet')
  const results = await fan.finish(60_000)
  assert.ok(results.every(({ status }) => status === 'fulfilled'))
  for (const { got, bytes } of receivers) {
    assert.deepEqual([got[0], got.at(-1)], [{ header: 'name' }, { last: true }])
    assert.deepEqual(bytes(), whole)
    assert.ok(got.every((chunk) => !('data' in chunk) || chunk.data.length <= 256 * 1024))
  }
})

test('a receiver that fails is left behind, the others get everything', async () => {
  const [failing, sound] = [receiver({ highWaterMark: 1 }), receiver()]
  const fan = fanOut([failing.sink, sound.sink])
  failing.stall()
  const sending = fan.send(body(large), () => 1000)
  setImmediate(() => failing.fail(new Error('gone')))
  await sending
  const results = await fan.finish(60_000)
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
  assert.deepEqual(sound.bytes(), large)
})

test('a receiver that stands still when another has answered is left behind, and not before', async () => {
  const [hanging, sound] = [receiver(), receiver()]
  hanging.stall()
  sound.stall()
  const fan = fanOut([hanging.sink, sound.sink])
  await fan.send(body(Buffer.from('bytes')), () => 1000)
  const finished = fan.finish(50)
  await new Promise((resolve) => setTimeout(resolve, 120))
  assert.deepEqual([hanging.isCancelled(), sound.isCancelled()], [false, false])
  sound.release()
  const results = await finished
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
  assert.deepEqual([hanging.isCancelled(), sound.isCancelled()], [true, false])
})

test('the body is read at the pace of the slowest receiver', async () => {
  const slow = receiver({ highWaterMark: 1 })
  slow.stall()
  let asked = 0
  const long = async function* () {
    for (; asked < 100; ) {
      asked += 1
      yield Buffer.alloc(10)
    }
  }
  const sending = fanOut([slow.sink]).send(long(), () => 1000)
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(asked, 1)
  slow.fail(new Error('gone'))
  assert.equal((await sending).size, 1000)
})

test('T12 a body that breaks or falls silent is an error; cancelling tells every receiver', async () => {
  const one = receiver()
  const fan = fanOut([one.sink])
  const silent = async function* () {
    yield Buffer.from('x')
    await new Promise(() => undefined)
  }
  await assert.rejects(
    fan.send(silent(), () => 20),
    { code: 'REQUEST_TIMEOUT' },
  )
  fan.cancel()
  assert.equal(one.isCancelled(), true)
  const broken = async function* () {
    yield Buffer.from('x')
    throw new Error('reset')
  }
  await assert.rejects(
    fanOut([receiver().sink]).send(broken(), () => 1000),
    /reset/,
  )
})

test('without receivers the bytes are only measured', async () => {
  const fan = fanOut([])
  assert.equal((await fan.send(body(large), () => 1000)).size, large.length)
  assert.deepEqual(await fan.finish(60_000), [])
  assert.throws(() => assertNotEmpty(0), { code: 'EMPTY_PICTURE' })
})
