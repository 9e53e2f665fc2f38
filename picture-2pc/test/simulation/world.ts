import type { Outcome } from '../../protocol/coordinator-io.ts'
import type { NodeName, Operation, VoteRequest } from '../../protocol/messages.ts'
import { type Adversary, Chance, nobody } from './adversary.ts'
import { Client, mixed, patience, solo, upload } from './client.ts'
import { CoordinatorProcess, coordinatorName } from './coordinator-process.ts'
import { History } from './history.ts'
import { Network } from './network.ts'
import { ParticipantProcess } from './participant-process.ts'
import type { Plan } from './plan.ts'
import type { Process } from './process.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'

/** Virtual milliseconds. */
const SAFETY_LIMIT = 60_000
const LIVENESS_LIMIT = 60_000

/** One simulated cluster, its clients and its observer; everything that happens follows from the plan. */
export class World {
  readonly plan: Plan
  readonly scheduler = new Scheduler()
  readonly history = new History()
  readonly network: Network
  readonly coordinator: CoordinatorProcess
  readonly participantProcesses: readonly ParticipantProcess[]
  readonly clients: readonly Client[]
  /** Pictures that only transactions touch. */
  readonly transactional: readonly string[]
  adversary: Adversary = nobody
  lastVoteRequest: VoteRequest | null = null
  /** What the liveness phase found. */
  readonly stuck: string[] = []
  readonly lines: string[] | null
  readonly #disks: Random
  readonly #tears: Random
  readonly #byName = new Map<NodeName, Process>()
  /** When everything was repaired, virtual milliseconds. */
  healedAt = 0
  #ids = 0
  #isHealed = false

  constructor(plan: Plan, tracing = false) {
    const stream = (name: string) => new Random(plan.seed, name)
    this.plan = plan
    this.lines = tracing ? [] : null
    this.#disks = stream('disks')
    this.#tears = stream('tears')
    this.network = new Network(this, plan.network, stream('network'))
    this.transactional = Array.from({ length: plan.pictures }, (_, index) => `p${index}.png`)
    this.coordinator = new CoordinatorProcess(coordinatorName, this)
    this.participantProcesses = Array.from(
      { length: plan.participants },
      (_, index) => new ParticipantProcess(`n${index + 1}`, this),
    )
    this.clients = Array.from(
      { length: plan.clients },
      (_, index) =>
        new Client(`u${index + 1}`, this, plan.transactionsPerClient, stream(`client ${index}`)),
    )
    for (const process of [...this.servers, ...this.clients]) {
      this.#byName.set(process.name, process)
    }
  }

  get participants(): readonly NodeName[] {
    return this.participantProcesses.map(({ name }) => name)
  }

  get servers(): readonly (CoordinatorProcess | ParticipantProcess)[] {
    return [this.coordinator, ...this.participantProcesses]
  }

  process(name: NodeName): Process {
    const process = this.#byName.get(name)
    if (process === undefined) throw new Error(`there is no ${name}`)
    return process
  }

  nextId(kind: string): string {
    this.#ids += 1
    return `${kind}${this.#ids}`
  }

  saveTime(): number {
    return this.#isHealed ? 1 : this.#disks.between(...this.plan.saveTime)
  }

  /** How much of what is not synced a crash leaves on the disk. */
  keeps(unsynced: number): number {
    if (this.plan.keeps !== 'some') return this.plan.keeps === 'all' ? unsynced : 0
    return this.#disks.pick([0, unsynced, this.#disks.below(unsynced + 1)])
  }

  /** Decides which sectors of a batch under way a crash leaves; null: none. */
  get tears(): Random | null {
    return this.plan.keeps === 'some' && this.#tears.chance(0.5) ? this.#tears : null
  }

  trace(line: string): void {
    this.lines?.push(`${this.scheduler.now.toFixed(1).padStart(8)}  ${line}`)
  }

  /** A client's transaction; `done` hears the outcome, or null when there is no answer. */
  begin(
    client: Process,
    filename: string,
    operation: Operation,
    done: (outcome: Outcome | null) => void,
  ): void {
    let over = false
    client.call(coordinatorName, { kind: 'Begin', filename, operation }, patience, (reply) => {
      if (over) return
      over = true
      done(reply?.kind === 'outcome' ? reply.outcome : null)
    })
  }

  start(): void {
    for (const server of this.servers) server.start()
    for (const node of this.participants) this.#uploadSolo(node)
  }

  #uploadSolo(node: NodeName): void {
    const operation = upload('solo')
    this.process(node).handle({ kind: 'Plain', filename: solo, operation }, () => undefined)
  }

  /** The safety phase: clients at work while everything goes wrong that the plan has in store. */
  run(): void {
    this.start()
    this.scheduler.run(1_000, () => this.servers.every(({ idle }) => idle))
    const chance = new Chance(this, new Random(this.plan.seed, 'faults'))
    this.adversary = chance
    for (const client of this.clients) client.start()
    this.scheduler.run(SAFETY_LIMIT, () => this.clients.every(({ isDone }) => isDone))
    chance.end()
    this.heal()
    this.settle()
  }

  /** Repairs everything. */
  heal(): void {
    this.trace('healed')
    this.healedAt = this.scheduler.now
    this.#isHealed = true
    this.adversary = nobody
    this.network.heal()
    for (const server of this.servers) {
      server.mend()
      server.start()
      server.resume()
    }
    this.coordinator.setSpace(true)
    for (const participant of this.participantProcesses) participant.setSpace('plenty')
  }

  /** The liveness phase: once all failures are repaired, all must decide, unlock and forget (AC5). */
  settle(): void {
    if (!this.scheduler.run(LIVENESS_LIMIT, () => this.isSettled)) {
      this.stuck.push(`not settled ${LIVENESS_LIMIT} ms after everything was repaired`)
    }
    // What is still under way, and the aborts that are repeated as a courtesy.
    this.scheduler.run(20_000)
  }

  /** Every picture is free again. */
  probe(): void {
    for (const filename of [...this.transactional, mixed]) {
      this.#probe(filename, upload('probe'))
      this.#probe(filename, { kind: 'like' })
    }
  }

  /** Whether all is decided, acknowledged and on disk. */
  get isSettled(): boolean {
    if (this.servers.some(({ isRunning }) => !isRunning)) return false
    const { open, committing } = this.coordinator.core
    return (
      open + committing === 0 &&
      this.coordinator.idle &&
      this.participantProcesses.every(({ idle, core }) => idle && core.state.prepared.size === 0)
    )
  }

  /** A later transaction on the picture must commit, and the coordinator must have forgotten the others. */
  #probe(filename: string, operation: Operation): void {
    let outcome: Outcome | null | undefined
    const client = new Client('probe', this, 0, new Random(this.plan.seed, 'probe'))
    client.start()
    this.begin(client, filename, operation, (heard) => {
      outcome = heard
    })
    this.scheduler.run(patience, () => outcome !== undefined)
    const { order, finishedBefore } = this.lastVoteRequest ?? {}
    if (JSON.stringify(order) !== JSON.stringify(finishedBefore)) {
      this.stuck.push(`the coordinator has not forgotten all that it began before ${order?.number}`)
    }
    if (outcome?.decision !== 'commit') {
      const why = JSON.stringify(outcome?.votes ?? 'no answer')
      this.stuck.push(`${operation.kind} of ${filename} after healing: ${why}`)
    }
    client.end()
  }

  /** What every node knows must be what its disk says. */
  restartAll(): void {
    for (const participant of this.participantProcesses) {
      const before = JSON.stringify([...participant.core.state.pictures])
      participant.end()
      participant.start()
      const after = JSON.stringify([...participant.core.state.pictures])
      if (before !== after) this.stuck.push(`${participant.name} lost ${before}: has ${after}`)
    }
  }
}
