import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { DecisionMessage, Order, TransactionRef } from './messages.ts'
import type { Participant } from './participant.ts'
import type { ParticipantInput } from './participant-io.ts'
import type { ParticipantRecord } from './participant-records.ts'
import type { ParticipantSnapshot } from './participant-state.ts'
import { bytes, order, participant, picture, upload } from './test/build.ts'

const nodes = ['n1', 'n2']
const filenames = ['a.png', 'b.png'] as const
const operations = [{ kind: 'delete' }, upload, { kind: 'like' }] as const

/** The transaction of this number; every fifth is an original coordinator's, without order or disk. */
function refOf(number: number): TransactionRef {
  const numbered = number % 5 !== 0
  return {
    transactionId: `T${number}`,
    coordinatorId: 'c',
    coordinatorDisk: numbered ? 'disk' : '',
    filename: filenames[number % 2] ?? 'a.png',
    order: numbered ? order(1 + (number % 4), 1 + Math.floor(number / 4)) : null,
  }
}

/** A coordinator without numbers has no word for what is finished. */
function wordOf(number: number, finishedBefore: Order | null) {
  return { finishedBefore: refOf(number).order === null ? null : finishedBefore }
}

const number = fc.integer({ min: 1, max: 12 })
const finished: fc.Arbitrary<Order | null> = fc.option(
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
    .map(([place, epoch]) => order(place, epoch)),
)

const voteRequest = fc.tuple(number, finished, fc.boolean()).map(
  ([transaction, finishedBefore, arrived]): ParticipantInput => ({
    ...{ kind: 'voteRequest', callId: 1, wallTime: 0 },
    staged: arrived ? { blob: `staged ${transaction}`, ...bytes } : null,
    message: {
      ...{ kind: 'VoteRequest', ...refOf(transaction), participants: nodes },
      ...wordOf(transaction, finishedBefore),
      operation: operations[transaction % 3] ?? upload,
    },
  }),
)
const decision = fc
  .tuple(number, finished, fc.constantFrom<DecisionMessage['kind']>('GlobalCommit', 'GlobalAbort'))
  .map(
    ([transaction, finishedBefore, kind]): ParticipantInput => ({
      ...{ kind: 'decision', callId: 2 },
      message: { kind, ...refOf(transaction), ...wordOf(transaction, finishedBefore) },
    }),
  )
const query = number.map((transaction): ParticipantInput => {
  const { filename: _, ...ref } = refOf(transaction)
  return { kind: 'query', callId: 3, query: { ...ref, participants: nodes, preparedAt: 0 } }
})
const plain = fc.constantFrom<ParticipantInput>(
  ...filenames.flatMap((filename): ParticipantInput[] => [
    { kind: 'upload', callId: 4, filename, picture: picture({ blob: 'plain' }) },
    { kind: 'delete', callId: 4, filename },
    { kind: 'like', callId: 4, filename },
  ]),
)
const space = fc.constantFrom<ParticipantInput>(
  { kind: 'space', space: 'plenty' },
  { kind: 'space', space: 'plenty' },
  { kind: 'space', space: 'deletesOnly' },
)
const run = fc.array(fc.oneof(voteRequest, voteRequest, decision, decision, query, plain, space), {
  maxLength: 40,
})

function step(node: Participant, input: ParticipantInput): readonly ParticipantRecord[] {
  return node
    .step(input, 0)
    .flatMap((output) => (output.kind === 'force' || output.kind === 'write' ? output.record : []))
}

function checkpoint(node: Participant): ParticipantSnapshot {
  return JSON.parse(JSON.stringify(node.state.snapshot()))
}

describe('participant: a restart in the middle of any run', () => {
  test('from a checkpoint: everything goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(run, fc.nat(), (inputs, cut) => {
        const node = participant([])
        const at = cut % (inputs.length + 1)
        for (const input of inputs.slice(0, at)) node.step(input, 0)
        const restarted = participant([], {}, checkpoint(node))
        assert.deepEqual(restarted.state.snapshot(), node.state.snapshot())
        assert.deepEqual(restarted.state.locks, node.state.locks)
        for (const input of inputs.slice(at)) {
          if (input.kind === 'space') continue // told anew by the shell
          node.step({ kind: 'space', space: 'plenty' }, 0)
          assert.deepEqual(restarted.step(input, 0), node.step(input, 0))
        }
      }),
      { numRuns: 700 },
    )
  })

  test('from a checkpoint and the records behind it, or from all records: the same state', () => {
    fc.assert(
      fc.property(run, fc.nat(), (inputs, cut) => {
        const node = participant([])
        const at = cut % (inputs.length + 1)
        const records = inputs.slice(0, at).flatMap((input) => step(node, input))
        const taken = checkpoint(node)
        const behind = inputs.slice(at).flatMap((input) => step(node, input))
        const written = new Set(
          [...records, ...behind].map((record) =>
            record.type === 'abort' ? record.tombstone.transactionId : null,
          ),
        )
        for (const again of [
          participant(behind, {}, taken),
          participant([...records, ...behind]),
        ]) {
          const { pictures, prepared, locks, epochs } = again.state
          assert.deepEqual(pictures, node.state.pictures)
          assert.deepEqual(prepared, node.state.prepared)
          assert.deepEqual(locks, node.state.locks)
          assert.deepEqual(epochs, node.state.epochs)
          // What is finished is learnt from messages: a restart may remember more, never less but for
          // what a full disk kept from being written.
          for (const known of node.state.snapshot().tombstones) {
            if (known.decision === 'commit' || written.has(known.transactionId)) {
              assert.deepEqual(again.state.tombstone(known), known)
            }
          }
        }
      }),
      { numRuns: 700 },
    )
  })
})
