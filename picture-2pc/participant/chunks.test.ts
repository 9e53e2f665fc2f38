import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitHeader } from './chunks.ts'

interface Chunk {
  readonly part?: string
  readonly data?: Buffer
}

/** A request stream of these messages, that then ends, breaks, or says nothing more. */
function requests(messages: readonly Chunk[], then: 'end' | 'break' | 'silence' = 'end') {
  const stream = async function* () {
    yield* messages
    if (then === 'break') throw new Error('Premature close')
    if (then === 'silence') await new Promise(() => undefined)
  }
  return Object.assign(stream(), { cancelled: false })
}

const name: Chunk = { part: 'filename' }
const last: Chunk = { part: 'complete' }
const data = (size: number): Chunk => ({ part: 'data', data: Buffer.alloc(size, 1) })

async function sizeOf(stream: ReturnType<typeof requests>): Promise<number> {
  const { first, bytes } = await splitHeader(stream, 20)
  assert.deepEqual(first, name)
  let size = 0
  for await (const chunk of bytes) size += chunk.length
  return size
}

test('the first message, then the bytes up to the one that says they are complete', async () => {
  assert.equal(await sizeOf(requests([name, data(3), data(0), data(4), last])), 7)
  assert.equal(await sizeOf(requests([name, last])), 0)
  assert.equal(
    await sizeOf(requests([name, data(3), last], 'silence')),
    3,
    'its end is not waited for',
  )
  assert.equal(await sizeOf(requests([name, data(1024 * 1024), last])), 1024 * 1024)
})

test('a stream that ends, breaks or is cancelled before that is refused', async () => {
  const early = { code: 'INVALID_ARGUMENT', message: /ended before its bytes were complete/ }
  for (const messages of [[], [name], [name, data(3)]]) {
    await assert.rejects(sizeOf(requests(messages)), early)
    await assert.rejects(sizeOf(requests(messages, 'break')), early)
    await assert.rejects(sizeOf(requests(messages, 'silence')), { code: 'REQUEST_TIMEOUT' })
  }
  const cancelled = Object.assign(requests([name, data(3), last]), { cancelled: true })
  await assert.rejects(sizeOf(cancelled), early)
})

test('only data of bounded size follows the first message', async () => {
  const invalid = { code: 'INVALID_ARGUMENT' }
  await assert.rejects(sizeOf(requests([name, name, last])), invalid)
  await assert.rejects(sizeOf(requests([name, {}, last])), invalid)
  await assert.rejects(sizeOf(requests([name, { part: 'data' }, last])), invalid)
  await assert.rejects(sizeOf(requests([name, data(1024 * 1024 + 1), last])), invalid)
})
