/** Names a transaction; chosen by its coordinator, never reused. */
export type TransactionId = string

/** Name of a process, for example `grpc-node1`. */
export type NodeName = string

/** Identifies a question or request the shell waits to answer; unique while it is open. */
export type CallId = number

/** Place of a transaction in the order in which one coordinator began them. */
export interface Order {
  /** Of the coordinator's run; each start has a higher one. */
  readonly epoch: number
  /** Count within the run, from 1. */
  readonly number: number
}

/** Whether `a` was begun before `b`, by the same coordinator. */
export function isBefore(a: Order, b: Order): boolean {
  return a.epoch !== b.epoch ? a.epoch < b.epoch : a.number < b.number
}

/** What a transaction does to its picture. */
export type Operation =
  | { readonly kind: 'delete' }
  | { readonly kind: 'like' }
  | {
      readonly kind: 'upload'
      /** Bytes. */
      readonly size: number
      /** SHA-256 of the bytes, lower-case hexadecimal. */
      readonly sha256: string
      /** Milliseconds since 1970, the same on every participant. */
      readonly uploadTime: number
    }

/** What identifies a transaction to others than its coordinator. */
export interface TransactionRef {
  readonly transactionId: TransactionId
  readonly coordinatorId: NodeName
  /** Identifies the coordinator's disk; empty for a coordinator that does not name it. */
  readonly coordinatorDisk: string
  readonly filename: string
  /** Null for a coordinator that does not number its transactions. */
  readonly order: Order | null
}

/** Phase 1 request. */
export interface VoteRequest extends TransactionRef {
  readonly kind: 'VoteRequest'
  readonly operation: Operation
  /** Everything begun before this place is finished on every participant. */
  readonly finishedBefore: Order | null
  /** Whom a participant in doubt may ask. */
  readonly participants: readonly NodeName[]
}

/** Phase 2 request. */
export interface DecisionMessage extends TransactionRef {
  readonly kind: 'GlobalCommit' | 'GlobalAbort'
  readonly finishedBefore: Order | null
}

/** Why a participant votes no, or refuses a message. Codes of the error table. */
export type Refusal =
  | 'COORDINATOR_FENCED'
  | 'DECISION_CONFLICT'
  | 'DISK_FULL'
  | 'INVALID_ARGUMENT'
  | 'NOT_STAGED'
  | 'OVERLOADED'
  | 'PICTURE_LOCKED'
  | 'PICTURE_NOT_FOUND'
  | 'TRANSACTION_ABORTED'
  | 'TRANSACTION_FINISHED'
  | 'UNKNOWN_COORDINATOR'
  | 'UNKNOWN_TRANSACTION'

/** A participant's answer to a VoteRequest. */
export type Vote =
  /** `likes`: what the picture will have here once the transaction commits. */
  | { readonly granted: true; readonly likes: number }
  | { readonly granted: false; readonly reason: Refusal }

/** Never reversed once on disk. */
export type Decision = 'commit' | 'abort'

/** A question about the decision of a transaction. */
export interface DecisionQuery extends Omit<TransactionRef, 'filename'> {
  readonly participants: readonly NodeName[]
  /** When the one that asks voted, milliseconds since 1970; 0: not told. */
  readonly preparedAt: number
}

/**
 * `pending`: the coordinator has not decided. `inDoubt`: the participant asked waits as well.
 * `unknown`: the one asked cannot settle it.
 */
export type DecisionAnswer = Decision | 'pending' | 'inDoubt' | 'unknown'
