import { status } from '@grpc/grpc-js'
import type { Logger } from '../../../common/logger.ts'
import { createClient, hasStatus, type RpcClient } from '../../../common/rpc-client.ts'
import type { Wording } from '../../../common/rpc-log.ts'
import type { ForwardedWrite } from '../../../protos/types/raft/ForwardedWrite.ts'
import type { NodeId, Request, Response, SnapshotMetadata } from '../../raft/messages.ts'
import { Refused } from '../requests.ts'
import type { WireEnvelope } from '../wire/append-codec.ts'
import {
  checkEnvelope,
  type RaftDefinition,
  type ReceivedReply,
  raftService,
  wireEnvelope,
} from '../wire/raft-wire.ts'
import { ExchangeClient } from './exchange-client.ts'
import { type Answered, ForwardedWrites } from './forwarded.ts'
import { SnapshotSender } from './snapshot-sender.ts'

export interface PeerParts {
  readonly self: NodeId
  readonly id: NodeId
  readonly address: string
  readonly log: Logger
  readonly wording: Wording
  /** How long a call may take before it is as good as lost. */
  readonly deadlineMs: number
  clusterId(): string
  openBytes(snapshot: SnapshotMetadata): ReturnType<SnapshotSenderOpen>
  /** An answer, checked as to its envelope. */
  answered(message: Response): void
  unreachable(): void
  snapshotUnavailable(): void
}

/** A client's write waits this long for a connection to the leader. */
const CONNECT_MS = 1000

type SnapshotSenderOpen = ConstructorParameters<typeof SnapshotSender>[0]['openBytes']

/**
 * The channels to one peer. Two connections: what elections and heartbeats need never waits behind
 * entries or a snapshot (grpc-js would share one, the arguments being equal). Forwarded client calls
 * travel with the entries. What is said all the time goes on one open stream of each.
 */
export class Peer {
  readonly address: string
  readonly #parts: PeerParts
  readonly #urgent: RpcClient<RaftDefinition>
  readonly #bulk: RpcClient<RaftDefinition>
  readonly #urgentExchange: ExchangeClient
  readonly #bulkExchange: ExchangeClient
  readonly #writes: ForwardedWrites
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
      wording: parts.wording,
    }
    this.#urgent = createClient(raftService, parts.address, {
      ...identity,
      channel: { ...channel, 'grpc.use_local_subchannel_pool': 1 },
    })
    this.#bulk = createClient(raftService, parts.address, identity)
    this.#urgentExchange = this.#exchange(this.#urgent, () => undefined)
    this.#bulkExchange = this.#exchange(this.#bulk, () => this.#writes.lost())
    this.#writes = new ForwardedWrites((writes) => {
      const envelope = { ...this.#envelope(), sequence: 0 }
      this.#bulkExchange.send({ kind: 'other', request: { writes, envelope } }, false)
    })
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
    const envelope = wireEnvelope(message, this.#parts.clusterId())
    const { term } = message
    switch (message.type) {
      case 'AppendEntries': {
        const exchange = message.entries.length > 0 ? this.#bulkExchange : this.#urgentExchange
        const append = { ...message, leaderId: message.from, envelope }
        exchange.send({ kind: 'append', append }, true)
        return
      }
      case 'ReadIndex': {
        const request = { readIndex: { term, envelope } }
        this.#urgentExchange.send({ kind: 'other', request }, true)
        return
      }
      case 'InstallSnapshot':
        this.#snapshots.send(message)
        return
      default:
        this.#call(message, envelope).catch((error: unknown) => this.#failed(error))
    }
  }

  /**
   * A client's write, for a leader. Rejects with CodedError OUTCOME_UNKNOWN; with Refused notLeader
   * where there is no connection, and nothing was sent.
   */
  async forward(write: Omit<ForwardedWrite, 'callId'>, deadlineMs: number): Promise<Answered> {
    const until = performance.now() + deadlineMs
    const patience = Math.min(CONNECT_MS, deadlineMs)
    if (!this.#bulk.connected() && !(await this.#bulk.ready(patience))) {
      throw new Refused('notLeader', null)
    }
    return this.#writes.ask(write, until - performance.now())
  }

  /** Asks a node whether its cluster has begun (bootstrap.ts). Rejects with a grpc.ServiceError. */
  async position(deadlineMs: number): Promise<{ clusterId: string; lastIndex: number }> {
    const envelope = { ...this.#envelope(), clusterId: '' }
    const reply = await this.#urgent.unary('ReadIndex', { term: 0, envelope }, { deadlineMs })
    const { clusterId } = checkEnvelope(reply.envelope)
    return { clusterId, lastIndex: reply.readIndex }
  }

  close(): void {
    this.#snapshots.close()
    this.#urgentExchange.close()
    this.#bulkExchange.close()
    this.#writes.lost()
    this.#urgent.close()
    this.#bulk.close()
  }

  #envelope(): WireEnvelope {
    const { self, id, clusterId } = this.#parts
    return { clusterId: clusterId(), from: self, to: id, sequence: 0 }
  }

  #exchange(client: RpcClient<RaftDefinition>, lost: () => void): ExchangeClient {
    return new ExchangeClient({
      client,
      deadlineMs: this.#parts.deadlineMs,
      received: (reply) => this.#answered(reply),
      lost: (error) => {
        lost()
        this.#failed(error)
      },
    })
  }

  #failed(error: unknown): void {
    // Containers made anew can swap their addresses: behind a connection is then another node (L11).
    if (hasStatus(error, status.FAILED_PRECONDITION)) {
      for (const client of [this.#urgent, this.#bulk]) client.reconnect()
    }
    this.#parts.unreachable()
  }

  #answered(received: ReceivedReply): void {
    if (received.kind === 'append') {
      const { envelope, ...answer } = received.reply
      this.#receive(envelope, { type: 'AppendEntriesResponse', ...answer })
      return
    }
    const { readIndex: read, writes } = received.reply
    if (read !== null) {
      const { term, success, readIndex } = read
      this.#receive(read.envelope, { type: 'ReadIndexResponse', term, success, readIndex })
    }
    for (const reply of writes) this.#writes.answered(reply)
  }

  async #call(
    message: Extract<Request, { type: 'RequestVote' | 'TimeoutNow' }>,
    envelope: WireEnvelope,
  ): Promise<void> {
    const { term } = message
    const options = { deadlineMs: this.#parts.deadlineMs }
    if (message.type === 'TimeoutNow') {
      await this.#urgent.unary('TimeoutNow', { term, envelope }, options)
      return
    }
    const { lastLogIndex, lastLogTerm, preVote, leadershipTransfer } = message
    const candidateId = message.from
    const args = { term, candidateId, lastLogIndex, lastLogTerm, preVote, leadershipTransfer }
    const reply = await this.#urgent.unary('RequestVote', { ...args, envelope }, options)
    const { voteGranted } = reply
    this.#receive(reply.envelope, {
      ...{ type: 'RequestVoteResponse', term: reply.term, voteGranted, preVote: reply.preVote },
    })
  }

  /** An answer of another node or cluster is as good as none. */
  #receive(given: WireEnvelope | null, answer: WithoutParties<Response>): void {
    const envelope = envelopeIn(given)
    if (envelope === null) return
    const own = this.#parts.clusterId()
    const { from, to, sequence, clusterId } = envelope
    if (from !== this.#parts.id || to !== this.#parts.self) return
    if (clusterId !== '' && own !== '' && clusterId !== own) return
    this.#parts.answered({ ...answer, from, to, sequence })
  }
}

type WithoutParties<R> = R extends unknown ? Omit<R, 'from' | 'to' | 'sequence'> : never

function envelopeIn(given: WireEnvelope | null): WireEnvelope | null {
  try {
    return checkEnvelope(given)
  } catch {
    return null
  }
}
