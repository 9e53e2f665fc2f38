/**
 * What this folder refuses with.
 * - `INVALID_ARGUMENT`: a request breaks a rule of `validate.ts`; `field` names it (gRPC 3).
 * - `MALFORMED_COMMAND`: bytes are not an encoded command. `QueueMachine.apply` never lets it out.
 * - `CORRUPT_SNAPSHOT`: bytes are not a snapshot, or not all of one; the node must fetch another.
 * - `UNSUPPORTED_SNAPSHOT`: a snapshot of a format this build does not know.
 */
export type QueueErrorCode =
  | 'INVALID_ARGUMENT'
  | 'MALFORMED_COMMAND'
  | 'CORRUPT_SNAPSHOT'
  | 'UNSUPPORTED_SNAPSHOT'

/** The only error thrown on bad input; anything else that leaves this folder is a broken invariant. */
export class QueueError extends Error {
  override readonly name = 'QueueError'
  readonly code: QueueErrorCode
  /** Name of the offending field, or '' where none is to blame. */
  readonly field: string

  constructor(code: QueueErrorCode, message: string, field = '') {
    super(message)
    this.code = code
    this.field = field
  }
}
