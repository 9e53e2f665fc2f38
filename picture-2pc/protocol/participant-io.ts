import type {
  CallId,
  Decision,
  DecisionAnswer,
  DecisionMessage,
  DecisionQuery,
  NodeName,
  Refusal,
  TransactionId,
  Vote,
  VoteRequest,
} from './messages.ts'
import type { ParticipantRecord, Picture } from './participant-records.ts'

/** Bytes that reached this node for an upload and are on its disk. */
export interface Staged {
  readonly blob: string
  readonly size: number
  readonly sha256: string
}

/** How much the disk still takes. Deletes free space, so they may use what is kept back for them. */
export type Space = 'plenty' | 'deletesOnly' | 'none'

/** Everything that can happen to a participant. Time is an input like any other. */
export type ParticipantInput =
  | {
      readonly kind: 'voteRequest'
      readonly callId: CallId
      readonly message: VoteRequest
      readonly staged: Staged | null
      /** Why nothing is staged, where that is known. */
      readonly stagingFailure?: Refusal
      /** Milliseconds since 1970. */
      readonly wallTime: number
    }
  | { readonly kind: 'decision'; readonly callId: CallId; readonly message: DecisionMessage }
  /** A peer in doubt asks. */
  | { readonly kind: 'query'; readonly callId: CallId; readonly query: DecisionQuery }
  /** The coordinator or a peer answered our question; null when it did not. */
  | {
      readonly kind: 'answered'
      readonly transactionId: TransactionId
      readonly from: NodeName
      readonly answer: DecisionAnswer | null
    }
  /** Plain operations of this node alone. */
  | {
      readonly kind: 'upload'
      readonly callId: CallId
      readonly filename: string
      readonly picture: Picture
    }
  | { readonly kind: 'delete' | 'like'; readonly callId: CallId; readonly filename: string }
  | { readonly kind: 'space'; readonly space: Space }
  | { readonly kind: 'tick' }

/**
 * What the shell owes after one or more inputs, in the order it is owed. Everything behind a `force`
 * waits until that record, and all before it, are on disk; a `write` may reach the disk later.
 */
export type ParticipantOutput =
  | { readonly kind: 'force' | 'write'; readonly record: ParticipantRecord }
  | { readonly kind: 'vote'; readonly callId: CallId; readonly vote: Vote }
  | { readonly kind: 'ack'; readonly callId: CallId }
  | { readonly kind: 'answer'; readonly callId: CallId; readonly answer: DecisionAnswer }
  | {
      readonly kind: 'done'
      readonly callId: CallId
      readonly success: boolean
      readonly likes: number
    }
  | { readonly kind: 'refuse'; readonly callId: CallId; readonly reason: Refusal }
  | { readonly kind: 'ask'; readonly to: NodeName; readonly query: DecisionQuery }
  /** Remove a file no longer needed. May be lost: what nothing refers to is swept at start. */
  | { readonly kind: 'discard'; readonly blob: string }
  /** Stop receiving bytes for a transaction that is over, and drop what came. */
  | { readonly kind: 'unstage'; readonly transactionId: TransactionId }
  | { readonly kind: 'event'; readonly event: ParticipantEvent }

/** What people want to know. */
export type ParticipantEvent =
  | { readonly kind: 'prepared'; readonly transactionId: TransactionId; readonly filename: string }
  | {
      readonly kind: 'decided'
      readonly transactionId: TransactionId
      readonly filename: string
      readonly decision: Decision
      /** Who told: the coordinator by itself, or whoever was asked. */
      readonly by: NodeName
      readonly asked: boolean
    }
  | {
      readonly kind: 'stillInDoubt'
      readonly transactionId: TransactionId
      readonly filename: string
      readonly retryInMs: number
    }
