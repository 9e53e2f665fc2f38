import { AssertionError } from 'node:assert'
import { CodedError } from '../../../common/errors.ts'
import type { MemoryDisk } from '../../../common/record-log/test/memory-disk.ts'
import type { Message, Request } from '../../raft/messages.ts'
import type { Recovered } from '../../server/recovered.ts'
import { recover } from '../../server/recovered.ts'
import { Server } from '../../server/server.ts'
import { checkMembership } from '../../server/transport/membership-guard.ts'
import { isResponse } from '../../server/transport/waiting-calls.ts'
import { type DiskOwner, SimulatedDisk, type Step } from './disk.ts'
import { NodeClock } from './node-clock.ts'
import type { NodeProcess } from './node-process.ts'
import { ObservedReplica } from './observed.ts'
import { SimulatedPeers } from './peers.ts'
import type { World } from './world.ts'

/** One life of a node's process, from its start to its death: the product's server in a made world. */
export class Life implements DiskOwner {
  readonly world: World
  readonly node: NodeProcess
  readonly clock: NodeClock
  readonly disk: SimulatedDisk
  server: Server | null = null
  isDead = false
  isPaused = false
  peers: SimulatedPeers | null = null
  #held: (() => void)[] = []

  constructor(node: NodeProcess, disk: MemoryDisk) {
    const { world } = node
    const { drift, turn } = world.plan.cluster
    const random = node.random
    this.node = node
    this.world = world
    this.clock = new NodeClock(world.scheduler, (run) => this.enter(run), {
      rate: 1 + random.between(-drift, drift),
      offset: random.below(1_000_000),
      turn,
    })
    this.disk = new SimulatedDisk(disk, this)
  }

  get scheduler() {
    return this.world.scheduler
  }

  /** Recovers and serves, in virtual time. */
  begin(): void {
    this.#begin().catch((error: unknown) => this.fatal(error))
  }

  async #begin(): Promise<void> {
    const { node, world, clock } = this
    const { config, directory } = node
    const { segmentBytes, writeMode } = world.plan.disk
    const recovered = await recover(directory, config, {
      ...{ fileSystem: this.disk, clock, writeMode, segmentBytes },
      replica: new ObservedReplica(clock, this),
    })
    if (this.isDead) return
    this.#observe(recovered)
    const server = new Server({
      ...{ config, recovered, directory, log: world.logger(node.id) },
      fatal: (error) => this.fatal(error),
      host: {
        ...{ clock, fileSystem: this.disk, random: node.random.next },
        uuid: () => `cluster-${node.id}-${node.random.below(1e9)}`,
        connect: (parts) => {
          this.peers = new SimulatedPeers(parts, world, (run) => this.enter(run))
          return this.peers
        },
        options: world.plan.cluster.options,
      },
    })
    this.server = server
    // What rotted was of no use any more, or it would not have come so far.
    if (node.damage === 'rotten') node.damage = null
    server.onEvent((event) => {
      if (!this.isDead) world.observe(node.id, event)
    })
    server.begin()
  }

  #observe({ storage, found }: Recovered): void {
    const { checks } = this.world
    const { id } = this.node
    checks.restarts(id, found, storage.snapshots.current)
    const save = storage.save.bind(storage)
    storage.save = async (saves) => {
      checks.saves(id, saves)
      await save(saves)
      if (this.isDead) return
      checks.disk.confirms(id, saves)
      this.node.hasBegun = storage.clusterId !== '' && this.server?.raft.recovering === false
    }
  }

  /** Runs now; after the stop, when it is stopped; never, when it is dead. */
  enter(run: () => void): void {
    if (this.isDead) return
    if (this.isPaused) {
      this.#held.push(run)
      return
    }
    try {
      run()
    } catch (error) {
      this.fatal(error)
    }
  }

  resume(): void {
    this.isPaused = false
    for (const run of this.#held.splice(0)) this.enter(run)
  }

  /** False: nobody took it. */
  receive(message: Message, clusterId: string): boolean {
    const { server, peers } = this
    if (server === null || peers === null) return false
    this.enter(() => {
      if (isResponse(message)) peers.answered(message, clusterId)
      else this.#serve(server, message, clusterId)
    })
    return true
  }

  #serve(server: Server, message: Request, clusterId: string): void {
    const { from, to, sequence } = message
    try {
      const fromLeader = message.type === 'AppendEntries' || message.type === 'InstallSnapshot'
      checkMembership(server.membership, { clusterId, from, to, sequence }, fromLeader)
      server.receive(message)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
    }
  }

  latency(): number {
    return this.node.latency()
  }

  dies(step: Step): 'before' | 'within' | 'after' | null {
    return this.node.diesAt(step)
  }

  die(torn: boolean): void {
    this.world.count('crashes at a step')
    this.node.crash(torn ? 'power' : 'process')
  }

  /** The process ends by its own decision. */
  fatal(error: unknown): void {
    if (this.isDead) return
    this.node.stops(error, error instanceof AssertionError)
  }
}
