import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSettled, stateOfAnswer } from './answers.ts'

const votes = [
  { node: 'grpc-node1', vote: 'VoteCommit' },
  { node: 'grpc-node2', vote: 'VoteAbort', reason: 'PICTURE_NOT_FOUND' },
  { node: 'grpc-node3', vote: 'none', reason: 'no answer within 2000 ms' },
]

test('a commit names who has not acknowledged it yet', () => {
  const body = {
    transaction_id: 't',
    status: 'COMMITTED',
    details: ['ACK', 'FAILED', 'ACK'],
    votes,
  }
  const state = { kind: 'committed', transactionId: 't', unacknowledged: ['grpc-node2'] }
  assert.deepEqual(stateOfAnswer(200, body), state)
})

test('an abort tells the vote and the reason of each', () => {
  const body = { transaction_id: 't', status: 'ABORTED', success: false, details: [], votes }
  assert.deepEqual(stateOfAnswer(409, body), {
    ...{ kind: 'aborted', transactionId: 't' },
    votes: [
      { node: 'grpc-node1', vote: 'commit', reason: '' },
      { node: 'grpc-node2', vote: 'abort', reason: 'PICTURE_NOT_FOUND' },
      { node: 'grpc-node3', vote: 'none', reason: 'no answer within 2000 ms' },
    ],
  })
})

test('without a transaction: on one node, on some of the chosen ones', () => {
  const one = { success: true, filename: 'a.png', node: 'grpc-node2' }
  assert.deepEqual(stateOfAnswer(200, one), { kind: 'done', nodes: ['grpc-node2'], failed: [] })
  const nodes = [
    { node: 'grpc-node1', stored: true },
    { node: 'grpc-node2', stored: false, code: 'DISK_FULL' },
  ]
  assert.deepEqual(stateOfAnswer(503, { success: false, filename: 'a.png', nodes }), {
    ...{ kind: 'done', nodes: ['grpc-node1'] },
    failed: [{ node: 'grpc-node2', code: 'DISK_FULL' }],
  })
})

test('refused is what took no effect; what may have is unknown, and so is what cannot be read', () => {
  const kind = (status: number, body: unknown) => stateOfAnswer(status, body).kind
  assert.equal(kind(413, { error: 'too large', code: 'PICTURE_TOO_LARGE' }), 'refused')
  assert.equal(kind(503, { error: 'no answer', code: 'UNREACHABLE' }), 'unknown')
  assert.equal(kind(500, { error: 'failed', code: 'INTERNAL' }), 'unknown')
  for (const body of [null, '', [], '<html>', 3, { success: false }]) {
    assert.equal(kind(502, body), 'unknown')
  }
  assert.equal(isSettled({ kind: 'waiting' }), false)
  assert.equal(isSettled(stateOfAnswer(502, null)), true)
})
