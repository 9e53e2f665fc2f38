import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { loadService } from '../../../common/rpc.ts'
import type { QueueServiceDefinition } from '../../../protos/types/queue/QueueService.ts'
import type { RaftServiceDefinition } from '../../../protos/types/raft/RaftService.ts'
import { LISTED } from '../../queue/queue.ts'
import { encodeEntry } from './entry-codec.ts'
import { carriesAppend, type WireAppendReply } from './exchange-codec.ts'
import { MalformedMessage } from './protobuf.ts'
import { AnswerEncoder, encodeTrack } from './queue-answer.ts'
import { raftService } from './raft-wire.ts'

/** What the library makes of the same protos: the wire contract's own word. */
const library = loadService<RaftServiceDefinition>('raft.proto', 'raft.RaftService').definition
  .Exchange
const queue = loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService').definition
const own = raftService.definition.Exchange

/** Objects as literals make them: what is compared is strict about prototypes. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true })
const count = fc.maxSafeNat()
const envelope = record({
  clusterId: fc.constantFrom('', '2894e6fd-267d-42d8-9b3e-8c383bed93ce'),
  ...{ from: count, to: count, sequence: count },
})
const numbers = { term: count, prevLogIndex: count, prevLogTerm: count, leaderCommit: count }
const entry = record({
  ...{ term: fc.integer({ min: 1 }), index: fc.integer({ min: 1 }) },
  ...{ command: fc.constantFrom('ADD', 'NOOP'), data: fc.uint8Array({ maxLength: 200 }) },
}).map((given) => ({ ...given, encoded: encodeEntry(given) }))
const append = record({
  ...{ ...numbers, leaderId: count, recoveryNonce: count, recoveryBarrier: count },
  ...{ entries: fc.array(entry, { maxLength: 4 }), envelope },
})
const reply: fc.Arbitrary<WireAppendReply> = record({
  ...{ term: count, success: fc.boolean(), matchIndex: count, conflictIndex: count },
  ...{ conflictTerm: count, recovering: count, envelope: fc.option(envelope, { nil: null }) },
})

describe('an Exchange by hand', () => {
  test('an AppendEntries means what the library means, both ways', () => {
    fc.assert(
      fc.property(append, (given) => {
        const bytes = own.requestSerialize({ kind: 'append', append: given })
        const { appendEntries } = library.requestDeserialize(bytes)
        assert.deepEqual(appendEntries?.envelope, given.envelope)
        assert.equal(appendEntries?.prevLogIndex, given.prevLogIndex)
        assert.deepEqual(
          appendEntries?.entries.map(({ index, data }) => [index, [...data]]),
          given.entries.map(({ index, data }) => [index, [...data]]),
        )
        const theirs = library.requestSerialize({ appendEntries: { ...given, entries: [] } })
        const read = own.requestDeserialize(theirs)
        assert.ok(read.kind === 'append')
        assert.deepEqual(read.append, { ...given, entries: [] })
      }),
    )
  })

  test('its reply means what the library means, both ways', () => {
    fc.assert(
      fc.property(reply, (given) => {
        const bytes = own.responseSerialize({ kind: 'append', reply: given })
        const { appendEntries } = library.responseDeserialize(bytes)
        assert.deepEqual(appendEntries, given)
        const theirs = library.responseSerialize({ appendEntries: given })
        assert.deepEqual(own.responseDeserialize(theirs), { kind: 'append', reply: given })
      }),
    )
  })

  test('writes and ReadIndex are the library’s', () => {
    const request = {
      readIndex: null,
      writes: [
        { callId: 7, method: 'AddTrack', command: 'ADD', data: Buffer.from('x'), brief: true },
      ],
      envelope: { clusterId: 'c', from: 1, to: 2, sequence: 0 },
    }
    const read = own.requestDeserialize(own.requestSerialize({ kind: 'other', request }))
    assert.deepEqual(read, { kind: 'other', request: { ...request, appendEntries: null } })
  })

  test('S18 an AppendEntries with something beside it is not mistaken for one alone', () => {
    const bytes = library.requestSerialize({
      appendEntries: { term: 3 },
      readIndex: { term: 3 },
    })
    assert.equal(carriesAppend(bytes), false)
    assert.equal(own.requestDeserialize(bytes).kind, 'other')
  })

  test('any bytes are a message or a MalformedMessage, or the library throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
        const bytes = Buffer.from([0x0a, ...tail])
        try {
          const read = own.requestDeserialize(bytes)
          if (read.kind === 'append' && read.append instanceof MalformedMessage) return
          assert.ok(read.kind === 'append' || read.kind === 'other')
        } catch (error) {
          assert.ok(error instanceof Error && !(error instanceof TypeError))
        }
      }),
    )
  })
})

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const track = record({
  ...{ id: text, title: text, artist: text },
  votes: fc.integer(),
  duration: fc.nat(86_400),
})

describe('answers by hand', () => {
  test('a response means what the library means, also when only part of the queue changed', () => {
    const encoder = new AnswerEncoder()
    fc.assert(
      fc.property(
        ...([fc.array(track, { maxLength: LISTED + 1 }), text, count, count, fc.nat(3)] as const),
        (tracks, message, position, total, kept) => {
          // Answers share their tracks with those before, so what is kept must not be stale.
          for (const list of [tracks, tracks.slice(kept), tracks]) {
            const bytes = encoder.response(
              { message, queue: list, track: null, position, total },
              'APPLIED',
            )
            const read = queue.AddTrack.responseDeserialize(bytes)
            assert.deepEqual(read, { message, queue: list, position, total, code: 'APPLIED' })
          }
        },
      ),
    )
  })

  test('a track means what the library means', () => {
    fc.assert(
      fc.property(track, (given) => {
        assert.deepEqual(queue.PlayNext.responseDeserialize(encodeTrack(given)), given)
      }),
    )
  })
})
