import type { Message, NodeId } from '../messages.ts'
import type { Input } from '../ready.ts'
import { ids, type TestOptions } from './build.ts'
import { type Checker, fiveProperties } from './checkers.ts'
import { Cluster } from './cluster.ts'
import { seeded } from './random.ts'
import type { Applied, Server } from './server.ts'

interface Flying {
  readonly message: Message
  readonly arrives: number
}

/** What one seed decided of the world. */
interface World {
  readonly size: number
  readonly loss: number
  readonly delay: number
  readonly duplicate: number
  readonly crash: number
  readonly slowDisk: number
  readonly changes: number
}

const INPUT_SHARE = 0.3
const CHECK_EVERY = 5

/**
 * A cluster under a random schedule: loss, delay, reordering, duplication, one-way cuts, slow disks,
 * crashes that lose unsaved work, wiped disks, compaction, membership changes, transfers. First a
 * phase where anything may happen and nothing may be broken; then a healed one where all must move.
 */
export class Chaos {
  readonly world: World
  readonly cluster: Cluster
  readonly #random: () => number
  readonly #checkers: Checker[]
  readonly #all = new Map<number, Applied>()
  #flying: Flying[] = []
  #now = 0
  #proposed = 0
  /** For each read under way: what was applied anywhere when it was asked. */
  readonly #reads = new Map<string, number>()
  readsAnswered = 0

  constructor(seed: number) {
    const random = seeded(seed)
    this.#random = random
    this.world = {
      size: 3 + Math.floor(random() * 3),
      loss: random() < 0.3 ? 0 : random() * 0.3,
      delay: 1 + Math.floor(random() * 12),
      duplicate: random() * 0.2,
      crash: random() < 0.2 ? 0 : random() * 0.01,
      slowDisk: random(),
      changes: random() < 0.4 ? 0 : random() * 0.02,
    }
    const options: TestOptions = {
      seed,
      preVote: random() < 0.85,
      checkQuorum: random() < 0.85,
      heartbeatTicks: 3,
      maxInflightMessages: 1 + Math.floor(random() * 4),
      maxMessageEntries: 1 + Math.floor(random() * 5),
      trailingEntries: Math.floor(random() * 5),
      snapshotChunkBytes: 40 + Math.floor(random() * 400),
      maxApplyEntries: 1 + Math.floor(random() * 8),
      promotionLagEntries: 3,
    }
    this.cluster = new Cluster({ size: this.world.size, ...options })
    this.#checkers = fiveProperties(this.#all)
    for (const server of this.cluster.alive) server.slowDisk = random() < this.world.slowDisk
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)]
  }

  #chance(probability: number): boolean {
    return this.#random() < probability
  }

  safety(rounds: number): void {
    for (let i = 0; i < rounds; i += 1) this.#round(true)
  }

  /** Heals everything; fails when the cluster does not recover. */
  liveness(rounds: number): void {
    this.cluster.heal()
    for (const server of this.cluster.servers.values()) {
      if (!server.alive) server.start()
      server.slowDisk = false
      server.completeSaves()
    }
    this.#gather()
    let marker: string | null = null
    for (let i = 0; i < rounds; i += 1) {
      this.#round(false)
      const { leader } = this.cluster
      if (leader === null) continue
      if (marker === null || (i % 50 === 49 && !this.#everywhere(marker))) {
        marker = `marker ${i}`
        this.cluster.propose(leader.id, marker)
        this.#gather()
      }
      if (i % 10 === 0 && this.#everywhere(marker)) return
    }
    throw new Error(`no progress in ${rounds} rounds after healing: ${this.#describe()}`)
  }

  #members(): NodeId[] {
    const { voters, learners } = this.cluster.leader?.status.configuration ?? {
      voters: [],
      learners: [],
    }
    return [...voters, ...learners].map(({ id }) => id)
  }

  #everywhere(marker: string): boolean {
    const members = this.#members()
    return (
      members.length > 0 &&
      members.every((id) => {
        const server = this.cluster.server(id)
        const recovering = server.status.recovering
        return !recovering && server.commands.some((text) => text === `ADD ${marker}`)
      })
    )
  }

  #describe(): string {
    return this.cluster.alive
      .map(
        ({ id, status }) =>
          `n${id} ${status.role} term=${status.currentTerm} commit=${status.commitIndex} last=${status.lastIndex}${status.recovering ? ' recovering' : ''}`,
      )
      .join('; ')
  }

  #round(faulty: boolean): void {
    this.#now += 1
    if (faulty) this.#misfortune()
    for (const server of this.cluster.alive) {
      if (this.#chance(0.9)) this.#step(server, { kind: 'tick' })
      if (server.saving > 0 && this.#chance(0.5)) this.#save(server)
    }
    if (faulty && this.#chance(INPUT_SHARE)) this.#client()
    if (faulty && this.#chance(this.world.changes)) this.#change()
    const due = this.#flying.filter(({ arrives }) => arrives <= this.#now)
    this.#flying = this.#flying.filter(({ arrives }) => arrives > this.#now)
    for (const { message } of due) {
      const server = this.cluster.servers.get(message.to)
      if (!server?.alive || this.cluster.isCut(message)) continue
      this.#step(server, { kind: 'receive', message })
    }
    this.#gather(faulty)
    if (this.#now % CHECK_EVERY === 0) this.check()
  }

  #step(server: Server, input: Input): void {
    server.step(input)
    this.#collectReads(server)
  }

  #save(server: Server): void {
    server.completeSave()
    this.#collectReads(server)
  }

  /** Wires what was sent: lost, late, twice. */
  #gather(faulty = true): void {
    for (const server of this.cluster.alive) {
      for (const message of server.takeOutbox()) {
        if (this.cluster.isCut(message) || (faulty && this.#chance(this.world.loss))) continue
        this.#fly(message, faulty)
        if (faulty && this.#chance(this.world.duplicate)) this.#fly(message, faulty)
      }
    }
  }

  #fly(message: Message, faulty: boolean): void {
    const most = faulty ? this.world.delay : 2
    this.#flying.push({ message, arrives: this.#now + 1 + Math.floor(this.#random() * most) })
  }

  #misfortune(): void {
    const { cluster } = this
    if (this.#chance(this.world.crash)) {
      const victim = this.#pick(cluster.alive)
      victim?.crash()
      // Its messages already on the wire may still arrive.
    }
    for (const server of cluster.servers.values()) {
      if (server.alive || !this.#chance(0.03)) continue
      const wiping = cluster.alive.every(({ status }) => !status.recovering)
      const othersUp = cluster.alive.length === cluster.servers.size - 1
      const wipe = wiping && othersUp && this.#chance(0.2)
      if (wipe) server.disk.wipe()
      server.start(wipe)
      server.slowDisk = this.#random() < this.world.slowDisk
      for (const key of this.#reads.keys()) {
        if (key.startsWith(`${server.id}/`)) this.#reads.delete(key)
      }
    }
    if (this.#chance(0.01)) {
      cluster.heal()
      if (this.#chance(0.7)) this.#cutSomething()
    }
    if (this.#chance(0.02)) this.#pick(cluster.alive)?.compact()
    if (this.#chance(0.004))
      this.#step(this.#pick(cluster.alive) ?? this.#any(), { kind: 'campaign' })
  }

  #any(): Server {
    const server = this.cluster.alive[0] ?? this.cluster.server(1)
    if (!server.alive) server.start()
    return server
  }

  #cutSomething(): void {
    const all = [...this.cluster.servers.keys()]
    if (this.#chance(0.4)) {
      const [from, to] = [this.#pick(all), this.#pick(all)]
      if (from !== undefined && to !== undefined && from !== to) this.cluster.cut(from, to)
      return
    }
    const left = all.filter(() => this.#chance(0.5))
    this.cluster.isolate(...left)
  }

  #client(): void {
    const server = this.#pick(this.cluster.alive)
    if (server === undefined) return
    if (this.#chance(0.3)) {
      const known = this.#highestApplied()
      const requestId = this.cluster.read(server.id)
      this.#reads.set(`${server.id}/${requestId}`, known)
      this.#collectReads(server)
    } else {
      this.#proposed += 1
      const target = this.#chance(0.7) ? (this.cluster.leader ?? server) : server
      this.cluster.propose(target.id, `v${this.#proposed}`)
    }
    this.#absorb()
  }

  /** The cluster's own wire is not used here. */
  #absorb(): void {
    for (const message of this.cluster.network.splice(0)) this.#fly(message, true)
  }

  #highestApplied(): number {
    return Math.max(0, ...this.#all.keys(), ...this.cluster.alive.map((s) => s.applied.length))
  }

  /** A linearizable read sees everything that was applied anywhere before it was asked. */
  #collectReads(server: Server): void {
    for (const answer of server.answers) {
      const known = this.#reads.get(`${server.id}/${answer.requestId}`)
      if (known === undefined) continue
      this.#reads.delete(`${server.id}/${answer.requestId}`)
      if (answer.kind !== 'read') continue
      this.readsAnswered += 1
      if (answer.readIndex < known || server.applied.length < known) {
        throw new Error(`stale read on n${server.id}: ${answer.readIndex}, known ${known}`)
      }
    }
    server.answers = []
  }

  #change(): void {
    const { leader } = this.cluster
    if (leader === null) return
    const { voters, learners } = leader.status.configuration
    const action = this.#random()
    if (action < 0.25) {
      const target = this.#pick(ids(this.world.size)) ?? null
      this.cluster.transfer(leader.id, target)
    } else if (action < 0.5 && voters.length + learners.length < 7) {
      const id = Math.max(...this.cluster.servers.keys()) + 1
      if (id > 7) return
      this.cluster.change(leader.id, { kind: 'addLearner', member: { id, address: `n${id}` } })
      this.cluster.add(id, true)
    } else if (action < 0.75) {
      const id = this.#pick(learners)?.id
      if (id !== undefined) this.cluster.change(leader.id, { kind: 'promote', id })
    } else if (voters.length > 3) {
      // Of two voters one may not be wiped: the other alone is no majority, by design.
      const id = this.#pick([...voters, ...learners])?.id
      if (id !== undefined) this.cluster.change(leader.id, { kind: 'remove', id })
    }
    this.#absorb()
  }

  check(): void {
    for (const checker of this.#checkers) {
      const wrong = checker(this.cluster.alive)
      if (wrong !== null) throw new Error(wrong)
    }
  }

  get committed(): number {
    return this.#all.size
  }
}
