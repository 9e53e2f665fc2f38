import * as grpc from '@grpc/grpc-js'
import type { AddTracksRequest__Output } from '../../../protos/types/queue/AddTracksRequest.ts'
import type { AddTracksResponse } from '../../../protos/types/queue/AddTracksResponse.ts'
import type { Track__Output } from '../../../protos/types/queue/Track.ts'
import type { TrackAnswer } from '../../../protos/types/queue/TrackAnswer.ts'
import type { Environment, Terminal } from '../terminal.ts'
import { adminService, queueService } from '../wire.ts'

/** A call as a fake node saw it. */
export interface Seen {
  readonly node: number
  readonly rpc: string
  readonly request: Record<string, unknown>
  readonly clientId: string
  readonly requestId: string
  readonly caller: string
  readonly adminToken: string
}

/**
 * What a fake node does with a call: serve it, apply it and say nothing, say nothing at all, or fail
 * with a status. `after` is applied first and fails then, as when a leader dies before it answers.
 */
export type Behaviour =
  | 'serve'
  | 'swallow'
  | 'hang'
  | { readonly code: grpc.status; readonly details: string; readonly error?: string }
  | { readonly after: grpc.status }
  | { readonly answer: unknown }

type Reply = (
  error: Partial<grpc.StatusObject> | null,
  answer?: unknown,
  trailer?: grpc.Metadata,
) => void

type TracksCall = grpc.ServerDuplexStream<AddTracksRequest__Output, AddTracksResponse>

/** Several nodes over one queue, without Raft: enough to see how a client behaves. */
export class FakeCluster {
  readonly seen: Seen[] = []
  readonly tracks: Track__Output[] = []
  readonly played: Track__Output[] = []
  readonly addresses: string[] = []
  /** Changes that took effect. */
  applied = 0
  leader = 1
  /** Whether the nodes know AddTracks. */
  streams = false
  behave: (seen: Seen) => Behaviour = () => 'serve'
  readonly #sessions = new Map<string, { requestId: number; answer: unknown }>()
  readonly #answers = new Map<string, unknown>()
  readonly #servers: grpc.Server[] = []

  static async start(nodes: number): Promise<FakeCluster> {
    const cluster = new FakeCluster()
    for (let node = 1; node <= nodes; node++) {
      const server = new grpc.Server()
      server.addService(queueService.definition, cluster.#handlers(node, queueService.definition))
      server.addService(adminService.definition, cluster.#handlers(node, adminService.definition))
      const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
          error === null ? resolve(bound) : reject(error),
        )
      })
      cluster.#servers.push(server)
      cluster.addresses.push(`127.0.0.1:${port}`)
    }
    return cluster
  }

  get endpoints() {
    return this.addresses.map((address, index) => ({ id: index + 1, address }))
  }

  stop(): void {
    for (const server of this.#servers) server.forceShutdown()
  }

  #handlers(node: number, definition: grpc.ServiceDefinition): grpc.UntypedServiceImplementation {
    return Object.fromEntries(
      Object.keys(definition).map((rpc) => [
        rpc,
        rpc === 'AddTracks'
          ? (call: TracksCall) => this.#stream(node, call)
          : (call: grpc.ServerUnaryCall<Record<string, unknown>, unknown>, reply: Reply) =>
              this.#handle(node, rpc, call, reply),
      ]),
    )
  }

  /** Every track as a call of AddTrack would be, but that all answers of a client are remembered. */
  #stream(node: number, call: TracksCall): void {
    const trailer = new grpc.Metadata()
    trailer.set('x-leader', String(this.leader))
    const fail = (code: grpc.status, details: string) =>
      call.emit('error', Object.assign(new Error(details), { code, details, metadata: trailer }))
    if (!this.streams) return void fail(grpc.status.UNIMPLEMENTED, 'no such method')
    call.sendMetadata(trailer)
    const clientId = String(call.metadata.get('x-client-id')[0])
    call.on('data', ({ tracks }: AddTracksRequest__Output) => {
      const others: TrackAnswer[] = []
      for (const { requestId, track } of tracks) {
        const request = { ...track } as Record<string, unknown>
        const sent = { clientId, requestId: String(requestId), caller: '0', adminToken: '' }
        const seen: Seen = { node, rpc: 'AddTracks', request, ...sent }
        this.seen.push(seen)
        const behaviour = this.behave(seen)
        if (behaviour === 'hang') return
        if (typeof behaviour === 'object' && 'code' in behaviour) {
          if (behaviour.code !== grpc.status.INVALID_ARGUMENT) {
            if (behaviour.error !== undefined) trailer.set('x-error-code', behaviour.error)
            fail(behaviour.code, behaviour.details)
            return
          }
          others.push({ requestId, code: 'INVALID_ARGUMENT', message: behaviour.details })
          continue
        }
        const { code } = this.#remembered(seen) as { code: string }
        if (behaviour === 'swallow') return
        if (typeof behaviour === 'object' && 'after' in behaviour) {
          fail(behaviour.after, 'after it was applied')
          return
        }
        if (code !== 'APPLIED') others.push({ requestId, code })
      }
      call.write({ through: tracks.at(-1)?.requestId ?? 0, others })
    })
    call.on('end', () => call.end())
    call.on('error', () => undefined)
  }

  #remembered(seen: Seen): unknown {
    const key = `${seen.clientId}/${seen.requestId}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = this.#apply({ ...seen, rpc: 'AddTrack' })
    this.#answers.set(key, answer)
    this.#sessions.set(seen.clientId, { requestId: Number(seen.requestId), answer })
    return answer
  }

  #handle(
    node: number,
    rpc: string,
    { request, metadata }: grpc.ServerUnaryCall<Record<string, unknown>, unknown>,
    reply: Reply,
  ): void {
    const sent = (key: string) => String(metadata.get(key)[0] ?? '')
    const seen: Seen = {
      node,
      rpc,
      request,
      clientId: sent('x-client-id'),
      requestId: sent('x-request-id'),
      caller: sent('x-node'),
      adminToken: sent('x-admin-token'),
    }
    this.seen.push(seen)
    const trailer = new grpc.Metadata()
    trailer.set('x-leader', String(this.leader))
    trailer.set('x-term', '7')
    const behaviour = this.behave(seen)
    if (behaviour === 'hang') return
    if (typeof behaviour === 'object' && 'answer' in behaviour) {
      reply(null, behaviour.answer, trailer)
    } else if (typeof behaviour === 'object' && 'code' in behaviour) {
      if (behaviour.error !== undefined) trailer.set('x-error-code', behaviour.error)
      reply({ code: behaviour.code, details: behaviour.details, metadata: trailer })
    } else {
      const answer = this.#once(seen)
      if (behaviour === 'swallow') return
      if (behaviour === 'serve') reply(null, answer, trailer)
      else reply({ code: behaviour.after, details: 'after it was applied', metadata: trailer })
    }
  }

  /** As the queue's session table: one answer is remembered for each client. */
  #once(seen: Seen): unknown {
    if (seen.clientId === '') return this.#apply(seen)
    const streamed = this.#answers.get(`${seen.clientId}/${seen.requestId}`)
    if (streamed !== undefined) return streamed
    const known = this.#sessions.get(seen.clientId)
    const requestId = Number(seen.requestId)
    if (known?.requestId === requestId) return known.answer
    if (known !== undefined && requestId < known.requestId) {
      return response('an older request', [], 'STALE_REQUEST')
    }
    const answer = this.#apply(seen)
    this.#sessions.set(seen.clientId, { requestId, answer })
    return answer
  }

  #apply({ node, rpc, request }: Seen): unknown {
    const id = String(request['id'] ?? '')
    const at = this.tracks.findIndex((track) => track.id === id)
    switch (rpc) {
      case 'AddTrack':
        if (at !== -1) return response(`Track "${id}" is already queued`, [], 'ALREADY_QUEUED')
        this.applied += 1
        this.tracks.push({ ...(request as unknown as Track__Output), votes: 0 })
        return response('Queued by Leader', this.tracks.slice(0, 50), 'APPLIED')
      case 'VoteTrack': {
        const track = this.tracks[at]
        if (track === undefined) return response('not queued', [], 'NOT_QUEUED')
        this.applied += 1
        track.votes += request['up'] === true ? 1 : -1
        return response('Vote counted', this.tracks, 'APPLIED')
      }
      case 'RemoveTrack':
        if (at === -1) return response('not queued', [], 'NOT_QUEUED')
        this.applied += 1
        this.tracks.splice(at, 1)
        return response('Removed', this.tracks, 'APPLIED')
      case 'PlayNext': {
        const track = this.tracks.shift()
        if (track !== undefined) this.played.push(track)
        return track ?? {}
      }
      case 'GetMetadata':
        return this.tracks[at] ?? {}
      case 'GetQueue':
        return page(this.tracks, request)
      case 'GetHistory':
        return page(this.played, request)
      case 'Status':
        return this.#status(node)
      default:
        return { index: 9, members: [{ id: 1, address: 'raft-node1:50050', voter: true }] }
    }
  }

  #status(node: number) {
    return {
      id: node,
      role: node === this.leader ? 'leader' : 'follower',
      term: 7,
      leaderId: this.leader,
      lastApplied: 12,
      stateHash: 'abcdef0123',
      members: [{ id: 1, address: 'raft-node1:50050', voter: true, lastContactMs: -1 }],
    }
  }
}

function response(message: string, queue: readonly Track__Output[], code: string) {
  return { message, queue, code, total: queue.length }
}

function page(tracks: readonly Track__Output[], { offset, limit }: Record<string, unknown>) {
  const from = Number(offset)
  const to = Number(limit) === 0 ? undefined : from + Number(limit)
  const queue = tracks.slice(from, to)
  return { queue, total: tracks.length, more: from + queue.length < tracks.length }
}

/** A terminal that keeps what is printed. */
export class FakeTerminal implements Terminal {
  stdout = ''
  stderr = ''
  readonly outIsTerminal = false
  readonly errIsTerminal = false
  readonly signal: AbortSignal
  readonly environment: Environment

  constructor({ addresses }: FakeCluster, signal: AbortSignal = new AbortController().signal) {
    this.signal = signal
    this.environment = { QUEUE_ENDPOINTS: addresses.join(',') }
  }

  out = (text: string): Promise<void> => {
    this.stdout += text
    return Promise.resolve()
  }

  err = (text: string): void => {
    this.stderr += text
  }

  rows(): number {
    return 40
  }
}
