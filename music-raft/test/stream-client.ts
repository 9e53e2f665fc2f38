import { randomUUID } from 'node:crypto'
import * as grpc from '@grpc/grpc-js'
import { createLogger } from '../../common/logger.ts'
import { loadService } from '../../common/rpc.ts'
import type { AddTracksResponse__Output } from '../../protos/types/queue/AddTracksResponse.ts'
import type { QueueServiceDefinition } from '../../protos/types/queue/QueueService.ts'
import type { TrackAnswer__Output } from '../../protos/types/queue/TrackAnswer.ts'
import { eventually } from '../../test/child.ts'
import { Cluster } from '../client/cluster.ts'
import { TrackStream } from '../client/track-stream.ts'
import type { Node, RaftCluster } from './cluster.ts'

const { definition } = loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService')

export function trackOf(id: string) {
  return { id, title: `Title of ${id}`, artist: 'A', duration: 100 }
}

/** One bare AddTracks to one node, and what comes of it. */
export class BareStream {
  readonly clientId: string
  readonly others: TrackAnswer__Output[] = []
  through = 0
  /** How it ended; null: not yet. */
  status: grpc.StatusObject | null = null
  readonly call: grpc.ClientDuplexStream<Buffer | object, AddTracksResponse__Output>
  readonly #client: grpc.Client

  constructor({ port }: Node, sent: Readonly<Record<string, string>> = {}, reads = true) {
    this.clientId = sent['x-client-id'] ?? randomUUID()
    const options = { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_retries': 0 }
    const address = `127.0.0.1:${port}`
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), options)
    const metadata = new grpc.Metadata()
    for (const [key, value] of Object.entries({ 'x-client-id': this.clientId, ...sent })) {
      if (value !== '') metadata.set(key, value)
    }
    const { path, requestSerialize, responseDeserialize } = definition.AddTracks
    const serialize = (message: Buffer | object) =>
      Buffer.isBuffer(message) ? message : requestSerialize(message)
    const deadline = { deadline: Date.now() + 120_000 }
    this.call = this.#client.makeBidiStreamRequest(
      ...([path, serialize, responseDeserialize, metadata, deadline] as const),
    )
    this.call.on('error', () => undefined)
    this.call.on('status', (status: grpc.StatusObject) => {
      this.status = status
    })
    if (!reads) return
    this.call.on('data', ({ through, others }: AddTracksResponse__Output) => {
      this.through = Math.max(this.through, through)
      this.others.push(...others)
    })
  }

  /** Tracks with these ids, the first as request `from`. */
  send(ids: readonly string[], from: number): boolean {
    const tracks = ids.map((id, place) => ({ requestId: from + place, track: trackOf(id) }))
    return this.call.write({ tracks })
  }

  answered(requestId: number): Promise<void> {
    return eventually(`request ${requestId} is answered`, () =>
      Promise.resolve(this.through >= requestId),
    )
  }

  /** Resolves with the status, and the code of this system in it. */
  async ended(): Promise<{ code: grpc.status; error: string; details: string; leader: string }> {
    await eventually('the stream ended', () => Promise.resolve(this.status !== null))
    const { code = grpc.status.UNKNOWN, details = '', metadata } = this.status ?? {}
    const of = (key: string) => String(metadata?.get(key)[0] ?? '')
    return { code, details, error: of('x-error-code'), leader: of('x-leader') }
  }

  close(): void {
    this.call.cancel()
    this.#client.close()
  }
}

/** Adds tracks as `load` does, and counts the answers. */
export class Feeder {
  readonly codes = new Map<string, number>()
  readonly acknowledged: string[] = []
  readonly #stream: TrackStream
  readonly #cluster: Cluster
  readonly #name: string
  readonly #ids: string[] = []

  constructor({ nodes }: Pick<RaftCluster, 'nodes'>, name: string) {
    const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
    const endpoints = nodes.map(({ id, port }) => ({ id, address: `127.0.0.1:${port}` }))
    this.#name = name
    this.#cluster = new Cluster(endpoints, log)
    this.#stream = new TrackStream({
      ...{ cluster: this.#cluster, clientId: randomUUID(), timeoutMs: 60_000 },
      answered: (requestId, code) => {
        this.codes.set(code, (this.codes.get(code) ?? 0) + 1)
        this.acknowledged.push(this.#ids[requestId - 1] ?? '')
      },
    })
  }

  /** So many more, each as soon as there is room. */
  async add(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      await this.#stream.room()
      const id = `${this.#name}-${this.#ids.length}`
      this.#ids.push(id)
      this.#stream.add(this.#ids.length, trackOf(id))
    }
  }

  /** Resolves when all is answered. */
  async close(): Promise<void> {
    try {
      await this.#stream.settled()
    } finally {
      this.#stream.close()
      this.#cluster.close()
    }
  }
}
