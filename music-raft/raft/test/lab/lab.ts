import assert from 'node:assert/strict'
import type { Entry, LogIndex, Message, NodeId, Term } from '../../messages.ts'
import type { Answer, Input } from '../../ready.ts'
import { bytes, configuration, ids, type TestOptions } from '../build.ts'
import { type Checker, electionSafety, fiveProperties, stateMachineSafety } from '../checkers.ts'
import { seeded } from '../random.ts'
import { type Applied, type Machine, Server } from '../server.ts'
import { FOUL, Network } from './network.ts'

export const TICK_MS = 5
/** The lab's RaftElectionTimeout: longer than any election of ours takes. */
export const ELECTION_MS = 1000
const TIMES = {
  heartbeatTicks: 100 / TICK_MS,
  electionTimeoutMinTicks: 300 / TICK_MS,
  electionTimeoutMaxTicks: 600 / TICK_MS,
}
/** All five properties compare whole logs: not at every tick. */
const FULL_CHECK_EVERY = 200

export interface LabSetup {
  readonly servers: number
  /** How many worlds the test is tried in. */
  readonly seeds?: number
  readonly unreliable?: boolean
  /** A server takes a snapshot each time it has applied this many entries more. */
  readonly snapshotEntries?: number
  readonly options?: TestOptions
  readonly machine?: (snapshot: Uint8Array | null, world: Lab) => Machine
}

/** Something that goes on beside the test: yields how many milliseconds it sleeps. */
export type Routine = Generator<number, void, void>

interface Place {
  readonly index: LogIndex
  readonly term: Term
}

/**
 * A cluster as the MIT 6.5840 labs have it: servers that crash and come back, a network they can be
 * cut off from, a clock of its own. At every tick, whatever the test: one leader a term at most, and
 * no two servers apply different entries at an index (nor out of order: `Server` sees to that).
 */
export class Lab {
  readonly network: Network
  readonly random: () => number
  readonly servers: Server[] = []
  readonly #setup: LabSetup
  readonly #all = new Map<LogIndex, Applied>()
  readonly #checkers: Checker[]
  readonly #fullCheckers: Checker[]
  readonly #answers = new Map<string, Answer>()
  #routines: { routine: Routine; wakes: number }[] = []
  #now = 0
  #requestId = 0
  #texts = 0
  /** For state machines: every entry that was applied anywhere. */
  readonly entries = new Map<LogIndex, Entry>()
  /** Servers whose disk stands still: what they save waits. */
  readonly stalled = new Set<NodeId>()
  /** Servers that are stopped: their time stands still, and what arrives waits. */
  readonly paused = new Set<NodeId>()
  #waiting: Message[] = []
  /** Snapshots that arrived from another server. */
  installed = 0

  constructor(setup: LabSetup, seed: number) {
    this.#setup = setup
    this.random = seeded(seed)
    this.network = new Network(seeded(seed + 0x10_000))
    if (setup.unreliable === true) this.network.weather = FOUL
    const { machine } = setup
    for (const id of ids(setup.servers)) {
      const server = new Server({
        id,
        initialConfiguration: configuration(ids(setup.servers)),
        options: { seed: seed * 100 + id, ...TIMES, ...setup.options },
        ...(machine === undefined ? {} : { machine: (snapshot) => machine(snapshot, this) }),
      })
      server.slowDisk = true // a save takes a tick, and a crash in it loses it
      this.servers.push(server)
    }
    this.#checkers = [electionSafety(), stateMachineSafety(this.#all)]
    this.#fullCheckers = fiveProperties(this.#all)
  }

  /** Virtual milliseconds since the beginning. */
  get now(): number {
    return this.#now * TICK_MS
  }

  /** Entries known to have been applied anywhere. */
  get committed(): number {
    return this.#all.size
  }

  get alive(): Server[] {
    return this.servers.filter(({ alive }) => alive)
  }

  get connected(): Server[] {
    return this.alive.filter(({ id }) => this.network.isConnected(id))
  }

  server(id: NodeId): Server {
    const server = this.servers[id - 1]
    assert(server !== undefined, `there is no n${id}`)
    return server
  }

  /** At least 0, below `bound`. */
  below(bound: number): number {
    return Math.floor(this.random() * bound)
  }

  sleep(ms: number): void {
    for (let left = Math.ceil(ms / TICK_MS); left > 0; left -= 1) this.#tick()
  }

  /** Until it is true; fails after that much virtual time. */
  until(what: string, true_: () => boolean, ms = 10_000): void {
    for (const end = this.now + ms; !true_(); this.#tick()) {
      assert(this.now < end, `${what}: not within ${ms} ms. ${this.describe()}`)
    }
  }

  spawn(routine: Routine): void {
    this.#routines.push({ routine, wakes: this.#now })
  }

  /** Until every routine has ended. */
  join(ms = 120_000): void {
    this.until('routines end', () => this.#routines.length === 0, ms)
  }

  #tick(): void {
    this.#now += 1
    for (const server of this.alive) {
      if (this.paused.has(server.id)) continue
      if (!this.stalled.has(server.id)) server.completeSaves()
      server.step({ kind: 'tick' })
    }
    this.#collect()
    for (const message of [...this.#waiting.splice(0), ...this.network.take(this.#now)]) {
      const server = this.server(message.to)
      if (this.paused.has(server.id)) this.#waiting.push(message)
      else if (server.alive) server.step({ kind: 'receive', message })
    }
    this.#collect()
    this.#runRoutines()
    this.#compact()
    this.#check(this.#now % FULL_CHECK_EVERY === 0 ? this.#fullCheckers : this.#checkers)
  }

  #collect(): void {
    for (const server of this.alive) {
      for (const message of server.takeOutbox()) this.network.send(message, this.#now)
      for (const answer of server.answers.splice(0)) {
        this.#answers.set(`${server.id}/${answer.requestId}`, answer)
      }
      for (const event of server.events.splice(0)) {
        if (event.kind === 'snapshotInstalled') this.installed += 1
      }
    }
  }

  #runRoutines(): void {
    for (const each of this.#routines) {
      while (each.wakes <= this.#now) {
        const { done, value } = each.routine.next()
        each.wakes = done === true ? Number.POSITIVE_INFINITY : this.#now + toTicks(value)
      }
    }
    this.#routines = this.#routines.filter(({ wakes }) => wakes < Number.POSITIVE_INFINITY)
  }

  #compact(): void {
    const { snapshotEntries } = this.#setup
    if (snapshotEntries === undefined) return
    for (const server of this.alive) {
      const { lastApplied, snapshot } = server.status
      if (lastApplied - (snapshot?.lastIncludedIndex ?? 0) >= snapshotEntries) server.compact()
    }
  }

  #check(checkers: readonly Checker[]): void {
    for (const checker of checkers) {
      const wrong = checker(this.alive)
      assert(wrong === null, wrong ?? '')
    }
  }

  step(id: NodeId, ...inputs: Input[]): void {
    this.server(id).step(...inputs)
    this.#collect()
  }

  /** A request id that no other request has. */
  nextRequest(): number {
    this.#requestId += 1
    return this.#requestId
  }

  answer(id: NodeId, requestId: number): Answer | undefined {
    return this.#answers.get(`${id}/${requestId}`)
  }

  /** A command that no other is equal to. */
  text(size = 0): string {
    this.#texts += 1
    return `c${this.#texts}`.padEnd(size, '.')
  }

  /** The lab's Start: where the command will be, if this server leads and stays. */
  start(id: NodeId, text: string): Place | null {
    return this.propose(id, bytes(text))
  }

  propose(id: NodeId, data: Uint8Array, command = 'ADD'): Place | null {
    if (!this.server(id).alive) return null
    const requestId = this.nextRequest()
    this.step(id, { kind: 'propose', requestId, command, data })
    const answer = this.answer(id, requestId)
    return answer?.kind === 'accepted' ? { index: answer.index, term: answer.term } : null
  }

  connect(id: NodeId): void {
    this.network.connect(id)
  }

  disconnect(id: NodeId): void {
    this.network.disconnect(id)
  }

  crash(id: NodeId): void {
    if (this.server(id).alive) this.server(id).crash()
  }

  restart(id: NodeId): void {
    this.crash(id)
    this.server(id).start()
    this.#collect()
  }

  /** One leader among the connected, and the same when asked in a second time. */
  checkOneLeader(): NodeId {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      this.sleep(450 + this.below(100))
      const leaders = this.connected.filter(({ status }) => status.role === 'leader')
      leaders.sort((a, b) => b.status.currentTerm - a.status.currentTerm)
      if (leaders[0] !== undefined) return leaders[0].id
    }
    assert.fail(`no leader. ${this.describe()}`)
  }

  checkNoLeader(): void {
    const leaders = this.connected.filter(({ status }) => status.role === 'leader')
    assert.deepEqual(leaders, [], 'nobody leads among the connected')
  }

  /** The term that all connected servers agree on. */
  checkTerms(): Term {
    const terms = new Set(this.connected.map(({ status }) => status.currentTerm))
    assert.equal(terms.size, 1, `connected servers disagree on the term. ${this.describe()}`)
    return [...terms][0] ?? 0
  }

  /** How many servers have applied this index, connected or not. */
  appliedBy(index: LogIndex): number {
    return this.alive.filter((server) => server.applied.length >= index).length
  }

  /** What is committed at this index, without the command's word; null: nothing yet. */
  at(index: LogIndex): string | null {
    return this.#all.get(index)?.text.replace(/^[A-Z]+ /, '') ?? null
  }

  /** Commits one command on at least so many servers, asking whoever leads; its index. */
  one(expected: number, { retry = false, text = this.text() } = {}): LogIndex {
    for (const end = this.now + 10_000; this.now < end; this.sleep(50)) {
      const place = this.#startAnywhere(text)
      if (place === null) continue
      for (const patience = this.now + 2000; this.now < patience; this.sleep(20)) {
        if (this.appliedBy(place.index) >= expected && this.at(place.index) === text) {
          return place.index
        }
      }
      assert(retry, `${text} was not agreed on. ${this.describe()}`)
    }
    assert.fail(`${text} was not agreed on in 10 s. ${this.describe()}`)
  }

  #startAnywhere(text: string): Place | null {
    const first = this.below(this.servers.length)
    for (let i = 0; i < this.servers.length; i += 1) {
      const id = ((first + i) % this.servers.length) + 1
      if (!this.network.isConnected(id)) continue
      const place = this.start(id, text)
      if (place !== null) return place
    }
    return null
  }

  /** Repairs everything: then all must agree on a term, a leader and a further command. */
  finish(): void {
    this.network.heal()
    this.network.slow.clear()
    this.stalled.clear()
    this.paused.clear()
    this.network.weather = { ...this.network.weather, loseRequest: 0, loseResponse: 0, reorder: 0 }
    for (const { id, alive } of this.servers) if (!alive) this.restart(id)
    this.one(this.servers.length, { retry: true })
    this.sleep(ELECTION_MS)
    this.checkTerms()
    this.#check(this.#fullCheckers)
  }

  describe(): string {
    return this.servers
      .map((server) => {
        if (!server.alive) return `n${server.id} down`
        const { role, currentTerm, commitIndex, lastIndex } = server.status
        const cut = this.network.isConnected(server.id) ? '' : ' cut off'
        return `n${server.id} ${role} term=${currentTerm} commit=${commitIndex} last=${lastIndex}${cut}`
      })
      .join('; ')
  }
}

function toTicks(ms: number): number {
  return Math.max(1, Math.ceil(ms / TICK_MS))
}

/**
 * Runs a lab test in several worlds, or in as many as `SEEDS` says, or in the one of `SEED`, and
 * repairs each in the end.
 */
export function lab(setup: LabSetup, body: (lab: Lab) => void): void {
  const { SEED: given, SEEDS: count } = process.env
  const seeds = given === undefined ? ids(Number(count ?? setup.seeds ?? 5)) : [Number(given)]
  assert(seeds.length > 0 && seeds.every(Number.isSafeInteger), 'SEED and SEEDS are whole numbers')
  for (const seed of seeds) {
    try {
      const world = new Lab(setup, seed)
      body(world)
      world.finish()
    } catch (error) {
      const why = error instanceof Error ? error.stack : String(error)
      throw new Error(`seed ${seed} (again: SEED=${seed} npm test -- test/lab): ${why}`, {
        cause: error,
      })
    }
  }
}
