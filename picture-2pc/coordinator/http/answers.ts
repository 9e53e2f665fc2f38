import type { Response } from 'express'
import { CodedError } from '../../../common/errors.ts'
import type { CountedVote, Outcome } from '../../protocol/coordinator-io.ts'
import { heardFrom, type TransactionView } from '../history.ts'

/** Answers a client with the outcome of its transaction: 200 committed, 409 aborted. */
export function answerOutcome(
  response: Response,
  outcome: Outcome,
  added: Readonly<Record<string, unknown>> = {},
): void {
  const committed = outcome.decision === 'commit'
  const body = {
    ...added,
    transaction_id: outcome.transactionId,
    status: committed ? 'COMMITTED' : 'ABORTED',
    details: outcome.details,
    votes: outcome.votes.map(([node, vote]) => voteOf(node, vote)),
  }
  answerJson(response, committed ? 200 : 409, JSON.stringify(body))
}

/** As Express's `json` does, without what that looks up anew for every answer. */
function answerJson(response: Response, status: number, body: string): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}

/** An error as JSON: `error` is a sentence, `code` is stable. */
export function errorBody(response: Response, error: CodedError) {
  return {
    error: error.message,
    code: error.code,
    request_id: response.getHeader('x-request-id'),
  }
}

/** A transaction as `GET /transactions` shows it. */
export function viewBody(view: TransactionView, names: readonly string[]) {
  return {
    transaction_id: view.transactionId,
    filename: view.filename,
    operation: view.operation,
    state: stateOf(view),
    began_at: time(view.beganAt),
    decision: view.decision,
    decided_at: time(view.decidedAt),
    ended_at: time(view.endedAt),
    participants: names.map((node) => {
      const heard = heardFrom(view, node)
      const vote = heard?.vote ?? null
      return {
        node,
        ...(vote === null
          ? { vote }
          : { ...voteBody(vote), voted_at: time(heard?.votedAt ?? null) }),
        acknowledged_at: time(heard?.acknowledgedAt ?? null),
        last_failure: heard?.lastFailure ?? null,
      }
    }),
  }
}

function stateOf({ decision, endedAt }: TransactionView): string {
  if (decision === null) return 'preparing'
  if (endedAt === null) return decision === 'commit' ? 'committing' : 'aborting'
  return decision === 'commit' ? 'committed' : 'aborted'
}

const VOTE_NAMES = { commit: 'VoteCommit', abort: 'VoteAbort', none: 'none' } as const

function voteOf(node: string, vote: CountedVote) {
  const name = VOTE_NAMES[vote.vote]
  return vote.vote === 'commit' ? { node, vote: name } : { node, vote: name, reason: vote.reason }
}

function voteBody(vote: CountedVote) {
  const name = VOTE_NAMES[vote.vote]
  return vote.vote === 'commit' ? { vote: name } : { vote: name, reason: vote.reason }
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** The one value of a query parameter. Throws CodedError INVALID_ARGUMENT for several. */
export function single(name: string, value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value === 'string') return value
  throw new CodedError('INVALID_ARGUMENT', `give ${name} once`)
}

/** The values of a query parameter, which differ. Throws CodedError INVALID_ARGUMENT where they do not. */
export function several(name: string, value: unknown): readonly string[] {
  const values = value === undefined ? [] : [value].flat().map(String)
  if (new Set(values).size === values.length) return values
  throw new CodedError('INVALID_ARGUMENT', `give each ${name} once`)
}
