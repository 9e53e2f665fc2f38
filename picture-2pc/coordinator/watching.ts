import type { NamedAddress } from '../../common/config.ts'
import { ClusterFeed, type PeerSource } from '../../common/event-stream/cluster.ts'
import { clipped } from '../../common/event-stream/event.ts'
import { EventLog } from '../../common/event-stream/event-log.ts'
import type { Feed } from '../../common/event-stream/feed.ts'
import { WatchClient } from '../../common/event-stream/watch-client.ts'
import type { Logger } from '../../common/logger.ts'
import { createClient } from '../../common/rpc-client.ts'
import type { CoordinatorEvent, CoordinatorRecord } from '../protocol/coordinator-io.ts'
import type { NodeName, TransactionId } from '../protocol/messages.ts'
import { forcedEvent } from '../shell/event-stream/rpc-events.ts'
import type {
  CoordinatorNodeEvent,
  CoordinatorState,
  OpenTransaction,
} from '../shell/event-stream/types.ts'
import { pictureService } from '../shell/wire.ts'
import { coordinatorWording } from '../shell/wording.ts'
import { type History, heardFrom, type TransactionView } from './history.ts'

export interface WatchingParts {
  readonly node: string
  readonly log: Logger
  readonly addresses: readonly NamedAddress[]
  readonly history: History
  /** What of the state the history does not know. */
  state(): Omit<CoordinatorState, 'role' | 'transactions'>
}

const MOST_OPEN = 100
/** A stream has no age; its silence ends it. */
const STREAM_MS = 24 * 3_600_000

/** What happens in the coordinator and, as they tell it, in the participants, for those who watch. */
export class Watching {
  readonly log: EventLog<CoordinatorNodeEvent, CoordinatorState>
  readonly #parts: WatchingParts
  readonly #cluster: ClusterFeed

  constructor(parts: WatchingParts) {
    this.#parts = parts
    const log = new EventLog<CoordinatorNodeEvent, CoordinatorState>({
      node: parts.node,
      state: () => this.#state(),
    })
    this.log = log
    const sources = parts.addresses.map((address) => this.#source(address))
    this.#cluster = new ClusterFeed({ own: log, peers: () => sources, story: new Set() })
  }

  observe(event: CoordinatorEvent): void {
    if (this.log.active) this.log.emit(withShortReason(event))
  }

  saved(records: readonly CoordinatorRecord[], tookMs: number): void {
    if (this.log.active) {
      this.log.emit(forcedEvent(records, tookMs, ({ transactionId }) => transactionId))
    }
  }

  answered(peer: NodeName, transactionId: TransactionId, rpc: string, reply: string): void {
    if (!this.log.active) return
    this.log.emit({ kind: 'rpc', direction: 'answered', rpc, peer, transactionId, reply })
  }

  feed(cluster: boolean): Feed {
    return cluster ? this.#cluster.feed : this.log.feed
  }

  close(): void {
    this.#cluster.close()
    this.log.close()
  }

  #state(): CoordinatorState {
    const { history, addresses, state } = this.#parts
    const names = addresses.map(({ name }) => name)
    const transactions = history.open(MOST_OPEN).map((view) => openTransaction(view, names))
    return { role: 'coordinator', ...state(), transactions }
  }

  #source({ name, address }: NamedAddress): PeerSource {
    const { node, log } = this.#parts
    return {
      ...{ name, address },
      listen: (heard, lost) => {
        const client = createClient(pictureService, address, {
          ...{ log, node, peer: name, wording: coordinatorWording },
          // Votes never wait behind events.
          channel: { 'grpc.use_local_subchannel_pool': 1 },
        })
        const watch = new WatchClient({
          channel: {
            ready: (withinMs) => client.ready(withinMs),
            open: () => client.serverStream('Watch', {}, { deadlineMs: STREAM_MS }),
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

/** What went wrong is said by whoever it went wrong at, at any length. */
function withShortReason(event: CoordinatorEvent): CoordinatorEvent {
  if (event.kind === 'deliveryFailed') return { ...event, reason: clipped(event.reason) }
  if (event.kind !== 'voted' || event.vote.vote === 'commit') return event
  return { ...event, vote: { ...event.vote, reason: clipped(event.vote.reason) } }
}

function openTransaction(view: TransactionView, names: readonly string[]): OpenTransaction {
  const { transactionId, filename, operation, beganAt, decision, decidedAt } = view
  return {
    ...{ transactionId, filename, operation, beganAt, decision, decidedAt },
    participants: names.map((node) => {
      const heard = heardFrom(view, node)
      const vote = heard?.vote ?? null
      return {
        node,
        vote: vote?.vote ?? null,
        reason: vote === null || vote.vote === 'commit' ? '' : clipped(vote.reason),
        votedAt: heard?.votedAt ?? null,
        acknowledgedAt: heard?.acknowledgedAt ?? null,
        lastFailure: clipped(heard?.lastFailure ?? ''),
      }
    }),
  }
}
