import type { EventHead, PeerEvent, StreamEvent } from '../../../common/event-stream/event.ts'
import type { StateEvent } from '../../../common/event-stream/event-log.ts'
import type { Message } from '../../raft/messages.ts'
import type { RaftEvent, RoleKind } from '../../raft/ready.ts'
import type { MemberStatus } from '../status.ts'

// What a Raft node's event stream carries; docs/EVENTS.md says it for people. The page is built with this
// file in it: nothing but types may be imported here.

/** All of a node that can be drawn, at one moment. Times are milliseconds since 1970. */
export interface RaftNodeState {
  readonly id: number
  readonly clusterId: string
  readonly role: RoleKind
  readonly term: number
  readonly votedFor: number | null
  readonly leaderId: number | null
  /** Since when this node has known of that leader, or of none. */
  readonly leaderSince: number
  readonly firstIndex: number
  readonly lastIndex: number
  /** On this node's disk up to here. */
  readonly savedIndex: number
  readonly commitIndex: number
  readonly lastApplied: number
  readonly snapshotIndex: number
  readonly snapshotTerm: number
  /** Lost its disk and does not vote yet. */
  readonly recovering: boolean
  readonly transferTarget: number | null
  /** With what the leader knows of each; of the leader alone it is knowledge. */
  readonly members: readonly MemberStatus[]
  readonly membershipIndex: number
  readonly ready: boolean
  readonly notReadyBecause: string
  readonly diverged: boolean
  readonly diskTrouble: boolean
  readonly queueLength: number
  readonly historyLength: number
  readonly pendingRequests: number
}

/** A Raft message at one of its ends: `from`, `to`, `type` and `number` are the same at both. */
export interface MessageEvent {
  readonly kind: 'message'
  readonly direction: 'sent' | 'received'
  readonly type: Message['type']
  readonly from: number
  readonly to: number
  readonly term: number
  /** The sender's count; a response has its request's. */
  readonly number: number
  /** Of AppendEntries: how many; 0 is a heartbeat. */
  readonly entries?: number
  /** Of a response: whether it says yes. */
  readonly success?: boolean
  readonly preVote?: boolean
}

/** Messages that were too many to be told one by one. */
export interface MessagesEvent {
  readonly kind: 'messages'
  readonly spanMs: number
  readonly counts: readonly {
    readonly direction: 'sent' | 'received'
    readonly type: Message['type']
    readonly peer: number
    readonly count: number
  }[]
}

/** Entries applied one after the other. */
export interface AppliedEvent {
  readonly kind: 'applied'
  readonly firstIndex: number
  readonly lastIndex: number
  /** How often each command, such as ADD. */
  readonly commands: Readonly<Record<string, number>>
}

/** A client's call at this node, or one that it forwards to the leader. */
export interface CallEvent {
  readonly kind: 'call'
  readonly direction: 'sent' | 'received'
  readonly rpc: string
  /** `unknown`: a client that does not say. */
  readonly peer: string
}

/** What the core tells, but for the messages that it ignores, of which there is only how many. */
export type RaftNodeEvent =
  | Exclude<RaftEvent, { kind: 'messageIgnored' }>
  | MessageEvent
  | MessagesEvent
  | AppliedEvent
  | CallEvent

/** Everything that a page or command may find in a stream. */
export type RaftStreamEvent = Pick<EventHead, 'node' | 'start' | 'sequence' | 'time'> &
  (RaftNodeEvent | PeerEvent | StreamEvent | StateEvent<RaftNodeState>)

/** Rare, and part of the story that whoever looks later gets too. */
export const RAFT_STORY: ReadonlySet<string> = new Set<RaftEvent['kind']>([
  'electionTimeout',
  'roleChanged',
  'leaderChanged',
  'becameLeader',
  'voteCast',
  'voteReceived',
  'truncated',
  'configChanged',
  'snapshotInstalled',
  'compacted',
  'transferStarted',
  'transferEnded',
  'recovering',
  'recovered',
  'followerLostEntries',
])
