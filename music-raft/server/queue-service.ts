import type { Metadata } from '@grpc/grpc-js'
import { CodedError } from '../../common/errors.ts'
import { MAX_MESSAGE_BYTES } from '../../common/rpc.ts'
import { type CallContext, type Served, serve } from '../../common/rpc-server.ts'
import type { QueueList } from '../../protos/types/queue/QueueList.ts'
import type { QueueResponse } from '../../protos/types/queue/QueueResponse.ts'
import type { Track as WireTrack } from '../../protos/types/queue/Track.ts'
import { encodeCommand, type Operation } from '../queue/command.ts'
import { QueueError } from '../queue/errors.ts'
import type { Outcome } from '../queue/outcome.ts'
import type { QueueMachine, TrackPage } from '../queue/queue.ts'
import { EMPTY_TRACK } from '../queue/track.ts'
import {
  checkId,
  checkIdentity,
  checkNewTrack,
  checkPage,
  checkUp,
  type Limits,
  type Page,
} from '../queue/validate.ts'
import { Refused } from './requests.ts'
import { queueService } from './wire/queue-wire.ts'

/** Where a write goes. */
export interface Write {
  readonly method: 'AddTrack' | 'RemoveTrack' | 'VoteTrack' | 'PlayNext'
  readonly request: object
  readonly command: string
  readonly data: Uint8Array
  readonly identity: Readonly<Record<string, string>>
}

/** Either our own state machine applied it, or the leader's answer came back. */
export type Written =
  | { readonly kind: 'applied'; readonly outcome: Outcome }
  | { readonly kind: 'forwarded'; readonly reply: unknown }

export interface QueueServiceParts {
  readonly limits: Limits
  /** Rejects with Refused, or with the CodedError the client is to see. */
  write(write: Write): Promise<Written>
  /** Resolves when a read of `machine` is linearizable. Rejects like `write`. */
  read(): Promise<void>
  machine(): QueueMachine
  /** Whether a failed call may be answered in words: on the client port, not between nodes. */
  readonly answersInWords: boolean
  describe(trailer: Metadata): void
}

const NO_LEADER = 'No Leader Elected Yet'
/** Room for the other fields of a list. */
const MAX_LIST_BYTES = MAX_MESSAGE_BYTES - 1024

/** The queue, as clients call it on any node. */
export function queueServed(parts: QueueServiceParts): Served {
  return serve(queueService, { unary: { ...writes(parts), ...reads(parts) } })
}

function writes(parts: QueueServiceParts) {
  const { limits } = parts
  const change = async (
    method: Write['method'],
    request: object,
    call: CallContext,
    operation: () => Operation,
  ): Promise<QueueResponse> => {
    try {
      const written = await submit(parts, method, request, call, operation)
      if (written.kind === 'forwarded') return written.reply as QueueResponse
      return responseOf(parts.machine(), written.outcome)
    } catch (error) {
      const coded = codedError(error, parts.answersInWords)
      if (coded.code !== 'NO_LEADER' || !parts.answersInWords) throw coded
      return { message: NO_LEADER, code: coded.code }
    } finally {
      parts.describe(call.trailer)
    }
  }
  return {
    AddTrack: (request: object, call: CallContext) =>
      change('AddTrack', request, call, () => ({
        kind: 'ADD',
        maxTracks: limits.maxTracks,
        ...checkNewTrack(request as Parameters<typeof checkNewTrack>[0]),
      })),
    RemoveTrack: (request: { id: string }, call: CallContext) =>
      change('RemoveTrack', request, call, () => ({ kind: 'REMOVE', id: checkId(request.id) })),
    VoteTrack: (request: { id: string; up: boolean }, call: CallContext) =>
      change('VoteTrack', request, call, () => ({
        kind: 'VOTE',
        id: checkId(request.id),
        up: checkUp(request.up),
      })),
    PlayNext: (request: object, call: CallContext) => playNext(parts, request, call),
  }
}

async function playNext(
  parts: QueueServiceParts,
  request: object,
  call: CallContext,
): Promise<WireTrack> {
  try {
    const written = await submit(parts, 'PlayNext', request, call, () => ({
      kind: 'PLAY',
      maxHistory: parts.limits.maxHistory,
    }))
    if (written.kind === 'forwarded') return written.reply as WireTrack
    const { outcome } = written
    // The reply has no message: what was not applied must not look like an empty queue.
    if (outcome.detail !== '') throw new CodedError('NOT_APPLIED', outcome.detail)
    return outcome.track ?? EMPTY_TRACK
  } catch (error) {
    throw codedError(error, parts.answersInWords)
  } finally {
    parts.describe(call.trailer)
  }
}

function reads(parts: QueueServiceParts) {
  const { machine } = parts
  const read = async <T>(call: CallContext, view: () => T): Promise<T> => {
    try {
      if (call.metadata.get('x-consistency')[0] !== 'stale') await parts.read()
      return view()
    } catch (error) {
      const coded = codedError(error, parts.answersInWords)
      // A read changes nothing: that it may yet happen is nobody's concern.
      throw coded.code === 'OUTCOME_UNKNOWN' ? new CodedError('NO_LEADER') : coded
    } finally {
      parts.describe(call.trailer)
    }
  }
  const list = async (
    request: { offset: number; limit: number },
    call: CallContext,
    page: (of: Page) => TrackPage,
  ): Promise<QueueList> => {
    const asked = checked(() => checkPage(request.offset, request.limit))
    const of = asked.limit === 0 ? { ...asked, limit: Number.MAX_SAFE_INTEGER } : asked
    return read(call, () => {
      const { tracks, total } = page(of)
      return { queue: [...tracks], total, more: asked.offset + tracks.length < total }
    })
  }
  return {
    GetQueue: (request: { offset: number; limit: number }, call: CallContext) =>
      list(request, call, (page) => machine().queuePage(page, MAX_LIST_BYTES)),
    GetHistory: (request: { offset: number; limit: number }, call: CallContext) =>
      list(request, call, (page) => machine().historyPage(page, MAX_LIST_BYTES)),
    GetMetadata: async (request: { id: string }, call: CallContext) => {
      const id = checked(() => checkId(request.id))
      return read(call, () => machine().track(id) ?? EMPTY_TRACK)
    },
  }
}

/** Checks, encodes once, and hands over. */
function submit(
  parts: QueueServiceParts,
  method: Write['method'],
  request: object,
  call: CallContext,
  operation: () => Operation,
): Promise<Written> {
  const { command, data, identity } = checked(() => {
    const asked = operation()
    const who = identityOf(call)
    const encoded = encodeCommand({
      identity: who && { ...who, maxSessions: parts.limits.maxSessions },
      operation: asked,
    })
    const metadata = who && {
      'x-client-id': who.clientId,
      'x-request-id': String(who.requestId),
    }
    return { command: asked.kind, data: encoded, identity: metadata ?? {} }
  })
  return parts.write({ method, request, command, data, identity })
}

function identityOf({ metadata }: CallContext) {
  return checkIdentity(metadata.get('x-client-id')[0], metadata.get('x-request-id')[0])
}

function responseOf(machine: QueueMachine, outcome: Outcome): QueueResponse {
  const { message, queue, position, total } = machine.respond(outcome)
  const code = outcome.code === 'OK' ? 'APPLIED' : outcome.code
  return { message, queue: [...queue], position, total, code }
}

/** Throws CodedError INVALID_ARGUMENT, which names the field. */
function checked<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (error instanceof QueueError) throw new CodedError('INVALID_ARGUMENT', error.message)
    throw error
  }
}

/** What a client is told when the core did not take its request. */
function codedError(error: unknown, forClients: boolean): CodedError {
  if (error instanceof CodedError) return error
  if (!(error instanceof Refused)) throw error
  switch (error.reason) {
    case 'tailFull':
    case 'logFull':
    case 'tooManyReads':
      return new CodedError('OVERLOADED')
    case 'entryTooLarge':
      return new CodedError('INVALID_ARGUMENT', 'the request is too large')
    default:
      return new CodedError(forClients ? 'NO_LEADER' : 'NOT_LEADER')
  }
}
