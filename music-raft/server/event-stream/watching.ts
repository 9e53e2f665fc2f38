import type { ServerWritableStream } from '@grpc/grpc-js'
import { CodedError } from '../../../common/errors.ts'
import { ClusterFeed, type PeerSource } from '../../../common/event-stream/cluster.ts'
import type { Feed } from '../../../common/event-stream/feed.ts'
import { tapped } from '../../../common/event-stream/tapped.ts'
import { WatchClient } from '../../../common/event-stream/watch-client.ts'
import { serveWatch } from '../../../common/event-stream/watch-server.ts'
import type { Logger } from '../../../common/logger.ts'
import { createClient } from '../../../common/rpc-client.ts'
import type { Wording } from '../../../common/rpc-log.ts'
import type { WatchReply } from '../../../protos/types/admin/WatchReply.ts'
import type { WatchRequest__Output } from '../../../protos/types/admin/WatchRequest.ts'
import type { WatchArgs__Output } from '../../../protos/types/raft/WatchArgs.ts'
import type { Member } from '../../raft/messages.ts'
import type { RaftConfig } from '../config.ts'
import type { NodeStatus } from '../status.ts'
import { Peers, type PeersParts } from '../transport/peers.ts'
import { raftService, wireEnvelope } from '../wire/raft-wire.ts'
import { raftWording } from '../wire/wording.ts'
import { RaftEvents } from './raft-events.ts'
import { RAFT_STORY } from './types.ts'

export interface WatchingParts {
  readonly config: RaftConfig
  readonly log: Logger
  status(): NodeStatus
}

/** A stream has no age; its silence ends it. */
const STREAM_MS = 24 * 3_600_000

/** Everything through which this node can be looked at as it works. */
export class Watching {
  readonly events: RaftEvents
  /** Shows clients' calls to who watches; what Raft says is told from the messages themselves. */
  readonly wording: Wording
  readonly #parts: WatchingParts
  readonly #cluster: ClusterFeed

  constructor(parts: WatchingParts) {
    this.#parts = parts
    const events = new RaftEvents({ node: String(parts.config.id), status: () => parts.status() })
    this.events = events
    this.wording = tapped(raftWording, {
      get active() {
        return events.log.active
      },
      seen: (direction, { rpc, peer }) => {
        if (direction !== 'replied' && CALLS.has(rpc)) events.call({ direction, rpc, peer })
      },
    })
    this.#cluster = new ClusterFeed({
      own: events.log,
      peers: () => this.#peers(),
      story: RAFT_STORY,
    })
  }

  /** The node's peers, with everything that they say and hear shown. */
  readonly connect = (parts: PeersParts): Peers =>
    new Peers({
      ...parts,
      wording: this.wording,
      sent: (message) => this.events.sent(message),
      submit: (input) => {
        if (input.kind === 'receive') this.events.received(input.message)
        parts.submit(input)
      },
    })

  feed(cluster: boolean): Feed {
    return cluster ? this.#cluster.feed : this.events.log.feed
  }

  servePeer(call: ServerWritableStream<WatchArgs__Output, WatchReply>): Promise<void> {
    return serveWatch(this.feed(false), call, { kind: 'relay' })
  }

  /** Rejects with CodedError. */
  async servePerson(call: ServerWritableStream<WatchRequest__Output, WatchReply>): Promise<void> {
    const { cluster, after } = call.request
    if (!/^[\x21-\x7e]{0,64}$/.test(after)) {
      throw new CodedError('INVALID_ARGUMENT', 'after must be the id of a reply, or empty')
    }
    await serveWatch(this.feed(cluster), call, { after })
  }

  close(): void {
    this.#cluster.close()
    this.events.log.close()
  }

  #peers(): readonly PeerSource[] {
    const { config, status } = this.#parts
    const { voters, learners } = status().raft.configuration
    const members = voters.length + learners.length > 0 ? [...voters, ...learners] : config.members
    return members
      .filter(({ id }) => id !== config.id)
      .map((member) => {
        // As Peers does: PEERS goes before the log, so that a node may move.
        const configured = config.members.find(({ id }) => id === member.id)
        return this.#source(configured ?? member)
      })
  }

  #source({ id, address }: Member): PeerSource {
    const { config, log, status } = this.#parts
    return {
      name: String(id),
      address,
      listen: (heard, lost) => {
        const client = createClient(raftService, address, {
          ...{ log, node: String(config.id), peer: String(id), wording: raftWording },
          // Events never wait behind entries, nor entries behind events.
          channel: { 'grpc.use_local_subchannel_pool': 1 },
        })
        const parties = { from: config.id, to: id, sequence: 0 }
        const watch = new WatchClient({
          channel: {
            ready: (withinMs) => client.ready(withinMs),
            open: () => {
              const envelope = wireEnvelope(parties, status().clusterId)
              return client.serverStream('Watch', { envelope }, { deadlineMs: STREAM_MS })
            },
            reconnect: () => client.reconnect(),
            close: () => client.close(),
          },
          ...{ heard, lost },
        })
        return () => watch.close()
      },
    }
  }
}

/** Of QueueService and AdminService, what people do; to look is no event. */
const CALLS: ReadonlySet<string> = new Set([
  ...[
    'AddTrack',
    'AddTracks',
    'RemoveTrack',
    'VoteTrack',
    'PlayNext',
    'GetQueue',
    'GetMetadata',
    'GetHistory',
  ],
  ...['AddLearner', 'Promote', 'RemoveServer', 'TransferLeadership'],
])
