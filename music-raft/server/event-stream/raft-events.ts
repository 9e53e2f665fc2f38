import { type Clock, machineClock } from '../../../common/clock.ts'
import { EventLog } from '../../../common/event-stream/event-log.ts'
import type { Entry, Message } from '../../raft/messages.ts'
import type { RaftEvent } from '../../raft/ready.ts'
import type { NodeStatus } from '../status.ts'
import { MessageCounts } from './message-counts.ts'
import {
  type CallEvent,
  type MessageEvent,
  RAFT_STORY,
  type RaftNodeEvent,
  type RaftNodeState,
} from './types.ts'

/** Messages told one by one in each span; a page of five nodes then has a thousand a second. */
const MESSAGES = 20
const SPAN_MS = 100

interface Gathered {
  readonly firstIndex: number
  lastIndex: number
  readonly commands: Record<string, number>
}

export interface RaftEventsParts {
  readonly node: string
  status(): NodeStatus
  readonly clock?: Clock
  readonly wallTime?: () => number
}

/** What happens in a node, for those who watch. While nobody does, each call here is one branch. */
export class RaftEvents {
  readonly log: EventLog<RaftNodeEvent, RaftNodeState>
  readonly #clock: Clock
  readonly #wallTime: () => number
  readonly #status: () => NodeStatus
  #leaderId: number | null = null
  #leaderSince: number
  #spanOpen = false
  #budget = MESSAGES
  readonly #counts = new MessageCounts()
  #applied: Gathered | null = null

  constructor({ node, status, clock = machineClock, wallTime = Date.now }: RaftEventsParts) {
    this.#clock = clock
    this.#wallTime = wallTime
    this.#status = status
    this.#leaderSince = wallTime()
    this.log = new EventLog({ node, clock, wallTime, state: () => this.#state() })
  }

  observe(event: RaftEvent): void {
    if (event.kind === 'leaderChanged' || event.kind === 'roleChanged') this.#noteLeader(event)
    if (event.kind === 'messageIgnored') return
    if (RAFT_STORY.has(event.kind)) this.log.tell(event)
    else this.log.emit(event)
  }

  sent(message: Message): void {
    if (this.log.active) this.#message('sent', message)
  }

  received(message: Message): void {
    if (this.log.active) this.#message('received', message)
  }

  /** Gathered for a moment: a node that catches up applies a hundred thousand a second. */
  applied({ index, command }: Entry): void {
    if (!this.log.active) return
    this.#openSpan()
    this.#applied ??= { firstIndex: index, lastIndex: index, commands: {} }
    this.#applied.lastIndex = index
    const { commands } = this.#applied
    commands[command] = (commands[command] ?? 0) + 1
  }

  call(event: Omit<CallEvent, 'kind'>): void {
    if (this.log.active) this.log.emit({ kind: 'call', ...event })
  }

  #message(direction: 'sent' | 'received', message: Message): void {
    this.#openSpan()
    const rare = message.type.startsWith('RequestVote') || message.type === 'TimeoutNow'
    if (!rare && this.#budget === 0) {
      const peer = direction === 'sent' ? message.to : message.from
      this.#counts.add(direction, message.type, peer)
      return
    }
    if (!rare) this.#budget -= 1
    this.log.emit(describe(direction, message))
  }

  #openSpan(): void {
    if (this.#spanOpen) return
    this.#spanOpen = true
    this.#clock.after(SPAN_MS, () => {
      this.#spanOpen = false
      this.#budget = MESSAGES
      const counts = this.#counts.take()
      if (counts.length > 0) this.log.emit({ kind: 'messages', spanMs: SPAN_MS, counts })
      if (this.#applied !== null) this.log.emit({ kind: 'applied', ...this.#applied })
      this.#applied = null
    })
  }

  #noteLeader({ leaderId }: { readonly leaderId: number | null }): void {
    if (leaderId === this.#leaderId) return
    this.#leaderId = leaderId
    this.#leaderSince = this.#wallTime()
  }

  #state(): RaftNodeState {
    const { raft, members, ...status } = this.#status()
    return {
      ...{ id: raft.id, clusterId: status.clusterId, role: raft.role, term: raft.currentTerm },
      ...{ votedFor: raft.votedFor, leaderId: raft.leaderId, leaderSince: this.#leaderSince },
      ...{ firstIndex: raft.firstIndex, lastIndex: raft.lastIndex, savedIndex: raft.savedIndex },
      ...{ commitIndex: raft.commitIndex, lastApplied: raft.lastApplied },
      snapshotIndex: raft.snapshot?.lastIncludedIndex ?? 0,
      snapshotTerm: raft.snapshot?.lastIncludedTerm ?? 0,
      ...{ recovering: raft.recovering, transferTarget: raft.transferTarget },
      ...{ members, membershipIndex: raft.configurationIndex },
      ...{ ready: status.ready, notReadyBecause: status.notReadyBecause },
      ...{ diverged: status.diverged, diskTrouble: status.diskTrouble },
      ...{ queueLength: status.queueLength, historyLength: status.historyLength },
      pendingRequests: status.pendingRequests,
    }
  }
}

function describe(direction: 'sent' | 'received', message: Message): MessageEvent {
  const { type, from, to, term, sequence } = message
  const event = { kind: 'message', direction, type, from, to, term, number: sequence } as const
  switch (message.type) {
    case 'AppendEntries':
      return { ...event, entries: message.entries.length }
    case 'RequestVote':
      return { ...event, preVote: message.preVote }
    case 'RequestVoteResponse':
      return { ...event, preVote: message.preVote, success: message.voteGranted }
    case 'AppendEntriesResponse':
    case 'ReadIndexResponse':
      return { ...event, success: message.success }
    default:
      return event
  }
}
