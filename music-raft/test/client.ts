import { randomUUID } from 'node:crypto'
import type { QueueResponse__Output } from '../../protos/types/queue/QueueResponse.ts'
import type { RaftCluster } from './cluster.ts'

const ATTEMPT_MS = 2000

type Track = { readonly id: string; title: string; artist: string; duration: number }
type Vote = { readonly id: string; up: boolean }

/** A client that repeats what it does not know, with the same request id, on one node after another. */
export class Client {
  readonly #cluster: RaftCluster
  readonly #id = randomUUID()
  #requestId = 0
  #turn = 0
  /** The longest time from the first attempt of a write to its answer. */
  longestMs = 0

  constructor(cluster: RaftCluster) {
    this.#cluster = cluster
  }

  /** Resolves when the track is queued; rejects after `within` milliseconds. */
  async add(id: string, within = 15_000): Promise<void> {
    await this.#write('AddTrack', { id, title: `T ${id}`, artist: 'A', duration: 100 }, within)
  }

  /** Resolves when the vote counts; rejects after `within` milliseconds. */
  async vote(id: string, within = 15_000): Promise<void> {
    await this.#write('VoteTrack', { id, up: true }, within)
  }

  async #write(method: string, request: Track | Vote, within: number): Promise<void> {
    this.#requestId += 1
    const sent = { 'x-client-id': this.#id, 'x-request-id': String(this.#requestId) }
    const options = { sent, deadlineMs: ATTEMPT_MS }
    const began = performance.now()
    let last = 'nothing was tried'
    while (performance.now() - began < within) {
      const { nodes } = this.#cluster
      const node = nodes[this.#turn % nodes.length]
      if (node === undefined) continue
      try {
        const call = node.call<QueueResponse__Output>('queue', method, request, options)
        const { message, code } = (await call).reply
        last = message
        if (code === 'APPLIED') {
          this.longestMs = Math.max(this.longestMs, performance.now() - began)
          return
        }
      } catch (error) {
        last = String(error)
      }
      this.#turn += 1
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`${method} ${request.id} was not done within ${within} ms: ${last}`)
  }
}
