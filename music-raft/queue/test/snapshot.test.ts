import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QueueError } from '../errors.ts'
import { QueueMachine } from '../queue.ts'
import { QueueRestore } from '../restore.ts'
import { MAX_CHUNK_BYTES, MAX_RECORD_BYTES } from '../snapshot.ts'
import { logOf } from './model.ts'
import {
  ADD,
  bytesOf,
  client,
  crowded,
  everything,
  join,
  PLAY,
  Replica,
  restore,
  VOTE,
} from './support.ts'

const histories = (maxLength: number) => fc.array(crowded, { maxLength, size: 'max' })

/** 3,000 tracks, 500 played, 300 sessions; texts of all lengths. */
function large(): Replica {
  const replica = new Replica()
  for (let i = 0; i < 3500; i++) {
    const more = { title: 'é'.repeat(i % 257), artist: 'x'.repeat((i * 7) % 513) }
    replica.do(ADD(`${i}`, more), { clientId: client(i % 300), requestId: i })
    if (i % 3 === 0) replica.do(VOTE(`${(i * 31) % (i + 1)}`, i % 2 === 0))
  }
  for (let i = 0; i < 500; i++) replica.do(PLAY())
  return replica
}

test('R16 R17 a snapshot at any point, restored in any pieces, is the same machine for good', () => {
  fc.assert(
    fc.property(
      histories(80),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
      (commands, sizes) => {
        const log = logOf(commands)
        const machine = new QueueMachine()
        const twins: QueueMachine[] = []
        for (const entry of log) {
          const outcome = machine.apply(entry)
          for (const twin of twins) assert.deepEqual(twin.apply(entry), outcome)
          if (entry.index % 7 !== 1) continue
          const bytes = bytesOf(machine)
          const twin = restore(bytes, sizes)
          assert.deepEqual(everything(twin), everything(machine))
          assert.deepEqual(bytesOf(twin), bytes, 'equal states are equal bytes')
          twins.push(twin)
        }
        for (const twin of twins) assert.deepEqual(everything(twin), everything(machine))
      },
    ),
    { numRuns: 100 },
  )
})

test('R17 a snapshot read while commands go on is that of its index', () => {
  fc.assert(
    fc.property(histories(150), histories(150), (before, after) => {
      const log = logOf([...before, ...after])
      const machine = new QueueMachine()
      for (const entry of log.slice(0, before.length)) machine.apply(entry)
      const then = everything(machine)
      const snapshot = machine.snapshot()
      const early = join([...snapshot.chunks()])
      const alone = new QueueMachine()
      for (const entry of log) alone.apply(entry)
      for (const entry of log.slice(before.length)) machine.apply(entry)
      assert.deepEqual(join([...snapshot.chunks()]), early, 'may be read again')
      assert.deepEqual(everything(restore(early)), then)
      assert.deepEqual(everything(machine), everything(alone), 'reading changed nothing')
    }),
    { numRuns: 60 },
  )
})

test('snapshot: pieces of at most 64 KiB, with commands applied between them', () => {
  const replica = large()
  const then = everything(replica.machine)
  const snapshot = replica.machine.snapshot()
  assert.equal(snapshot.lastApplied, replica.index)
  const pieces: Uint8Array[] = []
  for (const piece of snapshot.chunks()) {
    pieces.push(piece)
    for (let i = 0; i < 40; i++) {
      replica.do(PLAY(10))
      replica.do(ADD(`new ${replica.index}`), { clientId: client(replica.index), requestId: 1 })
    }
  }
  assert.ok(pieces.length > 20)
  for (const { length } of pieces) assert.ok(length <= MAX_CHUNK_BYTES)
  for (const { length } of pieces.slice(0, -1))
    assert.ok(length > MAX_CHUNK_BYTES - MAX_RECORD_BYTES)
  const twin = restore(join(pieces), [65_536, 1, 1000])
  assert.deepEqual(everything(twin), then)
  assert.equal(twin.stateHash(), snapshot.stateHash)
})

test('snapshot: an empty machine', () => {
  const machine = new QueueMachine()
  assert.deepEqual(everything(restore(bytesOf(machine), [1])), everything(machine))
})

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    assert.ok(error instanceof QueueError, String(error))
    return error.code
  }
}

test('restore: a flip of any bit, a cut or a tail anywhere is refused', () => {
  const replica = new Replica()
  for (const id of ['a', 'é', 'c', 'd']) replica.do(ADD(id), { clientId: client(1), requestId: 1 })
  replica.do(ADD('e'), { clientId: client(2), requestId: 300 })
  replica.do(VOTE('e', false))
  replica.do(PLAY(), { clientId: client(3), requestId: 0 })
  const bytes = bytesOf(replica.machine)
  assert.equal(
    codeOf(() => restore(bytes)),
    'accepted',
  )
  for (let i = 0; i < bytes.length; i++) {
    assert.equal(
      codeOf(() => restore(bytes.subarray(0, i))),
      'CORRUPT_SNAPSHOT',
      `cut at ${i}`,
    )
    for (let bit = 0; bit < 8; bit++) {
      const damaged = bytes.slice()
      damaged[i] = (damaged[i] ?? 0) ^ (1 << bit)
      const code = codeOf(() => restore(damaged))
      assert.equal(code, i === 6 ? 'UNSUPPORTED_SNAPSHOT' : 'CORRUPT_SNAPSHOT', `${i}/${bit}`)
    }
  }
  for (const tail of [[0], [0, 0], [1, 0, 0]]) {
    assert.equal(
      codeOf(() => restore(join([bytes, Uint8Array.from(tail)]))),
      'CORRUPT_SNAPSHOT',
    )
  }
})

test('restore: any bytes are refused, and do not cost what they announce', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.equal(
        codeOf(() => restore(bytes)),
        'CORRUPT_SNAPSHOT',
      )
    }),
    { numRuns: 300 },
  )
})

test('restore: after an error it has ended, and a new one may begin', () => {
  const bytes = bytesOf(large().machine)
  const broken = new QueueRestore()
  broken.push(bytes.subarray(0, 1000))
  assert.equal(
    codeOf(() => broken.finish()),
    'CORRUPT_SNAPSHOT',
  )
  assert.equal(
    codeOf(() => broken.push(bytes.subarray(1000))),
    'CORRUPT_SNAPSHOT',
  )
  const fresh = new QueueRestore()
  fresh.push(bytes)
  const machine = fresh.finish()
  assert.deepEqual(bytesOf(machine), bytes)
  assert.equal(
    codeOf(() => fresh.finish()),
    'CORRUPT_SNAPSHOT',
    'a machine is handed out once',
  )
})
