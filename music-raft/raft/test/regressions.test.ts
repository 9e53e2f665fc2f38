import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeConfiguration } from '../configuration.ts'
import { CONFIG, type NodeId, type SnapshotMetadata, type Term } from '../messages.ts'
import { checkedOptions } from '../options.ts'
import { bytes, configuration, entry, ids, Lone, log, member, options } from './build.ts'
import { Cluster } from './cluster.ts'

// Rows of KNOWN-BUGS.md that are a schedule of their own; others are cited where their rule is tested.

function load(cluster: Cluster, logs: Readonly<Record<NodeId, readonly Term[]>>): void {
  for (const [id, terms] of Object.entries(logs)) {
    const server = cluster.server(Number(id))
    server.crash()
    server.disk.entries = log(...terms)
    server.disk.hardState = { currentTerm: terms.at(-1) ?? 0, votedFor: null, recovering: 0 }
    server.start()
  }
}

describe('originals', () => {
  test('O1 with one follower of four nothing is committed; healed, all agree', () => {
    const cluster = new Cluster({ size: 5 })
    cluster.elect(1)
    cluster.isolate(3, 4, 5)
    cluster.propose(1, 'a')
    cluster.settle()
    assert.deepEqual(cluster.server(1).commands, [])
    cluster.heal()
    cluster.tick(15)
    for (const id of ids(5)) assert.deepEqual(cluster.server(id).commands, ['ADD a'])
  })

  test('O8 a late answer moves nothing back, and one of an old term counts nothing', () => {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    const late: Parameters<Cluster['deliver']>[0][] = []
    cluster.observe = (m) => {
      if (m.type === 'AppendEntriesResponse') late.push(m)
    }
    for (let i = 0; i < 5; i += 1) cluster.propose(1, `${i}`)
    cluster.settle()
    const before = cluster.server(1).status.peers.map(({ matchIndex }) => matchIndex)
    for (const message of late.toReversed()) cluster.deliver(message)
    assert.deepEqual(
      cluster.server(1).status.peers.map(({ matchIndex }) => matchIndex),
      before,
    )
  })
})

describe('C1', () => {
  test('R1 Figure 8: an old entry on a majority is overwritten, having never been committed', () => {
    const cluster = new Cluster({
      size: 5,
      preVote: false,
      checkQuorum: false,
      maxMessageEntries: 1,
    })
    load(cluster, { 1: [1, 2], 2: [1, 2], 3: [1], 4: [1], 5: [1, 3] })
    // (c) n1 leads in term 4 and spreads its entry of term 2 to n3, but not its no-op.
    cluster.server(1).crash()
    cluster.server(1).disk.hardState = { currentTerm: 3, votedFor: null, recovering: 0 }
    cluster.server(1).start()
    cluster.crash(5)
    cluster.filter = (m) => m.type !== 'AppendEntries' || m.entries.every(({ term }) => term < 4)
    cluster.elect(1)
    cluster.tick(3)
    const terms = (id: NodeId) => cluster.server(id).disk.entries.map(({ term }) => term)
    assert.equal(cluster.leader?.status.currentTerm, 4)
    assert.deepEqual(terms(3), [1, 2])
    assert.equal(cluster.server(1).status.commitIndex, 0, 'though four of five hold it')
    // (d) n5 leads with its entry of term 3, and overwrites it.
    cluster.heal()
    cluster.crash(1)
    cluster.restart(5)
    for (let i = 0; i < 3 && cluster.leader?.id !== 5; i += 1) cluster.elect(5)
    cluster.tick(3)
    assert.deepEqual(terms(3).slice(0, 2), [1, 3])
  })

  test('R2 two leaders, two removals, four servers: the second leader may not change before its no-op', () => {
    const cluster = new Cluster({ size: 4, checkQuorum: false })
    cluster.elect(1)
    cluster.isolate(1)
    const first = cluster.change(1, { kind: 'remove', id: 2 })
    assert.equal(cluster.answer(1, first)?.kind, 'accepted')
    cluster.filter = (m) => m.type !== 'AppendEntries'
    cluster.elect(2)
    assert.equal(cluster.server(2).status.role, 'leader')
    const second = cluster.answer(2, cluster.change(2, { kind: 'remove', id: 1 }))
    assert(second?.kind === 'refused' && second.reason === 'noOwnTermCommit')
  })

  test('R3 a configuration is in force from the log, and rolled back with it', () => {
    const data = encodeConfiguration(configuration([1, 2, 3, 4]))
    const server = new Lone()
    server.receive('AppendEntries', {
      from: 2,
      term: 1,
      entries: [entry(1, 1), entry(1, 2, CONFIG, data)],
    })
    assert.equal(server.status.configuration.voters.length, 4)
    const other = { from: 3, term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 2)] }
    const { events } = server.receive('AppendEntries', other).pay()
    assert.equal(server.status.configuration.voters.length, 3)
    assert(events.some((event) => event.kind === 'configChanged' && event.index === 0))
  })

  test('R4 after a snapshot no configuration of the old log is left in force', () => {
    const data = encodeConfiguration(configuration([1, 5, 6]))
    const server = new Lone({
      entries: [...log(1, 1, 1), entry(1, 4, CONFIG, data)],
      currentTerm: 1,
    })
    assert.deepEqual(server.status.configuration, configuration([1, 5, 6]))
    const snapshot: SnapshotMetadata = {
      lastIncludedIndex: 3,
      lastIncludedTerm: 2,
      configuration: configuration([1, 2, 3]),
      size: 1,
      checksum: 0,
    }
    const chunk = { snapshot, offset: 0, length: 1, data: bytes('x'), done: true }
    server.receive('InstallSnapshot', { from: 2, term: 2, ...chunk }).pay()
    assert.deepEqual(server.status.configuration, configuration([1, 2, 3]))
    assert.equal(server.status.lastIndex, 3)
  })

  test('R6 seeing a higher vote grants none', () => {
    const server = new Lone({ currentTerm: 3, votedFor: 2, entries: log(3), preVote: false })
    const asked = { from: 3, term: 9, lastLogIndex: 0, lastLogTerm: 0 }
    const { save } = server.receive('RequestVote', asked).pay()
    assert.deepEqual(save?.hardState, { currentTerm: 9, votedFor: null, recovering: 0 })
  })

  test('R7 log 1.1 1.2 2.3, entries 1–2 with leaderCommit 3: commit 2, nothing deleted', () => {
    const server = new Lone({ entries: log(1, 1, 2), currentTerm: 2 })
    const given = { from: 2, term: 2, entries: log(1, 1), leaderCommit: 3 }
    const { save } = server.receive('AppendEntries', given).pay()
    assert.deepEqual([server.status.commitIndex, server.status.lastIndex], [2, 3])
    assert.equal(save, null)
  })

  test('R8 a leader that would overwrite what is committed stops the process', () => {
    const server = new Lone()
    server.receive('AppendEntries', { from: 2, term: 1, entries: log(1, 1), leaderCommit: 2 }).pay()
    const given = { from: 3, term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(2, 2)] }
    assert.throws(() => server.receive('AppendEntries', given), /R8/)
  })

  test('R23 who is a member comes from snapshot and log, whatever a restart believes', () => {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    cluster.change(1, { kind: 'remove', id: 3 })
    cluster.settle()
    cluster.tick()
    for (const id of [1, 2]) cluster.server(id).compact()
    for (const id of [1, 2]) cluster.crash(id)
    for (const id of [1, 2]) cluster.restart(id)
    for (const id of [1, 2]) {
      assert.deepEqual(cluster.server(id).status.configuration, configuration([1, 2]))
    }
  })
})

describe('strangers and nonsense', () => {
  const ignored = (server: Lone) =>
    server.pay().events.flatMap((event) => (event.kind === 'messageIgnored' ? [event.reason] : []))

  test('an absurd term from outside the configuration is not taken up; a sane one is', () => {
    const server = new Lone({ preVote: false })
    const asked = { lastLogIndex: 0, lastLogTerm: 0 }
    server.receive('RequestVote', { from: 9, term: 5_000_000, ...asked })
    assert.deepEqual(ignored(server), ['absurd term from outside the configuration'])
    assert.equal(server.status.currentTerm, 0)
    server.receive('AppendEntries', { from: 9, term: 5_000_000 })
    server.receive('AppendEntries', { from: 2, term: Number.MAX_SAFE_INTEGER })
    server.receive('ReadIndex', { from: 9, term: 3 }).receive('TimeoutNow', { from: 9, term: 3 })
    server.receive('AppendEntriesResponse', { from: 9, term: 3 })
    assert.equal(ignored(server).length, 5)
    assert.equal(server.status.currentTerm, 0)
    server.receive('AppendEntries', { from: 9, term: 40_000 })
    assert.deepEqual([server.status.currentTerm, server.status.leaderId], [40_000, 9])
  })

  test('a server that knows nobody yet follows a leader of any age', () => {
    const server = new Lone({ voters: [] }).receive('AppendEntries', { from: 2, term: 9_000_000 })
    assert.equal(server.status.leaderId, 2)
  })

  test('a second leader in a term is not followed', () => {
    const server = new Lone().receive('AppendEntries', { from: 2, term: 1 })
    server.receive('AppendEntries', { from: 3, term: 1, entries: log(1) })
    assert.deepEqual([server.status.leaderId, server.status.lastIndex], [2, 0])
    const leader = new Lone().lead()
    leader.receive('AppendEntries', { from: 3, term: 1 })
    assert.equal(leader.status.role, 'leader')
  })

  test('malformed messages change nothing: every number, every order', () => {
    const server = new Lone({ entries: log(1, 1), currentTerm: 1 })
    const before = server.status
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53]) {
      server.receive('AppendEntries', { from: 2, term: bad })
      server.receive('AppendEntries', { from: 2, term: 1, prevLogIndex: bad, prevLogTerm: 1 })
      server.receive('AppendEntries', { from: 2, term: 1, leaderCommit: bad })
      server.receive('RequestVote', { from: 2, term: 3, lastLogIndex: bad })
      server.receive('RequestVote', { from: bad, term: 3 })
    }
    server.receive('RequestVote', { from: 1, term: 3 })
    server.receive('RequestVote', { from: 2, term: 3, lastLogIndex: 1, lastLogTerm: 3 })
    server.receive('AppendEntries', { from: 2, term: 1, prevLogIndex: 0, prevLogTerm: 1 })
    server.receive('AppendEntries', { from: 2, term: 1, entries: [entry(1, 2)] }) // S18
    server.receive('AppendEntries', { from: 2, term: 1, entries: [entry(2, 1)] })
    server.receive('AppendEntries', { from: 2, term: 2, entries: [entry(2, 1), entry(1, 2)] })
    server.receive('AppendEntries', {
      from: 2,
      term: 1,
      entries: [entry(1, 1, CONFIG, bytes('no'))],
    })
    server.receive('InstallSnapshot', { from: 2, term: 1, offset: 3 })
    server.step({
      kind: 'receive',
      message: { type: 'TimeoutNow', from: 2, to: 3, term: 1, sequence: 1 },
    })
    assert.equal(ignored(server).length, 29)
    assert.deepEqual(server.status, before)
  })
})

describe('options and changes', () => {
  test('L7 impossible times and sizes are refused by name', () => {
    const checked = (given: object) => () => checkedOptions(options(1, given))
    assert.throws(
      checked({ electionTimeoutMinTicks: 1 }),
      /electionTimeoutMinTicks.*heartbeatTicks/,
    )
    assert.throws(checked({ electionTimeoutMaxTicks: 10 }), /electionTimeoutMaxTicks/)
    assert.throws(checked({ maxInflightMessages: 0 }), /maxInflightMessages/)
    assert.throws(checked({ heartbeatTicks: 0.5 }), /heartbeatTicks/)
    assert.doesNotThrow(checked({ trailingEntries: 0 }))
  })

  test('a follower whose disk went back in time is reported, not wedged in silence', () => {
    const server = new Lone().lead().acknowledge(2, 3)
    const [beat] = server.tick().sent('AppendEntries')
    assert(beat)
    const gone = {
      from: beat.to,
      term: 1,
      sequence: beat.sequence,
      success: false,
      conflictIndex: 1,
    }
    const { events } = server.receive('AppendEntriesResponse', gone).pay()
    assert.deepEqual(events, [{ kind: 'followerLostEntries', peer: beat.to, matchIndex: 1 }])
  })

  test('L13 nobody is made or unmade a member by silence: a dead voter counts as a voter', () => {
    const cluster = new Cluster({ size: 5 })
    cluster.elect(1)
    const { configuration: before } = cluster.server(1).status
    cluster.crash(4)
    cluster.crash(5)
    cluster.tick(2000)
    assert.deepEqual(cluster.waitForLeader().status.configuration, before)
    cluster.crash(3)
    cluster.propose(1, 'a')
    cluster.tick(100)
    assert.deepEqual(cluster.server(1).commands, [], 'two of five commit nothing, however long')
    assert.deepEqual(cluster.server(1).status.configuration, before)
    cluster.restart(4)
    cluster.tick(100)
    cluster.propose(cluster.waitForLeader().id, 'b')
    cluster.tick(5)
    assert(cluster.server(4).commands.includes('ADD b'), 'it is a member as before')
  })

  test('the sixth server joins a running cluster, works, and leaves again', () => {
    const cluster = new Cluster({ size: 5 })
    cluster.elect(1)
    cluster.propose(1, 'a')
    cluster.add(6, true)
    cluster.change(1, { kind: 'addLearner', member: member(6) })
    cluster.settle()
    cluster.tick(2)
    cluster.change(1, { kind: 'promote', id: 6 })
    cluster.settle()
    cluster.tick()
    assert.deepEqual(cluster.server(6).commands, ['ADD a'])
    cluster.change(1, { kind: 'remove', id: 6 })
    cluster.settle()
    cluster.tick(3)
    assert.deepEqual(cluster.server(6).status.configuration, configuration(ids(5)))
    assert.equal(cluster.server(1).status.peers.length, 4)
  })
})
