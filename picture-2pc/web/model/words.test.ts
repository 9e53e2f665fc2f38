import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tell } from '../../coordinator/events.ts'
import { coordinatorWording, participantWording } from '../../shell/wording.ts'
import type { Moment } from './moment.ts'
import { newTransaction } from './transaction.ts'
import { duration, lineOf, reasonWords } from './words.ts'

const ID = 'f47ac10b'
const transaction = { ...newTransaction(ID, 0), filename: 'a.png', coordinator: 'http-node1' }

function line(node: string, what: Moment['what']) {
  return lineOf({ node, start: 'a', sequence: 1, time: 0, what }, transaction)
}

function rpc(node: string, direction: 'sent' | 'received' | 'replied', rpc: string, reply = '') {
  const peer = node === 'http-node1' ? 'grpc-node1' : 'http-node1'
  return line(node, { kind: 'rpc', direction, rpc, peer, reply })
}

test('the lines of RPCs are those of the logs, word for word', () => {
  const request = { transactionId: ID, filename: 'a.png' }
  for (const name of ['VoteRequest', 'GlobalCommit', 'GlobalAbort', 'DecisionRequest', 'Upload']) {
    const at = { node: 'grpc-node1', peer: 'http-node1', rpc: name, request }
    const atCoordinator = { ...at, node: 'http-node1', peer: 'grpc-node1' }
    assert.equal(rpc('grpc-node1', 'received', name).text, participantWording.receives(at).text)
    assert.equal(rpc('http-node1', 'sent', name).text, coordinatorWording.sends(atCoordinator).text)
    assert.equal(rpc('grpc-node1', 'sent', name).text, participantWording.sends(at).text)
  }
  const seen = { node: 'grpc-node1', peer: 'http-node1', rpc: 'VoteRequest', request }
  const no = participantWording.replies(seen, { voteGranted: false })
  assert.equal(rpc('grpc-node1', 'replied', 'VoteRequest', 'VoteAbort').text, no?.text)
  const ack = participantWording.replies({ ...seen, rpc: 'GlobalCommit' }, { success: true })
  assert.equal(rpc('grpc-node1', 'replied', 'GlobalCommit', 'Ack').text, ack?.text)
})

test('the other lines of the coordinator are those of its log', () => {
  const said: string[] = []
  const say = (_fields: unknown, text: string) => said.push(text)
  const log = { info: say, warn: say } as unknown as Parameters<typeof tell>[0]
  const about = { transactionId: ID }
  tell(log, { ...about, kind: 'began', filename: 'a.png', operation: 'delete' })
  tell(log, { ...about, kind: 'deliveryFailed', from: 'grpc-node1', reason: 'silent' })
  const vote = { vote: 'none', reason: 'silent' } as const
  tell(log, { ...about, kind: 'voted', from: 'grpc-node1', vote })
  const lines = [
    line('http-node1', { kind: 'began', operation: 'delete' }),
    line('http-node1', { kind: 'deliveryFailed', from: 'grpc-node1', reason: 'silent' }),
    line('http-node1', { kind: 'voted', from: 'grpc-node1', ...vote }),
  ]
  assert.deepEqual(
    lines,
    said.map((text) => ({ text, logged: true })),
  )
})

test('what no log says is told as the page’s own words', () => {
  const { text, logged } = line('grpc-node1', {
    ...{ kind: 'forced', record: 'prepare', tookMs: 1.234, count: 3 },
  })
  assert.equal(logged, false)
  assert.match(text, /prepare.*1\.2 ms, with 2 other records/)
  assert.match(line('grpc-node1', { kind: 'gap', missing: 1, since: 0 }).text, /^1 event of it/)
})

test('a reason that is no known code stays as it was said', () => {
  assert.equal(reasonWords('no answer within 2000 ms'), 'no answer within 2000 ms')
  assert.notEqual(reasonWords('PICTURE_LOCKED'), 'PICTURE_LOCKED')
})

test('spans of time are short, and say their unit', () => {
  const said = [0, 12.4, 999, 1234, 12_345, 61_000, 7_260_000, 200_000_000].map(duration)
  const short = ['0 ms', '12 ms', '999 ms', '1.23 s', '12.3 s', '1 min 1 s', '2 h 1 min', '2 days']
  assert.deepEqual(said, short)
})
