import { status } from '@grpc/grpc-js'
import type { Logger } from '../../../common/logger.ts'
import { createClient, hasStatus, type RpcClient } from '../../../common/rpc-client.ts'
import { plainWording } from '../../../common/rpc-log.ts'
import type { QueueServiceDefinition } from '../../../protos/types/queue/QueueService.ts'
import type { NodeId, Request, Response, SnapshotMetadata } from '../../raft/messages.ts'
import type { WireEnvelope } from '../wire/append-codec.ts'
import { queueService } from '../wire/queue-wire.ts'
import { checkEnvelope, type RaftDefinition, raftService, wireEnvelope } from '../wire/raft-wire.ts'
import { SnapshotSender } from './snapshot-sender.ts'

export interface PeerParts {
  readonly self: NodeId
  readonly id: NodeId
  readonly address: string
  readonly log: Logger
  /** How long a call may take before it is as good as lost. */
  readonly deadlineMs: number
  clusterId(): string
  openBytes(snapshot: SnapshotMetadata): ReturnType<SnapshotSenderOpen>
  /** An answer, checked as to its envelope. */
  answered(message: Response): void
  unreachable(): void
  snapshotUnavailable(): void
}

type SnapshotSenderOpen = ConstructorParameters<typeof SnapshotSender>[0]['openBytes']

/**
 * The channels to one peer. Two connections: what elections and heartbeats need never waits behind
 * entries or a snapshot (grpc-js would share one, the arguments being equal). Forwarded client calls
 * travel with the entries.
 */
export class Peer {
  readonly address: string
  readonly queue: RpcClient<QueueServiceDefinition>
  readonly #parts: PeerParts
  readonly #urgent: RpcClient<RaftDefinition>
  readonly #bulk: RpcClient<RaftDefinition>
  readonly #snapshots: SnapshotSender

  constructor(parts: PeerParts) {
    this.#parts = parts
    this.address = parts.address
    // A connection that lost its other end without a word (a cut cable, a container taken off its
    // network) would else be waited for as long as TCP does, minutes after all is well again (T1, T5).
    const channel = {
      'grpc.keepalive_time_ms': parts.deadlineMs,
      'grpc.keepalive_timeout_ms': parts.deadlineMs,
      'grpc.keepalive_permit_without_calls': 1,
    }
    const identity = {
      channel,
      log: parts.log,
      node: String(parts.self),
      peer: String(parts.id),
      wording: plainWording,
    }
    this.#urgent = createClient(raftService, parts.address, {
      ...identity,
      channel: { ...channel, 'grpc.use_local_subchannel_pool': 1 },
    })
    this.#bulk = createClient(raftService, parts.address, identity)
    this.queue = createClient(queueService, parts.address, identity)
    this.#snapshots = new SnapshotSender({
      client: this.#bulk,
      clusterId: () => parts.clusterId(),
      openBytes: (snapshot) => parts.openBytes(snapshot),
      answered: (reply) => {
        const { term, lastIncludedIndex, bytesStored, installed, recovering } = reply
        this.#receive(reply.envelope, {
          ...{ type: 'InstallSnapshotResponse', term, lastIncludedIndex, bytesStored },
          ...{ installed, recovering },
        })
      },
      unreachable: () => parts.unreachable(),
      unavailable: () => parts.snapshotUnavailable(),
    })
  }

  send(message: Request): void {
    if (message.type === 'InstallSnapshot') this.#snapshots.send(message)
    else {
      this.#call(message).catch((error: unknown) => {
        this.#connectAnewIfMoved(error)
        this.#parts.unreachable()
      })
    }
  }

  /** Containers made anew can swap their addresses: behind a connection is then another node (L11). */
  #connectAnewIfMoved(error: unknown): void {
    if (!hasStatus(error, status.FAILED_PRECONDITION)) return
    for (const client of [this.#urgent, this.#bulk, this.queue]) client.reconnect()
  }

  /** Asks a node whether its cluster has begun (bootstrap.ts). Rejects with a grpc.ServiceError. */
  async position(deadlineMs: number): Promise<{ clusterId: string; lastIndex: number }> {
    const envelope = { clusterId: '', from: this.#parts.self, to: this.#parts.id, sequence: 0 }
    const reply = await this.#urgent.unary('ReadIndex', { term: 0, envelope }, { deadlineMs })
    const { clusterId } = checkEnvelope(reply.envelope)
    return { clusterId, lastIndex: reply.readIndex }
  }

  close(): void {
    this.#snapshots.close()
    this.#urgent.close()
    this.#bulk.close()
    this.queue.close()
  }

  async #call(message: Exclude<Request, { type: 'InstallSnapshot' }>): Promise<void> {
    const { term } = message
    const envelope = wireEnvelope(message, this.#parts.clusterId())
    const options = { deadlineMs: this.#parts.deadlineMs }
    switch (message.type) {
      case 'RequestVote': {
        const { lastLogIndex, lastLogTerm, preVote, leadershipTransfer } = message
        const candidateId = message.from
        const args = { term, candidateId, lastLogIndex, lastLogTerm, preVote, leadershipTransfer }
        const reply = await this.#urgent.unary('RequestVote', { ...args, envelope }, options)
        const { voteGranted } = reply
        this.#receive(reply.envelope, {
          ...{ type: 'RequestVoteResponse', term: reply.term, voteGranted },
          preVote: reply.preVote,
        })
        return
      }
      case 'AppendEntries': {
        const client = message.entries.length > 0 ? this.#bulk : this.#urgent
        const args = { ...message, leaderId: message.from, envelope }
        const reply = await client.unary('AppendEntries', args, options)
        const { success, matchIndex, conflictIndex, conflictTerm, recovering } = reply
        this.#receive(reply.envelope, {
          ...{ type: 'AppendEntriesResponse', term: reply.term, success, matchIndex },
          ...{ conflictIndex, conflictTerm, recovering },
        })
        return
      }
      case 'TimeoutNow':
        await this.#urgent.unary('TimeoutNow', { term, envelope }, options)
        return
      case 'ReadIndex': {
        const reply = await this.#urgent.unary('ReadIndex', { term, envelope }, options)
        const { success, readIndex } = reply
        this.#receive(reply.envelope, {
          ...{ type: 'ReadIndexResponse', term: reply.term, success, readIndex },
        })
        return
      }
    }
  }

  /** An answer of another node or cluster is as good as none. */
  #receive(given: WireEnvelope | null, answer: WithoutParties<Response>): void {
    const envelope = checkEnvelope(given)
    const own = this.#parts.clusterId()
    const { from, to, sequence, clusterId } = envelope
    if (from !== this.#parts.id || to !== this.#parts.self) return
    if (clusterId !== '' && own !== '' && clusterId !== own) return
    this.#parts.answered({ ...answer, from, to, sequence })
  }
}

type WithoutParties<R> = R extends unknown ? Omit<R, 'from' | 'to' | 'sequence'> : never
