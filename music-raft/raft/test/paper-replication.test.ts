import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeId, Term } from '../messages.ts'
import { bytes, entry, ids, Lone, log, type Start } from './build.ts'
import { Cluster } from './cluster.ts'

// §5.3 of etcd's raft_paper_test.go; the rest is in paper.test.ts.
const plain = { preVote: false, checkQuorum: false }
const plainServer = (start: Start = {}) => new Lone({ ...plain, ...start })

describe('§5.3 log replication', () => {
  test('TestLeaderStartReplication: appended, saved and sent with the place before it', () => {
    const server = plainServer().lead().acknowledge(2, 3)
    const ready = server.propose('ADD', 'song').pay()
    assert.equal(server.status.lastIndex, 2)
    assert.equal(server.status.commitIndex, 1)
    const expected = entry(1, 2, 'ADD', bytes('song'))
    assert.deepEqual(
      ready.sendNow.map(
        (m) =>
          m.type === 'AppendEntries' && [
            m.to,
            m.prevLogIndex,
            m.prevLogTerm,
            m.leaderCommit,
            m.entries,
          ],
      ),
      [2, 3].map((to) => [to, 1, 1, 1, [expected]]),
      '§10.2.1: it may leave while it is being saved',
    )
    assert.deepEqual(ready.save?.entries, [expected])
    assert.deepEqual(ready.answers, [{ kind: 'accepted', requestId: 1, index: 2, term: 1 }])
  })

  test('TestLeaderCommitEntry: committed when on a majority, applied, and told', () => {
    const server = plainServer().lead().acknowledge(2, 3)
    const [append] = server.propose('ADD', 'song').sent('AppendEntries')
    assert(append)
    server.accept(append)
    const { apply } = server.pay()
    assert.equal(server.status.commitIndex, 2)
    assert.deepEqual(apply, [entry(1, 2, 'ADD', bytes('song'))])
    const told = server.tick().sent('AppendEntries')
    assert.deepEqual(
      told.map(({ to, leaderCommit }) => [to, leaderCommit]),
      [
        [2, 2],
        [3, 2],
      ],
    )
  })

  test('TestLeaderAcknowledgeCommit: a majority, the leader counted once saved (O1)', () => {
    const table: [size: number, acceptors: NodeId[], committed: boolean][] = [
      [1, [], true],
      [3, [], false],
      [3, [2], true],
      [3, [2, 3], true],
      [5, [], false],
      [5, [2], false],
      [5, [2, 3], true],
      [5, [2, 3, 4], true],
      [5, [2, 3, 4, 5], true],
    ]
    for (const [size, acceptors, committed] of table) {
      const all = ids(size).slice(1)
      const server = plainServer({ voters: ids(size) })
        .lead()
        .acknowledge(...all)
      const appends = server.propose().sent('AppendEntries')
      for (const append of appends) if (acceptors.includes(append.to)) server.accept(append)
      assert.equal(server.status.commitIndex >= 2, committed, `${size}: ${acceptors}`)
    }
  })

  test('TestLeaderCommitPrecedingEntries: what came before is committed with it', () => {
    const tables: Term[][] = [[], [2], [1, 2], [1]]
    for (const terms of tables) {
      const entries = log(...terms)
      const server = plainServer({ entries, currentTerm: 2 }).lead()
      server.propose('ADD', 'song')
      const first = server.sent('AppendEntries').find(({ to }) => to === 2)
      assert(first)
      server.accept(first)
      const { apply } = server.pay()
      const n = entries.length
      const own = [entry(3, n + 1, 'NOOP', new Uint8Array()), entry(3, n + 2, 'ADD', bytes('song'))]
      const rest = server.acknowledge(2).pay().apply
      assert.deepEqual([...apply, ...rest].slice(0, n + 1), [...entries, own[0]])
      assert.equal(server.status.commitIndex, n + 2)
    }
  })

  test('TestFollowerCommitEntry: applied in order, as far as the leader says', () => {
    const entries = log(1, 1, 1)
    for (const leaderCommit of [1, 2, 3]) {
      const server = plainServer()
      server.receive('AppendEntries', { from: 2, term: 1, entries, leaderCommit })
      const { apply } = server.pay()
      assert.equal(server.status.commitIndex, leaderCommit)
      assert.deepEqual(apply, entries.slice(0, leaderCommit))
    }
  })

  test('TestFollowerCheckMsgApp: refused unless it has the entry before (O2)', () => {
    const table: [prevTerm: Term, prevIndex: number, reply: [boolean, number, number, number]][] = [
      [0, 0, [true, 0, 0, 0]],
      [1, 1, [true, 1, 0, 0]],
      [2, 2, [true, 2, 0, 0]],
      [1, 2, [false, 0, 2, 2]],
      [2, 1, [false, 0, 1, 1]],
      [3, 3, [false, 0, 3, 0]],
    ]
    for (const [prevLogTerm, prevLogIndex, expected] of table) {
      const server = plainServer({ entries: log(1, 2), currentTerm: 2 })
      server.receive('AppendEntries', { from: 2, term: 3, prevLogIndex, prevLogTerm })
      const [reply] = server.sent('AppendEntriesResponse')
      assert.deepEqual(
        [reply?.success, reply?.matchIndex, reply?.conflictIndex, reply?.conflictTerm],
        expected,
      )
    }
  })

  test('TestFollowerAppendEntries: from the first conflict on, and no earlier (O2, R7)', () => {
    const table: [prev: number, sent: Term[], truncated: number | null, log: Term[]][] = [
      [2, [3], null, [1, 2, 3]],
      [1, [3, 4], 2, [1, 3, 4]],
      [0, [1], null, [1, 2]],
      [0, [3], 1, [3]],
      [0, [1, 2], null, [1, 2]],
    ]
    const own: Term[] = [1, 2]
    for (const [prevLogIndex, sent, truncateFrom, expected] of table) {
      const server = plainServer({ entries: log(...own), currentTerm: 2 })
      const prevLogTerm = own[prevLogIndex - 1] ?? 0
      const entries = sent.map((term, i) => entry(term, prevLogIndex + 1 + i))
      server.receive('AppendEntries', { from: 2, term: 4, prevLogIndex, prevLogTerm, entries })
      const { save } = server.pay()
      assert.equal(save?.truncateFrom ?? null, truncateFrom)
      assert.equal(server.status.lastIndex, expected.length)
      const fresh = truncateFrom ?? own.length + 1
      const wanted = expected.map((term, i) => entry(term, i + 1)).slice(fresh - 1)
      assert.deepEqual(save?.entries ?? [], wanted)
    }
  })

  test('TestLeaderSyncFollowerLog: all six followers of Figure 7 get the leader’s log', () => {
    const leaderLog: Term[] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
    const followers: Term[][] = [
      [1, 1, 1, 4, 4, 5, 5, 6, 6],
      [1, 1, 1, 4],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      [1, 1, 1, 4, 4, 4, 4],
      [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ]
    for (const terms of followers) {
      const cluster = new Cluster({ ...plain })
      const logs = { 1: leaderLog, 2: terms, 3: leaderLog }
      for (const [id, own] of Object.entries(logs)) {
        const server = cluster.server(Number(id))
        server.crash()
        server.disk.entries = log(...own)
        server.disk.hardState = {
          currentTerm: Number(id) === 2 ? 7 : 8,
          votedFor: null,
          recovering: 0,
        }
        server.start()
      }
      cluster.elect(1)
      cluster.propose(1, 'now')
      cluster.settle()
      const encoded = (id: NodeId) => cluster.server(id).disk.entries.map((e) => e.encoded)
      assert.deepEqual(encoded(2), encoded(1))
      assert.equal(cluster.server(2).disk.entries.length, leaderLog.length + 2)
    }
  })
})
