import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DecisionQuery__Output } from '../../protos/types/coordinator/DecisionQuery.ts'
import type { DecisionArgs__Output } from '../../protos/types/DecisionArgs.ts'
import type { VoteArgs__Output } from '../../protos/types/VoteArgs.ts'
import type { DecisionAnswer, DecisionQuery, Operation, VoteRequest } from '../protocol/messages.ts'
import {
  decisionService,
  decodeAnswer,
  decodeDecision,
  decodeQuery,
  decodeVoteRequest,
  encodeAnswer,
  encodeDecision,
  encodeQuery,
  encodeVoteRequest,
  pictureService,
} from './wire.ts'

/** Through the bytes, as the other end would see it. */
function travel<T>({ definition }: { definition: object }, method: string, message: object): T {
  const { requestSerialize, requestDeserialize } = (
    definition as Record<
      string,
      { requestSerialize(m: object): Buffer; requestDeserialize(b: Buffer): unknown }
    >
  )[method] ?? { requestSerialize: () => Buffer.alloc(0), requestDeserialize: () => null }
  return requestDeserialize(requestSerialize(message)) as T
}

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { noNullPrototype: true })
const visible = (most: number) =>
  fc.string({ unit: fc.constantFrom(...'aZ0-_.~!'), minLength: 1, maxLength: most })
const safe = fc.nat(Number.MAX_SAFE_INTEGER)
const order = fc.option(record({ epoch: fc.integer({ min: 1, max: 2 ** 53 - 1 }), number: safe }))
const names = fc.array(visible(63), { minLength: 1, maxLength: 64 })
const reference = {
  transactionId: visible(128),
  coordinatorId: visible(63),
  coordinatorDisk: fc.oneof(fc.constant(''), visible(64)),
  order,
}
const filename = fc.constantFrom('a.png', '日本', '__proto__', 'x'.repeat(255), ' ', '\u00e9')
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.constant({ kind: 'delete' } as const),
  fc.constant({ kind: 'like' } as const),
  record({
    kind: fc.constant('upload' as const),
    size: safe,
    sha256: fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex')),
    uploadTime: safe,
  }),
)

test('a VoteRequest arrives as it was sent', () => {
  const message = record({
    kind: fc.constant('VoteRequest' as const),
    ...{ ...reference, filename, operation, finishedBefore: order, participants: names },
  })
  fc.assert(
    fc.property(message, (sent: VoteRequest) => {
      const args = travel<VoteArgs__Output>(pictureService, 'VoteRequest', encodeVoteRequest(sent))
      assert.deepEqual(decodeVoteRequest(args, []), sent)
    }),
  )
})

test('a decision arrives as it was sent', () => {
  const kind = fc.constantFrom('GlobalCommit', 'GlobalAbort')
  const message = record({ kind, ...reference, filename, finishedBefore: order })
  fc.assert(
    fc.property(message, (sent) => {
      const args = travel<DecisionArgs__Output>(pictureService, sent.kind, encodeDecision(sent))
      assert.deepEqual(decodeDecision(sent.kind, args), sent)
    }),
  )
})

test('a question arrives as it was asked', () => {
  const message = record({ ...reference, participants: names, preparedAt: safe })
  fc.assert(
    fc.property(message, (asked) => {
      const wire = encodeQuery(asked as DecisionQuery, 'n1')
      const args = travel<DecisionQuery__Output>(decisionService, 'DecisionRequest', wire)
      const {
        transactionId,
        coordinatorId,
        coordinatorDisk,
        order: place,
        participants,
      } = decodeQuery(args)
      const found = { transactionId, coordinatorId, coordinatorDisk, order: place, participants }
      const { preparedAt, ...expected } = asked
      assert.ok(preparedAt >= 0)
      assert.deepEqual(found, expected)
    }),
  )
})

test('an answer arrives as it was given; one not understood settles nothing', () => {
  const all: readonly DecisionAnswer[] = ['commit', 'abort', 'pending', 'inDoubt', 'unknown']
  for (const answer of all) {
    assert.equal(decodeAnswer({ decision: encodeAnswer(answer), nodeId: '' }), answer)
  }
  assert.equal(decodeAnswer({ decision: 99 as never, nodeId: '' }), 'unknown')
})

test('any bytes at all decode to a message that is checked, or are refused: nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { requestDeserialize } = pictureService.definition.VoteRequest
      let args: VoteArgs__Output
      try {
        args = requestDeserialize(Buffer.from(bytes)) as VoteArgs__Output
      } catch {
        return // no protobuf: gRPC refuses it
      }
      try {
        const { transactionId, participants } = decodeVoteRequest(args, ['all'])
        assert.ok(transactionId.length > 0 && participants.length > 0)
      } catch (error) {
        assert.match(String((error as { code?: string }).code), /^INVALID_(ARGUMENT|NAME)$/)
      }
    }),
  )
})

test('a coordinator of the original fields: a delete, unordered, asked of all', () => {
  const args = travel<VoteArgs__Output>(pictureService, 'VoteRequest', {
    ...{ transactionId: 't', coordinatorId: 'http-node1', filename: 'a' },
  })
  const {
    operation: what,
    order: place,
    finishedBefore,
    participants,
    coordinatorDisk,
  } = decodeVoteRequest(args, ['n1', 'n2'])
  assert.deepEqual(
    [what, place, finishedBefore, participants, coordinatorDisk],
    [...[{ kind: 'delete' }, null, null, ['n1', 'n2'], '']],
  )
})
