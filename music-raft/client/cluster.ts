import type { Logger } from '../../common/logger.ts'
import { createClient, type RpcClient } from '../../common/rpc-client.ts'
import { plainWording } from '../../common/rpc-log.ts'
import type { AdminServiceDefinition } from '../../protos/types/admin/AdminService.ts'
import type { QueueServiceDefinition } from '../../protos/types/queue/QueueService.ts'
import type { Endpoint } from './endpoints.ts'
import { adminService, queueService } from './wire.ts'

/** How a client names itself in log lines, as the original's did. */
const CLIENT = '0'

/** The channels to one node; opened when first used, kept until the client closes (T3). */
export interface NodeChannels {
  readonly endpoint: Endpoint
  readonly queue: RpcClient<QueueServiceDefinition>
  readonly admin: RpcClient<AdminServiceDefinition>
}

/** The nodes a client was told of, and what it learned about who leads. */
export class Cluster {
  readonly nodes: readonly NodeChannels[]
  #leader = 0

  /** @param endpoints at least one. */
  constructor(endpoints: readonly Endpoint[], log: Logger) {
    this.nodes = endpoints.map((endpoint) => {
      const identity = { log, node: CLIENT, peer: String(endpoint.id), wording: plainWording }
      return {
        endpoint,
        queue: createClient(queueService, endpoint.address, identity),
        admin: createClient(adminService, endpoint.address, identity),
      }
    })
  }

  /** Where the next request goes first: the leader as last heard of, at the beginning the first node. */
  get leader(): number {
    return this.#leader
  }

  at(index: number): NodeChannels {
    const node = this.nodes[index % this.nodes.length]
    if (node === undefined) throw new Error('a cluster has at least one endpoint')
    return node
  }

  /** Place of a node in the list, or null when the list does not have it. */
  indexOf(id: number): number | null {
    const index = this.nodes.findIndex(({ endpoint }) => endpoint.id === id)
    return index === -1 ? null : index
  }

  /** A request was answered by the node at `index`, which named `leaderId`, or nobody. */
  learn(index: number, leaderId: number | null): void {
    this.#leader = (leaderId === null ? null : this.indexOf(leaderId)) ?? index
  }

  close(): void {
    for (const { queue, admin } of this.nodes) {
      queue.close()
      admin.close()
    }
  }
}

/**
 * The way of one request over the nodes: the leader it is told of where that may help, else each in
 * turn. A hint to a node that did not answer is not followed again in the same round: followers
 * name a dead leader until the next is elected.
 */
export class Route {
  readonly #cluster: Cluster
  readonly #failed = new Set<number>()
  #current: number
  #turn: number
  #failures = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#current = cluster.leader
    this.#turn = cluster.leader
  }

  get current(): number {
    return this.#current
  }

  /** Goes on after a failure. Returns milliseconds to wait before the next attempt. */
  next(leaderHint: number | null): number {
    this.#failures += 1
    this.#failed.add(this.#current)
    const pause = this.#pause()
    const hinted = leaderHint === null ? null : this.#cluster.indexOf(leaderHint)
    if (hinted !== null && !this.#failed.has(hinted)) {
      this.#current = hinted
    } else {
      this.#turn = (this.#turn + 1) % this.#cluster.nodes.length
      this.#current = this.#turn
    }
    return pause
  }

  /** None within a round over the nodes; then growing, spread, so that clients do not come in waves. */
  #pause(): number {
    const count = this.#cluster.nodes.length
    if (this.#failures % count !== 0) return 0
    this.#failed.clear()
    const round = this.#failures / count
    return Math.min(1000, 50 * 2 ** Math.min(round, 10)) * (0.5 + Math.random() / 2)
  }
}
