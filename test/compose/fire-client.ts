import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '../../common/logger.ts'
import { QueueClient } from '../../music-raft/client/client.ts'
import { parseEndpoints } from '../../music-raft/client/endpoints.ts'

/** Far longer than any pause that is in order: what fails has failed after all its retries. */
const PATIENCE_MS = 60_000
/** So many that a fault finds some requests under way at each node, and some confirmed but unanswered. */
const LANES = 16
const REST_MS = 40
const BRIEF = { brief: true }

/** How long the longest request took that was under way in a scenario. */
export interface Pause {
  readonly ms: number
  readonly requests: number
}

/**
 * Clients that write and read without end, as the shipped client library does: one request after the
 * other each, under ids. They are to notice latency and nothing else.
 */
export class FireClient {
  readonly #client: QueueClient
  readonly #stop = new AbortController()
  readonly #lanes: Promise<void>[]
  /** Ids of the tracks whose adding was confirmed. */
  readonly acknowledged = new Set<string>()
  #failure: unknown = null
  #requests = 0
  #longest = 0
  #mark = 0
  readonly #underWay = new Set<number>()

  /** `endpoint`: `host:port` of the gateway. */
  constructor(endpoint: string) {
    const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
    const endpoints = parseEndpoints(endpoint)
    this.#client = new QueueClient({ endpoints, log, timeoutMs: PATIENCE_MS })
    this.#lanes = Array.from({ length: LANES }, (_, lane) => this.#lane(`lane${lane}`))
  }

  /** From here on requests count for the next `pause`, those under way included. */
  mark(): void {
    this.#longest = 0
    this.#mark = this.#requests
  }

  /** What was seen since `mark`. Throws what a client saw that was no latency. */
  pause(): Pause {
    if (this.#failure !== null) throw this.#failure
    const now = performance.now()
    const open = [...this.#underWay].map((began) => now - began)
    const requests = this.#requests - this.#mark
    assert(requests > 0, 'no request was answered')
    return { ms: Math.round(Math.max(this.#longest, ...open)), requests }
  }

  /** Ends the clients; rejects with what one saw that was no latency. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#lanes)
    if (this.#failure !== null) throw this.#failure
  }

  /** Every track queued, in pages. */
  async queued(): Promise<string[]> {
    const ids: string[] = []
    for (;;) {
      const { answer } = await this.#client.getQueue({ offset: ids.length, limit: 1000 })
      ids.push(...answer.queue.map(({ id }) => id))
      if (!answer.more) return ids
    }
  }

  close(): void {
    this.#client.close()
  }

  async #lane(name: string): Promise<void> {
    const clientId = randomUUID()
    try {
      for (let requestId = 1; !this.#stop.signal.aborted; requestId += 1) {
        const id = `${name}-${requestId}`
        const track = { id, title: name, artist: 'fire', duration: requestId % 600 }
        const identity = { clientId, requestId }
        const added = await this.#timed(() => this.#client.addTrack(track, identity, BRIEF))
        // Not "already queued": a repetition gets the answer of the first.
        assert.equal(added.answer.message, 'Queued by Leader')
        this.acknowledged.add(id)
        const read = await this.#timed(() => this.#client.getMetadata(id))
        assert.equal(read.answer.duration, track.duration, `${id} was confirmed and is not there`)
        await sleep(REST_MS)
      }
    } catch (error) {
      this.#failure ??= error
    }
  }

  async #timed<T>(request: () => Promise<T>): Promise<T> {
    const began = performance.now()
    this.#underWay.add(began)
    try {
      return await request()
    } finally {
      this.#underWay.delete(began)
      this.#longest = Math.max(this.#longest, performance.now() - began)
      this.#requests += 1
    }
  }
}
