import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytes, entry, ids, Lone, log, messagesOf } from './build.ts'
import { Cluster } from './cluster.ts'

// etcd-io/raft, the group "Flow control", by name.

const peer = (server: Lone, id = 2) => {
  const found = server.status.peers.find((one) => one.id === id)
  assert(found)
  return found
}
const toTwo = (server: Lone) => server.sent('AppendEntries').filter(({ to }) => to === 2)

/** Leads, and n2 has everything. */
function replicating(options = {}): Lone {
  const server = new Lone(options).lead().acknowledge(2)
  server.tick().pay()
  assert.equal(peer(server).state, 'replicate')
  return server
}

describe('probing', () => {
  test('TestProgressLeader: a leader counts its own log by what is saved, and is nobody’s follower', () => {
    const server = new Lone({ voters: [1, 2] }).lead()
    server.pay()
    for (let i = 0; i < 5; i += 1) server.propose()
    server.pay()
    assert.deepEqual([server.status.lastIndex, server.status.savedIndex], [6, 6])
    assert.deepEqual(
      server.status.peers.map(({ id }) => id),
      [2],
    )
  })

  test('TestProgressPaused, TestSendAppendForProgressProbe: one message, then an answer or a beat', () => {
    const server = new Lone({ heartbeatTicks: 3 }).lead()
    assert.equal(toTwo(server).length, 1, 'the no-op is the probe')
    for (let i = 0; i < 3; i += 1) assert.deepEqual(toTwo(server.propose()), [])
    assert.equal(peer(server).state, 'probe')
    assert.deepEqual(toTwo(server.tick(2)), [])
    const [again, ...more] = toTwo(server.tick())
    assert.deepEqual([again?.entries.length, more.length], [0, 0], 'asked again, without entries')
  })

  test('TestProgressResumeByHeartbeatResp, heartbeat_resp_recovers_from_probing: any answer to the probe ends it (L5)', () => {
    const server = new Lone().lead()
    server.propose().pay()
    const [again] = toTwo(server.tick())
    assert(again)
    server.accept(again)
    assert.equal(peer(server).state, 'replicate')
    assert.deepEqual(
      toTwo(server)[0]?.entries.map(({ index }) => index),
      [1, 2],
    )
  })

  test('L5 a heartbeat’s answer that confirms the place of a probe does not spoil the probe', () => {
    const server = replicating()
    server.step({ kind: 'unreachable', peer: 2 }).tick()
    const [probe] = toTwo(server)
    const [beat] = toTwo(server.step({ kind: 'read', requestId: 1 }))
    assert(probe && beat)
    server.accept(beat).accept(probe)
    assert.equal(peer(server).state, 'replicate')
  })

  test('L5 a lost probe is repeated however often reads bring the heartbeat forward', () => {
    const server = new Lone({ heartbeatTicks: 3, voters: [1, 2, 3] }).lead().acknowledge(3)
    // What has left for n2 so far is lost; what leaves from now on arrives.
    for (let requestId = 1; requestId <= 12; requestId += 1) {
      server.step({ kind: 'read', requestId })
      for (const append of server.sent('AppendEntries')) server.accept(append)
      server.tick()
    }
    assert.equal(peer(server).state, 'replicate')
  })

  test('TestRecvMsgUnreachable: what was on its way is taken for lost', () => {
    const server = replicating()
    server.propose().pay()
    assert.equal(peer(server).nextIndex, 3)
    server.step({ kind: 'unreachable', peer: 2 })
    assert.deepEqual([peer(server).state, peer(server).nextIndex], ['probe', 2])
    assert.deepEqual(toTwo(server), [], 'and nothing more is sent before the next beat')
  })

  test('TestMsgAppRespWaitReset: an answer to one follower does not wake the other', () => {
    const server = new Lone().lead()
    const [first] = toTwo(server)
    assert(first)
    server.accept(first)
    server.propose()
    const sent = server.sent('AppendEntries')
    assert.deepEqual(
      sent.map(({ to }) => to),
      [2],
    )
  })
})

describe('the window', () => {
  test('TestSendAppendForProgressReplicate: each proposal leaves at once', () => {
    const server = replicating()
    for (let i = 0; i < 10; i += 1) assert.equal(toTwo(server.propose())[0]?.entries.length, 1)
    assert.equal(peer(server).nextIndex, 12)
  })

  test('TestMsgAppFlowControlFull: no more than the window, by messages', () => {
    const server = replicating({ maxInflightMessages: 4 })
    for (let i = 0; i < 4; i += 1) assert.equal(toTwo(server.propose()).length, 1)
    for (let i = 0; i < 3; i += 1) assert.equal(toTwo(server.propose()).length, 0)
    assert.equal(peer(server).inflightMessages, 4)
  })

  test('TestMsgAppFlowControlMoveForward: an answer frees all before it; a stale one nothing', () => {
    const server = replicating({ maxInflightMessages: 4 })
    const sent = [1, 2, 3, 4].flatMap(() => toTwo(server.propose()))
    for (let i = 0; i < 6; i += 1) server.propose()
    assert.deepEqual(toTwo(server), [])
    const second = sent[1]
    assert(second)
    server.accept(second)
    const [next] = toTwo(server)
    assert.deepEqual(
      next?.entries.map(({ index }) => index),
      [6, 7, 8, 9, 10, 11],
      'gathered',
    )
    assert.equal(peer(server).inflightMessages, 3)
    const first = sent[0]
    assert(first)
    server.accept(first)
    assert.equal(peer(server).inflightMessages, 3)
  })

  test('TestMsgAppFlowControlRecvHeartbeat: a full window still gets heartbeats, and they free nothing', () => {
    const server = replicating({ maxInflightMessages: 2 })
    for (let i = 0; i < 3; i += 1) server.propose().pay()
    const [beat] = toTwo(server.tick())
    assert.deepEqual([beat?.entries.length, beat?.prevLogIndex], [0, 1])
    assert(beat)
    server.accept(beat)
    assert.deepEqual(toTwo(server), [])
  })

  test('TestProgressFlowControl: bytes and messages both bound it; one large entry always fits', () => {
    const size = entry(1, 2, 'ADD', bytes('x'.repeat(1000))).encoded.length
    const server = replicating({
      maxMessageBytes: 2 * size,
      maxInflightBytes: 5 * size,
      maxInflightMessages: 100,
    })
    for (let i = 0; i < 20; i += 1) server.propose('ADD', 'x'.repeat(1000))
    assert.deepEqual(
      toTwo(server).map((m) => m.entries.length),
      [2, 2, 2],
    )
    const large = replicating({ maxMessageBytes: 10, maxInflightBytes: 10 })
    assert.deepEqual(
      toTwo(large.propose('ADD', 'x'.repeat(1000))).map((m) => m.entries.length),
      [1],
    )
  })

  test('L5 a window whose answers are lost is reset after an election timeout', () => {
    const server = replicating({ maxInflightMessages: 2 })
    const other = () => {
      for (const append of server.tick().sent('AppendEntries'))
        if (append.to === 3) server.accept(append)
    }
    server.propose().pay()
    server.propose().pay()
    for (let i = 0; i < 9; i += 1) other()
    assert.equal(peer(server).state, 'replicate')
    other()
    assert.deepEqual([peer(server).state, peer(server).inflightMessages], ['probe', 1])
    const [probe] = toTwo(server.tick())
    assert(probe)
    server.accept(probe)
    assert.deepEqual(
      toTwo(server).flatMap((m) => m.entries.map(({ index }) => index)),
      [2, 3],
    )
  })

  test('lost messages in the middle of a pipeline are found and sent again', () => {
    const cluster = new Cluster({ size: 3 })
    cluster.elect(1)
    let lost = 0
    cluster.filter = (m) => {
      const lose = m.type === 'AppendEntries' && m.to === 2 && m.entries.length > 0 && lost < 2
      if (lose) lost += 1
      return !lose
    }
    for (let i = 0; i < 10; i += 1) cluster.propose(1, `${i}`)
    cluster.settle()
    cluster.tick(2)
    assert.equal(lost, 2)
    assert.equal(cluster.server(2).commands.length, 10)
  })

  test('S18 entries leave contiguous, whatever the packing', () => {
    const server = replicating({ maxMessageEntries: 3 })
    for (let i = 0; i < 10; i += 1) server.propose()
    const sent = toTwo(server)
    assert.deepEqual(
      sent.map((m) => m.prevLogIndex),
      [1, 4, 7, 10],
    )
    assert.deepEqual(
      sent.flatMap((m) => m.entries.map(({ index }) => index)),
      ids(11).slice(1),
    )
  })
})

describe('bounds', () => {
  test('TestUncommittedEntryLimit: refused at once when the tail is full, and taken again', () => {
    const size = entry(1, 2, 'ADD', bytes('x')).encoded.length
    const server = replicating({ maxUncommittedBytes: 4 * size })
    for (let i = 0; i < 6; i += 1) server.propose()
    const kinds = server.pay().answers.map((a) => (a.kind === 'refused' ? a.reason : a.kind))
    assert.deepEqual(kinds, [
      'accepted',
      'accepted',
      'accepted',
      'accepted',
      'tailFull',
      'tailFull',
    ])
    server.receive('AppendEntriesResponse', {
      from: 2,
      term: 1,
      matchIndex: 5,
      sequence: server.sent('AppendEntries').at(-1)?.sequence ?? lastSequence(server),
    })
    assert.equal(server.status.commitIndex, 5)
    assert.equal(server.propose().pay().answers[0]?.kind, 'accepted')
  })

  test('TestRawNodeBoundedLogGrowthWithPartition: a leader cut off takes only so much', () => {
    const cluster = new Cluster({ size: 3, maxUncommittedEntries: 20 })
    cluster.elect(1)
    cluster.isolate(1)
    for (let i = 0; i < 100; i += 1) cluster.propose(1, `${i}`)
    assert.equal(cluster.server(1).status.lastIndex, 21)
    cluster.heal()
    cluster.tick(12)
    assert.equal(cluster.server(3).commands.length, 20)
  })

  test('a large entry is taken when nothing else waits; beyond the limit never', () => {
    const server = replicating({ maxUncommittedBytes: 10, maxEntryBytes: 100 })
    server.propose('ADD', 'x'.repeat(100)).propose('ADD', 'y').propose('ADD', 'x'.repeat(101))
    const kinds = server.pay().answers.map((a) => (a.kind === 'refused' ? a.reason : a.kind))
    assert.deepEqual(kinds, ['accepted', 'tailFull', 'entryTooLarge'])
  })

  test('a log that nobody compacts ends in a refusal; NOOP and CONFIG cannot be proposed', () => {
    const server = replicating({ maxLogBytes: 100 })
    for (let i = 0; i < 30; i += 1) server.propose().acknowledge(2, 3)
    server.propose().propose('NOOP').propose('CONFIG')
    const reasons = server.pay().answers.map((a) => a.kind === 'refused' && a.reason)
    assert.deepEqual(reasons, ['logFull', 'reservedCommand', 'reservedCommand'])
  })

  test('TestRawNodeCommitPaginationAfterRestart: applied by the page, the next when the last is done', () => {
    const server = new Lone({ entries: log(...Array(10).fill(1)), maxApplyEntries: 4 })
    const given = { from: 2, term: 1, prevLogIndex: 10, prevLogTerm: 1, leaderCommit: 10 }
    server.receive('AppendEntries', given)
    const page = () => server.node.ready()?.apply.map(({ index }) => index) ?? []
    assert.deepEqual(page(), [1, 2, 3, 4])
    assert.deepEqual(page(), [])
    server.step({ kind: 'applied', index: 3 })
    assert.deepEqual(page(), [])
    server.step({ kind: 'applied', index: 4 })
    assert.deepEqual(page(), [5, 6, 7, 8])
    server.step({ kind: 'applied', index: 8 })
    assert.deepEqual(page(), [9, 10])
  })

  test('an entry’s bytes are made once, by who accepts it, and are the same object everywhere', () => {
    let encoded = 0
    const encodeEntry = () => {
      encoded += 1
      return new Uint8Array(8)
    }
    const cluster = new Cluster({ size: 3, encodeEntry })
    cluster.elect(1)
    cluster.propose(1, 'a')
    cluster.settle()
    assert.equal(encoded, 2)
    const [one, two] = [1, 2].map((id) => cluster.server(id).disk.entries[1])
    assert(one !== undefined && one === two)
  })
})

function lastSequence(server: Lone): number {
  const [beat] = messagesOf(server.tick().pay(), 'AppendEntries')
  return beat?.sequence ?? 0
}
