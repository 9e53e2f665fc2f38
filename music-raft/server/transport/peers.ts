import type { Logger } from '../../../common/logger.ts'
import type {
  Configuration,
  LogIndex,
  Member,
  Message,
  NodeId,
  SnapshotMetadata,
} from '../../raft/messages.ts'
import type { Input } from '../../raft/ready.ts'
import { Peer, type PeerParts } from './peer.ts'
import { WaitingCalls } from './waiting-calls.ts'

export interface PeersParts {
  readonly self: NodeId
  /** From PEERS: these addresses go before those in the log, so that a node may move. */
  readonly configured: readonly Member[]
  readonly log: Logger
  readonly deadlineMs: number
  clusterId(): string
  openBytes(snapshot: SnapshotMetadata): ReturnType<PeerParts['openBytes']>
  submit(input: Input): void
}

/** A member that left has to hear so, which takes a few heartbeats. */
const LEAVING_MS = 15_000

/** Everybody this node talks to: one `Peer` for each, whoever asked first. */
export class Peers {
  /** Calls of peers that wait for an answer of this node. */
  readonly calls = new WaitingCalls()
  readonly #parts: PeersParts
  readonly #addresses = new Map<NodeId, string>()
  readonly #peers = new Map<NodeId, Peer>()
  #members: ReadonlySet<NodeId>
  #leaving: NodeJS.Timeout | null = null

  constructor(parts: PeersParts) {
    this.#parts = parts
    for (const { id, address } of parts.configured) this.#addresses.set(id, address)
    this.#members = new Set(this.#addresses.keys())
  }

  /** Takes up where members are. Those that left stay known: they are told so for a while. */
  reconfigure({ voters, learners }: Configuration): void {
    const members = [...voters, ...learners]
    const configured = new Set(this.#parts.configured.map(({ id }) => id))
    for (const { id, address } of members) {
      if (!configured.has(id)) this.#addresses.set(id, address)
    }
    this.#members = new Set(members.map(({ id }) => id))
    this.#leaving ??= setTimeout(() => this.#letGo(), LEAVING_MS).unref()
  }

  /** Channels to those that are members no more are closed; one that is asked again gets a new one. */
  #letGo(): void {
    this.#leaving = null
    for (const [id, peer] of this.#peers) {
      if (this.#members.has(id)) continue
      peer.close()
      this.#peers.delete(id)
    }
  }

  send(message: Message): void {
    if (this.calls.settle(message)) return
    if (message.type.endsWith('Response')) return
    const peer = this.find(message.to)
    if (peer === null) this.#parts.submit({ kind: 'unreachable', peer: message.to })
    else peer.send(message as Parameters<Peer['send']>[0])
  }

  /** null: nobody said where it is. */
  find(id: NodeId): Peer | null {
    const address = this.#addresses.get(id)
    if (address === undefined) return null
    const known = this.#peers.get(id)
    if (known?.address === address) return known
    known?.close()
    const { self, log, deadlineMs, submit, clusterId, openBytes } = this.#parts
    const peer = new Peer({
      ...{ self, id, address, log, deadlineMs, clusterId, openBytes },
      answered: (message) => submit({ kind: 'receive', message }),
      unreachable: () => submit({ kind: 'unreachable', peer: id }),
      snapshotUnavailable: () => submit({ kind: 'snapshotUnavailable', peer: id }),
    })
    this.#peers.set(id, peer)
    return peer
  }

  /** What a node says of its log and cluster; null: it does not answer. */
  async position(
    id: NodeId,
    withinMs: number,
  ): Promise<{ readonly clusterId: string; readonly lastIndex: LogIndex } | null> {
    try {
      return (await this.find(id)?.position(withinMs)) ?? null
    } catch {
      return null
    }
  }

  close(): void {
    if (this.#leaving !== null) clearTimeout(this.#leaving)
    for (const peer of this.#peers.values()) peer.close()
    this.#peers.clear()
  }
}
