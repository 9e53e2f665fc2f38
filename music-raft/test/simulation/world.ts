import { createLogger, type Logger } from '../../../common/logger.ts'
import type { FaultBand } from '../../linearizability/words.ts'
import type { Configuration, Message, NodeId } from '../../raft/messages.ts'
import type { RaftEvent } from '../../raft/ready.ts'
import { Checks } from './checkers/all.ts'
import { checkLinearizability } from './checkers/linearizability.ts'
import { Client } from './client.ts'
import { Network } from './network.ts'
import { NodeProcess } from './node-process.ts'
import { Operator } from './operator.ts'
import { addressOf, type Plan } from './plan.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { Streamer } from './streamer.ts'
import { Troubles } from './troubles.ts'

/** Once all is repaired, everything must have come right within so many virtual milliseconds. */
const LIVENESS = 120_000

const silent = createLogger({ node: 'simulation', level: 'silent', format: 'json' }).log

/** One cluster, its clients, its operator and its troubles; everything follows from the plan. */
export class World {
  readonly plan: Plan
  readonly scheduler = new Scheduler()
  readonly network: Network
  readonly operator: Operator
  readonly checks: Checks
  readonly clients: readonly (Client | Streamer)[]
  readonly nodes: NodeProcess[] = []
  readonly counts = new Map<string, number>()
  /** When something went wrong, for the drawing; how long it lasted is another matter. */
  readonly bands: FaultBand[] = []
  /** Every event as a line, if asked for. */
  readonly lines: string[] | null
  /** What is wrong; null: nothing so far. */
  failure: string | null = null
  isHealed = false
  /** The newest that anybody knows to be committed, and where it stands. */
  configuration: Configuration
  #configurationIndex = 0
  readonly #troubles: Troubles
  readonly #random: Random

  constructor(plan: Plan, tracing = false) {
    this.plan = plan
    this.lines = tracing ? [] : null
    this.checks = new Checks((what) => this.fail(what))
    this.network = new Network(this, plan.network, new Random(plan.seed, 'network'))
    this.#random = new Random(plan.seed, 'world')
    this.operator = new Operator(this)
    this.#troubles = new Troubles(this)
    const ids = Array.from({ length: plan.cluster.voters }, (_, place) => place + 1)
    this.configuration = {
      voters: ids.map((id) => ({ id, address: addressOf(id) })),
      learners: [],
    }
    for (const id of ids) this.nodes.push(new NodeProcess(this, id, false))
    const { count, streamers } = plan.clients
    this.clients = [
      ...Array.from({ length: count }, (_, i) => new Client(this, i + 1)),
      ...Array.from({ length: streamers }, (_, i) => new Streamer(this, i + 1)),
    ]
  }

  node(id: NodeId): NodeProcess | undefined {
    return this.nodes.find((each) => each.id === id)
  }

  /** Nodes that clients know. */
  get reachable(): readonly NodeProcess[] {
    const { voters, learners } = this.configuration
    return this.nodes.filter(({ id }) => [...voters, ...learners].some((each) => each.id === id))
  }

  /** The members are not those that the cluster was born with. */
  get hasChanged(): boolean {
    return this.#configurationIndex > 0
  }

  /** Members of the configuration that is committed, and of any that a node takes to be in force. */
  get known(): readonly NodeId[] {
    const inForce = this.nodes.flatMap(({ server }) => server?.raft.configuration ?? [])
    return [this.configuration, ...inForce].flatMap(({ voters, learners }) =>
      [...voters, ...learners].map(({ id }) => id),
    )
  }

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  trace(line: () => string): void {
    this.lines?.push(`${this.scheduler.now.toFixed(2).padStart(10)}  ${line()}`)
  }

  traceMessage(message: Message): void {
    if (this.lines === null) return
    const { type, from, to, ...rest } = message
    const show = (_key: string, value: unknown) =>
      value instanceof Uint8Array ? value.length : Array.isArray(value) ? value.length : value
    this.trace(() => `n${from} > n${to} ${type} ${JSON.stringify(rest, show)}`)
  }

  logger(id: NodeId): Logger {
    if (this.lines === null) return silent
    const write = (line: string) => {
      const { msg } = JSON.parse(line) as { msg: string }
      this.trace(() => (msg.startsWith('Node') ? msg : `Node ${id} ${msg}`))
    }
    return createLogger({ node: String(id), level: 'info', format: 'json', destination: { write } })
      .log
  }

  /** The run ends with the first thing that is wrong. */
  fail(what: string): void {
    this.trace(() => `FAILED ${what}`)
    this.failure ??= `at ${this.scheduler.now.toFixed(2)} ms: ${what}`
  }

  observe(id: NodeId, event: RaftEvent): void {
    const term = this.node(id)?.server?.leadership.term ?? 0
    this.checks.observe(id, event, term)
    if (event.kind === 'becameLeader') this.#elected(id)
    if (event.kind === 'snapshotInstalled') this.count('snapshots installed')
    if (event.kind === 'compacted') this.count('snapshots taken')
    if (event.kind === 'truncated') this.count('logs cut')
    if (event.kind === 'recovered' && event.id === id) this.#recovered(id)
    if (event.kind !== 'configChanged' || !event.committed) return
    if (event.index <= this.#configurationIndex) return
    this.#configurationIndex = event.index
    this.configuration = event.configuration
  }

  #elected(id: NodeId): void {
    this.count('elections')
    const node = this.node(id)
    if (node === undefined) return
    this.#troubles.elected(node)
    this.operator.elected(node)
  }

  #recovered(id: NodeId): void {
    this.count('disks recovered')
    const node = this.node(id)
    if (node !== undefined) node.damage = null
  }

  restartLater(node: NodeProcess): void {
    this.count('crashes')
    const after = this.isHealed
      ? NodeProcess.restartAfter
      : this.#random.between(10, this.plan.outage)
    this.scheduler.after(after, () => node.start())
  }

  /** A process that is to be added to the cluster: a new one, or one that left, on an empty disk. */
  joining(id: NodeId): void {
    const known = this.node(id)
    if (known === undefined) this.nodes.push(new NodeProcess(this, id, true))
    else {
      known.crash('process')
      known.wipe()
      known.join()
    }
    this.node(id)?.start()
  }

  /** First everything may go wrong, and nothing may be broken; then all is repaired, and must move. */
  async run(): Promise<void> {
    for (const node of this.nodes) node.start()
    for (const client of this.clients) client.start()
    this.operator.start()
    this.#troubles.start()
    await this.scheduler.run(this.plan.safety, () => this.failure !== null)
    if (this.failure !== null) return
    this.#heal()
    const within = await this.scheduler.run(LIVENESS, () => this.#isOver())
    if (!within) this.fail(`not settled ${LIVENESS} ms after all was repaired: ${this.#describe()}`)
    for (const client of this.clients) client.finish()
    if (this.failure === null) await this.#probe()
    if (this.failure === null) this.#atEnd()
  }

  #heal(): void {
    this.trace(() => 'all is repaired')
    this.isHealed = true
    this.network.heal()
    for (const client of this.clients) client.settle()
    for (const node of this.nodes) {
      node.slowness = 1
      node.empty()
      if (node.life !== null) {
        node.life.disk.failNext = null
        node.life.resume()
      }
      node.start()
    }
  }

  #isOver(): boolean {
    const settled = this.clients.every((client) => client.isSettled) && this.isSettled
    return this.failure !== null || settled
  }

  /** All members are up, follow one leader, and hold and have applied the same. */
  get isSettled(): boolean {
    const members = this.reachable.map(({ server }) => ({ server, raft: server?.raft }))
    const found = members.find(({ raft }) => raft?.role === 'leader')
    if (found?.raft === undefined) return false
    const { raft: leader } = found
    const hash = found.server?.machine.stateHash()
    return members.every(
      ({ server, raft }) =>
        raft !== undefined &&
        raft.leaderId === leader.id &&
        raft.currentTerm === leader.currentTerm &&
        !raft.recovering &&
        raft.lastApplied === leader.lastIndex &&
        raft.commitIndex === leader.lastIndex &&
        // One that installed a snapshot may be reading it still.
        server?.machine.stateHash() === hash,
    )
  }

  /** The cluster takes requests from everybody again. */
  async #probe(): Promise<void> {
    const idle = () => this.failure !== null || this.clients.every(({ isIdle }) => isIdle)
    await this.scheduler.run(LIVENESS, idle)
    let answered = 0
    for (const client of this.clients) {
      client.probe(() => {
        answered += 1
      })
    }
    const all = () => answered === this.clients.length && this.#isOver()
    const within = await this.scheduler.run(LIVENESS, () => this.failure !== null || all())
    if (!within) this.fail(`requests are not answered: ${this.#describe()}`)
  }

  #atEnd(): void {
    const members = this.reachable
    const hashes = new Set(members.map(({ server }) => server?.machine.stateHash()))
    if (hashes.size > 1) this.fail(`State hash: members end in states ${[...hashes].join(', ')}`)
    const applied = members.map(({ id, server }) => [id, server?.raft.lastApplied ?? 0] as const)
    this.checks.durability.atEnd(new Map(applied))
    this.count('entries', this.checks.machines.size)
    this.count('repeats', this.checks.exactlyOnce.repeats)
    this.count('states compared', this.checks.hashes.compared)
    const history = this.clients.flatMap((client) => client.history)
    const decided = checkLinearizability(history, (what) => this.fail(what))
    this.count(decided ? 'histories' : 'undecided')
  }

  #describe(): string {
    const { voters, learners } = this.configuration
    const ids = (of: Configuration['voters']) => of.map(({ id }) => id).join(',')
    const lines = this.nodes.map(({ id, server }) => {
      if (server === null) return `n${id} is down`
      const { role, currentTerm, commitIndex, lastApplied, lastIndex, recovering } = server.raft
      return `n${id} ${role} term=${currentTerm} commit=${commitIndex} applied=${lastApplied} last=${lastIndex}${recovering ? ' recovering' : ''}`
    })
    const busy = this.clients.filter((client) => !client.isSettled).map(({ name }) => name)
    lines.push(`voters ${ids(voters)}; learners ${ids(learners)}; waiting ${busy.join(',')}`)
    return lines.join('; ')
  }
}
