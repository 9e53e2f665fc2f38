import type { Metadata } from '@grpc/grpc-js'
import { CodedError } from '../../common/errors.ts'
import { MAX_MESSAGE_BYTES } from '../../common/rpc.ts'
import { type CallContext, type Served, serve } from '../../common/rpc-server.ts'
import type { QueueList } from '../../protos/types/queue/QueueList.ts'
import { encodeCommand, type Operation } from '../queue/command.ts'
import { QueueError } from '../queue/errors.ts'
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
import { codedError } from './answers.ts'
import type { TracksCall } from './streams/track-stream.ts'
import { queueService, type WriteMethod } from './wire/queue-wire.ts'

/** A client's write, checked and encoded. */
export interface Write {
  readonly method: WriteMethod | 'AddTracks'
  readonly command: string
  readonly data: Uint8Array
  /** The answer is to list only the track it is about. */
  readonly brief: boolean
}

export interface QueueServiceParts {
  readonly limits: Limits
  /** Resolves with the encoded answer, which nobody waits for after `withinMs`. Rejects with Refused, or the CodedError the client is to see. */
  write(write: Write, withinMs: number): Promise<Buffer>
  /** Resolves when a read of `machine` is linearizable. Rejects like `write`. */
  read(): Promise<void>
  machine(): QueueMachine
  /** Serves a stream of tracks. */
  addTracks(call: TracksCall): Promise<void>
  describe(trailer: Metadata): void
}

const NO_LEADER = { message: 'No Leader Elected Yet', code: 'NO_LEADER' }
/** Room for the other fields of a list. */
const MAX_LIST_BYTES = MAX_MESSAGE_BYTES - 1024

/** The queue, as clients call it on any node. */
export function queueServed(parts: QueueServiceParts): Served {
  return serve(queueService, {
    unary: { ...writes(parts), ...reads(parts) },
    bidirectional: { AddTracks: (call) => parts.addTracks(call) },
  })
}

function writes(parts: QueueServiceParts) {
  const { limits } = parts
  /** `noLeader`: the answer while nobody leads, where the reply has words for that. */
  const write = async <Words = never>(
    method: WriteMethod,
    call: CallContext,
    operation: () => Operation,
    noLeader?: Words,
  ): Promise<Buffer | Words> => {
    try {
      return await submit(parts, method, call, operation)
    } catch (error) {
      const coded = codedError(error, 'NO_LEADER')
      if (coded.code === 'NO_LEADER' && noLeader !== undefined) return noLeader
      throw coded
    } finally {
      parts.describe(call.trailer)
    }
  }
  return {
    AddTrack: (request: Parameters<typeof checkNewTrack>[0], call: CallContext) =>
      write(
        'AddTrack',
        call,
        () => ({ kind: 'ADD', maxTracks: limits.maxTracks, ...checkNewTrack(request) }),
        NO_LEADER,
      ),
    RemoveTrack: (request: { id: string }, call: CallContext) =>
      write('RemoveTrack', call, () => ({ kind: 'REMOVE', id: checkId(request.id) }), NO_LEADER),
    VoteTrack: (request: { id: string; up: boolean }, call: CallContext) =>
      write(
        'VoteTrack',
        call,
        () => ({ kind: 'VOTE', id: checkId(request.id), up: checkUp(request.up) }),
        NO_LEADER,
      ),
    PlayNext: (_request: object, call: CallContext) =>
      write('PlayNext', call, () => ({ kind: 'PLAY', maxHistory: limits.maxHistory })),
  }
}

function reads(parts: QueueServiceParts) {
  const { machine } = parts
  const read = async <T>(call: CallContext, view: () => T): Promise<T> => {
    try {
      if (call.metadata.get('x-consistency')[0] !== 'stale') await parts.read()
      return view()
    } catch (error) {
      const coded = codedError(error, 'NO_LEADER')
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
  method: WriteMethod,
  call: CallContext,
  operation: () => Operation,
): Promise<Buffer> {
  const { command, data } = checked(() => {
    const asked = operation()
    const who = checkIdentity(
      call.metadata.get('x-client-id')[0],
      call.metadata.get('x-request-id')[0],
    )
    const identity = who && { ...who, maxSessions: parts.limits.maxSessions }
    return { command: asked.kind, data: encodeCommand({ identity, operation: asked }) }
  })
  const brief = call.metadata.get('x-answer')[0] === 'brief'
  return parts.write({ method, command, data, brief }, call.deadline - Date.now())
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
