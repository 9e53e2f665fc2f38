import type { EventHead, PeerEvent, StreamEvent } from '../../../common/event-stream/event.ts'
import type { StateEvent } from '../../../common/event-stream/event-log.ts'
import type { CoordinatorEvent, CountedVote } from '../../protocol/coordinator-io.ts'
import type { Operation } from '../../protocol/messages.ts'
import type { ParticipantEvent, Space } from '../../protocol/participant-io.ts'

// What the event streams of two-phase commit carry; docs/EVENTS.md says it for people. Times are
// milliseconds since 1970.

/** A transaction that is not over, as its coordinator knows it. */
export interface OpenTransaction {
  readonly transactionId: string
  readonly filename: string
  readonly operation: string
  readonly beganAt: number
  readonly decision: 'commit' | 'abort' | null
  readonly decidedAt: number | null
  readonly participants: readonly {
    readonly node: string
    /** null: it has not voted yet, or that is not known since a restart. */
    readonly vote: CountedVote['vote'] | null
    readonly reason: string
    readonly votedAt: number | null
    readonly acknowledgedAt: number | null
    /** Of a delivery not acknowledged since; '' : none failed. */
    readonly lastFailure: string
  }[]
}

export interface CoordinatorState {
  readonly role: 'coordinator'
  /** In the order of `details`. */
  readonly participants: readonly { readonly node: string; readonly connected: boolean }[]
  readonly stopping: boolean
  readonly diskFull: boolean
  /** Whose clients wait. */
  readonly open: number
  /** Commits not yet acknowledged by all. */
  readonly committing: number
  /** At most a hundred, oldest first. */
  readonly transactions: readonly OpenTransaction[]
  readonly forcedWrites: number
}

/** A picture locked by a transaction on which this participant voted yes: it is in doubt. */
export interface Lock {
  readonly filename: string
  readonly transactionId: string
  readonly coordinator: string
  readonly operation: Operation['kind']
  readonly preparedAt: number
}

export interface ParticipantState {
  readonly role: 'participant'
  readonly pictures: number
  readonly space: Space
  /** At most a hundred, oldest first. */
  readonly locks: readonly Lock[]
  readonly locksTotal: number
  readonly forcedWrites: number
}

/**
 * An RPC of the protocol, or a client's, as it left or came. `replied` is when the reply left where the
 * RPC was received, `answered` when it came where it was sent.
 */
export interface RpcEvent {
  readonly kind: 'rpc'
  readonly direction: 'sent' | 'received' | 'replied' | 'answered'
  readonly rpc: string
  readonly peer: string
  readonly transactionId?: string
  readonly filename?: string
  /** What was replied: VoteCommit, VoteAbort, Ack, … */
  readonly reply?: string
}

/** One forced write: these records are on the disk from now on. */
export interface ForcedEvent {
  readonly kind: 'forced'
  readonly tookMs: number
  /** The first of them. */
  readonly records: readonly { readonly type: string; readonly transactionId: string }[]
  /** How many shared the write. */
  readonly count: number
}

export type CoordinatorNodeEvent = CoordinatorEvent | RpcEvent | ForcedEvent
/** `prepared` is when the picture is locked, `decided` when it is free again. */
export type ParticipantNodeEvent = ParticipantEvent | RpcEvent | ForcedEvent

type Head = Pick<EventHead, 'node' | 'start' | 'sequence' | 'time'>

/** Everything that a page or command may find in a stream. */
export type PictureStreamEvent = Head &
  (
    | CoordinatorNodeEvent
    | ParticipantNodeEvent
    | PeerEvent
    | StreamEvent
    | StateEvent<CoordinatorState | ParticipantState>
  )
