import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeId, Term } from '../messages.ts'
import { ids, Lone, log } from './build.ts'
import { Cluster, type ClusterSetup } from './cluster.ts'

// etcd-io/raft raft_test.go, the group "Elections", by name.

/** A cluster whose servers come back from disks with these logs. */
function withLogs(setup: ClusterSetup, logs: Readonly<Record<NodeId, readonly Term[]>>): Cluster {
  const cluster = new Cluster(setup)
  for (const [id, terms] of Object.entries(logs)) {
    const server = cluster.server(Number(id))
    server.crash()
    server.disk.entries = log(...terms)
    server.disk.hardState = { currentTerm: terms.at(-1) ?? 0, votedFor: null, recovering: 0 }
    server.start()
  }
  return cluster
}

const role = (cluster: Cluster, id: NodeId) => cluster.server(id).status.role
const term = (cluster: Cluster, id: NodeId) => cluster.server(id).status.currentTerm

for (const preVote of [false, true]) {
  const suffix = preVote ? 'PreVote' : ''
  const stuck = preVote ? 'preCandidate' : 'candidate'
  describe(`elections, preVote ${preVote}`, () => {
    test(`TestLeaderElection${suffix}: dead servers and short logs decide (L6)`, () => {
      const table: [size: number, dead: NodeId[], longer: NodeId[], role: string, term: Term][] = [
        [3, [], [], 'leader', 1],
        [3, [3], [], 'leader', 1],
        [3, [2, 3], [], stuck, preVote ? 0 : 1],
        [4, [2, 3], [], stuck, preVote ? 0 : 1],
        [5, [2, 3], [], 'leader', 1],
        // Three logs are further than the candidate's.
        [5, [], [3, 4, 5], 'follower', preVote ? 0 : 1],
      ]
      for (const [size, dead, longer, expected, expectedTerm] of table) {
        const cluster = new Cluster({ size, preVote })
        for (const id of dead) cluster.crash(id)
        for (const id of longer) {
          const server = cluster.server(id)
          server.crash()
          server.disk.entries = log(1)
          server.disk.hardState = { currentTerm: 1, votedFor: null, recovering: 0 }
          server.start()
        }
        cluster.elect(1)
        assert.equal(role(cluster, 1), expected, `${size}, dead ${dead}, longer ${longer}`)
        if (longer.length === 0) assert.equal(term(cluster, 1), expectedTerm)
      }
    })

    test(`TestLeaderCycle${suffix}: each in turn can take over`, () => {
      const cluster = new Cluster({ size: 3, preVote, checkQuorum: false })
      for (const id of [1, 2, 3, 1]) {
        cluster.elect(id)
        const roles = ids(3).map((one) => role(cluster, one))
        assert.deepEqual(
          roles,
          ids(3).map((one) => (one === id ? 'leader' : 'follower')),
        )
      }
    })

    test(`TestLeaderElectionOverwriteNewerLogs${suffix}: a newer minority log is overwritten`, () => {
      // n1 won term 1, n3 won term 2 and told nobody, n4 and n5 voted for n3.
      const cluster = withLogs({ size: 5, preVote }, { 1: [1], 2: [1], 3: [2], 4: [], 5: [] })
      for (const id of [4, 5]) {
        cluster.server(id).crash()
        cluster.server(id).disk.hardState = { currentTerm: 2, votedFor: 3, recovering: 0 }
        cluster.server(id).start()
      }
      cluster.elect(1) // fails: term 2 is taken
      if (role(cluster, 1) !== 'leader') cluster.elect(1)
      assert.equal(role(cluster, 1), 'leader')
      assert.equal(term(cluster, 1), 3)
      for (const id of ids(5)) {
        assert.deepEqual(
          cluster.server(id).disk.entries.map((entry) => entry.term),
          [1, 3],
        )
      }
    })

    test(`TestCandidateSelfVoteAfterLostElection${suffix}: the late save of its vote counts nothing`, () => {
      const cluster = new Cluster({ size: 3, preVote })
      const server = cluster.server(1)
      server.slowDisk = true
      cluster.elect(1)
      cluster.elect(2)
      if (preVote) cluster.elect(2) // told that term 1 is taken
      cluster.tick(1, [2])
      assert.equal(role(cluster, 2), 'leader')
      assert.equal(role(cluster, 1), 'follower')
      server.completeSaves()
      assert.equal(role(cluster, 1), 'follower')
    })
  })
}

for (const [name, preVote] of [
  ['TestVoteFromAnyState', false],
  ['TestPreVoteFromAnyState', true],
] as const) {
  test(`${name}: a newer term and log is granted from every role`, () => {
    for (const from of ['follower', 'preCandidate', 'candidate', 'leader'] as const) {
      const server = new Lone({ checkQuorum: false, preVote: from === 'preCandidate' })
      if (from === 'leader') server.lead()
      else if (from !== 'follower') server.step({ kind: 'campaign' }).pay()
      assert.equal(server.status.role, from)
      const { currentTerm } = server.status
      const [lastLogIndex, lastLogTerm] = [42, currentTerm]
      const next = currentTerm + 1
      server.receive('RequestVote', { from: 2, term: next, lastLogIndex, lastLogTerm, preVote })
      const [reply] = server.sent('RequestVoteResponse')
      assert.deepEqual([reply?.voteGranted, reply?.term], [true, next])
      assert.equal(server.status.role, preVote ? from : 'follower', 'a pre-vote changes nothing')
      assert.equal(server.status.currentTerm, preVote ? currentTerm : next)
    }
  })
}

test('TestDuelingCandidates: the one cut off loses by its log when it is back', () => {
  const cluster = new Cluster({ size: 3, preVote: false, checkQuorum: false })
  cluster.cut(1, 3)
  cluster.cut(3, 1)
  cluster.elect(1)
  cluster.elect(3) // n2 has voted; n1 is not reached
  assert.deepEqual([role(cluster, 1), role(cluster, 3)], ['leader', 'candidate'])
  cluster.heal()
  cluster.elect(3) // its term is news, its log is not
  assert.deepEqual(
    ids(3).map((id) => role(cluster, id)),
    ['follower', 'follower', 'follower'],
  )
  assert.deepEqual(
    ids(3).map((id) => term(cluster, id)),
    [2, 2, 2],
  )
})

test('TestDuelingPreCandidates: with pre-vote it does not disturb the term either', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.cut(1, 3)
  cluster.cut(3, 1)
  cluster.elect(1)
  cluster.elect(3)
  cluster.heal()
  cluster.elect(3)
  cluster.tick()
  assert.deepEqual(
    ids(3).map((id) => role(cluster, id)),
    ['leader', 'follower', 'follower'],
  )
  assert.deepEqual(
    ids(3).map((id) => term(cluster, id)),
    [1, 1, 1],
  )
})

test('TestCandidateConcede: a candidate cut off follows the leader and takes its log', () => {
  const cluster = new Cluster({ size: 3, preVote: false })
  cluster.isolate(1)
  cluster.elect(1)
  cluster.elect(3)
  cluster.heal()
  cluster.tick()
  cluster.propose(3, 'song')
  cluster.settle()
  cluster.tick()
  assert.deepEqual([role(cluster, 1), term(cluster, 1)], ['follower', 1])
  for (const id of ids(3)) assert.deepEqual(cluster.server(id).commands, ['ADD song'])
})

for (const [name, preVote] of [
  ['TestSingleNodeCandidate', false],
  ['TestSingleNodePreCandidate', true],
] as const) {
  test(`${name}: one alone elects itself, once its vote is on disk (S9)`, () => {
    const cluster = new Cluster({ size: 1, preVote })
    cluster.server(1).slowDisk = true
    cluster.elect(1)
    assert.equal(role(cluster, 1), 'candidate')
    cluster.server(1).completeSave()
    assert.equal(role(cluster, 1), 'leader')
  })
}

for (const [name, preVote] of [
  ['TestRecvMsgVote', false],
  ['TestRecvMsgPreVote', true],
] as const) {
  test(`${name}: log position against votedFor, every pair`, () => {
    for (const votedFor of [null, 2, 3]) {
      for (const lastLogTerm of [0, 1, 2, 3]) {
        for (const lastLogIndex of [0, 1, 2, 3]) {
          const server = new Lone({ entries: log(2, 2), currentTerm: 4, votedFor })
          const asked = { from: 2, term: preVote ? 5 : 4, lastLogIndex, lastLogTerm, preVote }
          server.receive('RequestVote', asked)
          const [reply] = server.sent('RequestVoteResponse')
          const upToDate = lastLogTerm > 2 || (lastLogTerm === 2 && lastLogIndex >= 2)
          const free = preVote || votedFor !== 3
          assert.equal(reply?.voteGranted, upToDate && free)
        }
      }
    }
  })
}

test('TestAllServerStepdown: every role falls for a higher term', () => {
  for (const from of ['follower', 'preCandidate', 'candidate', 'leader'] as const) {
    for (const type of ['RequestVote', 'AppendEntries'] as const) {
      const server = new Lone({ checkQuorum: false, preVote: from === 'preCandidate' })
      if (from === 'leader') server.lead()
      else if (from !== 'follower') server.step({ kind: 'campaign' }).pay()
      server.receive(type, { from: 2, term: 3 })
      const { role: after, currentTerm, leaderId } = server.status
      const leader = type === 'AppendEntries' ? 2 : null
      assert.deepEqual([after, currentTerm, leaderId], ['follower', 3, leader])
    }
  }
})

for (const name of ['TestCandidateResetTermMsgHeartbeat', 'TestCandidateResetTermMsgApp']) {
  test(`${name}: a lonely candidate comes back into the leader’s term`, () => {
    const cluster = new Cluster({ size: 3, preVote: false, checkQuorum: false })
    cluster.elect(1)
    cluster.isolate(3)
    cluster.tick(20, [3])
    assert.equal(role(cluster, 3), 'candidate')
    const lonely = term(cluster, 3)
    cluster.heal()
    if (name.endsWith('App')) cluster.propose(1, 'song')
    cluster.tick()
    assert.equal(role(cluster, 3) === 'leader' || term(cluster, 1) >= lonely, true)
    const leader = cluster.waitForLeader()
    cluster.tick(2)
    assert.equal(new Set(ids(3).map((id) => term(cluster, id))).size, 1)
    assert.equal(cluster.server(3).status.leaderId, leader.id)
  })
}

test('TestCandidateDeliversPreCandidateSelfVoteAfterBecomingCandidate: a save of an old term elects nobody', () => {
  const cluster = new Cluster({ size: 1, preVote: true })
  const server = cluster.server(1)
  server.slowDisk = true
  cluster.elect(1) // term 1, its save waits
  cluster.tick(20) // term 2, its save waits behind
  assert.equal(term(cluster, 1), 2)
  server.completeSave()
  assert.equal(role(cluster, 1), 'candidate', 'the vote of term 1 is on disk, not that of term 2')
  server.completeSaves()
  assert.equal(role(cluster, 1), 'leader')
})

test('TestNodeWithSmallerTermCanCompleteElection: told its term by a refusal (R21)', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.isolate(3)
  cluster.propose(1, 'song')
  cluster.settle()
  cluster.server(2).step({ kind: 'tick' })
  cluster.tick(19, [2])
  cluster.elect(2)
  assert.equal(term(cluster, 3), 1)
  cluster.heal()
  cluster.crash(1)
  cluster.tick(60)
  const { leader } = cluster
  assert.equal(leader?.id, 2, 'only n2 has the song')
  assert.equal(term(cluster, 3), term(cluster, 2))
})

test('TestPreVoteWithSplitVote: a split is tried again and ends', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.crash(1)
  cluster.tick(10)
  for (const id of [2, 3]) cluster.step(id, { kind: 'campaign' }) // both at once
  cluster.settle()
  const leader = cluster.waitForLeader()
  assert(leader.id !== 1)
})

test('TestPreVoteMigrationCanCompleteElection: servers with and without pre-vote elect together', () => {
  const cluster = new Cluster({ size: 3, perServer: { 3: { preVote: false } } })
  cluster.elect(1)
  cluster.crash(1)
  const leader = cluster.waitForLeader()
  assert.equal(cluster.server(leader.id === 2 ? 3 : 2).status.role, 'follower')
})

test('TestPreVoteMigrationWithFreeStuckPreCandidate: a higher term without pre-vote comes back in', () => {
  const cluster = new Cluster({ size: 3, perServer: { 3: { preVote: false } } })
  cluster.elect(1)
  cluster.isolate(3)
  cluster.tick(60, [3])
  const ahead = term(cluster, 3)
  assert(ahead > 2)
  cluster.heal()
  cluster.tick(60)
  const leader = cluster.waitForLeader()
  assert(leader.status.currentTerm >= ahead)
  for (const id of ids(3)) assert.equal(cluster.server(id).status.leaderId, leader.id)
})

test('TestPastElectionTimeout: never before min, always by max', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const server = new Lone({ preVote: false, seed }).tick(9)
    assert.equal(server.status.role, 'follower')
    assert.equal(server.tick(10).status.role, 'candidate')
  }
})

test('TestStateTransition, TestCampaignWhileLeader: a leader that is asked to campaign stays', () => {
  const server = new Lone().lead()
  server.pay()
  server.step({ kind: 'campaign' })
  assert.deepEqual([server.status.role, server.status.currentTerm], ['leader', 1])
  assert.equal(server.node.ready(), null, 'and owes nothing')
})

test('O4 late and foreign votes do not count: other rounds, other terms, no voters', () => {
  const server = new Lone({ voters: ids(5), preVote: false })
  const old = server.step({ kind: 'campaign' }).sent('RequestVote')
  const asked = server.tick(19).sent('RequestVote')
  assert.equal(server.status.currentTerm, 2)
  for (const { to: from, term: of, sequence } of old) {
    server.receive('RequestVoteResponse', { from, term: of, sequence })
    server.receive('RequestVoteResponse', { from, term: 2, sequence })
  }
  assert.equal(server.status.role, 'candidate')
  const sequence = asked[0]?.sequence ?? 0
  for (const from of [2, 2, 2, 77])
    server.receive('RequestVoteResponse', { from, term: 2, sequence })
  assert.equal(server.status.role, 'candidate', 'one vote, however often it arrives')
  server.receive('RequestVoteResponse', { from: 3, term: 2, sequence: sequence + 1 })
  assert.equal(server.status.role, 'leader')
})

test('O9 a vote survives a restart', () => {
  const cluster = new Cluster({ size: 3, preVote: false })
  cluster.isolate(1)
  cluster.elect(2)
  cluster.crash(3)
  cluster.restart(3)
  assert.deepEqual([cluster.server(3).status.votedFor, term(cluster, 3)], [2, 1])
})

test('L3 ticks missed in a pause are not caught up: a paused follower does not campaign', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  for (let pause = 0; pause < 100; pause += 1) {
    cluster.tick(5, [1, 2])
    cluster.tick(1)
  }
  assert.equal(term(cluster, 3), 1)
})
