import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, Lone, member } from './build.ts'
import { Cluster } from './cluster.ts'

// etcd-io/raft, the group "Leader transfer", by name. With pre-vote and check-quorum, as shipped (R20).

function elected(setup = {}): Cluster {
  const cluster = new Cluster({ size: 3, ...setup })
  cluster.elect(1)
  cluster.tick(2)
  return cluster
}

const outcome = (cluster: Cluster, requestId: number, id = 1) => {
  const answer = cluster.answer(id, requestId)
  return answer?.kind === 'refused' ? answer.reason : answer?.kind
}

test('TestLeaderTransferToUpToDateNode: at once, without a timeout or pre-vote (R20)', () => {
  const cluster = elected()
  const requestId = cluster.transfer(1, 2)
  cluster.settle()
  assert.equal(cluster.leader?.id, 2)
  assert.equal(outcome(cluster, requestId), 'transferred')
  cluster.propose(2, 'a')
  cluster.settle()
  cluster.transfer(2, 1)
  cluster.settle()
  assert.equal(cluster.leader?.id, 1)
})

test('TestLeaderTransferToUpToDateNodeFromFollower: only the leader can; a follower names it', () => {
  const cluster = elected()
  const requestId = cluster.transfer(2, 2)
  assert.deepEqual(cluster.answer(2, requestId), {
    kind: 'refused',
    requestId,
    reason: 'notLeader',
    leaderHint: 1,
  })
})

test('TestLeaderTransferWithCheckQuorum: those who hear the leader vote all the same (R20)', () => {
  for (const preVote of [false, true]) {
    const cluster = elected({ preVote })
    cluster.transfer(1, 3)
    cluster.settle()
    assert.deepEqual([cluster.leader?.id, cluster.leader?.status.currentTerm], [3, 2])
  }
})

test('TestLeaderTransferToSlowFollower: it catches up first', () => {
  const cluster = elected()
  cluster.isolate(3)
  cluster.propose(1, 'a')
  cluster.settle()
  cluster.heal()
  cluster.transfer(1, 3)
  cluster.tick(12)
  assert.equal(cluster.leader?.id, 3)
  assert.deepEqual(cluster.server(3).commands, ['ADD a'])
})

test('TestLeaderTransferAfterSnapshot: also by a snapshot', () => {
  const cluster = elected({ trailingEntries: 0 })
  cluster.isolate(3)
  cluster.propose(1, 'a')
  cluster.settle()
  cluster.tick()
  cluster.server(1).compact()
  cluster.heal()
  cluster.transfer(1, 3)
  cluster.tick(15)
  assert.equal(cluster.leader?.id, 3)
})

test('TestLeaderTransferToSelf, TestLeaderTransferToNonExistingNode, TestTransferNonMember: refused, and work goes on', () => {
  const cluster = elected()
  assert.equal(outcome(cluster, cluster.transfer(1, 1)), 'alreadyLeader')
  assert.equal(outcome(cluster, cluster.transfer(1, 4)), 'unknownServer')
  cluster.add(4, true)
  cluster.change(1, { kind: 'addLearner', member: member(4) })
  cluster.settle()
  assert.equal(outcome(cluster, cluster.transfer(1, 4)), 'notVoter')
  cluster.propose(1, 'a')
  cluster.settle()
  assert.deepEqual(cluster.server(1).commands, ['ADD a'])
  const outsider = new Lone({ voters: [2, 3] })
  outsider.receive('TimeoutNow', { from: 2, term: 1 })
  assert.equal(outsider.status.role, 'follower')
})

test('TestLeaderTransferTimeout, TestLeaderTransferIgnoreProposal: given up after an election timeout; meanwhile nothing new', () => {
  const cluster = elected()
  cluster.isolate(3)
  const requestId = cluster.transfer(1, 3)
  assert.equal(outcome(cluster, cluster.propose(1, 'a')), 'transferring')
  cluster.tick(18)
  assert.equal(outcome(cluster, requestId), undefined)
  cluster.tick(2)
  assert.equal(outcome(cluster, requestId), 'transferTimeout')
  assert.equal(outcome(cluster, cluster.propose(1, 'a')), 'accepted')
  assert.equal(cluster.leader?.id, 1)
})

test('TestLeaderTransferReceiveHigherTermVote: another election ends it', () => {
  const cluster = elected({ preVote: false, checkQuorum: false })
  cluster.isolate(3)
  cluster.transfer(1, 3)
  cluster.elect(2)
  assert.equal(cluster.leader?.id, 2)
  assert.equal(cluster.server(1).status.transferTarget, null)
})

test('TestLeaderTransferRemoveNode, TestLeaderTransferDemoteNode: a change is refused while handing over', () => {
  for (const kind of ['remove', 'demote'] as const) {
    const cluster = elected()
    cluster.filter = (m) => m.type !== 'TimeoutNow'
    cluster.transfer(1, 3)
    assert.equal(outcome(cluster, cluster.change(1, { kind, id: 3 })), 'transferring')
    cluster.tick(20)
    assert.equal(outcome(cluster, cluster.change(1, { kind, id: 3 })), 'accepted')
  }
})

test('TestLeaderTransferRemoveNode: a target that the configuration loses is given up', () => {
  const cluster = elected()
  cluster.change(1, { kind: 'demote', id: 3 })
  cluster.settle()
  assert.equal(outcome(cluster, cluster.transfer(1, 3)), 'notVoter')
})

test('TestLeaderTransferBack, TestLeaderTransferSecondTransferToAnotherNode: the later wish counts', () => {
  const cluster = elected()
  cluster.isolate(3)
  const first = cluster.transfer(1, 3)
  const second = cluster.transfer(1, 2)
  cluster.settle()
  assert.equal(cluster.leader?.id, 2)
  assert.deepEqual(
    [outcome(cluster, first), outcome(cluster, second)],
    ['superseded', 'transferred'],
  )
})

test('TestLeaderTransferSecondTransferToSameNode: asking again gives no more time', () => {
  const cluster = elected()
  cluster.isolate(3)
  cluster.transfer(1, 3)
  cluster.tick(10)
  const again = cluster.transfer(1, 3)
  cluster.tick(9)
  assert.equal(outcome(cluster, again), 'transferTimeout')
})

test('to whoever has most of the log, when no target is named; a lost TimeoutNow is sent again', () => {
  const cluster = elected()
  cluster.isolate(2)
  cluster.propose(1, 'a')
  cluster.settle()
  let lost = 0
  cluster.filter = (m) => {
    if (m.type === 'TimeoutNow') lost += 1
    return m.type !== 'TimeoutNow' || lost > 1
  }
  cluster.transfer(1, null)
  cluster.tick(3)
  assert.deepEqual([cluster.leader?.id, lost], [3, 2])
})

test('a proposal in the log before the transfer is committed by the next leader', () => {
  const cluster = elected()
  cluster.step(1, { kind: 'propose', requestId: 1, command: 'ADD', data: bytes('a') })
  cluster.transfer(1, 2)
  cluster.settle()
  cluster.tick(2)
  assert.equal(cluster.leader?.id, 2)
  assert.deepEqual(cluster.server(3).commands, ['ADD a'])
})

test('a target that cannot be reached is given up at once; the status names the next best', () => {
  const cluster = elected()
  cluster.isolate(2)
  cluster.propose(1, 'a')
  cluster.settle()
  assert.deepEqual(cluster.server(1).status.successors, [3, 2])
  const requestId = cluster.transfer(1, 2)
  cluster.step(1, { kind: 'unreachable', peer: 3 })
  assert.equal(outcome(cluster, requestId), undefined)
  cluster.step(1, { kind: 'unreachable', peer: 2 })
  cluster.settle()
  assert.equal(outcome(cluster, requestId), 'targetUnreachable')
  assert.equal(outcome(cluster, cluster.propose(1, 'b')), 'accepted')
})

test('L9 a server about to stop begins no election, gives up its own, and hands over', () => {
  const cluster = elected()
  cluster.step(1, { kind: 'retire' })
  cluster.step(2, { kind: 'retire' })
  cluster.transfer(1, 2)
  cluster.tick(5)
  assert.equal(cluster.leader?.id, 1, 'a leader goes on, and who retires is no successor')
  cluster.tick(40) // the transfer is given up
  cluster.transfer(1, 3)
  cluster.settle()
  assert.equal(cluster.leader?.id, 3)
  cluster.isolate(3)
  cluster.tick(200)
  assert.equal(cluster.leader, null)
  assert.deepEqual(
    [1, 2].map((id) => cluster.server(id).status.role),
    ['follower', 'follower'],
  )
  const candidate = new Lone({ voters: [1, 2, 3] })
  candidate.node.step({ kind: 'campaign' })
  assert.equal(candidate.status.role, 'preCandidate')
  candidate.node.step({ kind: 'retire' })
  assert.equal(candidate.status.role, 'follower')
})
