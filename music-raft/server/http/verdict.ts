import type { CodedError, ErrorCode } from '../../../common/errors.ts'
import type { HttpAnswer } from './answer.ts'

/** Whose answer may be another at another time, or at another node. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  ...(['NO_LEADER', 'NOT_LEADER', 'OVERLOADED', 'TOO_MANY_CALLS', 'DISK_FULL'] as const),
  ...(['STARTING', 'STOPPING', 'REQUEST_TIMEOUT', 'MEMBERSHIP_REFUSED'] as const),
  ...(['TRANSFER_FAILED', 'CALLER_GONE'] as const),
])

/** After these a change may have taken effect, or may yet. */
const UNKNOWN: ReadonlySet<ErrorCode> = new Set(['OUTCOME_UNKNOWN', 'INTERNAL'])

export interface Failed {
  /** The call could take effect. */
  readonly changes: boolean
  /** It said who asks, so that a repeat takes effect once. */
  readonly identified: boolean
  readonly headers: Readonly<Record<string, string>>
}

/** A call that failed, with what its client needs to go on. */
export function failure(error: CodedError, { changes, identified, headers }: Failed): HttpAnswer {
  const { code, message, httpStatus: status } = error
  const unknown = changes && UNKNOWN.has(code)
  const retryable = unknown ? identified : RETRYABLE.has(code) || (!changes && UNKNOWN.has(code))
  return {
    status,
    headers: code === 'TOO_MANY_CALLS' ? { ...headers, 'retry-after': '1' } : headers,
    body: {
      ...{ code, message, outcome: unknown ? 'unknown' : 'refused', retryable },
      ...{ leader: headers['x-leader'] ?? null, term: headers['x-term'] ?? null },
    },
  }
}
