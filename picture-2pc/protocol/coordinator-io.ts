import type {
  CallId,
  Decision,
  DecisionAnswer,
  DecisionMessage,
  DecisionQuery,
  NodeName,
  Operation,
  Order,
  TransactionId,
  VoteRequest,
} from './messages.ts'

/** A client's request key, so that its repetition finds the transaction of the first. */
export interface RequestKey {
  readonly key: string
  /** What was asked for under the key. */
  readonly fingerprint: string
}

/** The decision log. A transaction without a `commit` record is aborted: that is the presumption. */
export type CoordinatorRecord =
  | {
      readonly type: 'commit'
      readonly transactionId: TransactionId
      readonly order: Order
      readonly filename: string
      readonly operation: Operation
      readonly participants: readonly NodeName[]
      readonly likes: number
      readonly requestKey: RequestKey | null
    }
  | { readonly type: 'end'; readonly transactionId: TransactionId }

/** What a participant said in phase 1. */
export type CountedVote =
  | { readonly vote: 'commit'; readonly likes: number }
  | { readonly vote: 'abort'; readonly reason: string }
  /** Silent until the vote timeout, or the call failed. */
  | { readonly vote: 'none'; readonly reason: string }

/** What a client is told. Entries stand in the order of the participants. */
export interface Outcome {
  readonly transactionId: TransactionId
  readonly filename: string
  readonly decision: Decision
  /** `FAILED`: not acknowledged yet; a commit is redelivered until it is. */
  readonly details: readonly ('ACK' | 'FAILED')[]
  readonly votes: readonly (readonly [NodeName, CountedVote])[]
  /** Likes after the transaction: the most that any participant counts. */
  readonly likes: number
}

/** Everything that can happen to a coordinator. Time and chance are inputs like any other. */
export type CoordinatorInput =
  | {
      readonly kind: 'begin'
      readonly callId: CallId
      /** Random, chosen by the shell. */
      readonly transactionId: TransactionId
      readonly filename: string
      readonly operation: Operation
      readonly requestKey: RequestKey | null
    }
  | {
      readonly kind: 'vote'
      readonly transactionId: TransactionId
      readonly from: NodeName
      readonly vote: CountedVote
    }
  | { readonly kind: 'ack'; readonly transactionId: TransactionId; readonly from: NodeName }
  | {
      readonly kind: 'deliveryFailed'
      readonly transactionId: TransactionId
      readonly from: NodeName
      readonly reason: string
    }
  | { readonly kind: 'query'; readonly callId: CallId; readonly query: DecisionQuery }
  /** Whether a commit record still fits on the disk. */
  | { readonly kind: 'space'; readonly enough: boolean }
  | { readonly kind: 'tick' }

/**
 * What the shell owes after one or more inputs, in the order it is owed. Everything behind a `force`
 * waits until that record, and all before it, are on disk; a `write` may reach the disk later.
 */
export type CoordinatorOutput =
  | { readonly kind: 'force' | 'write'; readonly record: CoordinatorRecord }
  | {
      readonly kind: 'send'
      readonly to: NodeName
      readonly message: VoteRequest | DecisionMessage
    }
  | { readonly kind: 'reply'; readonly callId: CallId; readonly outcome: Outcome }
  | { readonly kind: 'answer'; readonly callId: CallId; readonly answer: DecisionAnswer }
  | {
      readonly kind: 'refuse'
      readonly callId: CallId
      readonly reason: 'OVERLOADED' | 'DISK_FULL'
    }
  | { readonly kind: 'event'; readonly event: CoordinatorEvent }

/** What people want to know. */
export type CoordinatorEvent =
  | {
      readonly kind: 'began'
      readonly transactionId: TransactionId
      readonly filename: string
      readonly operation: Operation['kind']
    }
  | {
      readonly kind: 'voted'
      readonly transactionId: TransactionId
      readonly from: NodeName
      readonly vote: CountedVote
    }
  | { readonly kind: 'decided'; readonly transactionId: TransactionId; readonly decision: Decision }
  | {
      readonly kind: 'acknowledged'
      readonly transactionId: TransactionId
      readonly from: NodeName
    }
  | {
      readonly kind: 'deliveryFailed'
      readonly transactionId: TransactionId
      readonly from: NodeName
      readonly reason: string
    }
  /** Acknowledged by all, or an abort no longer repeated. */
  | {
      readonly kind: 'forgotten'
      readonly transactionId: TransactionId
      readonly complete: boolean
    }
