import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { Metadata, status } from '@grpc/grpc-js'
import { CodedError } from '../../../common/errors.ts'
import { loadService } from '../../../common/rpc.ts'
import type { QueueServiceDefinition } from '../../../protos/types/queue/QueueService.ts'
import { eventually } from '../../../test/child.ts'
import { batchCount, decodeBatch } from '../../queue/batch.ts'
import { DEFAULT_LIMITS } from '../../queue/validate.ts'
import type { Write } from '../queue-service.ts'
import { Refused } from '../requests.ts'
import { decodeTracks } from '../wire/tracks-codec.ts'
import type { TracksCall } from './track-stream.ts'
import { type StreamBounds, TrackStreams } from './track-streams.ts'

const { requestSerialize } = loadService<QueueServiceDefinition>(
  'queue.proto',
  'queue.QueueService',
).definition.AddTracks

interface Answer {
  readonly through: number
  readonly others?: readonly { readonly requestId: number; readonly code: string }[]
}

/** A call as grpc-js hands it over, as far as it is used. */
class FakeCall extends EventEmitter {
  readonly metadata = new Metadata()
  readonly answers: Answer[] = []
  isReading = true
  ended: { readonly code: status; readonly error: string } | null = null
  #paused = false

  constructor(clientId = '00000000-0000-4000-8000-000000000001') {
    super()
    this.metadata.set('x-client-id', clientId)
    this.on('error', (error: Error & { code: status; metadata: Metadata }) => {
      this.ended ??= { code: error.code, error: String(error.metadata.get('x-error-code')[0]) }
    })
  }

  send(from: number, count: number, id = 'track'): void {
    const tracks = Array.from({ length: count }, (_, i) => ({
      requestId: from + i,
      track: { id: `${id}-${from + i}` },
    }))
    this.emit('data', decodeTracks(requestSerialize({ tracks })))
  }

  write(answer: Answer): boolean {
    this.answers.push(answer)
    return this.isReading
  }

  sendMetadata(): void {}
  end(): void {
    this.ended ??= { code: status.OK, error: '' }
  }
  pause(): void {
    this.#paused = true
  }
  resume(): void {
    this.#paused = false
  }
  isPaused(): boolean {
    return this.#paused
  }

  get error(): string | undefined {
    return this.ended?.error
  }

  get through(): number {
    return this.answers.at(-1)?.through ?? 0
  }
}

/** Streams over a leader that answers when it is told to. */
class World {
  readonly writes: { write: Write; resolve(codes?: Buffer): void; reject(error: Error): void }[] =
    []
  readonly streams: TrackStreams
  /** Of all entries that were on their way at once. */
  most = 0
  #underWay = 0

  constructor(bounds: Partial<StreamBounds> = {}, timeoutMs = 5000) {
    this.streams = new TrackStreams({
      ...{ limits: DEFAULT_LIMITS, timeoutMs, bounds },
      queued: () => 0,
      describe: (trailer) => trailer.set('x-leader', '3'),
      write: (write) => {
        this.#underWay += 1
        this.most = Math.max(this.most, this.#underWay)
        const answered = new Promise<Buffer>((resolve, reject) => {
          const codes = Buffer.alloc(batchCount(write.data))
          this.writes.push({ write, resolve: (given = codes) => resolve(given), reject })
        })
        return answered.finally(() => {
          this.#underWay -= 1
        })
      },
    })
  }

  open(call = new FakeCall()): FakeCall {
    this.streams.serve(call as unknown as TracksCall).catch(assert.fail)
    return call
  }

  /** The next write, when it is there. */
  async next() {
    await eventually('there is a write', async () => this.writes.length > 0)
    return this.writes.shift() ?? assert.fail()
  }
}

const ended = (call: FakeCall) => eventually('it ended', async () => call.ended !== null)

test('what arrives while an entry is on its way becomes the next one, 512 at most', async () => {
  const world = new World()
  const call = world.open()
  call.send(1, 3)
  call.send(4, 2)
  const first = await world.next()
  assert.equal(batchCount(first.write.data), 5, 'one turn, one entry')
  for (let from = 6; from < 1006; from += 100) call.send(from, 100)
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(world.writes.length, 0, 'one at a time')
  first.resolve()
  const sizes: number[] = []
  for (let through = 5; through < 1005; ) {
    const { write, resolve } = await world.next()
    assert.equal(call.through, through)
    const { firstRequestId, tracks } = decodeBatch(write.data, 1)
    assert.equal(firstRequestId, through + 1)
    assert.equal(tracks[0]?.id, `track-${through + 1}`)
    sizes.push(tracks.length)
    through += tracks.length
    resolve()
  }
  assert.deepEqual(sizes, [512, 488])
  call.emit('end')
  await ended(call)
  assert.deepEqual([call.ended?.code, call.through], [status.OK, 1005])
})

test('answers name what is not applied, by its request', async () => {
  const world = new World()
  const call = world.open()
  call.send(1, 2)
  call.send(3, 1, '') // `-3`
  const { resolve } = await world.next()
  resolve(Buffer.from([0, 1, 4]))
  await eventually('it is answered', async () => call.through === 3)
  const others = call.answers[0]?.others?.map(({ requestId, code }) => [requestId, code])
  assert.deepEqual(others, [
    [2, 'ALREADY_QUEUED'],
    [3, 'QUEUE_FULL'],
  ])
})

test('L16 an outcome that is not known ends the stream, and so does having no leader', async () => {
  for (const [error, code] of [
    [new CodedError('OUTCOME_UNKNOWN'), 'OUTCOME_UNKNOWN'],
    [new Refused('notLeader', 2), 'NO_LEADER'],
    [new CodedError('DISK_FULL'), 'DISK_FULL'],
  ] as const) {
    const world = new World()
    const call = world.open()
    call.send(1, 1)
    const { reject } = await world.next()
    call.send(2, 1)
    reject(error)
    await ended(call)
    assert.equal(call.error, code)
    assert.deepEqual([call.answers, world.writes], [[], []], 'nothing after it was tried')
  }
})

test('where there is no room a stream waits, as long as a call may take', async () => {
  const world = new World({ pauseMs: 5 }, 400)
  const call = world.open()
  call.send(1, 1)
  for (let i = 0; i < 3; i += 1) (await world.next()).reject(new Refused('tailFull', null))
  ;(await world.next()).resolve()
  await eventually('it is answered', async () => call.through === 1)
  call.send(2, 1)
  const refusing = setInterval(() => {
    for (const { reject } of world.writes.splice(0)) reject(new Refused('tailFull', null))
  }, 5)
  await ended(call)
  clearInterval(refusing)
  assert.deepEqual([call.error, call.through], ['OVERLOADED', 1])
})

test('T14 streams and entries on their way are bounded, and the oldest is next', async () => {
  const world = new World({ streams: 4, entries: 2 })
  const calls = Array.from({ length: 4 }, () => world.open())
  const fifth = world.open()
  await ended(fifth)
  assert.equal(fifth.error, 'OVERLOADED')
  for (const [at, call] of calls.entries()) call.send(1, at + 1)
  for (let at = 0; at < 4; at += 1) {
    const { write, resolve } = await world.next()
    assert.equal(batchCount(write.data), at + 1)
    resolve()
  }
  assert.equal(world.most, 2)
  await eventually('all are answered', async () => calls.every(({ through }) => through > 0))
  for (const call of calls) call.emit('end')
})

test('T14 a stream that is not read, or says nothing, is not read either, and ends', async () => {
  const world = new World({ idleMs: 200 })
  const silent = world.open()
  const deaf = world.open()
  deaf.isReading = false
  for (let from = 1; !deaf.isPaused(); from += 512) deaf.send(from, 512)
  ;(await world.next()).resolve()
  await eventually('one answer is written', async () => deaf.answers.length === 1)
  await ended(silent)
  await ended(deaf)
  assert.deepEqual([silent.error, deaf.error], ['STREAM_IDLE', 'STREAM_IDLE'])
  assert.equal(deaf.answers.length, 1)
  assert.deepEqual(world.writes, [])
})

test('L9 a node that stops answers what is on its way, and takes no more', async () => {
  const world = new World()
  const [idle, busy] = [world.open(), world.open()]
  busy.send(1, 1)
  const { resolve } = await world.next()
  busy.send(2, 1)
  const stopped = world.streams.stop(5000)
  await ended(idle)
  assert.equal(busy.ended, null)
  resolve()
  await stopped
  assert.deepEqual([idle.error, busy.error], ['STOPPING', 'STOPPING'])
  assert.deepEqual([busy.through, world.writes], [1, []])
  const late = world.open()
  await ended(late)
  assert.equal(late.error, 'STOPPING')
})

test('L16 what is still on its way when a node has to stop is unknown', async () => {
  const world = new World()
  const call = world.open()
  call.send(1, 1)
  const { resolve } = await world.next()
  await world.streams.stop(1)
  assert.deepEqual([call.error, call.answers], ['OUTCOME_UNKNOWN', []])
  resolve()
})

test('a client that goes away leaves nothing behind', async () => {
  const world = new World({ entries: 1 })
  const [gone, other] = [world.open(), world.open()]
  gone.send(1, 1)
  const first = await world.next()
  gone.send(2, 1)
  other.send(1, 1)
  gone.emit('cancelled')
  first.resolve()
  const next = await world.next()
  next.resolve()
  await eventually('the other is answered', async () => other.through === 1)
  assert.deepEqual([gone.answers, world.writes], [[], []])
  other.emit('end')
  await ended(other)
})
