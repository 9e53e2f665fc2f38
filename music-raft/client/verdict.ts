import { status } from '@grpc/grpc-js'

/**
 * What a failed attempt says about its request.
 * - `refused`: it was turned down for what it is; asking again gives the same answer.
 * - `later`: it certainly did not enter a log; ask again, elsewhere or after a while.
 * - `unsure`: it may have entered a log and may still take effect.
 */
export type Verdict = 'refused' | 'later' | 'unsure'

/** How a call failed, as far as this end can tell. */
export interface Failure {
  readonly verdict: Verdict
  /** Name of the gRPC status. */
  readonly status: string
  /** The server's own code, where it sent one. */
  readonly code: string
  readonly message: string
  /** No connection: the process there is not running, or not reachable. */
  readonly unreachable: boolean
}

/** What the original answers while no leader is known; part of the wire contract. */
export const NO_LEADER = 'No Leader Elected Yet'

const ERROR_CODE = 'x-error-code'

const REFUSALS: ReadonlySet<status> = new Set([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
])

/** Codes with which a node, or the gateway, says that nothing was proposed and asking again may help. */
const NOTHING_PROPOSED: ReadonlySet<string> = new Set([
  'NO_LEADER',
  'NOT_LEADER',
  'OVERLOADED',
  'DISK_FULL',
  'STARTING',
  'STOPPING',
  'NOTHING_SENT',
])

/**
 * Reads a failed call. What is not known to be harmless is `unsure`: calling a write refused that
 * took effect would be a lie, the other way round it is only a repeat (L16).
 */
export function failureOf(error: unknown): Failure {
  const { grpcStatus, details, code } = parts(error)
  const unreachable = neverLeft(grpcStatus, details)
  return {
    verdict: unreachable ? 'later' : verdict(grpcStatus, details, code),
    status: status[grpcStatus] ?? 'UNKNOWN',
    code,
    message: details,
    unreachable,
  }
}

function verdict(grpcStatus: status, details: string, code: string): Verdict {
  if (NOTHING_PROPOSED.has(code)) return 'later'
  if (code === 'OUTCOME_UNKNOWN') return 'unsure'
  if (code === 'TRANSFER_FAILED' || REFUSALS.has(grpcStatus)) return 'refused'
  if (grpcStatus === status.RESOURCE_EXHAUSTED) {
    return /message.*(larger|size)/i.test(details) ? 'refused' : 'later'
  }
  return grpcStatus === status.UNAVAILABLE && details.startsWith(NO_LEADER) ? 'later' : 'unsure'
}

/**
 * Whether the request stayed in this process for want of a connection, in grpc-js's words: it gives
 * no other sign. The test with a closed port notices if the words change.
 */
function neverLeft(grpcStatus: status, details: string): boolean {
  if (grpcStatus === status.DEADLINE_EXCEEDED) return details.includes('Waiting for LB pick')
  if (grpcStatus !== status.UNAVAILABLE) return false
  return /^(No connection established|Name resolution failed)/.test(details)
}

function parts(error: unknown): { grpcStatus: status; details: string; code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') {
    return { grpcStatus: status.UNKNOWN, details: String(error), code: '' }
  }
  const details = 'details' in error ? String(error.details) : error.message
  return { grpcStatus: error.code, details, code: trailer(error, ERROR_CODE) }
}

function trailer(error: Error, key: string): string {
  if (!('metadata' in error)) return ''
  const { metadata } = error as { metadata?: { get(key: string): readonly unknown[] } }
  return String(metadata?.get(key)[0] ?? '')
}
