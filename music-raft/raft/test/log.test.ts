import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RaftLog } from '../log.ts'
import type { NodeId, Term } from '../messages.ts'
import { entry, ids, Lone, log, messagesOf } from './build.ts'
import { Cluster } from './cluster.ts'

// etcd-io/raft raft_test.go, the group "Log", by name; and RaftLog itself.

test('S18 the log takes contiguous entries of rising terms, and nothing else', () => {
  const own = new RaftLog({ index: 0, term: 0 }, log(1, 1, 2))
  assert.throws(() => own.append([entry(2, 5)]), /S18/)
  assert.throws(() => own.append([entry(1, 4)]), /terms never fall/)
  assert.deepEqual([own.firstIndex, own.lastIndex, own.term(0), own.term(4)], [1, 3, 0, null])
})

test('RaftLog: compaction and truncation keep indexes, terms and bytes right', () => {
  const entries = log(1, 1, 2, 2, 3)
  const own = new RaftLog({ index: 0, term: 0 }, entries)
  own.compactTo(3)
  assert.deepEqual([own.firstIndex, own.term(3), own.term(2), own.entry(3)], [4, 2, null, null])
  own.truncateFrom(5)
  assert.deepEqual([own.lastIndex, own.bytes], [4, entries[3]?.encoded.length])
  assert.throws(() => own.truncateFrom(3), /into the snapshot/)
  own.truncateFrom(4)
  assert.deepEqual(own.last, { index: 3, term: 2 })
  own.resetTo({ index: 9, term: 5 })
  assert.deepEqual([own.lastIndex, own.bytes, own.term(9)], [9, 0, 5])
})

test('RaftLog.lastOfTerm and firstOfTerm agree with a plain search', () => {
  for (const start of [0, 2]) {
    const own = new RaftLog({ index: 0, term: 0 }, log(1, 1, 3, 3, 3, 6))
    own.compactTo(start)
    for (let term = 0; term <= 7; term += 1) {
      const held = ids(6).filter((i) => own.term(i) === term)
      if (start === 0 && term === 0) held.push(0)
      assert.equal(own.lastOfTerm(term), held.at(-1) ?? null, `last ${term} from ${start}`)
    }
    assert.equal(own.firstOfTerm(3, 5), 3)
  }
})

test('TestLogReplication: proposals reach everybody, across a change of leader', () => {
  const cluster = new Cluster({ size: 3, checkQuorum: false })
  cluster.elect(1)
  cluster.propose(1, 'a')
  cluster.settle()
  cluster.elect(2)
  cluster.propose(2, 'b')
  cluster.settle()
  cluster.tick()
  for (const id of ids(3)) {
    assert.deepEqual(cluster.server(id).commands, ['ADD a', 'ADD b'])
    assert.equal(cluster.server(id).status.commitIndex, 4)
  }
})

test('TestLogReplicationWithReorderedMessage: an older AppendEntries takes nothing away (O2)', () => {
  const server = new Lone()
  server.receive('AppendEntries', { from: 2, term: 1, entries: log(1, 1, 1), leaderCommit: 0 })
  server.pay()
  const entries = log(1, 1)
  const ready = server.receive('AppendEntries', { from: 2, term: 1, entries }).pay()
  assert.equal(server.status.lastIndex, 3)
  assert.deepEqual(
    [ready.save, messagesOf(ready, 'AppendEntriesResponse')[0]?.matchIndex],
    [null, 2],
  )
})

test('TestFastLogRejection: a long divergence is found a term at a time, not an entry', () => {
  const many = (term: Term, count: number) => Array.from({ length: count }, () => term)
  const table: [leader: Term[], follower: Term[], rounds: number][] = [
    [[1, 2, 2, 4, 4, 4, 4], [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3], 3],
    [[1, ...many(5, 50)], [1, ...many(4, 50)], 2],
    [[1, ...many(2, 50), 6], [1, ...many(2, 20)], 2],
    [many(3, 10), [...many(1, 20), ...many(2, 20)], 3],
  ]
  for (const [leader, follower, rounds] of table) {
    const cluster = new Cluster({ size: 3 })
    for (const [id, terms] of [
      [1, leader],
      [2, follower],
      [3, leader],
    ] as [NodeId, Term[]][]) {
      cluster.server(id).crash()
      cluster.server(id).disk.entries = log(...terms)
      cluster.server(id).disk.hardState = { currentTerm: 6, votedFor: null, recovering: 0 }
      cluster.server(id).start()
    }
    let appends = 0
    cluster.observe = (m) => {
      if (m.type === 'AppendEntries' && m.to === 2) appends += 1
    }
    cluster.elect(1)
    assert.deepEqual(cluster.server(2).disk.entries, cluster.server(1).disk.entries)
    assert(appends <= rounds + 1, `${appends} messages to repair ${follower}`)
  }
})

test('TestOldMessages: a deposed leader’s entries are refused', () => {
  const cluster = new Cluster({ size: 3, checkQuorum: false })
  cluster.elect(1)
  cluster.elect(2)
  cluster.elect(1)
  cluster.server(1).step({
    kind: 'receive',
    message: {
      type: 'AppendEntries',
      from: 2,
      to: 1,
      term: 2,
      sequence: 1,
      prevLogIndex: 2,
      prevLogTerm: 2,
      entries: [entry(2, 3)],
      leaderCommit: 3,
      recoveryNonce: 0,
      recoveryBarrier: 0,
    },
  })
  cluster.propose(1, 'song')
  cluster.settle()
  cluster.tick()
  const terms = (id: NodeId) => cluster.server(id).disk.entries.map((one) => one.term)
  for (const id of ids(3)) assert.deepEqual(terms(id), [1, 2, 3, 3])
})

test('TestStepIgnoreOldTermMsg: answers of an old term change nothing', () => {
  const server = new Lone({ currentTerm: 4 }).lead()
  server.pay()
  const before = server.status
  server.receive('AppendEntriesResponse', { from: 2, term: 3, matchIndex: 1 })
  server.receive('RequestVoteResponse', { from: 2, term: 3 })
  server.receive('ReadIndexResponse', { from: 2, term: 3, readIndex: 9 })
  server.receive('TimeoutNow', { from: 2, term: 3 })
  assert.deepEqual(server.status, before)
  assert.equal(server.node.ready(), null)
})

test('TestHandleMsgApp: previous place, conflict and commit, row by row (O7, R7)', () => {
  type Row = [
    prev: [Term, number],
    commit: number,
    sent: Term[],
    last: number,
    commits: number,
    ok: boolean,
  ]
  const table: Row[] = [
    [[3, 2], 3, [], 2, 0, false], // other term there
    [[3, 3], 3, [], 2, 0, false], // nothing there
    [[1, 1], 1, [], 2, 1, true],
    [[0, 0], 1, [2], 1, 1, true], // overwrites all
    [[2, 2], 3, [2, 2], 4, 3, true],
    [[2, 2], 4, [2], 3, 3, true], // not past what came with it
    [[1, 1], 4, [2], 2, 2, true],
    [[1, 1], 3, [], 2, 1, true], // the tail may not be the leader's
    [[1, 1], 3, [2], 2, 2, true],
    [[2, 2], 3, [], 2, 2, true],
    [[2, 2], 4, [], 2, 2, true],
  ]
  for (const [[prevLogTerm, prevLogIndex], leaderCommit, sent, last, commits, ok] of table) {
    const server = new Lone({ entries: log(1, 2), currentTerm: 2 })
    const entries = sent.map((term, i) => entry(term, prevLogIndex + 1 + i))
    const given = { from: 2, term: 3, prevLogIndex, prevLogTerm, entries, leaderCommit }
    const [reply] = server.receive('AppendEntries', given).sent('AppendEntriesResponse')
    const { lastIndex, commitIndex } = server.status
    assert.deepEqual([lastIndex, commitIndex, reply?.success], [last, commits, ok])
  }
})

test('TestHandleHeartbeat: commits what it shows to match, never less than before', () => {
  const server = new Lone({ entries: log(1, 2, 3), currentTerm: 3 })
  const beat = (leaderCommit: number, prevLogIndex = 3, prevLogTerm = 3) => {
    const given = { from: 2, term: 3, prevLogIndex, prevLogTerm, leaderCommit }
    server.receive('AppendEntries', given).pay()
    return server.status.commitIndex
  }
  assert.deepEqual([beat(2), beat(3), beat(1), beat(9, 0, 0)], [2, 3, 3, 3])
})

test('TestHandleHeartbeatResp: a follower behind is sent what it lacks, and then left alone', () => {
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  cluster.isolate(3)
  for (const song of ['a', 'b', 'c']) cluster.propose(1, song)
  cluster.settle()
  cluster.heal()
  cluster.tick(12)
  assert.deepEqual(cluster.server(3).commands, ['ADD a', 'ADD b', 'ADD c'])
  const sent: number[] = []
  cluster.observe = (m) => {
    if (m.type === 'AppendEntries' && m.to === 3) sent.push(m.entries.length)
  }
  cluster.tick(5)
  assert.deepEqual(sent, [0, 0, 0, 0, 0])
})

test('TestCannotCommitWithoutNewTermEntry: old entries on all, but the no-op on too few (R1)', () => {
  const cluster = new Cluster({ size: 5, preVote: false, checkQuorum: false })
  cluster.elect(1)
  cluster.isolate(1, 2)
  cluster.propose(1, 'a')
  cluster.propose(1, 'b')
  cluster.settle()
  cluster.heal()
  // The new leader's no-op is lost; the old entries arrive everywhere.
  cluster.filter = (m) => m.type !== 'AppendEntries' || m.entries.every((e) => e.term < 2)
  cluster.elect(2)
  cluster.tick(3)
  assert.equal(cluster.server(2).status.commitIndex, 1)
  cluster.heal()
  cluster.tick(12)
  assert(cluster.server(2).status.commitIndex >= 4)
})

test('TestCommitWithoutNewTermEntry: the no-op commits what came before by itself (O10)', () => {
  const cluster = new Cluster({ size: 5, checkQuorum: false })
  cluster.elect(1)
  cluster.isolate(1, 2)
  cluster.propose(1, 'a')
  cluster.settle()
  cluster.heal()
  cluster.elect(2)
  cluster.tick(2)
  for (const id of ids(5)) assert.deepEqual(cluster.server(id).commands, ['ADD a'])
})

test('TestCommit: what a majority has, of the own term, row by row (O1, R1)', () => {
  // Log of old terms, then the leader's no-op; what each follower has; what is committed.
  const rows: [Term[], number[], number][] = [
    [[1, 1], [3], 3],
    [[1, 1], [2], 0],
    [[1, 1], [2, 2], 0],
    [[1, 1], [3, 0], 3],
    [[1, 2], [2, 3], 3],
    [[1, 1], [3, 0, 0], 0],
    [[1, 1], [3, 2, 2], 0],
    [[1, 1], [3, 3, 0], 3],
    [[1, 1], [3, 0, 2, 2], 0],
    [[1, 1], [3, 3, 0, 0], 3],
    [[1, 1], [2, 2, 2, 2], 0],
  ]
  for (const [terms, matches, expected] of rows) {
    const voters = ids(matches.length + 1)
    const leader = new Lone({ voters, entries: log(...terms) }).lead()
    for (const { to: from, term, sequence } of leader.sent('AppendEntries')) {
      const matchIndex = matches[from - 2] ?? 0
      if (matchIndex === 0) continue
      leader.receive('AppendEntriesResponse', { from, term, sequence, matchIndex })
    }
    assert.equal(leader.status.commitIndex, expected, `${terms} on ${matches}`)
  }
})

test('TestSingleNodeCommit: one alone commits when its disk has it (S9)', () => {
  const cluster = new Cluster({ size: 1 })
  cluster.elect(1)
  cluster.server(1).slowDisk = true
  cluster.propose(1, 'a')
  assert.equal(cluster.server(1).status.commitIndex, 1)
  cluster.server(1).completeSaves()
  assert.equal(cluster.server(1).status.commitIndex, 2)
})

test('TestProposal: only with a majority; TestProposalByProxy: a follower names the leader', () => {
  for (const [dead, commits] of [
    [[], true],
    [[3], true],
    [[2, 3], false],
  ] as [NodeId[], boolean][]) {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    for (const id of dead) cluster.crash(id)
    cluster.propose(1, 'a')
    cluster.settle()
    assert.equal(cluster.server(1).commands.length === 1, commits)
  }
  const cluster = new Cluster({ size: 3 })
  cluster.elect(1)
  const requestId = cluster.propose(2, 'a')
  const refusal = { kind: 'refused', requestId, reason: 'notLeader', leaderHint: 1 }
  assert.deepEqual(cluster.answer(2, requestId), refusal)
})

test('TestLeaderAppResp: match rises, never falls; refusals move only a probe (O8)', () => {
  const server = new Lone({ entries: log(1, 1), currentTerm: 1 }).lead()
  const [first] = server.sent('AppendEntries')
  assert(first)
  server.accept(first)
  const peer = () => server.status.peers.find(({ id }) => id === 2)
  assert.deepEqual([peer()?.matchIndex, peer()?.nextIndex, peer()?.state], [3, 4, 'replicate'])
  const { sequence, term } = first
  const stale = { from: 2, term, sequence }
  server.receive('AppendEntriesResponse', { ...stale, matchIndex: 1 })
  server.receive('AppendEntriesResponse', { ...stale, success: false, conflictIndex: 1 })
  server.receive('AppendEntriesResponse', { ...stale, matchIndex: 99 })
  server.receive('AppendEntriesResponse', { ...stale, matchIndex: 4, sequence: sequence + 999 })
  assert.deepEqual([peer()?.matchIndex, peer()?.nextIndex, peer()?.state], [3, 4, 'replicate'])
})

test('TestLeaderIncreaseNext: sent entries are not sent again before an answer', () => {
  const server = new Lone().lead().acknowledge(2, 3)
  assert.deepEqual(
    server
      .propose()
      .sent('AppendEntries')
      .map((m) => m.entries.length),
    [1, 1],
  )
  assert.deepEqual(
    server
      .propose()
      .sent('AppendEntries')
      .map((m) => m.prevLogIndex),
    [2, 2],
  )
  assert.deepEqual(server.sent('AppendEntries'), [])
})
