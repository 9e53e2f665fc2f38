import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLogger } from '../../common/logger.ts'
import { eventually } from '../../test/child.ts'
import { encodeCommand } from '../queue/command.ts'
import { QueueMachine } from '../queue/queue.ts'
import type { Message, SnapshotMetadata } from '../raft/messages.ts'
import { RaftNode } from '../raft/node.ts'
import type { RaftEvent, Save } from '../raft/ready.ts'
import { Driver, type DriverStorage } from './driver.ts'
import { Teller } from './events.ts'
import { Replica } from './replica.ts'
import { Requests } from './requests.ts'
import { encodeEntry } from './wire/entry-codec.ts'

const { log } = createLogger({ node: '1', level: 'silent', format: 'json' })
const voters = [1, 2, 3].map((id) => ({ id, address: `n${id}:1` }))
const NO_RULE = { entries: 1e9, growth: 1, bytes: 1e12, intervalMs: 1e9 }

/** A disk whose saves end when the test says so. */
class SlowDisk {
  readonly saves: { readonly group: readonly Save[]; finish(): void }[] = []
  readonly released: number[] = []
  pieces: readonly Uint8Array[] = []

  readonly storage: DriverStorage = {
    save: (group) => new Promise((resolve) => this.saves.push({ group, finish: resolve })),
    release: async (index) => void this.released.push(index),
    named: async () => undefined,
    snapshots: {
      current: null,
      write: async () => null,
      read: async function* (this: void) {},
    },
  }
}

function opened({
  snapshotPieces = [] as readonly Uint8Array[],
  tickMs = 5,
  onSend = (_message: Message): void => undefined,
} = {}) {
  const disk = new SlowDisk()
  const sent: Message[] = []
  const events: RaftEvent[] = []
  const core = new RaftNode(
    {
      ...{ id: 1, random: () => 0.999, encodeEntry },
      ...{ heartbeatTicks: 2, electionTimeoutMinTicks: 8, electionTimeoutMaxTicks: 16 },
    },
    {
      ...{ hardState: null, snapshot: null, entries: [] },
      initialConfiguration: { voters, learners: [] },
    },
  )
  const replica = new Replica()
  const requests = new Requests(1000, 100)
  const read = async function* () {
    yield* snapshotPieces
  }
  const storage = { ...disk.storage, snapshots: { ...disk.storage.snapshots, read } }
  const driver = new Driver({
    ...{ core, storage, replica, requests, log, tickMs, compaction: NO_RULE },
    teller: new Teller(log, 1),
    send: (message) => {
      sent.push(message)
      onSend(message)
    },
    observe: (event) => events.push(event),
    clusterNamed: () => undefined,
    fatal: (error) => {
      throw error
    },
  })
  const finish = async () => {
    await eventually('a save is on its way', () => disk.saves.length > 0)
    disk.saves.shift()?.finish()
    await nextTurn()
  }
  return { driver, disk, sent, events, replica, requests, finish }
}

const envelope = (from: number, term: number, sequence: number) => ({ from, to: 1, term, sequence })
const settle = async () => {
  for (let i = 0; i < 5; i += 1) await nextTurn()
}

function vote(from: number, term: number): Message {
  const last = { lastLogIndex: 0, lastLogTerm: 0 }
  return {
    ...{ ...envelope(from, term, 1), type: 'RequestVote', ...last },
    ...{ preVote: false, leadershipTransfer: false },
  }
}

function add(index: number, term: number, id: string) {
  const track = { id, title: '', artist: '', duration: 1 }
  const operation = { kind: 'ADD', maxTracks: 100, ...track } as const
  const given = { index, term, command: 'ADD', data: encodeCommand({ identity: null, operation }) }
  return { ...given, encoded: encodeEntry(given) }
}

function append(prevLogIndex: number, ids: readonly string[], leaderCommit: number): Message {
  return {
    ...{ ...envelope(2, 1, prevLogIndex + 1), type: 'AppendEntries' },
    ...{ prevLogIndex, prevLogTerm: prevLogIndex === 0 ? 0 : 1, leaderCommit },
    entries: ids.map((id, place) => add(prevLogIndex + 1 + place, 1, id)),
    ...{ recoveryNonce: 0, recoveryBarrier: 0 },
  }
}

/** Both others vote for it. Its first entry is in memory then. */
async function elect({
  driver,
  sent,
  events,
  finish,
}: Pick<ReturnType<typeof opened>, 'driver' | 'sent' | 'events' | 'finish'>): Promise<void> {
  const asked = (preVote: boolean) => (message: Message) =>
    message.type === 'RequestVote' && message.preVote === preVote
  const answer = (request: Message | undefined, preVote: boolean) => {
    assert(request !== undefined)
    const { to: from, term, sequence } = request
    const message: Message = {
      ...envelope(from, term, sequence),
      ...{ type: 'RequestVoteResponse', preVote, voteGranted: true },
    }
    driver.submit({ kind: 'receive', message })
  }
  await eventually('it asks for pre-votes', () => sent.some(asked(true)))
  answer(sent.find(asked(true)), true)
  await finish()
  answer(sent.find(asked(false)), false)
  await eventually('it leads', () => events.some(({ kind }) => kind === 'becameLeader'))
}

describe('the loop pays in order', () => {
  test('O9 a vote leaves when it is on disk, and not before', async () => {
    const { driver, sent, finish } = opened()
    driver.submit({ kind: 'receive', message: vote(2, 1) })
    await settle()
    assert.deepEqual(sent, [])
    await finish()
    assert.deepEqual(
      sent.map(({ type, to }) => [type, to]),
      [['RequestVoteResponse', 2]],
    )
  })

  test('O5 an entry is confirmed and applied when it is on disk, and not before', async () => {
    const { driver, sent, replica, finish } = opened()
    driver.submit({ kind: 'receive', message: append(0, ['a', 'b'], 2) })
    await settle()
    assert.deepEqual([sent.length, replica.machine.size], [0, 0])
    await finish()
    assert.deepEqual([sent.length, replica.machine.size], [1, 2])
  })

  test('what comes while a save is on its way is the next one, together', async () => {
    const { driver, disk, sent, finish } = opened()
    driver.submit({ kind: 'receive', message: append(0, ['a'], 0) })
    await settle()
    for (let i = 1; i <= 20; i += 1) {
      driver.submit({ kind: 'receive', message: append(i, [`t${i}`], 0) })
      await nextTurn()
    }
    assert.equal(disk.saves.length, 1)
    await finish()
    assert.equal(sent.length, 1)
    assert.equal(disk.saves.length, 1, 'one write for all twenty')
    assert.equal(disk.saves[0]?.group.flatMap(({ entries }) => entries).length, 20)
    await finish()
    assert.equal(sent.length, 21)
  })

  test('L1 L2 a leader whose disk stands still goes on beating for a while, then lets go', async () => {
    const { driver, disk, sent, events, finish } = opened()
    driver.start()
    try {
      await elect({ driver, sent, events, finish })
      const beats = () => sent.filter(({ type }) => type === 'AppendEntries').length
      // The save of its first entry never ends. Its followers answer, so that only the disk fails.
      let answered = 0
      const answering = setInterval(() => {
        for (const message of sent.slice(answered)) {
          answered += 1
          if (message.type !== 'AppendEntries') continue
          const { to: from, term, sequence, prevLogIndex, entries } = message
          const matchIndex = prevLogIndex + entries.length
          const none = { conflictIndex: 0, conflictTerm: 0, recovering: 0 }
          const reply: Message = {
            ...{ ...envelope(from, term, sequence), type: 'AppendEntriesResponse' },
            ...{ success: true, matchIndex, ...none },
          }
          driver.submit({ kind: 'receive', message: reply })
        }
      }, 2)
      await eventually('it hands over', () => sent.some(({ type }) => type === 'TimeoutNow'))
      clearInterval(answering)
      assert(beats() > 4, 'heartbeats do not wait for the disk')
      assert.equal(driver.status.role, 'follower')
      assert(events.some((event) => event.kind === 'roleChanged' && event.reason === 'diskStalled'))
    } finally {
      for (const { finish: end } of disk.saves) end()
      const stopped = driver.stop()
      await eventually('it stops', async () => {
        for (const { finish: end } of disk.saves) end()
        return Promise.race([stopped.then(() => true), nextTurn(false)])
      })
    }
  })

  test('§10.2.1 followers get entries in a turn before the leader writes its own; a stop waits for it', async () => {
    const begun: number[] = []
    let stop: Promise<void> | null = null
    const parts = opened({
      onSend: ({ type }) => {
        if (type !== 'AppendEntries') return
        // Behind all that the turn itself does: what a socket was given leaves only then.
        queueMicrotask(() => {
          begun.push(parts.disk.saves.length)
          stop ??= parts.driver.stop()
        })
      },
    })
    parts.driver.start()
    await elect(parts)
    assert.deepEqual(begun, [0, 0], 'to each follower, and nothing is written yet')
    await parts.finish()
    await stop
  })

  test('S8 the log goes when the snapshot that replaces it is on disk, and reads wait for it', async () => {
    const machine = new QueueMachine()
    for (let index = 1; index <= 9; index += 1) machine.apply(add(index, 1, `t${index}`))
    const snapshotPieces = [...machine.snapshot().chunks()]
    const bytes = Buffer.concat(snapshotPieces)
    const { driver, disk, sent, replica, finish } = opened({ snapshotPieces })
    driver.submit({ kind: 'receive', message: append(0, ['old'], 1) })
    await settle()
    await finish()
    assert.equal(replica.machine.size, 1)
    const snapshot: SnapshotMetadata = {
      ...{ lastIncludedIndex: 9, lastIncludedTerm: 1, size: bytes.length, checksum: 7 },
      configuration: { voters, learners: [] },
    }
    const message: Message = {
      ...{ ...envelope(2, 1, 50), type: 'InstallSnapshot', snapshot, offset: 0 },
      ...{ length: bytes.length, data: bytes, done: true },
    }
    driver.submit({ kind: 'receive', message })
    await settle()
    assert.deepEqual([disk.released, sent.length], [[], 1], 'nothing before it is saved')
    await finish()
    await eventually('it is restored', () => replica.machine.size === 9)
    await settle()
    assert.deepEqual(disk.released, [9])
    assert.equal(driver.status.lastApplied, 9)
    driver.submit({ kind: 'receive', message: append(9, ['after'], 10) })
    await settle()
    await finish()
    assert.equal(replica.machine.size, 10)
  })
})
