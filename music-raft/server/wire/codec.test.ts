import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { loadService } from '../../../common/rpc.ts'
import type { QueueServiceDefinition } from '../../../protos/types/queue/QueueService.ts'
import type { AppendArgs__Output } from '../../../protos/types/raft/AppendArgs.ts'
import type { RaftServiceDefinition } from '../../../protos/types/raft/RaftService.ts'
import { decodeAppend, encodeAppend, type WireAppend } from './append-codec.ts'
import { decodeEntry, encodeEntry } from './entry-codec.ts'
import { MalformedMessage } from './protobuf.ts'
import { queueService } from './queue-wire.ts'

/** What the library makes of the same proto: the wire contract's own word. */
const library = loadService<RaftServiceDefinition>('raft.proto', 'raft.RaftService').definition
  .AppendEntries

const count = fc.maxSafeNat()
const entry = fc
  .record({
    term: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    index: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    command: fc.constantFrom('ADD', 'REMOVE', 'VOTE', 'PLAY', 'NOOP', 'CONFIG', 'CLUSTER'),
    data: fc.uint8Array({ maxLength: 300 }),
  })
  .map((given) => ({ ...given, encoded: encodeEntry(given) }))
const append: fc.Arbitrary<WireAppend> = fc.record({
  term: count,
  leaderId: count,
  prevLogIndex: count,
  prevLogTerm: count,
  entries: fc.array(entry, { maxLength: 5 }),
  leaderCommit: count,
  envelope: fc.option(
    fc
      .record({
        clusterId: fc.constantFrom('', '2894e6fd-267d-42d8-9b3e-8c383bed93ce'),
        from: count,
        to: count,
        sequence: count,
      })
      .map((envelope) => ({ ...envelope })),
    { nil: null },
  ),
  recoveryNonce: count,
  recoveryBarrier: count,
})

/** Entries as plain values, without the memory they share. */
const plain = ({ entries, ...rest }: WireAppend | AppendArgs__Output) => ({
  ...rest,
  entries: entries.map(({ term, index, command, data }) => {
    return { term, index, command, data: [...data] }
  }),
})

describe('raft.AppendArgs by hand', () => {
  test('means what the library means, both ways', () => {
    fc.assert(
      fc.property(append, (message) => {
        const bytes = encodeAppend(message)
        assert.deepEqual(plain(library.requestDeserialize(bytes)), plain(message))
        const theirs = library.requestSerialize({ ...message, entries: [...message.entries] })
        assert.deepEqual(plain(decodeAppend(theirs)), plain(message))
        assert(bytes.length <= theirs.length, 'no byte more than the library')
      }),
    )
  })

  test('an entry keeps its bytes', () => {
    fc.assert(
      fc.property(append, (message) => {
        const { entries } = decodeAppend(encodeAppend(message))
        for (const [place, { encoded }] of entries.entries()) {
          assert.deepEqual([...encoded], [...(message.entries[place]?.encoded ?? [])])
        }
      }),
    )
  })

  test('any bytes are a message or a MalformedMessage, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeAppend(bytes)
        } catch (error) {
          assert(error instanceof MalformedMessage, String(error))
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('cut anywhere, a message is malformed or a shorter one', () => {
    fc.assert(
      fc.property(append, fc.double({ min: 0, max: 1, noNaN: true }), (message, where) => {
        const bytes = encodeAppend(message)
        const cut = bytes.subarray(0, Math.floor(bytes.length * where))
        try {
          assert(decodeAppend(cut).entries.length <= message.entries.length)
        } catch (error) {
          assert(error instanceof MalformedMessage, String(error))
        }
      }),
    )
  })

  test('unknown fields are skipped', () => {
    const message = library.requestSerialize({ term: 7, leaderId: 2 })
    const unknown = Buffer.from([0xfa, 0x01, 2, 1, 2, 0xf8, 0x01, 5, 0xfd, 0x01, 1, 2, 3, 4])
    const read = decodeAppend(Buffer.concat([unknown, message, unknown]))
    assert.deepEqual([read.term, read.leaderId], [7, 2])
  })

  test('numbers that no JavaScript number holds are refused', () => {
    const beyond = Buffer.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])
    assert.throws(() => decodeAppend(beyond), MalformedMessage)
    const negative = library.requestSerialize({ term: -1 })
    assert.throws(() => decodeAppend(negative), MalformedMessage)
  })

  test('an entry must have a place, a term first, and a word', () => {
    const good = { term: 1, index: 2, command: 'ADD', data: Buffer.of(1) }
    assert.equal(decodeEntry(encodeEntry(good)).index, 2)
    assert.throws(() => decodeEntry(encodeEntry({ ...good, term: 0 })), MalformedMessage)
    assert.throws(() => decodeEntry(encodeEntry({ ...good, index: 0 })), MalformedMessage)
    assert.throws(() => decodeEntry(encodeEntry({ ...good, command: 'a b' })), MalformedMessage)
    const indexFirst = Buffer.from([0x20, 2, 0x08, 1, 0x12, 3, 0x41, 0x44, 0x44])
    assert.throws(() => decodeEntry(indexFirst), MalformedMessage)
  })
})

describe('queue requests', () => {
  const plainService = loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService')

  test('texts arrive as they were sent, whatever is in them', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 })
    fc.assert(
      fc.property(text, text, fc.integer(), (id, title, duration) => {
        const bytes = plainService.definition.AddTrack.requestSerialize({ id, title, duration })
        const read = queueService.definition.AddTrack.requestDeserialize(bytes)
        assert.deepEqual([read.id, read.title, read.duration], [id, title, duration | 0])
      }),
    )
  })

  test('one that is no UTF-8 is left out, the others stay', () => {
    const bytes = Buffer.from([0x0a, 2, 0x68, 0x69, 0x12, 2, 0xc3, 0x28, 0x1a, 2, 0xc3, 0xa9])
    const read = queueService.definition.AddTrack.requestDeserialize(bytes)
    assert.deepEqual([read.id, read.title, read.artist], ['hi', undefined, 'é'])
  })
})
