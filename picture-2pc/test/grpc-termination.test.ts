import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import pino from 'pino'
import { createClient } from '../../common/rpc-client.ts'
import { plainWording } from '../../common/rpc-log.ts'
import type { DecisionQuery } from '../../protos/types/coordinator/DecisionQuery.ts'
import { eventually } from '../../test/child.ts'
import { decisionService } from '../shell/wire.ts'
import { PictureCluster } from './cluster.ts'
import { type Message, originalClient, type PlainClient, refusal } from './grpc-clients.ts'

let cluster: PictureCluster
let nodes: readonly PlainClient[]
before(async () => {
  cluster = await PictureCluster.start({ env: { VOTE_TIMEOUT_MS: '400', ACK_TIMEOUT_MS: '400' } })
  nodes = cluster.participants.map((_, index) => originalClient(cluster, index))
})
after(async () => {
  for (const node of nodes) node.close()
  await cluster.stop()
})

const original = (transaction_id: string, filename: string): Message => ({
  ...{ transaction_id, coordinator_id: 'http-node1', filename },
})

async function assertGranted(votes: readonly Promise<Message>[]): Promise<void> {
  for (const vote of await Promise.all(votes)) assert.equal(vote['vote_granted'], true)
}

/** Nothing is locked and the cluster works: a delete by the coordinator commits. */
async function assertDeletable(filename: string): Promise<void> {
  const { body } = await cluster.deleteEverywhere(filename)
  assert.equal(body['status'], 'COMMITTED', JSON.stringify(body))
}

function ask(port: number | undefined, query: DecisionQuery): Promise<string> {
  const identity = { log: pino({ level: 'silent' }), node: 'test', peer: 'asked' }
  const client = createClient(decisionService, `127.0.0.1:${port}`, {
    ...{ ...identity, wording: plainWording },
  })
  const answer = client.unary('DecisionRequest', query, { deadlineMs: 10_000, waitForReady: true })
  return answer.then(({ decision }) => decision).finally(() => client.close())
}

const EVERYBODY = ['grpc-node1', 'grpc-node2', 'grpc-node3']

test('a DecisionRequest is answered from what is known, never by guessing for another', async () => {
  const query = { transactionId: randomUUID(), nodeId: 'test', coordinatorId: 'http-node1' }
  const coordinator = cluster.coordinatorGrpcPort
  assert.equal(await ask(coordinator, query), 'ABORT', 'presumed')
  assert.equal(await ask(coordinator, { ...query, coordinatorId: 'http-node2' }), 'UNKNOWN')
  assert.equal(await ask(coordinator, { ...query, coordinatorDisk: 'another' }), 'UNKNOWN')
  assert.equal(await ask(coordinator, { ...query, epoch: 1, number: 1 }), 'UNKNOWN')
  const [one, two] = cluster.participantPorts
  const mine = { ...query, participants: EVERYBODY }
  assert.equal(await ask(one, { ...mine, coordinatorId: 'http-node2' }), 'UNKNOWN')
  assert.equal(await ask(one, query), 'UNKNOWN', 'not a participant of it')
  assert.equal(await ask(one, { ...mine, participants: ['grpc-node2'] }), 'UNKNOWN')
  await cluster.upload('asked.png', 'bytes')
  await assertGranted([
    nodes[0]?.call('VoteRequest', original(mine.transactionId, 'asked.png')) ?? never(),
  ])
  assert.equal(await ask(one, mine), 'IN_DOUBT')
  assert.equal(await ask(two, mine), 'ABORT', 'it never voted, and now never will')
  const late = await nodes[1]?.call('VoteRequest', original(mine.transactionId, 'asked.png'))
  assert.equal(late?.['vote_granted'], false)
  await nodes[0]?.call('GlobalAbort', original(mine.transactionId, 'asked.png'))
  for (const port of [coordinator, one]) {
    for (const wrong of [
      { transactionId: '' },
      { coordinatorId: '' },
      { epoch: 2 ** 60 },
      { number: -1 },
    ]) {
      const answer = await refusal(ask(port, { ...mine, ...wrong }))
      assert.equal(answer, 'INVALID_ARGUMENT INVALID_ARGUMENT', JSON.stringify(wrong))
    }
    const many = Array.from({ length: 65 }, (_, index) => `n${index}`)
    const crowd = await refusal(ask(port, { ...mine, participants: many }))
    assert.equal(crowd, 'INVALID_ARGUMENT INVALID_ARGUMENT')
  }
  await assertDeletable('asked.png')
})

function never(): never {
  throw new Error('there are three participants')
}

test('O18 a vote asked for by a stranger in the coordinator name is settled by presumption', async () => {
  await cluster.upload('presumed.png', 'bytes')
  const id = randomUUID()
  await assertGranted(nodes.map((node) => node.call('VoteRequest', original(id, 'presumed.png'))))
  const settled = new RegExp(`In doubt no more: ${id} is aborted, says Node http-node1`)
  await Promise.all(cluster.participants.map((child) => child.line(settled)))
  assert.equal(await cluster.inDoubt(), 0)
  await assertDeletable('presumed.png')
})

test('T2 a participant that hangs costs its deadline: it counts as silent, the rest goes on', async () => {
  await cluster.upload('hang.png', 'bytes')
  const [, , hanging] = cluster.participants
  hanging?.signal('SIGSTOP')
  const { status, body } = await cluster.deleteEverywhere('hang.png')
  assert.deepEqual(
    [status, body['status'], body['details']],
    [409, 'ABORTED', ['ACK', 'ACK', 'FAILED']],
  )
  await cluster.coordinator.line(/Node grpc-node3 failed to respond \(Voting\)\./)
  await cluster.coordinator.line(/Node grpc-node3 failed to respond \(Decision\)\./)
  const late = nodes[2]?.call('Health', {}, 300) ?? never()
  assert.equal(await refusal(late), 'DEADLINE_EXCEEDED')
  hanging?.signal('SIGCONT')
  await eventually('nobody is in doubt', async () => (await cluster.inDoubt()) === 0)
  await eventually('the picture can be deleted', async () => {
    return (await cluster.deleteEverywhere('hang.png')).body['status'] === 'COMMITTED'
  })
})

test('P9 with the coordinator down: peers that never voted settle it, peers in doubt do not', async () => {
  await cluster.upload('alone.png', 'bytes')
  await cluster.upload('together.png', 'bytes')
  await cluster.coordinator.end('SIGKILL')
  const [alone, together] = [randomUUID(), randomUUID()]
  await assertGranted([
    nodes[0]?.call('VoteRequest', original(alone, 'alone.png')) ?? never(),
    ...nodes.map((node) => node.call('VoteRequest', original(together, 'together.png'))),
  ])
  const [first] = cluster.participants
  const told = await first?.line(
    new RegExp(`In doubt no more: ${alone} is aborted, says Node grpc-node[23]`),
  )
  const by = Number(told?.at(-1)) // the other peer may not have been asked yet
  const like = await nodes[0]?.call('Like', { filename: 'alone.png' })
  assert.equal(like?.['success'], true, 'the lock is gone')
  const late = await nodes[by - 1]?.call('VoteRequest', original(alone, 'alone.png'))
  assert.equal(late?.['vote_granted'], false, 'a peer that settled it never votes yes')
  const blocked = new RegExp(`In doubt about ${together}: together.png stays locked`)
  await Promise.all(cluster.participants.map((child) => child.line(blocked)))
  for (const node of nodes) {
    const locked = await refusal(node.call('Delete', { filename: 'together.png' }))
    assert.equal(locked, 'ABORTED PICTURE_LOCKED')
  }
  cluster.coordinator.start()
  await cluster.ready()
  const settled = new RegExp(`In doubt no more: ${together} is aborted`)
  await Promise.all(cluster.participants.map((child) => child.line(settled)))
  await assertDeletable('together.png')
  await assertDeletable('alone.png')
})
