import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SnapshotMetadata } from '../messages.ts'
import { bytes, configuration, entry, ids, Lone, log } from './build.ts'
import { Cluster, type ClusterSetup } from './cluster.ts'

// etcd-io/raft, the group "Snapshots", by name.

const at = (
  index: number,
  term = 1,
  voters = [1, 2, 3],
  learners: number[] = [],
): SnapshotMetadata => ({
  lastIncludedIndex: index,
  lastIncludedTerm: term,
  configuration: configuration(voters, learners),
  size: 4,
  checksum: 1,
})

/** Receives a whole snapshot in one chunk, as from the leader of `term`. */
function restore(server: Lone, snapshot: SnapshotMetadata, term = 5): Lone {
  const chunk = { snapshot, offset: 0, length: 4, data: bytes('data'), done: true }
  return server.receive('InstallSnapshot', { from: 2, term, ...chunk })
}

/** n3 has missed what n1 and n2 have compacted. */
function behind(setup: ClusterSetup = {}, songs = 20): Cluster {
  const cluster = new Cluster({ size: 3, trailingEntries: 2, snapshotChunkBytes: 100, ...setup })
  cluster.elect(1)
  cluster.crash(3)
  for (let i = 0; i < songs; i += 1) cluster.propose(1, `song ${i}`)
  cluster.settle()
  cluster.tick()
  for (const id of [1, 2]) assert(cluster.server(id).compact())
  return cluster
}

const peer3 = (cluster: Cluster) => cluster.server(1).status.peers.find(({ id }) => id === 3)

describe('installing', () => {
  test('TestRestore: log, commit and configuration are the snapshot’s; again it changes nothing', () => {
    const server = new Lone()
    const snapshot = at(11, 4, [1, 2, 3, 4])
    const ready = restore(server, snapshot).pay()
    assert.deepEqual(ready.save?.snapshot, snapshot)
    assert.deepEqual([ready.save?.discardLog, ready.save?.chunks.length], [true, 1])
    assert.deepEqual(ready.restore, snapshot)
    assert.equal(ready.releaseTo, 11)
    assert.equal(ready.send.at(-1)?.type, 'InstallSnapshotResponse', 'only once it is on disk')
    const { commitIndex, lastIndex, lastApplied, firstIndex, configuration: now } = server.status
    assert.deepEqual([commitIndex, lastIndex, lastApplied, firstIndex], [11, 11, 11, 12])
    assert.deepEqual(now, snapshot.configuration)
    const again = restore(server, snapshot).pay()
    assert.deepEqual([again.save, again.restore], [null, null])
  })

  test('TestRestoreWithLearner, TestRestoreVoterToLearner, TestRestoreLearnerPromotion: as the snapshot says', () => {
    for (const [voters, learners] of [
      [[1, 2], [3]],
      [[2, 3], [1]],
      [[1, 2, 3], []],
    ] as const) {
      const server = new Lone({ voters: [1, 2], learners: [3] })
      restore(server, at(11, 4, [...voters], [...learners])).pay()
      assert.deepEqual(server.status.configuration, configuration(voters, learners))
      assert.equal(
        server.tick(30).status.role !== 'follower',
        voters.some((id) => id === 1),
      )
    }
  })

  test('TestRestoreIgnoreSnapshot: behind what is committed it installs nothing', () => {
    const server = new Lone({ entries: log(1, 1, 1), currentTerm: 1 })
    const beat = { from: 2, term: 1, prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 3 }
    server.receive('AppendEntries', beat).pay()
    const ready = restore(server, at(2), 1).pay()
    assert.deepEqual([ready.save, ready.restore, server.status.firstIndex], [null, null, 1])
    const [reply] = ready.sendNow
    assert(reply?.type === 'InstallSnapshotResponse' && reply.installed)
  })

  test('TestRestoreIgnoreSnapshot: a log that holds its last entry commits and keeps its tail (Figure 5.3)', () => {
    const server = new Lone({ entries: log(1, 1, 1, 1), currentTerm: 1 })
    const ready = restore(server, at(3), 1).pay()
    assert.deepEqual(
      [ready.restore, server.status.commitIndex, server.status.lastIndex],
      [null, 3, 4],
    )
    assert.equal(ready.apply.length, 3)
  })

  test('R5 a conflicting log goes whole, and the leader’s next entries fit', () => {
    const server = new Lone({ entries: log(1, 1, 2, 2, 2, 2), currentTerm: 2 })
    restore(server, at(4, 3), 3).pay()
    assert.equal(server.status.lastIndex, 4)
    const next = { from: 2, term: 3, prevLogIndex: 4, prevLogTerm: 3, entries: [entry(3, 5)] }
    const [reply] = server.receive('AppendEntries', next).sent('AppendEntriesResponse')
    assert.deepEqual([reply?.success, reply?.matchIndex], [true, 5])
  })

  test('an empty snapshot is installed by one empty chunk', () => {
    const empty = { ...at(3), size: 0 }
    const chunk = { snapshot: empty, offset: 0, length: 0, data: null, done: true }
    const { save, restore: given } = new Lone()
      .receive('InstallSnapshot', { from: 2, term: 1, ...chunk })
      .pay()
    assert.deepEqual([save?.snapshot, save?.chunks, given], [empty, [], empty])
  })

  test('a chunk out of place, of another file or out of range is not written', () => {
    const server = new Lone()
    const chunk = (given: object) => {
      const base = { from: 2, term: 1, snapshot: at(9), length: 2, data: bytes('da') }
      const ready = server.receive('InstallSnapshot', { ...base, ...given }).pay()
      const [reply] = [...ready.sendNow, ...ready.send]
      const stored = reply?.type === 'InstallSnapshotResponse' ? reply.bytesStored : null
      return [ready.save?.chunks.length ?? 0, stored]
    }
    assert.deepEqual(chunk({ offset: 2 }), [0, 0])
    assert.deepEqual(chunk({ offset: 0 }), [1, 2])
    assert.deepEqual(chunk({ offset: 0 }), [0, 2], 'a repeat')
    assert.deepEqual(chunk({ offset: 3 }), [0, null], 'past its end')
    const other = { ...at(9), checksum: 2 }
    assert.deepEqual(chunk({ snapshot: other, offset: 2 }), [0, 0], 'another file starts over')
  })
})

describe('sending', () => {
  test('TestProvideSnap, TestSendingSnapshotSetPendingSnapshot, TestSlowNodeRestore: one behind gets it, then the rest', () => {
    const cluster = behind()
    cluster.restart(3)
    cluster.tick(3)
    assert.deepEqual(cluster.server(3).commands, cluster.server(1).commands)
    assert.equal(cluster.server(3).status.snapshot?.lastIncludedIndex, 21)
    cluster.propose(1, 'after')
    cluster.settle()
    assert.deepEqual([peer3(cluster)?.state, peer3(cluster)?.matchIndex], ['replicate', 22])
  })

  test('TestIgnoreProvidingSnap: none for a follower that is down; it is asked first', () => {
    const cluster = behind()
    const sent: string[] = []
    cluster.filter = (m) => {
      if (m.to === 3) sent.push(m.type === 'InstallSnapshot' ? `chunk of ${m.length}` : m.type)
      return true
    }
    cluster.tick(5)
    assert(!sent.some((one) => one.startsWith('chunk of') && one !== 'chunk of 0'))
  })

  test('TestPendingSnapshotPauseReplication, TestSendAppendForProgressSnapshot: no entries meanwhile, but heartbeats', () => {
    const cluster = behind()
    cluster.filter = (m) => m.type !== 'InstallSnapshotResponse'
    cluster.restart(3)
    cluster.tick(2)
    assert.equal(peer3(cluster)?.state, 'snapshot')
    const seen: number[] = []
    cluster.observe = (m) => {
      if (m.type === 'AppendEntries' && m.to === 3) seen.push(m.entries.length)
    }
    cluster.propose(1, 'x')
    cluster.tick(3)
    assert.deepEqual(seen, [0, 0, 0])
    assert.equal(cluster.server(3).status.leaderId, 1, 'so it does not campaign')
  })

  test('TestSnapshotFailure: a snapshot that cannot be read any more gives way to the latest', () => {
    const cluster = behind()
    cluster.filter = (m) => m.type !== 'InstallSnapshotResponse'
    cluster.restart(3)
    cluster.tick(2)
    cluster.propose(1, 'x')
    cluster.settle()
    cluster.tick()
    cluster.server(1).compact()
    cluster.heal()
    cluster.step(1, { kind: 'snapshotUnavailable', peer: 3 })
    cluster.tick(4)
    assert.equal(cluster.server(3).status.snapshot?.lastIncludedIndex, 22)
  })

  test('TestSnapshotSucceed, snapshot_succeed_via_app_resp: entries that arrive otherwise end it', () => {
    const cluster = behind()
    cluster.filter = (m) => m.type !== 'InstallSnapshotResponse'
    cluster.restart(3)
    cluster.tick(14) // installed; no answer came through
    assert.equal(cluster.server(3).status.commitIndex < 21, true)
    cluster.heal()
    cluster.tick(14)
    assert.equal(peer3(cluster)?.state, 'replicate')
  })

  test('snapshot_succeed_via_app_resp_behind: a match below the snapshot, but in the log, ends it too', () => {
    const restart = {
      snapshot: at(3),
      hardState: { currentTerm: 1, votedFor: null, recovering: 0 },
    }
    const server = new Lone({ entries: log(1, 1, 1, 1).slice(1), currentTerm: 1, restart }).lead()
    const [probe] = server.sent('AppendEntries')
    assert(probe)
    const refused = { from: 2, term: 2, sequence: probe.sequence, success: false, conflictIndex: 1 }
    server.receive('AppendEntriesResponse', refused)
    const [opening] = server.sent('InstallSnapshot')
    assert.equal(opening?.snapshot.lastIncludedIndex, 3)
    const { sequence } = opening ?? probe
    server.receive('AppendEntriesResponse', { from: 2, term: 2, matchIndex: 2, sequence })
    const [next] = server.sent('AppendEntries')
    assert.deepEqual([next?.prevLogIndex, next?.entries.length], [2, 3], 'fed from the log again')
  })

  test('TestSnapshotAbort: a higher match than the snapshot makes it needless', () => {
    const server = new Lone({
      voters: [1, 2, 3],
      entries: log(1, 1).slice(1),
      currentTerm: 1,
      restart: { snapshot: at(1), hardState: { currentTerm: 1, votedFor: null, recovering: 0 } },
    }).lead()
    const [probe] = server.sent('AppendEntries')
    assert(probe)
    const refused = { from: 2, term: 2, sequence: probe.sequence, success: false, conflictIndex: 1 }
    server.receive('AppendEntriesResponse', refused)
    const [opening] = server.sent('InstallSnapshot')
    assert.deepEqual([opening?.length, opening?.done], [0, false], 'asks where to resume')
    const { sequence } = opening ?? probe
    server.receive('AppendEntriesResponse', { from: 2, term: 2, matchIndex: 3, sequence })
    assert.equal(server.status.peers[0]?.state, 'replicate')
  })

  test('slow_follower_after_compaction: within the trailing tail no snapshot is needed', () => {
    const cluster = behind({ trailingEntries: 50 })
    cluster.restart(3)
    cluster.tick(12)
    assert.equal(cluster.server(3).status.snapshot, null)
    assert.equal(cluster.server(3).commands.length, 20)
  })

  test('S15 the log after a snapshot on its way stays, while its follower answers', () => {
    const cluster = behind()
    cluster.filter = (m) => m.type !== 'InstallSnapshot' || m.length === 0
    cluster.restart(3)
    cluster.tick(3)
    assert.equal(peer3(cluster)?.state, 'snapshot')
    for (let i = 0; i < 20; i += 1) cluster.propose(1, `more ${i}`)
    cluster.tick(2)
    cluster.server(1).compact()
    assert.equal(cluster.server(1).status.snapshot?.lastIncludedIndex, 41)
    assert.equal(cluster.server(1).status.firstIndex, 22, 'pinned')
    cluster.heal()
    cluster.tick(14)
    assert.equal(cluster.server(3).status.snapshot?.lastIncludedIndex, 21)
    assert.equal(cluster.server(3).commands.length, 40)
  })
})

describe('resuming', () => {
  test('S16 a crash after any chunk: it goes on where the disk is, and ends', () => {
    const total = countChunks(null)
    assert(total > 10, `${total} chunks`)
    for (const crashAfter of ids(total)) {
      assert(countChunks(crashAfter) <= total + 1, `crash after ${crashAfter}`)
    }
  })

  /** Chunks with data that n3 was sent, when it crashed once after so many. */
  function countChunks(crashAfter: number | null): number {
    const cluster = behind()
    let chunks = 0
    cluster.filter = (m) => {
      if (m.type === 'InstallSnapshot' && m.length > 0) chunks += 1
      return true
    }
    cluster.restart(3)
    for (let i = 0; i < 400 && !cluster.server(3).commands.includes('ADD song 19'); i += 1) {
      if (cluster.network.length === 0) cluster.tick()
      const next = cluster.network.shift()
      if (next !== undefined) cluster.deliver(next)
      if (crashAfter !== null && chunks === crashAfter && cluster.server(3).disk.staged !== null) {
        cluster.crash(3)
        cluster.restart(3)
        return chunks + rest(cluster)
      }
      cluster.step(1, { kind: 'tick' })
    }
    cluster.tick(5)
    assert.equal(cluster.server(3).commands.length, 20)
    return chunks
  }

  function rest(cluster: Cluster): number {
    let chunks = 0
    cluster.filter = (m) => {
      if (m.type === 'InstallSnapshot' && m.length > 0) chunks += 1
      return true
    }
    cluster.tick(30)
    assert.equal(cluster.server(3).commands.length, 20)
    return chunks
  }

  test('S16 killed between snapshot and log: a log of another history is dropped at the start', () => {
    const cluster = behind()
    const server = cluster.server(3)
    const { disk } = cluster.server(1)
    const [file] = disk.files.values()
    assert(disk.snapshot && file)
    server.disk.keep(disk.snapshot, file)
    server.disk.entries = [1, 2, 3].map((i) => entry(1, i, 'ADD', bytes('other')))
    server.disk.hardState = { currentTerm: 1, votedFor: null, recovering: 0 }
    cluster.restart(3)
    assert.deepEqual(server.disk.entries, [], 'also on disk')
    cluster.tick(12)
    assert.deepEqual(server.commands, cluster.server(1).commands)
  })

  test('TestRawNodeRestartFromSnapshot: from snapshot and the log after it', () => {
    const cluster = new Cluster({ size: 3, trailingEntries: 3 })
    cluster.elect(1)
    for (let i = 0; i < 10; i += 1) cluster.propose(1, `${i}`)
    cluster.settle()
    cluster.tick()
    for (const id of ids(3)) cluster.server(id).compact()
    cluster.propose(1, 'after')
    cluster.settle()
    for (const id of ids(3)) cluster.crash(id)
    for (const id of ids(3)) cluster.restart(id)
    const { commitIndex, firstIndex, lastIndex } = cluster.server(2).status
    assert.deepEqual([commitIndex, firstIndex, lastIndex], [11, 10, 12])
    cluster.waitForLeader()
    cluster.tick(3)
    for (const id of ids(3)) assert.equal(cluster.server(id).commands.at(-1), 'ADD after')
  })
})
