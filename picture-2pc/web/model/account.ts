import type { OpenTransaction } from '../../shell/event-stream/types.ts'
import type { Decision, Moment, Vote } from './moment.ts'
import { add, partOf, type Transaction } from './transaction.ts'

/** A transaction as its coordinator remembers it, told afterwards. Times are its own. */
export interface Account extends OpenTransaction {
  readonly endedAt: number | null
}

/** Adds what the account tells and nobody told as it happened. */
export function adopt(transaction: Transaction, account: Account, coordinator: string): void {
  const place = { node: coordinator, start: '', sequence: 0 }
  const tell = (time: number | null, what: Moment['what']) => {
    add(transaction, { ...place, time: time ?? account.beganAt, what })
  }
  transaction.filename ||= account.filename
  transaction.coordinator = coordinator
  transaction.orphaned = false
  if (!transaction.beginningHeard) {
    tell(account.beganAt, { kind: 'began', operation: account.operation })
  }
  for (const { node, vote, reason, votedAt, acknowledgedAt, lastFailure } of account.participants) {
    const part = partOf(transaction, node)
    if (vote !== null && part.vote === null) {
      tell(votedAt, { kind: 'voted', from: node, vote, reason })
    }
    if (acknowledgedAt !== null && !part.acknowledged) {
      tell(acknowledgedAt, { kind: 'acknowledged', from: node })
    }
    if (lastFailure !== part.lastFailure && !part.acknowledged) {
      part.lastFailure = lastFailure
      transaction.version += 1
    }
  }
  const { decision, decidedAt, endedAt } = account
  if (decision !== null && transaction.decision === null) {
    tell(decidedAt, { kind: 'decided', decision, by: '', asked: false })
    transaction.decidedAt = decidedAt
  }
  if (endedAt !== null && !transaction.over) {
    const complete = account.participants.every(({ acknowledgedAt }) => acknowledgedAt !== null)
    tell(endedAt, { kind: 'forgotten', complete })
  }
}

const VOTES: Readonly<Record<string, Vote>> = {
  VoteCommit: 'commit',
  VoteAbort: 'abort',
  none: 'none',
}

/** Reads a transaction as `GET /transactions` shows it; null: it is none. */
export function accountOf(body: unknown): Account | null {
  const { transaction_id, filename, operation, began_at, participants, ...rest } = fields(body)
  const beganAt = time(began_at)
  if (typeof transaction_id !== 'string' || beganAt === null || !Array.isArray(participants)) {
    return null
  }
  const decision = rest['decision']
  return {
    transactionId: transaction_id,
    filename: text(filename),
    operation: text(operation),
    beganAt,
    decision: isDecision(decision) ? decision : null,
    decidedAt: time(rest['decided_at']),
    endedAt: time(rest['ended_at']),
    participants: participants.map((each) => {
      const { node, vote, reason, voted_at, acknowledged_at, last_failure } = fields(each)
      return {
        node: text(node),
        vote: VOTES[text(vote)] ?? null,
        reason: text(reason),
        votedAt: time(voted_at),
        acknowledgedAt: time(acknowledged_at),
        lastFailure: text(last_failure),
      }
    }),
  }
}

function isDecision(value: unknown): value is Decision {
  return value === 'commit' || value === 'abort'
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function time(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : at
}
