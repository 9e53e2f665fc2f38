import { setMaxListeners } from 'node:events'
import type { Logger } from '../../common/logger.ts'
import type { AnswerOf, MethodName, RequestOf } from '../../common/rpc.ts'
import type { AdminServiceDefinition } from '../../protos/types/admin/AdminService.ts'
import type { Empty } from '../../protos/types/queue/Empty.ts'
import type { QueueList__Output } from '../../protos/types/queue/QueueList.ts'
import type { QueueResponse__Output } from '../../protos/types/queue/QueueResponse.ts'
import type { QueueServiceDefinition } from '../../protos/types/queue/QueueService.ts'
import type { Track, Track__Output } from '../../protos/types/queue/Track.ts'
import { type Answered, ask, type Patience } from './ask.ts'
import { Cluster } from './cluster.ts'
import type { Endpoint } from './endpoints.ts'
import { servesStreams, TrackStream, type TrackStreamParts } from './track-stream.ts'
import { type Failure, NO_LEADER } from './verdict.ts'

export interface ClientOptions {
  /** At least one. */
  readonly endpoints: readonly Endpoint[]
  /** Over all attempts of one request. */
  readonly timeoutMs: number
  readonly log: Logger
  /** Ends what is under way. */
  readonly signal?: AbortSignal
  /** Reads answer with what the asked node has, at once, however old. */
  readonly stale?: boolean
  /** Sent with administration calls. */
  readonly adminToken?: string
}

/** Who asks: the cluster applies each pair once, however often it arrives. */
export interface RequestIdentity {
  /** A UUID. */
  readonly clientId: string
  /** Grows from one request of the client to the next. */
  readonly requestId: number
}

export type NewTrack = Required<Pick<Track, 'id' | 'title' | 'artist' | 'duration'>>

type QueueMethod = MethodName<QueueServiceDefinition>
type AdminMethod = MethodName<AdminServiceDefinition>
type QueueAnswer<M extends QueueMethod> = AnswerOf<QueueServiceDefinition, M>
type AdminAnswer<M extends AdminMethod> = AnswerOf<AdminServiceDefinition, M>

/**
 * A client of the whole cluster: finds the leader, goes on to another node when one does not answer,
 * repeats a request under the same identity. All methods reject with CallFailed.
 *
 * A cluster remembers the last request of each client id, so the writes of one client id have to
 * follow each other: wait for the answer before the next, or use several client ids.
 */
export class QueueClient {
  readonly cluster: Cluster
  readonly #options: ClientOptions
  readonly #patience: Patience

  constructor(options: ClientOptions) {
    const { endpoints, log, timeoutMs, signal } = options
    this.cluster = new Cluster(endpoints, log)
    this.#options = options
    // Every call under way listens to it.
    if (signal !== undefined) setMaxListeners(0, signal)
    this.#patience = signal === undefined ? { timeoutMs } : { timeoutMs, signal }
  }

  /** `brief`: the answer lists that track alone, not the head of the queue. */
  addTrack(
    track: NewTrack,
    identity: RequestIdentity,
    { brief = false } = {},
  ): Promise<Answered<QueueResponse__Output>> {
    return this.#write('AddTrack', track, identity, noLeader, brief)
  }

  /**
   * Adds many tracks on one stream, each once, like `addTrack` with the same client id.
   * @param answered is told what came of each, in their order.
   */
  trackStream(clientId: string, answered: TrackStreamParts['answered']): TrackStream {
    return new TrackStream({ cluster: this.cluster, clientId, ...this.#patience, answered })
  }

  /** Whether the cluster has streams of tracks, as far as the nodes that answer can say. */
  servesStreams(): Promise<boolean> {
    return servesStreams(this.cluster)
  }

  removeTrack(id: string, identity: RequestIdentity): Promise<Answered<QueueResponse__Output>> {
    return this.#write('RemoveTrack', { id }, identity, noLeader)
  }

  voteTrack(
    id: string,
    up: boolean,
    identity: RequestIdentity,
  ): Promise<Answered<QueueResponse__Output>> {
    return this.#write('VoteTrack', { id, up }, identity, noLeader)
  }

  /** Resolves with an empty Track when nothing is queued. */
  playNext(identity: RequestIdentity): Promise<Answered<Track__Output>> {
    return this.#write('PlayNext', {}, identity)
  }

  getQueue(page: Empty = {}): Promise<Answered<QueueList__Output>> {
    return this.#read('GetQueue', page)
  }

  getHistory(page: Empty = {}): Promise<Answered<QueueList__Output>> {
    return this.#read('GetHistory', page)
  }

  /** Resolves with an empty Track when none of this id is queued. */
  getMetadata(id: string): Promise<Answered<Track__Output>> {
    return this.#read('GetMetadata', { id })
  }

  /** A change of the cluster itself; asked of the leader where it is known. */
  admin<M extends Exclude<AdminMethod, 'Status'>>(
    rpc: M,
    request: RequestOf<AdminServiceDefinition, M>,
  ): Promise<Answered<AdminAnswer<M>>> {
    const { adminToken } = this.#options
    const metadata: Record<string, string> = {}
    if (adminToken !== undefined) metadata['x-admin-token'] = adminToken
    return ask<AdminAnswer<M>>(
      this.cluster,
      {
        rpc,
        changes: true,
        metadata,
        send: ({ admin }, options) => admin.unary(rpc, request, options),
      },
      this.#patience,
    )
  }

  close(): void {
    this.cluster.close()
  }

  #write<M extends QueueMethod>(
    rpc: M,
    request: RequestOf<QueueServiceDefinition, M>,
    { clientId, requestId }: RequestIdentity,
    turnedDown: (answer: QueueAnswer<M>) => Failure | null = () => null,
    brief = false,
  ): Promise<Answered<QueueAnswer<M>>> {
    return ask<QueueAnswer<M>>(
      this.cluster,
      {
        rpc,
        changes: true,
        metadata: {
          ...{ 'x-client-id': clientId, 'x-request-id': String(requestId) },
          ...(brief ? BRIEF : {}),
        },
        send: ({ queue }, options) => queue.unary(rpc, request, options),
        turnedDown,
      },
      this.#patience,
    )
  }

  #read<M extends QueueMethod>(
    rpc: M,
    request: RequestOf<QueueServiceDefinition, M>,
  ): Promise<Answered<QueueAnswer<M>>> {
    const metadata: Record<string, string> =
      this.#options.stale === true ? { 'x-consistency': 'stale' } : {}
    return ask<QueueAnswer<M>>(
      this.cluster,
      {
        rpc,
        changes: false,
        metadata,
        send: ({ queue }, options) => queue.unary(rpc, request, options),
      },
      this.#patience,
    )
  }
}

const BRIEF = { 'x-answer': 'brief' }

/** A QueueResponse says that nobody leads where other replies fail. */
function noLeader({ message }: { readonly message: string }): Failure | null {
  if (message !== NO_LEADER) return null
  return { verdict: 'later', status: 'UNAVAILABLE', code: 'NO_LEADER', message, unreachable: false }
}
