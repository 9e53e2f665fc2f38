import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../common/clock.ts'
import { createLogger } from '../../common/logger.ts'
import { RaftNode } from '../raft/node.ts'
import type { RaftEvent } from '../raft/ready.ts'
import { Driver, type DriverStorage } from './driver.ts'
import { Teller } from './events.ts'
import { Replica } from './replica.ts'
import { Requests } from './requests.ts'
import { encodeEntry } from './wire/entry-codec.ts'

const TICK_MS = 10

/** Time stands still until `pass`; what came due meanwhile then runs once, as timers of Node do. */
class TestClock implements Clock {
  #now = 0
  #timers: (() => void)[] = []
  #turn: (() => void)[] = []

  now(): number {
    return this.#now
  }

  after(): () => void {
    return () => undefined
  }

  every(_: number, run: () => void): () => void {
    this.#timers.push(run)
    return () => undefined
  }

  soon(run: () => void): void {
    this.#turn.push(run)
  }

  pass(ms: number, arriving: () => void = () => undefined): void {
    this.#now += ms
    for (const timer of this.#timers) timer()
    arriving()
    while (this.#turn.length > 0) for (const run of this.#turn.splice(0)) run()
  }
}

function opened(clock: Clock): { driver: Driver; events: RaftEvent[] } {
  const voters = [1, 2, 3].map((id) => ({ id, address: `n${id}:1` }))
  const core = new RaftNode(
    {
      ...{ id: 1, random: () => 0, encodeEntry },
      ...{ heartbeatTicks: 2, electionTimeoutMinTicks: 8, electionTimeoutMaxTicks: 16 },
    },
    {
      ...{ hardState: null, snapshot: null, entries: [] },
      initialConfiguration: { voters, learners: [] },
    },
  )
  const { log } = createLogger({ node: '1', level: 'silent', format: 'json' })
  const events: RaftEvent[] = []
  const storage: DriverStorage = {
    save: async () => undefined,
    release: async () => undefined,
    named: async () => undefined,
    snapshots: { current: null, write: async () => null, read: async function* () {} },
  }
  const driver = new Driver({
    ...{ core, storage, log, clock, tickMs: TICK_MS },
    replica: new Replica(),
    requests: new Requests(1000, 100),
    teller: new Teller(log, 1),
    compaction: { entries: 1e9, growth: 1, bytes: 1e12, intervalMs: 1e9 },
    send: () => undefined,
    observe: (event) => events.push(event),
    clusterNamed: () => undefined,
    fatal: assert.ifError,
  })
  return { driver, events }
}

test('L3 a follower that was paused hears the heartbeat that waited, and begins no election', () => {
  const clock = new TestClock()
  const { driver, events } = opened(clock)
  let sequence = 0
  const heartbeat = () => {
    sequence += 1
    const message = {
      ...({ type: 'AppendEntries', from: 2, to: 1, term: 1, sequence } as const),
      ...{ prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 },
      ...{ recoveryNonce: 0, recoveryBarrier: 0 },
    }
    driver.submit({ kind: 'receive', message })
  }
  driver.start()
  clock.pass(0, heartbeat)
  for (let pause = 0; pause < 100; pause += 1) {
    clock.pass(40 * TICK_MS, heartbeat)
    for (let tick = 0; tick < 3; tick += 1) clock.pass(TICK_MS)
  }
  assert.deepEqual([driver.status.leaderId, driver.status.currentTerm], [2, 1])
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'electionTimeout'),
    [],
  )
  for (let tick = 0; tick < 20; tick += 1) clock.pass(TICK_MS)
  assert.equal(events.filter(({ kind }) => kind === 'electionTimeout').length > 0, true, 'silence')
})
