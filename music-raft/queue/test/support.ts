import fc from 'fast-check'
import { type Command, encodeCommand, type Operation } from '../command.ts'
import type { Outcome } from '../outcome.ts'
import { type CommittedCommand, QueueMachine } from '../queue.ts'
import { QueueRestore } from '../restore.ts'
import { DEFAULT_LIMITS, type RequestIdentity } from '../validate.ts'

const { maxTracks, maxHistory, maxSessions } = DEFAULT_LIMITS

export const ADD = (id: string, more: Partial<Operation & { kind: 'ADD' }> = {}): Operation => ({
  kind: 'ADD',
  id,
  title: `Title of ${id}`,
  artist: 'Me',
  duration: 100,
  maxTracks,
  ...more,
})
export const REMOVE = (id: string): Operation => ({ kind: 'REMOVE', id })
export const VOTE = (id: string, up = true): Operation => ({ kind: 'VOTE', id, up })
export const PLAY = (keep = maxHistory): Operation => ({ kind: 'PLAY', maxHistory: keep })

/** A UUID per small number. */
export const client = (n: number): string =>
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

export function entryOf(
  index: number,
  operation: Operation,
  identity?: RequestIdentity & { maxSessions?: number },
): CommittedCommand {
  const command: Command = { operation, identity: identity ? { maxSessions, ...identity } : null }
  return { index, command: operation.kind, data: encodeCommand(command) }
}

/** A machine and the next index of its log. */
export class Replica {
  readonly machine: QueueMachine
  index: number

  constructor(machine = new QueueMachine()) {
    this.machine = machine
    this.index = machine.lastApplied
  }

  do(operation: Operation, identity?: RequestIdentity & { maxSessions?: number }): Outcome {
    this.index++
    return this.machine.apply(entryOf(this.index, operation, identity))
  }

  ids(): string[] {
    return this.machine.queuePage({ offset: 0, limit: 1e9 }).tracks.map(({ id }) => id)
  }

  played(): string[] {
    return this.machine.historyPage({ offset: 0, limit: 1e9 }).tracks.map(({ id }) => id)
  }
}

/** All that a client can see, and the hash. */
export function everything(machine: QueueMachine): unknown {
  return {
    lastApplied: machine.lastApplied,
    hash: machine.stateHash(),
    queue: machine.queuePage({ offset: 0, limit: 1e9 }),
    history: machine.historyPage({ offset: 0, limit: 1e9 }),
    sessions: machine.sessionCount,
  }
}

export function bytesOf(machine: QueueMachine): Uint8Array {
  return join([...machine.snapshot().chunks()])
}

export function join(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}

/** Restores from bytes cut into pieces of the given sizes, over and over. */
export function restore(bytes: Uint8Array, sizes: readonly number[] = [65_536]): QueueMachine {
  const restoring = new QueueRestore()
  for (let offset = 0, i = 0; offset < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    restoring.push(bytes.subarray(offset, offset + size))
    offset += size
  }
  return restoring.finish()
}

/** `fc.record` with ordinary objects, as the code under test makes them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true })

/** Text with every width of UTF-8, BOM and NUL, of at most `maxLength` characters. */
export const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    minLength,
    maxLength,
    unit: fc.oneof(
      fc.constantFrom('a', '\0', 'é', '\ufeff', '€', '😀', '\u{10ffff}'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  })

export const operations: fc.Arbitrary<Operation> = fc.oneof(
  record({
    kind: fc.constant('ADD' as const),
    maxTracks: fc.integer({ min: 1, max: 10_000_000 }),
    id: text(1, 32),
    title: text(0, 128),
    artist: text(0, 128),
    duration: fc.integer({ min: 0, max: 86_400 }),
  }),
  record({ kind: fc.constant('REMOVE' as const), id: text(1, 32) }),
  record({ kind: fc.constant('VOTE' as const), id: text(1, 32), up: fc.boolean() }),
  record({
    kind: fc.constant('PLAY' as const),
    maxHistory: fc.integer({ min: 1, max: 10_000_000 }),
  }),
)

export const commands: fc.Arbitrary<Command> = record({
  identity: fc.option(
    record({
      clientId: fc.uuid({ version: [1, 4, 7] }),
      requestId: fc.maxSafeNat(),
      maxSessions: fc.integer({ min: 1, max: 1_000_000 }),
    }),
  ),
  operation: operations,
})

/** Few ids, clients, request ids and tight bounds, so that every rule is met often. */
export const crowded = record({
  identity: fc.option(
    record({
      clientId: fc.nat(5).map(client),
      requestId: fc.nat(12),
      maxSessions: fc.integer({ min: 1, max: 5 }),
    }),
  ),
  operation: fc.oneof(
    { weight: 4, arbitrary: fc.nat(40).chain((id) => fc.constant(ADD(`${id}`))) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat(40), fc.integer({ min: 1, max: 20 }))
        .map(([id, most]) => ADD(`${id}`, { maxTracks: most, title: 'other', duration: most })),
    },
    { weight: 1, arbitrary: fc.nat(40).map((id) => REMOVE(`${id}`)) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.nat(40), fc.boolean()).map(([id, up]) => VOTE(`${id}`, up)),
    },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 8 }).map((keep) => PLAY(keep)) },
  ),
})
