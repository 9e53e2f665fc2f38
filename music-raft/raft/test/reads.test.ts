import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ids, Lone, log } from './build.ts'
import { Cluster } from './cluster.ts'

// etcd-io/raft, the group "Reads", by name; R10–R12. Reads by lease (TestReadOnlyOptionLease) are not
// offered: a pause or a clock that jumps makes them stale (R13).

test('TestReadOnlyOptionSafe: leader and followers answer, at what is committed when asked', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  let last = 1
  for (const [id, proposals] of [
    [1, 10],
    [2, 10],
    [3, 10],
    [1, 1],
    [2, 1],
    [3, 1],
  ] as const) {
    for (let i = 0; i < proposals; i += 1) cluster.propose(1, `${i}`)
    cluster.settle()
    last += proposals
    const requestId = cluster.read(id)
    cluster.settle()
    assert.deepEqual(cluster.answer(id, requestId), { kind: 'read', requestId, readIndex: last })
    assert.equal(cluster.server(id).status.lastApplied, last, 'a follower need not wait for a beat')
  }
})

test('TestReadOnlyWithLearner: a learner answers too, and is not counted', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.add(4, true)
  cluster.change(1, { kind: 'addLearner', member: { id: 4, address: 'n4' } })
  cluster.settle()
  cluster.propose(1, 'a')
  cluster.settle()
  const requestId = cluster.read(4)
  cluster.settle()
  assert.equal(cluster.answer(4, requestId)?.kind, 'read')
  cluster.partition([1, 4], [2, 3])
  const alone = cluster.read(1)
  cluster.settle()
  assert.equal(cluster.answer(1, alone), undefined, 'one of three voters heard it')
})

test('TestReadOnlyForNewLeader: nothing is read before the own no-op is committed (R10, O10)', () => {
  const cluster = new Cluster({ size: 3, checkQuorum: false })
  cluster.elect(1)
  cluster.propose(1, 'a')
  cluster.settle()
  cluster.filter = (m) => m.type !== 'AppendEntries' || m.entries.length === 0
  cluster.elect(2)
  const requestId = cluster.read(2)
  cluster.tick(3)
  assert.equal(cluster.server(2).status.role, 'leader')
  assert.equal(cluster.answer(2, requestId), undefined)
  cluster.heal()
  cluster.tick(12)
  const answer = cluster.answer(2, requestId)
  assert(answer?.kind === 'read' && answer.readIndex >= 3, JSON.stringify(answer))
})

test('TestReadOnlyDuplicateRequest, TestRaftFreesReadOnlyMem: each answered once, nothing is kept', () => {
  const server = new Lone().lead().acknowledge(2, 3)
  for (let i = 0; i < 3; i += 1) server.step({ kind: 'read', requestId: 7 })
  assert.equal(server.status.pendingReads, 3)
  const appends = server.sent('AppendEntries')
  for (const append of appends) server.accept(append).accept(append)
  const answers = server.pay().answers
  assert.deepEqual(
    answers,
    [7, 7, 7].map((requestId) => ({ kind: 'read', requestId, readIndex: 1 })),
  )
  assert.equal(server.status.pendingReads, 0)
})

test('TestNodeReadIndexToOldLeader: a deposed leader confirms nothing; the question goes to the new one', () => {
  const cluster = new Cluster({ size: 5 })
  cluster.elect(1)
  cluster.partition([1, 2], [3, 4, 5])
  const requestId = cluster.read(2)
  cluster.settle()
  cluster.elect(3)
  cluster.tick(12, [3, 4, 5])
  cluster.propose(cluster.waitForLeader().id, 'a')
  cluster.settle()
  assert.equal(cluster.answer(2, requestId), undefined)
  cluster.heal()
  cluster.tick(3)
  const answer = cluster.answer(2, requestId)
  assert(answer?.kind !== 'read' || answer.readIndex >= 3)
  const again = cluster.read(2)
  cluster.tick(3)
  assert.equal(cluster.answer(2, again)?.kind, 'read')
  assert.deepEqual(cluster.server(2).commands, ['ADD a'])
})

test('R11 an answer to what left before the read does not confirm it', () => {
  const server = new Lone().lead().acknowledge(2, 3)
  const before = server.tick().sent('AppendEntries')
  server.step({ kind: 'read', requestId: 1 })
  const after = server.sent('AppendEntries')
  assert.equal(after.length, 2, 'a fresh round goes out for it')
  for (const append of before) server.accept(append)
  assert.deepEqual(server.pay().answers, [])
  const [one] = after
  assert(one)
  server.accept(one)
  assert.equal(server.pay().answers[0]?.kind, 'read')
})

test('R11 a read is not confirmed by the round of an earlier one, and rounds are batched', () => {
  const server = new Lone().lead().acknowledge(2, 3)
  server.step({ kind: 'read', requestId: 1 })
  const first = server.sent('AppendEntries')
  for (let requestId = 2; requestId <= 50; requestId += 1) server.step({ kind: 'read', requestId })
  assert.deepEqual(server.sent('AppendEntries'), [], 'one round at a time')
  const [one] = first
  assert(one)
  server.accept(one)
  const ready = server.pay()
  assert.deepEqual(
    ready.answers.map(({ requestId }) => requestId),
    [1],
  )
  assert.equal(ready.sendNow.length, 2, 'one round for the other forty-nine')
})

test('R12 a leader deposed between the question and the majority answers nobody', () => {
  const cluster = new Cluster({ size: 3, checkQuorum: false })
  cluster.elect(1)
  cluster.step(1, { kind: 'read', requestId: 99 })
  const round = cluster.network.splice(0)
  cluster.elect(2)
  cluster.propose(2, 'a')
  cluster.settle()
  for (const message of round) cluster.deliver(message)
  cluster.settle()
  const answer = cluster.answer(1, 99)
  assert(answer?.kind === 'read' && answer.readIndex === 2, 'asked anew, of the new leader')
})

test('R11 a leader paused in between: its reads wait for answers of after the pause', () => {
  const cluster = new Cluster({ size: 3, preVote: false })
  cluster.elect(1)
  cluster.isolate(1)
  const requestId = cluster.read(1)
  cluster.tick(40, [2, 3])
  cluster.propose(cluster.waitForLeader().id, 'a')
  cluster.settle()
  cluster.heal()
  cluster.tick(5)
  const answer = cluster.answer(1, requestId)
  assert(answer?.kind === 'read' && answer.readIndex >= 3)
})

test('a follower’s question that is lost is asked again, and given up in the end', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.filter = (m) => m.type !== 'ReadIndex'
  const lost = cluster.read(2)
  cluster.tick(3)
  cluster.heal()
  cluster.tick(8)
  assert.equal(cluster.answer(2, lost)?.kind, 'read')
  cluster.isolate(2)
  const hopeless = cluster.read(2)
  cluster.tick(37)
  assert.equal(cluster.answer(2, hopeless), undefined)
  cluster.tick(1)
  const answer = cluster.answer(2, hopeless)
  assert(answer?.kind === 'refused' && answer.reason === 'readTimeout')
  assert.equal(cluster.server(2).status.pendingReads, 0)
})

test('a late answer of before a restart fits no question of after it', () => {
  const asked = (seed: number) => {
    const server = new Lone({ seed })
    server.receive('AppendEntries', { from: 2, term: 1 }).pay()
    const [question] = server.step({ kind: 'read', requestId: 1 }).sent('ReadIndex')
    return { server, sequence: question?.sequence ?? 0 }
  }
  const [before, after] = [asked(1), asked(2)]
  const late = { from: 2, term: 1, sequence: before.sequence, readIndex: 0 }
  after.server.receive('ReadIndexResponse', late)
  assert.deepEqual(after.server.pay().answers, [])
})

test('reads held are bounded, and one from each follower', () => {
  const server = new Lone({ maxPendingReads: 5 })
  for (let requestId = 1; requestId <= 7; requestId += 1) server.step({ kind: 'read', requestId })
  const reasons = server.pay().answers.map((a) => a.kind === 'refused' && a.reason)
  assert.deepEqual(reasons, ['tooManyReads', 'tooManyReads'])
  const leader = new Lone().lead()
  for (const sequence of ids(100)) leader.receive('ReadIndex', { from: 2, term: 1, sequence })
  leader.acknowledge(2, 3).tick().acknowledge(2, 3)
  leader.receive('ReadIndex', { from: 9, term: 1, sequence: 5 })
  const [stranger] = leader.sent('ReadIndexResponse')
  assert.deepEqual([stranger?.to, stranger?.success], [9, false])
})

test('O7 a read index commits only what the present leader showed to be in its log', () => {
  const server = new Lone()
  server.receive('AppendEntries', { from: 2, term: 1, entries: log(1, 1, 1) })
  server.receive('AppendEntries', { from: 3, term: 2 }).pay() // nothing shown by n3 yet
  const [question] = server.step({ kind: 'read', requestId: 1 }).sent('ReadIndex')
  assert(question?.to === 3)
  const { sequence } = question
  server.receive('ReadIndexResponse', { from: 3, term: 2, sequence, readIndex: 3 })
  assert.equal(server.status.commitIndex, 0)
  const given = { from: 3, term: 2, prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 3 }
  assert.equal(server.receive('AppendEntries', given).pay().answers[0]?.kind, 'read')
})
