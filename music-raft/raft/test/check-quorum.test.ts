import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ids, Lone } from './build.ts'
import { Cluster } from './cluster.ts'

// etcd-io/raft raft_test.go, the group "Check-quorum", by name.

test('TestLeaderStepdownWhenQuorumActive: as long as a majority answers it stays', () => {
  const server = new Lone().lead().acknowledge(2, 3)
  for (let i = 0; i < 60; i += 1) {
    for (const append of server.tick().sent('AppendEntries'))
      if (append.to === 2) server.accept(append)
  }
  assert.equal(server.status.role, 'leader')
})

test('TestLeaderStepdownWhenQuorumLost: an election timeout without answers', () => {
  const server = new Lone().lead().acknowledge(2, 3)
  server.tick(18)
  assert.equal(server.status.role, 'leader', 'one lost heartbeat costs nothing')
  const { events } = server.tick(1).pay()
  assert.deepEqual([server.status.role, server.status.currentTerm], ['follower', 1])
  const change = events.find((event) => event.kind === 'roleChanged' && event.role === 'follower')
  assert(change?.kind === 'roleChanged' && change.reason === 'quorumLost')
})

test('TestLeaderSupersedingWithCheckQuorum: no vote while the leader is heard (§4.2.3)', () => {
  const cluster = new Cluster({ size: 3, preVote: false })
  cluster.elect(1)
  cluster.tick(5)
  cluster.elect(3)
  assert.equal(cluster.server(3).status.role, 'candidate')
  assert.equal(cluster.server(2).status.currentTerm, 1, 'nor is the term taken up')
  cluster.cut(1, 2)
  cluster.tick(12, [2]) // n2 has heard nobody for the shortest timeout, and campaigns or votes
  cluster.tick(40)
  assert(cluster.waitForLeader().status.currentTerm > 1)
})

test('TestLeaderElectionWithCheckQuorum: a first election needs no waiting', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  assert.equal(cluster.leader?.id, 1)
})

test('TestFreeStuckCandidateWithCheckQuorum: a higher term in an answer deposes the leader', () => {
  const cluster = new Cluster({ size: 3, preVote: false })
  cluster.isolate(1)
  cluster.elect(3)
  cluster.tick(1)
  cluster.step(1, { kind: 'campaign' })
  cluster.step(1, { kind: 'campaign' })
  assert.equal(cluster.server(1).status.currentTerm, 2)
  cluster.heal()
  cluster.tick(1)
  assert.equal(cluster.server(3).status.role, 'follower')
  assert.equal(cluster.server(3).status.currentTerm, 2)
  cluster.waitForLeader()
  cluster.tick(3)
  assert.equal(new Set(ids(3).map((id) => cluster.server(id).status.currentTerm)).size, 1)
})

test('TestNonPromotableVoterWithCheckQuorum: a server outside the configuration follows, no more', () => {
  const cluster = new Cluster({ voters: [1] })
  cluster.elect(1)
  cluster.add(2, true)
  cluster.change(1, { kind: 'addLearner', member: { id: 2, address: 'n2' } })
  cluster.settle()
  cluster.tick(60)
  assert.equal(cluster.leader?.id, 1)
  assert.equal(cluster.server(2).status.role, 'follower')
  assert.equal(cluster.server(2).status.leaderId, 1)
})

for (const [name, preVote] of [
  ['TestDisruptiveFollower', false],
  ['TestDisruptiveFollowerPreVote', true],
] as const) {
  test(`${name}: one that cannot hear the leader ${preVote ? 'does not depose it' : 'can'}`, () => {
    const cluster = new Cluster({ size: 3, preVote })
    cluster.elect(1)
    cluster.cut(1, 3)
    cluster.tick(40)
    cluster.heal()
    cluster.tick(2)
    assert.equal(cluster.server(1).status.currentTerm === 1, preVote)
    assert.equal(cluster.waitForLeader().id === 1 || !preVote, true)
  })
}

test('TestPreVoteWithCheckQuorum: the others elect, when the leader is gone', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.tick(2)
  cluster.isolate(1)
  cluster.elect(2)
  assert.equal(cluster.server(2).status.currentTerm, 1, 'refused: n3 heard the leader just now')
  cluster.tick(60, [2, 3])
  assert.notEqual(cluster.waitForLeader().id, 1)
  assert.equal(cluster.waitForLeader().status.currentTerm, 2)
})

test('L4 a partial partition does not change leaders for ever', () => {
  // n1 reaches n2 only by others; n4 and n5 as well: the graph of the Cloudflare outage.
  const cluster = new Cluster({ size: 5 })
  cluster.elect(1)
  for (const [a, b] of [
    [1, 2],
    [4, 5],
    [2, 5],
  ] as const) {
    cluster.cut(a, b)
    cluster.cut(b, a)
  }
  cluster.tick(600)
  assert.deepEqual([cluster.leader?.id, cluster.leader?.status.currentTerm], [1, 1])
})

test('L1 a leader whose save is stuck for an election timeout hands over and falls silent', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.tick(2)
  cluster.server(1).slowDisk = true
  cluster.propose(1, 'song')
  cluster.settle()
  assert.equal(cluster.server(1).status.commitIndex, 2, 'a majority without it commits (L17)')
  assert.deepEqual(cluster.server(1).commands, [], 'and it applies what its disk has')
  cluster.tick(18)
  assert.equal(cluster.leader?.id, 1)
  cluster.tick(2)
  assert.notEqual(cluster.leader?.id, 1)
  assert(cluster.leader !== null, 'the next one leads at once')
  cluster.server(1).completeSaves()
  cluster.server(1).slowDisk = false
  cluster.tick(3)
  assert.deepEqual(cluster.server(1).commands, ['ADD song'])
})
