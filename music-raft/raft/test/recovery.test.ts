import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ids, Lone, member, messagesOf } from './build.ts'
import { Cluster } from './cluster.ts'

// R24: a voter whose disk was wiped comes back under its old id. recovery.ts has the rule and why.

const lost = { restart: { lostDisk: true } }

test('R24 the openraft FAQ schedule: a wiped voter does not elect a leader that lacks what is committed', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.isolate(2)
  cluster.propose(1, 'x') // on n1 and n3: committed
  cluster.settle()
  assert.deepEqual(cluster.server(1).commands, ['ADD x'])
  cluster.crash(1)
  cluster.wipe(3)
  cluster.heal()
  cluster.tick(200)
  assert.equal(cluster.leader?.id, undefined, 'n2 and n3 are not enough, however long they wait')
  cluster.restart(1)
  assert.equal(cluster.waitForLeader().id, 1)
  cluster.tick(15)
  for (const id of ids(3)) {
    assert.deepEqual(cluster.server(id).commands, ['ADD x'])
    assert.equal(cluster.server(id).status.recovering, false)
  }
})

test('R24 it neither votes nor campaigns, and says so; the flag is on disk at once', () => {
  const server = new Lone({ ...lost })
  const ready = server.pay()
  assert(ready.save?.hardState && ready.save.hardState.recovering > 0)
  assert.equal(server.tick(100).status.role, 'follower')
  for (const preVote of [false, true]) {
    const asked = { from: 2, term: 5, lastLogIndex: 9, lastLogTerm: 4, preVote }
    const [reply] = server.receive('RequestVote', asked).sent('RequestVoteResponse')
    assert.equal(reply?.voteGranted, false)
  }
  server.receive('TimeoutNow', { from: 2, term: 5 })
  assert.equal(server.status.role, 'follower')
  const beat = { from: 2, term: 6 }
  const [answer] = messagesOf(server.receive('AppendEntries', beat).pay(), 'AppendEntriesResponse')
  assert.equal(answer?.recovering, ready.save.hardState.recovering)
})

test('R24 a recovering server is counted in no majority: commitment, leadership, reads', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.tick()
  cluster.wipe(3)
  cluster.crash(2)
  cluster.propose(1, 'x')
  const read = cluster.read(1)
  cluster.tick(5)
  assert.equal(cluster.server(3).status.lastIndex >= 2, true, 'it is fed')
  assert.deepEqual(cluster.server(1).commands, [], 'but confirms nothing')
  assert.equal(cluster.answer(1, read), undefined)
  cluster.tick(20)
  assert.equal(cluster.leader, null, 'and keeps nobody in office')
})

test('R24 it is a voter again after the barrier, which a majority without it committed', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  for (let i = 0; i < 5; i += 1) cluster.propose(1, `${i}`)
  cluster.settle()
  cluster.tick()
  const before = cluster.server(1).status.lastIndex
  cluster.wipe(3)
  cluster.tick(15)
  assert.equal(cluster.server(3).status.recovering, false)
  assert.equal(cluster.server(1).status.lastIndex, before + 1, 'one no-op for it')
  assert.equal(cluster.server(3).status.votedFor, 1, 'the one safe vote of this term')
  cluster.crash(2)
  cluster.propose(1, 'x')
  cluster.settle()
  assert.equal(cluster.server(1).commands.at(-1), 'ADD x')
})

test('R24 a forgotten vote elects nobody twice: votes are given again only beyond the barrier', () => {
  const cluster = new Cluster({ size: 5, preVote: false })
  cluster.elect(1)
  cluster.tick()
  // n2 campaigns in term 2 with n5's vote, which is under way when n5 loses its disk.
  cluster.tick(10, [5]) // it has not heard a leader for long enough to vote
  cluster.isolate(2)
  cluster.server(2).step({ kind: 'campaign' })
  assert.deepEqual(
    [cluster.server(2).status.role, cluster.server(2).status.currentTerm],
    ['candidate', 2],
  )
  cluster.wipe(5)
  cluster.tick(20)
  assert.equal(cluster.server(5).status.recovering, false)
  const barrier = cluster.server(5).status.commitIndex
  assert(cluster.server(2).status.lastIndex < barrier, 'n2’s log is behind that of four others')
})

test('R24 an answer of before the wipe does not end the recovery, nor count for anything', () => {
  const server = new Lone().lead().acknowledge(2, 3)
  server.propose()
  const old = server.sent('AppendEntries').find(({ to }) => to === 3)
  const beat = server
    .tick()
    .sent('AppendEntries')
    .find(({ to }) => to === 3)
  assert(old && beat)
  const wiped = { from: 3, term: 1, recovering: 7 }
  server.receive('AppendEntriesResponse', { ...wiped, sequence: beat.sequence })
  const peer = () => server.status.peers.find(({ id }) => id === 3)
  assert.deepEqual([peer()?.recovering, peer()?.matchIndex], [true, 0])
  server.accept(old)
  assert.deepEqual(
    [peer()?.recovering, peer()?.matchIndex, server.status.commitIndex],
    [true, 0, 1],
  )
})

test('R24 a second wipe needs a second barrier; a restart in the middle goes on', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.tick()
  cluster.cut(1, 3)
  cluster.wipe(3)
  cluster.tick(2)
  cluster.crash(3)
  cluster.restart(3)
  assert.equal(cluster.server(3).status.recovering, true, 'remembered on disk')
  cluster.wipe(3)
  cluster.heal()
  cluster.tick(15)
  assert.equal(cluster.server(3).status.recovering, false)
})

test('R24 by snapshot too; and a recovering learner is not promoted', () => {
  const cluster = new Cluster({ size: 3, trailingEntries: 0 })
  cluster.elect(1)
  cluster.add(4, true)
  cluster.change(1, { kind: 'addLearner', member: member(4) })
  for (let i = 0; i < 10; i += 1) cluster.propose(1, `${i}`)
  cluster.settle()
  cluster.tick()
  cluster.server(1).compact()
  cluster.filter = (m) => m.type !== 'InstallSnapshot'
  cluster.wipe(4)
  cluster.tick(2)
  const promote = cluster.change(1, { kind: 'promote', id: 4 })
  const answer = cluster.answer(1, promote)
  assert(answer?.kind === 'refused' && answer.reason === 'notCaughtUp')
  cluster.heal()
  cluster.tick(25)
  assert.deepEqual(cluster.server(4).commands, cluster.server(1).commands)
  assert.equal(cluster.server(4).status.recovering, false)
  assert.equal(cluster.answer(1, cluster.change(1, { kind: 'promote', id: 4 }))?.kind, 'accepted')
})
