import type { Outcome } from '../../protocol/coordinator-io.ts'
import type {
  DecisionAnswer,
  DecisionMessage,
  DecisionQuery,
  NodeName,
  Operation,
  Refusal,
  TransactionId,
  Vote,
  VoteRequest,
} from '../../protocol/messages.ts'
import type { Staged } from '../../protocol/participant-io.ts'

/** What one process asks another. */
export type Request =
  | VoteRequest
  | DecisionMessage
  | { readonly kind: 'DecisionRequest'; readonly from: NodeName; readonly query: DecisionQuery }
  | { readonly kind: 'Stage'; readonly transactionId: TransactionId; readonly staged: Staged }
  /** A client's, to the coordinator. */
  | { readonly kind: 'Begin'; readonly filename: string; readonly operation: Operation }
  /** A client's, to one participant alone. */
  | { readonly kind: 'Plain'; readonly filename: string; readonly operation: Operation }

export type Reply =
  | { readonly kind: 'vote'; readonly vote: Vote }
  | { readonly kind: 'ack' }
  | { readonly kind: 'answer'; readonly answer: DecisionAnswer }
  | { readonly kind: 'staged' }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'done'; readonly success: boolean }
  | { readonly kind: 'refused'; readonly reason: Refusal }
