import type {
  Decision,
  NodeName,
  Operation,
  Order,
  Refusal,
  TransactionId,
  TransactionRef,
} from './messages.ts'

/** A picture as a participant knows it; the bytes are a file of their own. */
export interface Picture {
  readonly size: number
  readonly sha256: string
  /** Name of the file with the bytes. Never used for other bytes, so it may be removed late. */
  readonly blob: string
  readonly likes: number
  readonly uploadTime: number
}

/** A transaction this participant voted yes on. */
export interface Prepared extends TransactionRef {
  readonly operation: Operation
  readonly participants: readonly NodeName[]
  readonly finishedBefore: Order | null
  /** The staged bytes of an upload. */
  readonly blob: string | null
  /** Milliseconds since 1970, for people. */
  readonly preparedAt: number
}

/** What is remembered of a transaction that is over here. */
export interface Tombstone extends Omit<TransactionRef, 'filename'> {
  readonly decision: Decision
  /** Why this participant voted no, if it did. */
  readonly reason: Refusal | null
}

/** The vote log. State is what these records make of it, and nothing else. */
export type ParticipantRecord =
  | { readonly type: 'prepare'; readonly transaction: Prepared }
  | { readonly type: 'commit'; readonly transactionId: TransactionId }
  | { readonly type: 'abort'; readonly tombstone: Tombstone }
  | { readonly type: 'upload'; readonly filename: string; readonly picture: Picture }
  | { readonly type: 'delete'; readonly filename: string }
  | { readonly type: 'like'; readonly filename: string }
