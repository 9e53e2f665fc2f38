import { status } from '@grpc/grpc-js'

/**
 * Every refusal a client can meet: its code, the gRPC status and HTTP status that carry it, and the
 * sentence that says what to do. Codes are stable; sentences may improve.
 */
export const catalogue = {
  INVALID_ARGUMENT: row(status.INVALID_ARGUMENT, 400, 'The request is not valid.'),
  INVALID_NAME: row(
    status.INVALID_ARGUMENT,
    400,
    'A picture name is 1 to 255 bytes of UTF-8 without "/", "\\", NUL or control characters, and not "." or "..".',
  ),
  NO_FILE: row(status.INVALID_ARGUMENT, 400, 'No file provided'),
  EMPTY_FILENAME: row(status.INVALID_ARGUMENT, 400, 'Empty filename'),
  MALFORMED_BODY: row(
    status.INVALID_ARGUMENT,
    400,
    'The multipart body is malformed or ends too early; send exactly one file in the field "file".',
  ),
  NO_ROUTE: row(status.UNIMPLEMENTED, 404, 'There is nothing at this path.'),
  STREAM_IDLE: row(
    status.DEADLINE_EXCEEDED,
    408,
    'Nothing was sent on this stream, or none of its answers read, for too long.',
  ),
  NO_PAGE: row(
    status.UNIMPLEMENTED,
    404,
    'The page is not built: run npm run build, which makes it, and start this process from dist.',
  ),
  FILE_NOT_FOUND: row(status.NOT_FOUND, 404, 'File not found'),
  PICTURE_NOT_FOUND: row(status.NOT_FOUND, 404, 'This node does not hold the picture.'),
  TRANSACTION_NOT_FOUND: row(
    status.NOT_FOUND,
    404,
    'No such transaction is remembered; aborted and long finished ones are forgotten.',
  ),
  UNKNOWN_NODE: row(status.NOT_FOUND, 404, 'There is no participant of this name.'),
  METHOD_NOT_ALLOWED: row(status.UNIMPLEMENTED, 405, 'This path does not take this method.'),
  REQUEST_TIMEOUT: row(
    status.DEADLINE_EXCEEDED,
    408,
    'The body stopped arriving; nothing was begun or stored. Send it again.',
  ),
  PICTURE_LOCKED: row(
    status.ABORTED,
    409,
    'The picture is locked by a transaction that is not decided yet; try again.',
  ),
  DECISION_CONFLICT: row(
    status.FAILED_PRECONDITION,
    409,
    'The opposite decision is already on disk here; decisions are never reversed.',
  ),
  UNKNOWN_TRANSACTION: row(
    status.FAILED_PRECONDITION,
    409,
    'This node never prepared the transaction, so it cannot commit it.',
  ),
  TRANSACTION_ABORTED: row(
    status.FAILED_PRECONDITION,
    409,
    'The transaction is already aborted here; begin a new one.',
  ),
  TRANSACTION_FINISHED: row(
    status.FAILED_PRECONDITION,
    409,
    'The transaction is finished; begin a new one.',
  ),
  COORDINATOR_FENCED: row(
    status.FAILED_PRECONDITION,
    409,
    'A later start of this coordinator is known here; stop the older copy.',
  ),
  NOT_STAGED: row(
    status.FAILED_PRECONDITION,
    409,
    'The bytes of the upload did not reach this node, or not these bytes.',
  ),
  PICTURE_TOO_LARGE: row(
    status.RESOURCE_EXHAUSTED,
    413,
    'The picture is larger than this server accepts.',
  ),
  BODY_TOO_LARGE: row(status.RESOURCE_EXHAUSTED, 413, 'The body is larger than a call may be.'),
  MESSAGE_TOO_LARGE: row(
    status.FAILED_PRECONDITION,
    413,
    'The picture does not fit in one message; use DownloadStream.',
  ),
  NOT_MULTIPART: row(
    status.INVALID_ARGUMENT,
    415,
    'Send the picture as multipart/form-data in the field "file".',
  ),
  NOT_JSON: row(
    status.INVALID_ARGUMENT,
    415,
    'Send JSON in UTF-8 as it is, with Content-Type: application/json.',
  ),
  NOT_AN_IMAGE: row(
    status.FAILED_PRECONDITION,
    415,
    'Its bytes are no PNG, JPEG, GIF, WebP or AVIF: it can be downloaded, not shown.',
  ),
  EMPTY_PICTURE: row(status.INVALID_ARGUMENT, 422, 'The picture is empty; send at least one byte.'),
  KEY_REUSED: row(
    status.INVALID_ARGUMENT,
    422,
    'This Idempotency-Key was used for another request; choose a new one.',
  ),
  UNKNOWN_COORDINATOR: row(
    status.PERMISSION_DENIED,
    403,
    'This node takes part only in transactions of the coordinators in COORDINATORS.',
  ),
  TOO_MANY_CALLS: row(
    status.RESOURCE_EXHAUSTED,
    429,
    'As many calls are under way here as one node takes over HTTP; nothing was begun. Try again in a moment.',
  ),
  OVERLOADED: row(
    status.RESOURCE_EXHAUSTED,
    503,
    'Too much is under way already; nothing was begun. Try again in a moment.',
  ),
  TOO_MANY_VIEWERS: row(
    status.RESOURCE_EXHAUSTED,
    503,
    'As many look at the events of this node as it serves; close one, or look at another node.',
  ),
  FOREIGN_PAGE: row(status.PERMISSION_DENIED, 403, 'Only pages of this server may ask for this.'),
  DISK_FULL: row(
    status.RESOURCE_EXHAUSTED,
    503,
    'The disk is full; nothing was stored. Free space and try again, no restart is needed.',
  ),
  NO_LEADER: row(status.UNAVAILABLE, 503, 'No Leader Elected Yet'),
  NOT_LEADER: row(
    status.FAILED_PRECONDITION,
    409,
    'This node is not the leader; ask the node that x-leader names.',
  ),
  OUTCOME_UNKNOWN: row(
    status.DEADLINE_EXCEEDED,
    504,
    'The outcome is unknown: the request may still take effect. Repeating it with the same x-client-id and x-request-id is safe.',
  ),
  NOT_APPLIED: row(status.FAILED_PRECONDITION, 409, 'The request was not applied.'),
  MEMBERSHIP_REFUSED: row(
    status.FAILED_PRECONDITION,
    409,
    'The membership cannot change like this now.',
  ),
  TRANSFER_FAILED: row(status.ABORTED, 409, 'Leadership was not handed over.'),
  TOKEN_REQUIRED: row(
    status.UNAUTHENTICATED,
    401,
    'This call needs the ADMIN_TOKEN of the node in the metadata key x-admin-token.',
  ),
  WRONG_CLUSTER: row(
    status.FAILED_PRECONDITION,
    409,
    'The message is of another cluster, or for another node; check PEERS and DATA_DIR.',
  ),
  UNREACHABLE: row(status.UNAVAILABLE, 503, 'A node that is needed for this does not answer.'),
  CALLER_GONE: row(status.CANCELLED, 499, 'The caller gave up before the answer.'),
  STARTING: row(status.UNAVAILABLE, 503, 'This node is starting; try again in a moment.'),
  STOPPING: row(status.UNAVAILABLE, 503, 'This server is stopping; nothing was begun.'),
  DAMAGED_PICTURE: row(
    status.DATA_LOSS,
    500,
    'The stored bytes are not the ones uploaded; get the picture from another node and upload it again.',
  ),
  INTERNAL: row(status.INTERNAL, 500, 'Something failed that should not; the log says more.'),
} as const satisfies Record<string, CatalogueRow>

/** One of the codes of the catalogue. */
export type ErrorCode = keyof typeof catalogue

interface CatalogueRow {
  readonly grpc: status
  readonly http: number
  readonly say: string
}

function row(grpc: status, http: number, say: string): CatalogueRow {
  return { grpc, http, say }
}

/** An error that a client may see. `message` is the catalogue's sentence, with detail if given. */
export class CodedError extends Error {
  readonly code: ErrorCode
  /** What the sentence is given in brackets; '': nothing. */
  readonly detail: string

  constructor(code: ErrorCode, detail = '') {
    super(detail === '' ? catalogue[code].say : `${catalogue[code].say} (${detail})`)
    this.name = 'CodedError'
    this.code = code
    this.detail = detail
  }

  get grpcStatus(): status {
    return catalogue[this.code].grpc
  }

  get httpStatus(): number {
    return catalogue[this.code].http
  }
}

/** Whether a text is a code of the catalogue: what arrives from other processes may be newer. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(catalogue, text)
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
