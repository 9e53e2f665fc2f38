import type { Vote } from './moment.ts'

/** What one participant said, as an answer of the coordinator tells it. */
export interface AnsweredVote {
  readonly node: string
  readonly vote: Vote
  readonly reason: string
}

/** How it stands with a request of this page. */
export type RequestState =
  | { readonly kind: 'queued' }
  | { readonly kind: 'sending'; readonly sent: number; readonly total: number }
  /** All is sent, nothing is answered. */
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'committed'
      readonly transactionId: string
      /** Nodes that have not acknowledged yet; it is sent to them again. */
      readonly unacknowledged: readonly string[]
    }
  | {
      readonly kind: 'aborted'
      readonly transactionId: string
      readonly votes: readonly AnsweredVote[]
    }
  /** Without a transaction, on these nodes; `failed` says why not on others. */
  | {
      readonly kind: 'done'
      readonly nodes: readonly string[]
      readonly failed: readonly { readonly node: string; readonly code: string }[]
    }
  /** It took no effect. */
  | { readonly kind: 'refused'; readonly code: string; readonly sentence: string }
  /** Nobody said whether it took effect. */
  | { readonly kind: 'unknown'; readonly why: string }

/** With these a node may have done what it was asked for all the same. */
const UNSURE: ReadonlySet<string> = new Set(['UNREACHABLE', 'INTERNAL', 'OUTCOME_UNKNOWN'])

/** What an answer to a change means. `body`: null where there was none that could be read. */
export function stateOfAnswer(status: number, body: unknown): RequestState {
  const fields = record(body)
  const transactionId = text(fields['transaction_id'])
  if (fields['status'] === 'COMMITTED') {
    return { kind: 'committed', transactionId, unacknowledged: unacknowledged(fields) }
  }
  if (fields['status'] === 'ABORTED')
    return { kind: 'aborted', transactionId, votes: votes(fields) }
  if (Array.isArray(fields['nodes'])) return doneOn(fields['nodes'])
  if (status === 200 && fields['success'] === true) {
    return { kind: 'done', nodes: [text(fields['node'])], failed: [] }
  }
  const code = text(fields['code'])
  const sentence = text(fields['error']) || text(fields['message'])
  if (code === '') return unknown(`the answer (${status}) cannot be read`)
  return UNSURE.has(code) ? unknown(sentence) : { kind: 'refused', code, sentence }
}

export function unknown(why: string): RequestState {
  return { kind: 'unknown', why }
}

/** It will not change by itself any more. */
export function isSettled({ kind }: RequestState): boolean {
  return kind !== 'queued' && kind !== 'sending' && kind !== 'waiting'
}

function doneOn(nodes: readonly unknown[]): RequestState {
  const each = nodes.map(record)
  return {
    kind: 'done',
    nodes: each.filter(({ stored }) => stored === true).map(({ node }) => text(node)),
    failed: each
      .filter(({ stored }) => stored !== true)
      .map(({ node, code }) => ({ node: text(node), code: text(code) })),
  }
}

const VOTES: Readonly<Record<string, Vote>> = { VoteCommit: 'commit', VoteAbort: 'abort' }

function votes(fields: Record<string, unknown>): readonly AnsweredVote[] {
  const given = fields['votes']
  if (!Array.isArray(given)) return []
  return given.map((each) => {
    const { node, vote, reason } = record(each)
    return { node: text(node), vote: VOTES[text(vote)] ?? 'none', reason: text(reason) }
  })
}

/** `details` stands in the order of the votes. */
function unacknowledged(fields: Record<string, unknown>): readonly string[] {
  const details = fields['details']
  if (!Array.isArray(details)) return []
  return votes(fields)
    .filter((_, place) => details[place] === 'FAILED')
    .map(({ node }) => node)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
