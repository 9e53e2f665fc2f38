import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { QueueList__Output } from '../../protos/types/queue/QueueList.ts'
import type { Track__Output } from '../../protos/types/queue/Track.ts'
import { Client } from './client.ts'
import type { Node, RaftCluster } from './cluster.ts'

export interface WorkloadOptions {
  readonly writers?: number
  /** Between two writes of one writer. */
  readonly pauseMs?: number
}

/** A read waits longer than any fault lasts: what a node that wakes up says to it counts too. */
const READ_DEADLINE_MS = 60_000

/**
 * Clients that add tracks and vote for one of their own for as long as a fault lasts. Each repeats a
 * request until it is done, so that in the end all is there, once; a vote that took effect twice would
 * show, as a track added twice would not.
 */
export class Workload {
  readonly #cluster: RaftCluster
  readonly #options: Required<WorkloadOptions>
  /** What was acknowledged, in that order. */
  readonly acknowledged: string[] = []
  /** Votes acknowledged, by track. */
  readonly #votes = new Map<string, number>()
  readonly #reads: Promise<void>[] = []
  readonly reads = { answered: 0, refused: 0 }
  #on = true
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(cluster: RaftCluster, options: Required<WorkloadOptions>) {
    this.#cluster = cluster
    this.#options = options
  }

  /** `name` begins the ids of its tracks. */
  static start(cluster: RaftCluster, name: string, options: WorkloadOptions = {}): Workload {
    const { writers = 2, pauseMs = 50 } = options
    const workload = new Workload(cluster, { writers, pauseMs })
    const all = Array.from({ length: writers }, (_, i) => workload.#write(`${name}-${i}`))
    workload.#writing = Promise.all(all)
    workload.#writing.catch(() => undefined) // told of by stop()
    return workload
  }

  async #write(name: string): Promise<void> {
    const client = new Client(this.#cluster)
    const ballot = `${name}-ballot`
    await client.add(ballot)
    this.acknowledged.push(ballot)
    for (let i = 0; this.#on; i += 1) {
      await client.add(`${name}-${i}`)
      this.acknowledged.push(`${name}-${i}`)
      await client.vote(ballot)
      this.#votes.set(ballot, (this.#votes.get(ballot) ?? 0) + 1)
      await sleep(this.#options.pauseMs)
    }
  }

  /** Asks a node every so often, without waiting for its answers, until `stop`. */
  async askEvery(node: Node, everyMs: number): Promise<void> {
    while (this.#on) {
      const read = this.#read(node)
      read.catch(() => undefined) // told of by stop()
      this.#reads.push(read)
      await sleep(everyMs)
    }
  }

  /** R11 An answer that lacks what was acknowledged before it was asked for is stale. */
  async #read(node: Node): Promise<void> {
    const before = this.acknowledged.length
    const options = { deadlineMs: READ_DEADLINE_MS }
    const asked = await node
      .call<QueueList__Output>('queue', 'GetQueue', { limit: 1 }, options)
      .catch(() => null)
    if (asked === null) {
      this.reads.refused += 1
      return
    }
    const { total } = asked.reply
    assert(total >= before, `stale read on node ${node.id}: ${total} of ${before} tracks`)
    this.reads.answered += 1
  }

  /** Resolves when all that was begun is done. */
  async stop(): Promise<void> {
    this.#on = false
    await this.#writing
    await Promise.all(this.#reads)
    assert(this.#votes.size === this.#options.writers, 'every writer wrote')
  }

  /** Waits until all nodes agree; then each must hold what was acknowledged, once. */
  async check(others: readonly string[] = []): Promise<void> {
    const { nodes } = this.#cluster
    await this.#cluster.leader(nodes)
    await this.#cluster.agree(nodes)
    const expected = [...others, ...this.acknowledged].toSorted()
    for (const node of nodes) {
      const ids = await node.ids('GetQueue', { 'x-consistency': 'stale' })
      assert.deepEqual(ids.toSorted(), expected, `node ${node.id}: each once, none lost`)
      for (const [id, votes] of this.#votes) {
        const { reply } = await node.call<Track__Output>('queue', 'GetMetadata', { id })
        assert.equal(reply.votes, votes, `votes for ${id} on node ${node.id}`)
      }
    }
  }
}

/** Election Safety: at most one leader in a term, as all processes told it. */
export function assertOneLeaderATerm({ nodes }: RaftCluster): void {
  const leaders = new Map<string, number>()
  for (const { id, child } of nodes) {
    for (const line of child.lines) {
      const term = /Won election and became LEADER for term (\d+)/.exec(line)?.[1]
      if (term === undefined) continue
      assert.equal(leaders.get(term) ?? id, id, `leaders of term ${term}`)
      leaders.set(term, id)
    }
  }
  assert(leaders.size > 0, 'somebody led')
}
