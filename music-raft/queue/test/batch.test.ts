import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  BATCH,
  BatchWriter,
  batchCount,
  decodeBatch,
  encodeBatch,
  MAX_BATCH_TRACKS,
} from '../batch.ts'
import { QueueError } from '../errors.ts'
import { OUTCOME_CODES, type OutcomeCode } from '../outcome.ts'
import { QueueMachine } from '../queue.ts'
import { DEFAULT_LIMITS, type NewTrack } from '../validate.ts'
import { logOf } from './model.ts'
import {
  ADD,
  bytesOf,
  client,
  crowded,
  entryOf,
  everything,
  PLAY,
  restore,
  text,
} from './support.ts'

const { maxTracks, maxSessions } = DEFAULT_LIMITS
const head = { clientId: client(77), maxSessions, maxTracks }

interface Numbered extends NewTrack {
  readonly requestId: number
}

const track = (id: string, requestId: number, more: Partial<NewTrack> = {}): Numbered => ({
  ...{ id, title: `Title of ${id}`, artist: 'Me', duration: 100, requestId },
  ...more,
})

const entry = (index: number, tracks: readonly Numbered[], shared: Partial<typeof head> = {}) => ({
  index,
  command: BATCH,
  data: encodeBatch({ ...head, ...shared }, tracks),
})

function codesOf(outcome: { readonly codes?: Uint8Array }): OutcomeCode[] {
  return [...(outcome.codes ?? assert.fail('no batch'))].map(
    (code) => OUTCOME_CODES[code] ?? assert.fail(),
  )
}

/** Tracks with growing request ids. */
const batches = fc
  .array(
    fc.record(
      {
        ...{ id: text(1, 32), title: text(0, 128), artist: text(0, 128) },
        ...{
          duration: fc.integer({ min: 0, max: 86_400 }),
          step: fc.integer({ min: 1, max: 999 }),
        },
      },
      { noNullPrototype: true },
    ),
    { minLength: 1, maxLength: 30 },
  )
  .chain((tracks) =>
    fc.nat(2 ** 40).map((first) => {
      let requestId = first
      return tracks.map(({ step, ...rest }) => {
        requestId += step
        return { ...rest, requestId }
      })
    }),
  )

test('a batch is what it was when it was encoded, and has one encoding', () => {
  fc.assert(
    fc.property(batches, fc.integer({ min: 1, max: 2 ** 40 }), (tracks, index) => {
      const bytes = encodeBatch(head, tracks)
      const read = decodeBatch(bytes, index)
      const { firstRequestId: first, offsets } = read
      const again = read.tracks.map(({ id, title, artist, duration }, place) => ({
        ...{ id, title, artist, duration, requestId: first + (offsets[place] ?? 0) },
      }))
      assert.deepEqual(again, tracks)
      assert.deepEqual(encodeBatch(read, again), bytes)
      assert.equal(batchCount(bytes), tracks.length)
      assert.ok(read.tracks.every(({ arrival, votes }) => arrival === index && votes === 0))
      assert.deepEqual(
        read.tracks.map(({ place }) => place),
        tracks.map((_, place) => place),
      )
    }),
  )
})

test('R17 bytes that are no batch are refused whole, and change nothing', () => {
  const good = encodeBatch(head, [track('a', 5), track('é', 9), track('c', 10)])
  const refused = (bytes: Uint8Array) => {
    const machine = new QueueMachine()
    const outcome = machine.apply({ index: 1, command: BATCH, data: bytes })
    assert.equal(outcome.code, 'MALFORMED_COMMAND')
    assert.deepEqual([machine.size, machine.sessionCount, outcome.codes], [0, 0, undefined])
  }
  for (let end = 0; end < good.length; end++) refused(good.subarray(0, end))
  refused(new Uint8Array([...good, 0]))
  let different = 0
  for (let at = 0; at < good.length; at++) {
    for (const bit of [1, 0x80]) {
      const bytes = good.slice()
      bytes[at] = (bytes[at] ?? 0) ^ bit
      try {
        decodeBatch(bytes, 1)
        different++
      } catch (error) {
        assert.ok(error instanceof QueueError && error.code === 'MALFORMED_COMMAND')
        refused(bytes)
      }
    }
  }
  assert.ok(different > 0, 'a changed letter makes another track')
})

test('a batch takes growing request ids, 512 of them, not too far apart', () => {
  const writer = new BatchWriter()
  const body = new Uint8Array([1, 0, 0, 0, 97])
  writer.add(7, body)
  assert.deepEqual([writer.takes(7), writer.takes(6), writer.takes(8)], [false, false, true])
  assert.deepEqual([writer.takes(7 + 2 ** 32), writer.takes(6 + 2 ** 32)], [false, true])
  for (let id = 8; writer.takes(id); id++) writer.add(id, body)
  assert.equal(writer.count, MAX_BATCH_TRACKS)
  const bytes = writer.take(head)
  assert.equal(decodeBatch(bytes, 1).tracks.length, MAX_BATCH_TRACKS)
  assert.throws(() => encodeBatch(head, [track('', 1)]), /id must be/)
  assert.throws(() => encodeBatch(head, [track('a', 2), track('b', 2)]), /request ids/)
})

const ids = fc.array(fc.nat(40), { minLength: 1, maxLength: 12 })
/** Batches between commands of other clients. */
const histories = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: crowded.map((command) => ({ command, ids: [] as number[] })) },
    { weight: 1, arbitrary: ids.map((list) => ({ command: null, ids: list })) },
  ),
  { maxLength: 80, size: 'max' },
)

test('R16 R22 a batch is the sequence of its ADDs', () => {
  let full = 0
  fc.assert(
    fc.property(histories, fc.integer({ min: 5, max: 41 }), (history, most) => {
      const together = new QueueMachine()
      const oneByOne = new QueueMachine()
      let [index, requestId] = [0, 0]
      for (const { command, ids: list } of history) {
        index += 100
        if (command !== null) {
          const { operation } = command
          const one = entryOf(index, operation)
          const { code, id, position, total } = together.apply(one)
          const other = oneByOne.apply(one)
          assert.deepEqual(
            [code, id, position, total],
            [other.code, other.id, other.position, other.total],
          )
          continue
        }
        const tracks = list.map((id, place) => track(`${id}`, requestId + place + 1))
        requestId += list.length
        const codes = codesOf(together.apply(entry(index, tracks, { maxTracks: most })))
        const expected = tracks.map(({ id, requestId }, place) => {
          const identity = { clientId: head.clientId, requestId }
          return oneByOne.apply(entryOf(index + place, ADD(id, { maxTracks: most }), identity)).code
        })
        assert.deepEqual(codes, expected)
        full += codes.filter((code) => code === 'QUEUE_FULL').length
      }
      const all = { offset: 0, limit: 1e9 }
      const seen = (machine: QueueMachine) =>
        [machine.queuePage(all), machine.historyPage(all)].map(({ tracks }) =>
          tracks.map(({ id, votes, title }) => [id, votes, title]),
        )
      assert.deepEqual(seen(together), seen(oneByOne))
    }),
    { numRuns: 300 },
  )
  assert.ok(full > 100, `only ${full} tracks met a full queue`)
})

test('R16 what is repeated, in whatever batches or alone, gets its first answer and changes nothing', () => {
  fc.assert(
    fc.property(ids, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (list, cuts) => {
      const machine = new QueueMachine()
      machine.apply(entryOf(1, ADD('7')))
      const tracks = list.map((id, place) => track(`${id}`, 3 * place + 10))
      const first = codesOf(machine.apply(entry(2, tracks)))
      machine.apply(entryOf(3, PLAY()))
      const before = everything(machine)
      let index = 3
      let rest = tracks
      for (let i = 0; rest.length > 0; i++) {
        index++
        const some = rest.slice(0, cuts[i % cuts.length])
        rest = rest.slice(some.length)
        const from = tracks.length - rest.length - some.length
        const [one] = some
        assert.ok(one !== undefined)
        if (some.length === 1) {
          const identity = { clientId: head.clientId, requestId: one.requestId }
          const answer = machine.apply(entryOf(index, ADD(one.id), identity))
          assert.deepEqual([answer.code, answer.replayed], [first[from], true])
        } else {
          const answer = codesOf(machine.apply(entry(index, some)))
          assert.deepEqual(answer, first.slice(from, from + some.length))
        }
      }
      const { queue, history } = everything(machine) as { queue: unknown; history: unknown }
      assert.deepEqual({ queue, history }, pick(before))
    }),
    { numRuns: 200 },
  )
})

function pick(all: unknown): unknown {
  const { queue, history } = all as { queue: unknown; history: unknown }
  return { queue, history }
}

test('R16 a batch half of which is new applies that half', () => {
  const machine = new QueueMachine()
  const tracks = ['a', 'b', 'c', 'd'].map((id, place) => track(id, place + 1))
  machine.apply(entry(1, tracks.slice(0, 2)))
  assert.deepEqual(codesOf(machine.apply(entry(2, tracks))), ['OK', 'OK', 'OK', 'OK'])
  assert.equal(machine.size, 4)
  assert.deepEqual(codesOf(machine.apply(entry(3, tracks))), ['OK', 'OK', 'OK', 'OK'])
  assert.equal(machine.size, 4)
  machine.apply(entry(4, [track('e', 5)]))
  assert.deepEqual(codesOf(machine.apply(entry(5, tracks))), ['OK', 'OK', 'OK', 'OK'])
  const other = codesOf(machine.apply(entry(7, [track('f', 5), track('f', 6)])))
  assert.deepEqual(other, ['REQUEST_ID_REUSED', 'OK'])
})

test('R16 of a client the last 512 tracks are remembered, however they came', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: MAX_BATCH_TRACKS }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 2 ** 33 }),
      (sizes, gap) => {
        const machine = new QueueMachine()
        const all: Numbered[] = []
        for (const [at, size] of sizes.entries()) {
          const from = (all.at(-1)?.requestId ?? 0) + gap
          const tracks = Array.from({ length: size }, (_, i) => track(`${at}-${i}`, from + 2 * i))
          all.push(...tracks)
          machine.apply(entry(at + 1, tracks))
          assert.deepEqual(everything(restore(bytesOf(machine))), everything(machine))
        }
        const last = all.at(-1)?.requestId ?? 0
        for (const [place, one] of all.entries()) {
          const identity = { clientId: head.clientId, requestId: one.requestId }
          const { code } = machine.apply(entryOf(100 + place, ADD(one.id), identity))
          const known = place >= all.length - MAX_BATCH_TRACKS && last - one.requestId < 2 ** 32
          assert.equal(code, known ? 'OK' : 'STALE_REQUEST', `${place} of ${all.length}`)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('R16 a request made alone is known when it comes again in a batch', () => {
  const machine = new QueueMachine()
  const identity = { clientId: head.clientId, requestId: 4 }
  assert.equal(machine.apply(entryOf(1, ADD('a'), identity)).code, 'OK')
  machine.apply(entryOf(2, PLAY()))
  const codes = codesOf(machine.apply(entry(3, [track('z', 3), track('a', 4), track('b', 5)])))
  assert.deepEqual(codes, ['STALE_REQUEST', 'OK', 'OK'])
  assert.equal(machine.size, 1)
  assert.equal(machine.apply(entryOf(4, ADD('x'), identity)).code, 'REQUEST_ID_REUSED')
})

test('R17 snapshots with batches restore to the same machine, which goes on alike', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 700 }), (history, piece) => {
      const machine = new QueueMachine()
      let twin = new QueueMachine()
      let [index, requestId] = [0, 0]
      for (const { command, ids: list } of history) {
        index++
        const tracks = list.map((id, place) => track(`${id}`, requestId + place + 1))
        requestId += Math.max(0, list.length - 2) // the next batch repeats two
        const [single] = command === null ? [] : logOf([command])
        const one = single === undefined ? entry(index, tracks) : { ...single, index }
        assert.deepEqual(twin.apply(one), machine.apply(one))
        const bytes = bytesOf(machine)
        twin = restore(bytes, [piece])
        assert.deepEqual(everything(twin), everything(machine))
        assert.deepEqual(bytesOf(twin), bytes)
      }
    }),
    { numRuns: 60 },
  )
})

test('R22 what came without batches is written, and hashed, as before there were any', () => {
  const machine = new QueueMachine()
  for (let i = 1; i <= 300; i++) {
    const identity = i % 3 === 0 ? undefined : { clientId: client(i % 7), requestId: i }
    machine.apply(entryOf(i, i % 5 === 4 ? PLAY() : ADD(`t${i % 90}`), identity))
  }
  const hash = machine.stateHash()
  assert.equal(hash, OLD_HASH)
  assert.equal(bytesOf(machine)[6], 1, 'format 1')
  machine.apply(entry(301, [track('x', 1), track('y', 2)]))
  assert.equal(bytesOf(machine)[6], 2, 'format 2')
  machine.apply(
    entryOf(302, { kind: 'REMOVE', id: 'y' }, { clientId: head.clientId, requestId: 3 }),
  )
  assert.equal(bytesOf(machine)[6], 1, 'nothing is left that came in a batch')
})

/** Of the history above, from a build that knew no batches. */
const OLD_HASH = '1f4cd9301f29aaaa'
