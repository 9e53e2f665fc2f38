import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coordinatorWording, participantWording } from './wording.ts'

const request = { transactionId: 't1', coordinatorId: 'http-node1', filename: 'demo.png' }
const atNode = (rpc: string, peer = 'http-node1') => ({ rpc, node: 'grpc-node1', peer, request })
const fromCoordinator = (rpc: string) => ({ rpc, node: 'http-node1', peer: 'grpc-node1', request })

test('the coordinator speaks in the words of the original', () => {
  for (const rpc of ['VoteRequest', 'GlobalCommit', 'GlobalAbort']) {
    const { text, fields } = coordinatorWording.sends(fromCoordinator(rpc))
    assert.equal(text, `Node http-node1 sends RPC ${rpc} to Node grpc-node1`)
    assert.deepEqual(fields, { transactionId: 't1', filename: 'demo.png' })
  }
  assert.equal(coordinatorWording.replies(fromCoordinator('GlobalCommit'), {}), null)
})

test('a participant speaks in the words of the original', () => {
  const vote = participantWording.receives(atNode('VoteRequest'))
  assert.equal(
    vote.text,
    'Phase Voting of Node grpc-node1 received RPC VoteRequest from Phase Voting of Node http-node1',
  )
  const replies = [
    ['VoteRequest', { voteGranted: true }, 'Voting', 'VoteCommit'],
    ['VoteRequest', { voteGranted: false }, 'Voting', 'VoteAbort'],
    ['GlobalCommit', { success: true }, 'Decision', 'Ack'],
    ['GlobalAbort', { success: true }, 'Decision', 'Ack'],
  ] as const
  for (const [rpc, reply, phase, name] of replies) {
    assert.equal(
      participantWording.replies(atNode(rpc), reply)?.text,
      `Phase ${phase} of Node grpc-node1 sends RPC ${name} to Phase ${phase} of Node http-node1`,
    )
  }
  assert.equal(
    participantWording.receives(atNode('GlobalCommit')).text,
    'Phase Decision of Node grpc-node1 received RPC GlobalCommit from Phase Decision of Node http-node1',
  )
})

test('why a vote is no follows the line; a client of the original is known by its message', () => {
  const no = { voteGranted: false, reason: 'PICTURE_LOCKED' }
  const said = participantWording.replies(atNode('VoteRequest', 'unknown'), no)?.text ?? ''
  assert.match(said, /to Phase Voting of Node http-node1 · PICTURE_LOCKED$/)
})

test('questions and answers about decisions are of the phase Decision', () => {
  const asked = {
    ...atNode('DecisionRequest', 'unknown'),
    request: { ...request, nodeId: 'grpc-node2' },
  }
  assert.equal(
    participantWording.receives(asked).text,
    'Phase Decision of Node grpc-node1 received RPC DecisionRequest from Phase Decision of Node grpc-node2',
  )
  assert.equal(
    participantWording.replies(asked, { decision: 'ABORT' })?.text,
    'Phase Decision of Node grpc-node1 sends RPC DecisionReply ABORT to Phase Decision of Node grpc-node2',
  )
})

test('what belongs to no phase is said plainly', () => {
  const { text } = participantWording.receives(atNode('Search', 'unknown'))
  assert.equal(text, 'Node grpc-node1 runs RPC Search called by Node unknown')
  assert.equal(participantWording.replies(atNode('Search'), {}), null)
  for (const odd of [undefined, null, 'text', 7]) {
    assert.doesNotThrow(() =>
      participantWording.receives({ ...atNode('VoteRequest'), request: odd }),
    )
  }
})
