import { CodedError } from '../../common/errors.ts'
import { loadService } from '../../common/rpc.ts'
import type {
  DecisionQuery__Output,
  DecisionQuery as WireQuery,
} from '../../protos/types/coordinator/DecisionQuery.ts'
import type { DecisionReply__Output } from '../../protos/types/coordinator/DecisionReply.ts'
import type { DecisionServiceDefinition } from '../../protos/types/coordinator/DecisionService.ts'
import type { DecisionArgs, DecisionArgs__Output } from '../../protos/types/DecisionArgs.ts'
import type { PictureServiceDefinition } from '../../protos/types/PictureService.ts'
import type { TransactionOrder__Output } from '../../protos/types/TransactionOrder.ts'
import type { VoteArgs, VoteArgs__Output } from '../../protos/types/VoteArgs.ts'
import type {
  DecisionAnswer,
  DecisionMessage,
  DecisionQuery,
  NodeName,
  Operation,
  Order,
  VoteRequest,
} from '../protocol/messages.ts'
import { pictureName } from './picture-name.ts'

export const pictureService = loadService<PictureServiceDefinition>(
  'picture.proto',
  'PictureService',
)
export const decisionService = loadService<DecisionServiceDefinition>(
  'coordinator.proto',
  'coordinator.DecisionService',
)

const MAX_PARTICIPANTS = 64

/** A VoteRequest as it travels. */
export function encodeVoteRequest(message: VoteRequest): VoteArgs {
  const { operation } = message
  return {
    transactionId: message.transactionId,
    coordinatorId: message.coordinatorId,
    coordinatorDisk: message.coordinatorDisk,
    filename: message.filename,
    operation: WIRE_OPERATION[operation.kind],
    order: message.order,
    finishedBefore: message.finishedBefore,
    participants: [...message.participants],
    staged:
      operation.kind === 'upload'
        ? {
            size: operation.size,
            sha256: Buffer.from(operation.sha256, 'hex'),
            uploadTime: operation.uploadTime,
          }
        : null,
  }
}

/**
 * A VoteRequest as it came, checked. `all` are the participants of a coordinator that names none.
 * Throws CodedError INVALID_ARGUMENT or INVALID_NAME.
 */
export function decodeVoteRequest(args: VoteArgs__Output, all: readonly NodeName[]): VoteRequest {
  if (args.participants.length > MAX_PARTICIPANTS) invalid('participants has too many names')
  return {
    kind: 'VoteRequest',
    transactionId: transactionId(args.transactionId),
    coordinatorId: coordinatorId(args.coordinatorId),
    coordinatorDisk: coordinatorDisk(args.coordinatorDisk),
    filename: pictureName(args.filename),
    order: decodeOrder(args.order),
    finishedBefore: decodeOrder(args.finishedBefore),
    operation: decodeOperation(args),
    participants:
      args.participants.length === 0
        ? all
        : args.participants.map((name) => text('participants', name, 63)),
  }
}

export const WIRE_OPERATION = { delete: 'DELETE', upload: 'UPLOAD', like: 'LIKE' } as const

function decodeOperation({ operation, staged }: VoteArgs__Output): Operation {
  switch (operation) {
    case 'DELETE':
      return { kind: 'delete' }
    case 'LIKE':
      return { kind: 'like' }
    case 'UPLOAD': {
      if (staged === null || staged === undefined) return invalid('staged is missing in an upload')
      if (staged.sha256.byteLength !== 32) return invalid('staged.sha256 must have 32 bytes')
      return {
        kind: 'upload',
        size: whole('staged.size', staged.size),
        sha256: staged.sha256.toString('hex'),
        uploadTime: whole('staged.upload_time', staged.uploadTime),
      }
    }
    default:
      return invalid(`operation ${operation} is not known here`)
  }
}

/** A decision as it travels. */
export function encodeDecision(message: DecisionMessage): DecisionArgs {
  const { transactionId, coordinatorId, coordinatorDisk, filename, order, finishedBefore } = message
  return { transactionId, coordinatorId, coordinatorDisk, filename, order, finishedBefore }
}

/** A decision as it came, checked. Throws CodedError INVALID_ARGUMENT or INVALID_NAME. */
export function decodeDecision(
  kind: DecisionMessage['kind'],
  args: DecisionArgs__Output,
): DecisionMessage {
  return {
    kind,
    transactionId: transactionId(args.transactionId),
    coordinatorId: coordinatorId(args.coordinatorId),
    coordinatorDisk: coordinatorDisk(args.coordinatorDisk),
    filename: pictureName(args.filename),
    order: decodeOrder(args.order),
    finishedBefore: decodeOrder(args.finishedBefore),
  }
}

/** A question about a decision as it travels. */
export function encodeQuery(query: DecisionQuery, nodeId: NodeName): WireQuery {
  return {
    transactionId: query.transactionId,
    coordinatorId: query.coordinatorId,
    coordinatorDisk: query.coordinatorDisk,
    nodeId,
    epoch: query.order?.epoch ?? 0,
    number: query.order?.number ?? 0,
    participants: [...query.participants],
    preparedAt: query.preparedAt,
  }
}

/** A question about a decision as it came, checked. Throws CodedError INVALID_ARGUMENT. */
export function decodeQuery(args: DecisionQuery__Output): DecisionQuery {
  if (args.participants.length > MAX_PARTICIPANTS) invalid('participants has too many names')
  const epoch = whole('epoch', args.epoch)
  const number = whole('number', args.number)
  return {
    transactionId: transactionId(args.transactionId),
    coordinatorId: coordinatorId(args.coordinatorId),
    coordinatorDisk: coordinatorDisk(args.coordinatorDisk),
    order: epoch === 0 ? null : { epoch, number },
    participants: args.participants,
    preparedAt: whole('prepared_at', args.preparedAt),
  }
}

const WIRE_ANSWER = {
  commit: 'COMMIT',
  abort: 'ABORT',
  pending: 'PENDING',
  inDoubt: 'IN_DOUBT',
  unknown: 'UNKNOWN',
} as const satisfies Record<DecisionAnswer, string>

export function encodeAnswer(answer: DecisionAnswer) {
  return WIRE_ANSWER[answer]
}

/** What is not understood settles nothing. */
export function decodeAnswer({ decision }: DecisionReply__Output): DecisionAnswer {
  const found = Object.entries(WIRE_ANSWER).find(([, wire]) => wire === decision)
  return (found?.[0] ?? 'unknown') as DecisionAnswer
}

/** Checks the name of a transaction. Throws CodedError INVALID_ARGUMENT. */
export function transactionId(raw: string): string {
  return text('transaction_id', raw, 128)
}

function coordinatorId(raw: string): NodeName {
  return text('coordinator_id', raw, 63)
}

function coordinatorDisk(raw: string): string {
  return raw === '' ? '' : text('coordinator_disk', raw, 64)
}

function decodeOrder(order: TransactionOrder__Output | null | undefined): Order | null {
  if (order === null || order === undefined) return null
  return { epoch: whole('epoch', order.epoch), number: whole('number', order.number) }
}

function text(field: string, value: string, most: number): string {
  if (/^[\x21-\x7e]+$/.test(value) && value.length <= most) return value
  return invalid(`${field} must be 1 to ${most} visible ASCII characters without spaces`)
}

function whole(field: string, value: number): number {
  return Number.isSafeInteger(value) && value >= 0
    ? value
    : invalid(`${field} must be a whole number from 0 to 2^53 - 1`)
}

function invalid(detail: string): never {
  throw new CodedError('INVALID_ARGUMENT', detail)
}
