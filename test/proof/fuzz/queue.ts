import assert from 'node:assert/strict'
import { BATCH, encodeBatch } from '../../../music-raft/queue/batch.ts'
import {
  type Command,
  decodeCommand,
  encodeCommand,
  type Operation,
} from '../../../music-raft/queue/command.ts'
import { QueueError, type QueueErrorCode } from '../../../music-raft/queue/errors.ts'
import { QueueMachine } from '../../../music-raft/queue/queue.ts'
import { QueueRestore } from '../../../music-raft/queue/restore.ts'
import type { Random } from './random.ts'
import { codecTarget, REFUSED, type Target, unlessRefused } from './target.ts'
import { makeBatch } from './tracks.ts'

const IDS = ['a', 'b', 'c', 'd', '\u{1f3b5}'] as const

function makeOperation(random: Random): Operation {
  const id = random.pick(IDS)
  const limit = () => random.pick([1, 2, 3, 1000, 1_000_000])
  switch (random.below(8)) {
    case 0:
      return { kind: 'REMOVE', id }
    case 1:
      return { kind: 'PLAY', maxHistory: limit() }
    case 2:
    case 3:
      return { kind: 'VOTE', id, up: random.chance(0.5) }
    default: {
      const duration = random.below(86_401)
      const texts = { title: random.text(20), artist: random.text(20) }
      return { kind: 'ADD', maxTracks: limit(), id, ...texts, duration }
    }
  }
}

function makeCommand(random: Random): Command {
  const operation = makeOperation(random)
  if (random.chance(0.3)) return { identity: null, operation }
  const clientId = `00000000-0000-4000-8000-00000000000${random.below(10)}`
  return { identity: { clientId, requestId: random.count(), maxSessions: 5 }, operation }
}

/** Passes the result through; an error of another code than these is a finding. */
function refusedAs<T>(codes: readonly QueueErrorCode[], work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof QueueError) || codes.includes(error.code)) throw error
    throw new Error(`refused as ${error.code}`, { cause: error })
  }
}

const command = codecTarget<Command>('queue/command', {
  ...{ make: makeCommand, encode: encodeCommand, canonical: true, refusals: [QueueError] },
  decode: (bytes) => refusedAs(['MALFORMED_COMMAND'], () => decodeCommand(bytes)),
})

function makeSnapshot(random: Random): Buffer {
  const machine = new QueueMachine()
  const commands = random.below(40)
  for (let index = 1; index <= commands; index += 1) {
    if (random.chance(0.1)) {
      const { tracks, ...head } = makeBatch(random)
      machine.apply({ index, command: BATCH, data: encodeBatch(head, tracks) })
      continue
    }
    const made = makeCommand(random)
    machine.apply({ index, command: made.operation.kind, data: encodeCommand(made) })
  }
  return Buffer.concat([...machine.snapshot().chunks()])
}

/** In pieces, as a transfer brings it. */
function restore(bytes: Buffer): QueueMachine {
  const restoring = new QueueRestore()
  const piece = 1 + (bytes[bytes.length - 1] ?? 0)
  for (let at = 0; at < bytes.length; at += piece) restoring.push(bytes.subarray(at, at + piece))
  return restoring.finish()
}

/** The records of a snapshot, as long as their lengths make sense. */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = []
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + bytes.readUInt16LE(at)
    records.push(bytes.subarray(at, end))
    at = end
  }
  return records
}

/** Two records in each other's place: the sum that seals a snapshot is the same in any order. */
function swapped(input: Buffer, random: Random): Buffer {
  const records = recordsOf(input)
  const [one, other] = [random.below(records.length), random.below(records.length)]
  const [a, b] = [records[one], records[other]]
  if (a === undefined || b === undefined) return input
  records[one] = b
  records[other] = a
  return Buffer.concat(records)
}

const snapshot: Target = {
  name: 'queue/snapshot',
  forge: (input, random) => (random.chance(0.2) ? swapped(input, random) : input),
  seed: (random) => {
    const bytes = makeSnapshot(random)
    assert.deepEqual(Buffer.concat([...restore(bytes).snapshot().chunks()]), bytes)
    return bytes
  },
  run: (input) => {
    const machine = unlessRefused([QueueError], () =>
      refusedAs(['CORRUPT_SNAPSHOT', 'UNSUPPORTED_SNAPSHOT'], () => restore(input)),
    )
    if (machine === null) return REFUSED
    // Equal states are equal bytes, so the bytes that were accepted are the only ones for this state.
    const again = Buffer.concat([...machine.snapshot().chunks()])
    assert.deepEqual(again, input)
    return { accepted: true, value: null }
  },
}

/** What is committed is applied, whatever it is: an entry that is no command has no effect. */
const apply: Target = {
  name: 'queue/apply',
  words: ['ADD', 'VOTE', 'PLAY', 'REMOVE', BATCH],
  seed: (random) => Buffer.concat(random.list(8, () => framed(makeEntry(random)))),
  run: (input) => {
    const [one, other] = [new QueueMachine(), new QueueMachine()]
    for (let at = 0, index = 1; at < input.length; index += 1) {
      const length = input[at] ?? 0
      const data = input.subarray(at + 1, at + 1 + length)
      for (const machine of [one, other]) {
        machine.apply({ index, command: wordOf(data), data })
      }
      at += 1 + length
    }
    assert.equal(one.stateHash(), other.stateHash())
    const bytes = Buffer.concat([...one.snapshot().chunks()])
    assert.equal(restore(bytes).stateHash(), one.stateHash())
    return { accepted: true, value: null }
  },
}

/** A command, or a batch that fits. */
function makeEntry(random: Random): Uint8Array {
  const { tracks, ...head } = makeBatch(random)
  const data = encodeBatch(head, tracks)
  return data.length < 256 && random.chance(0.5) ? data : encodeCommand(makeCommand(random))
}

function framed(data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(data.length), data])
}

function wordOf(data: Buffer): string {
  if (data[0] === 2) return BATCH
  return ['ADD', 'REMOVE', 'VOTE', 'PLAY'][((data[1] ?? 0) & 0x7f) - 1] ?? 'OTHER'
}

export const queue: readonly Target[] = [command, snapshot, apply]
