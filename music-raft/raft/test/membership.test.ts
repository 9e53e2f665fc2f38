import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { changed, decodeConfiguration, encodeConfiguration } from '../configuration.ts'
import { CONFIG, type NodeId } from '../messages.ts'
import { bytes, configuration, entry, ids, Lone, log, member } from './build.ts'
import { Cluster } from './cluster.ts'

// etcd-io/raft, the group "Membership", by name. Joint consensus (ConfChangeV2, VotersOutgoing,
// JointAutoLeave) is not offered: one server at a time (§4.1).

const config = (term: number, index: number, voters: NodeId[], learners: NodeId[] = []) =>
  entry(term, index, CONFIG, encodeConfiguration(configuration(voters, learners)))

const reason = (cluster: Cluster, requestId: number, id = 1) => {
  const answer = cluster.answer(id, requestId)
  return answer?.kind === 'refused' ? answer.reason : answer?.kind
}

/** Three voters led by n1, and n4 a learner that has it all. */
function withLearner(): Cluster {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.add(4, true)
  cluster.change(1, { kind: 'addLearner', member: member(4) })
  cluster.settle()
  cluster.tick(2)
  return cluster
}

describe('the arithmetic of one change', () => {
  test('TestAddLearner, TestAddNode, TestRemoveNode, TestRemoveLearner: every change of every server', () => {
    const old = configuration([1, 2, 3], [4])
    const table = [
      [{ kind: 'addLearner', member: member(5) }, configuration([1, 2, 3], [4, 5])],
      [{ kind: 'addLearner', member: member(4) }, 'alreadyMember'],
      [{ kind: 'addLearner', member: member(1) }, 'alreadyMember'],
      [{ kind: 'promote', id: 4 }, configuration([1, 2, 3, 4])],
      [{ kind: 'promote', id: 1 }, 'notLearner'],
      [{ kind: 'promote', id: 9 }, 'unknownServer'],
      [{ kind: 'remove', id: 4 }, configuration([1, 2, 3])],
      [{ kind: 'remove', id: 2 }, configuration([1, 3], [4])],
      [{ kind: 'remove', id: 9 }, 'unknownServer'],
      [{ kind: 'demote', id: 3 }, configuration([1, 2], [3, 4])],
      [{ kind: 'demote', id: 4 }, 'notVoter'],
    ] as const
    for (const [change, expected] of table) {
      const result = changed(old, change)
      assert.deepEqual('refusal' in result ? result.refusal : result.configuration, expected)
    }
    const last = changed(configuration([1], [2]), { kind: 'remove', id: 1 })
    assert.deepEqual(last, { refusal: 'lastVoter' })
  })

  test('the bytes of a configuration: same bytes for the same servers, nothing else is taken', () => {
    const mixed = { voters: [member(3), member(1)], learners: [member(2)] }
    const data = encodeConfiguration(mixed)
    assert.deepEqual(data, encodeConfiguration(configuration([1, 3], [2])))
    assert.deepEqual(decodeConfiguration(data), configuration([1, 3], [2]))
    for (const bad of [
      '',
      '{}',
      'null',
      '{"voters":[],"learners":[{"id":0,"address":""}]}',
      '{"voters":[{"id":1,"address":"a"}],"learners":[{"id":1,"address":"a"}]}',
      '{"voters":[{"id":1}],"learners":[]}',
    ]) {
      assert.equal(decodeConfiguration(bytes(bad)), null, bad)
    }
    assert.equal(decodeConfiguration(new Uint8Array([0xff])), null)
  })
})

describe('changing', () => {
  test('TestStepConfig, TestStepIgnoreConfig: a second change waits for the first (R2)', () => {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    const first = cluster.change(1, { kind: 'addLearner', member: member(4) })
    const second = cluster.change(1, { kind: 'remove', id: 3 })
    assert.deepEqual(
      [reason(cluster, first), reason(cluster, second)],
      ['accepted', 'changePending'],
    )
    cluster.settle()
    const third = cluster.change(1, { kind: 'remove', id: 3 })
    assert.equal(reason(cluster, third), 'accepted')
    assert.equal(reason(cluster, cluster.change(2, { kind: 'remove', id: 1 }), 2), 'notLeader')
  })

  test('TestNewLeaderPendingConfig: a new leader keeps the open configuration, and changes none before its no-op (R2, R3)', () => {
    for (const open of [false, true]) {
      const entries = open ? [entry(1, 1), config(1, 2, [1, 2, 3], [4])] : log(1, 1)
      const server = new Lone({ entries, currentTerm: 1 }).lead()
      assert.equal(server.status.configuration.learners.length, open ? 1 : 0)
      server.step({ kind: 'changeMembership', requestId: 1, change: { kind: 'remove', id: 3 } })
      const [answer] = server.pay().answers
      assert(answer?.kind === 'refused' && answer.reason === 'noOwnTermCommit')
    }
  })

  test('TestAddNode, TestPromotable: a learner that caught up is promoted and may lead', () => {
    const cluster = withLearner()
    cluster.tick(60)
    assert.equal(cluster.server(4).status.role, 'follower', 'a learner does not campaign')
    assert.equal(reason(cluster, cluster.change(1, { kind: 'promote', id: 4 })), 'accepted')
    cluster.settle()
    cluster.tick()
    const expected = configuration(ids(4))
    for (const id of ids(4)) assert.deepEqual(cluster.server(id).status.configuration, expected)
    cluster.transfer(1, 4)
    cluster.settle()
    assert.equal(cluster.leader?.id, 4)
  })

  test('TestAddNodeCheckQuorum: a server just added is given an election timeout to answer', () => {
    const cluster = new Cluster({ size: 1 })
    cluster.elect(1)
    cluster.add(2, true)
    cluster.change(1, { kind: 'addLearner', member: member(2) })
    cluster.tick(2)
    cluster.change(1, { kind: 'promote', id: 2 })
    cluster.settle()
    cluster.isolate(2)
    cluster.tick(18, [1])
    assert.equal(cluster.server(1).status.role, 'leader')
    cluster.tick(2, [1])
    assert.equal(cluster.server(1).status.role === 'leader', false)
  })

  test('TestCommitAfterRemoveNode: what waited for the removed one commits without it', () => {
    const cluster = new Cluster({ voters: [1, 2] })
    cluster.elect(1)
    cluster.change(1, { kind: 'remove', id: 2 })
    cluster.propose(1, 'a')
    assert.equal(cluster.server(1).status.commitIndex, 3, 'one of one, from the change on')
    cluster.settle()
    assert.deepEqual(cluster.server(1).commands, ['ADD a'])
  })

  test('a removed server is told, so that it need not campaign; then it is forgotten', () => {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    cluster.change(1, { kind: 'remove', id: 3 })
    cluster.settle()
    cluster.tick(3)
    const { configuration: known, configurationIndex, commitIndex } = cluster.server(3).status
    assert.deepEqual(known, configuration([1, 2]))
    assert(commitIndex >= configurationIndex)
    assert.deepEqual(
      cluster.server(1).status.peers.map(({ id }) => id),
      [2],
    )
    cluster.tick(60)
    assert.deepEqual([cluster.leader?.id, cluster.leader?.status.currentTerm], [1, 1])
    assert.equal(cluster.server(3).status.role, 'follower')
  })

  test('one that left and is back begins anew: what it confirmed in its former life is not counted', () => {
    const server = new Lone({ voters: [1, 2], learners: [3] }).lead().acknowledge(2, 3)
    const change = (kind: 'remove' | 'add') =>
      server.step({
        kind: 'changeMembership',
        requestId: 1,
        change: kind === 'remove' ? { kind, id: 3 } : { kind: 'addLearner', member: member(3) },
      })
    const late = server
      .propose()
      .sent('AppendEntries')
      .find(({ to }) => to === 3)
    server.tick().acknowledge(2)
    change('remove').acknowledge(2)
    change('add')
    assert(late)
    server.accept(late)
    assert.equal(server.status.peers.find(({ id }) => id === 3)?.matchIndex, 0)
  })

  test('a removed server that is down is forgotten after an election timeout', () => {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    cluster.crash(3)
    cluster.change(1, { kind: 'remove', id: 3 })
    cluster.settle()
    cluster.tick(20)
    assert.deepEqual(
      cluster.server(1).status.peers.map(({ id }) => id),
      [2],
    )
  })

  test('TestConfChangeCheckBeforeCampaign: a learner to be does not campaign, a voter to be may', () => {
    const learner = new Lone({ id: 1, entries: [config(1, 1, [2, 3], [1])], voters: [2, 3] })
    assert.equal(learner.tick(40).status.role, 'follower')
    const voter = new Lone({ id: 1, entries: [config(1, 1, [1, 2, 3])], voters: [2, 3] })
    assert.notEqual(voter.tick(40).status.role, 'follower')
  })

  test('TestConfChangeQuick: member after member, each at once after the one before', () => {
    const cluster = new Cluster({ voters: [1] })
    cluster.elect(1)
    for (const id of [2, 3, 4, 5]) {
      cluster.add(id, true)
      assert.equal(
        reason(cluster, cluster.change(1, { kind: 'addLearner', member: member(id) })),
        'accepted',
      )
      cluster.settle()
      cluster.tick()
      assert.equal(reason(cluster, cluster.change(1, { kind: 'promote', id })), 'accepted')
      cluster.settle()
    }
    cluster.tick()
    assert.deepEqual(cluster.server(5).status.configuration, configuration(ids(5)))
  })
})

describe('learners', () => {
  test('TestLearnerElectionTimeout, TestLearnerCampaign: never, not even when told to', () => {
    const server = new Lone({ voters: [2, 3], learners: [1] })
    server.tick(100).step({ kind: 'campaign' })
    server.receive('TimeoutNow', { from: 2, term: 0 })
    assert.deepEqual([server.status.role, server.status.currentTerm], ['follower', 0])
  })

  test('TestLearnerPromotion: only when caught up (§4.2.1)', () => {
    const cluster = new Cluster({ size: 3, promotionLagEntries: 5 })
    cluster.elect(1)
    cluster.change(1, { kind: 'addLearner', member: member(4) })
    cluster.settle()
    const promote = () => reason(cluster, cluster.change(1, { kind: 'promote', id: 4 }))
    assert.equal(promote(), 'notCaughtUp', 'not heard of yet')
    cluster.add(4, true)
    cluster.filter = (m) => m.to !== 4 || m.type !== 'AppendEntries' || m.entries.length === 0
    for (let i = 0; i < 10; i += 1) cluster.propose(1, `${i}`)
    cluster.tick(3)
    assert.equal(promote(), 'notCaughtUp')
    cluster.heal()
    cluster.tick(12)
    assert.equal(promote(), 'accepted')
  })

  test('TestLearnerCanVote, campaign_learner_must_vote: asked, it votes: it may be a voter by now (R18)', () => {
    const server = new Lone({ voters: [2, 3], learners: [1] })
    server.receive('RequestVote', { from: 2, term: 2, lastLogIndex: 11, lastLogTerm: 1 })
    assert.equal(server.sent('RequestVoteResponse')[0]?.voteGranted, true)
  })

  test('campaign_learner_must_vote: the promotion reached only the one that leads next', () => {
    const cluster = withLearner()
    // {1,2,3} → {1,2,3,4}: the entry reaches n2 only, then n1 and n3 are gone for a while.
    cluster.cut(1, 3)
    cluster.cut(1, 4)
    cluster.change(1, { kind: 'promote', id: 4 })
    cluster.settle()
    assert.equal(cluster.server(4).status.configuration.voters.length, 3)
    cluster.crash(1)
    cluster.heal()
    cluster.tick(12)
    for (let i = 0; i < 3 && cluster.leader?.id !== 2; i += 1) cluster.elect(2)
    assert.equal(cluster.leader?.id, 2, 'with the votes of n3 and of n4')
  })

  test('TestLearnerLogReplication: fed, and not counted', () => {
    const cluster = withLearner()
    cluster.partition([1, 4], [2, 3])
    cluster.propose(1, 'a')
    cluster.settle()
    assert.equal(cluster.server(4).status.lastIndex, 3)
    assert.deepEqual(cluster.server(1).commands, [])
    cluster.heal()
    cluster.tick(12)
    assert.deepEqual(cluster.server(4).commands, ['ADD a'])
  })

  test('TestLearnerReceiveSnapshot: a new learner begins with the snapshot', () => {
    const cluster = new Cluster({ size: 3, trailingEntries: 0 })
    cluster.elect(1)
    for (let i = 0; i < 10; i += 1) cluster.propose(1, `${i}`)
    cluster.settle()
    cluster.server(1).compact()
    cluster.add(4, true)
    cluster.change(1, { kind: 'addLearner', member: member(4) })
    cluster.settle()
    cluster.tick(3)
    assert.equal(cluster.server(4).commands.length, 10)
    assert.equal(cluster.server(4).status.snapshot?.lastIncludedIndex, 11)
  })
})

describe('the leader leaves', () => {
  test('R19 confchange_v1_remove_leader: it counts others only, and steps down after the commit', () => {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    cluster.isolate(1)
    cluster.change(1, { kind: 'remove', id: 1 })
    cluster.tick(2)
    assert.deepEqual(
      [cluster.server(1).status.role, cluster.server(1).status.commitIndex],
      ['leader', 1],
    )
    cluster.heal()
    cluster.cut(1, 3)
    cluster.tick(12)
    assert.equal(cluster.server(1).status.commitIndex, 1, 'n1 and n2 are not a majority of {2, 3}')
    cluster.heal()
    cluster.tick(12)
    assert.equal(cluster.server(1).status.role, 'follower')
    assert([2, 3].includes(cluster.leader?.id ?? 0))
    cluster.tick(100)
    assert([2, 3].includes(cluster.leader?.id ?? 0), 'and does not come back to disturb')
    assert.equal(cluster.server(1).status.role, 'follower')
  })

  test('confchange_v1_remove_leader_stepdown: it hands over in the same breath', () => {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    cluster.change(1, { kind: 'remove', id: 1 })
    cluster.settle()
    assert([2, 3].includes(cluster.leader?.id ?? 0), 'without an election timeout')
  })

  test('§4.2.2 the only one with its own removal can lead to commit it', () => {
    const cluster = new Cluster({ voters: [1, 2] })
    cluster.elect(1)
    cluster.isolate(1)
    cluster.change(1, { kind: 'remove', id: 1 })
    cluster.crash(1)
    cluster.restart(1)
    cluster.heal()
    cluster.tick(60)
    assert.deepEqual(
      [cluster.leader?.id, cluster.leader?.status.configuration],
      [2, configuration([2])],
    )
  })
})
