import { CodedError, messageOf } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import type { ForwardedReply } from '../../protos/types/raft/ForwardedReply.ts'
import type { ForwardedWrite__Output } from '../../protos/types/raft/ForwardedWrite.ts'
import { BATCH } from '../queue/batch.ts'
import type { Word } from '../queue/command.ts'
import type { Outcome } from '../queue/outcome.ts'
import { LISTED, type QueueMachine } from '../queue/queue.ts'
import { EMPTY_TRACK } from '../queue/track.ts'
import type { Write } from './queue-service.ts'
import { type Done, Refused } from './requests.ts'
import { AnswerEncoder, encodeTrack } from './wire/queue-answer.ts'

/** The answers of this node to writes, as bytes. */
export class Answers {
  readonly #encoder = new AnswerEncoder()
  readonly #machine: () => QueueMachine

  constructor(machine: () => QueueMachine) {
    this.#machine = machine
  }

  /**
   * Throws CodedError NOT_APPLIED where the reply has no words for that.
   * @param brief without the head of the queue
   */
  to(method: Write['method'], outcome: Outcome, brief: boolean): Buffer {
    if (method === 'AddTracks') return codesIn(outcome)
    if (method !== 'PlayNext') {
      const code = outcome.code === 'OK' ? 'APPLIED' : outcome.code
      return this.#encoder.response(this.#machine().respond(outcome, brief ? 0 : LISTED), code)
    }
    // What was not applied must not look like an empty queue.
    if (outcome.detail !== '') throw new CodedError('NOT_APPLIED', outcome.detail)
    return encodeTrack(outcome.track ?? EMPTY_TRACK)
  }
}

/** Throws CodedError INTERNAL: what was encoded here can be decoded. */
function codesIn({ codes, detail }: Outcome): Buffer {
  if (codes === undefined) throw new CodedError('INTERNAL', detail)
  return Buffer.from(codes.buffer, codes.byteOffset, codes.length)
}

/** What each RPC that writes puts into the log. */
const COMMAND_OF: Readonly<Record<Write['method'], Word | typeof BATCH>> = {
  AddTrack: 'ADD',
  RemoveTrack: 'REMOVE',
  VoteTrack: 'VOTE',
  PlayNext: 'PLAY',
  AddTracks: BATCH,
}

function isWriteMethod(method: string): method is Write['method'] {
  return Object.hasOwn(COMMAND_OF, method)
}

export interface ForwardedParts {
  readonly answers: Answers
  readonly log: Logger
  propose(command: string, data: Uint8Array): Promise<Done>
}

/** A write that another node took from a client, checked and encoded. Never rejects. */
export async function answerForwarded(
  { answers, log, propose }: ForwardedParts,
  { callId, method, command, data, brief }: ForwardedWrite__Output,
): Promise<ForwardedReply> {
  try {
    if (!isWriteMethod(method) || COMMAND_OF[method] !== command) {
      throw new CodedError('INVALID_ARGUMENT', 'the method does not write this command')
    }
    return { callId, response: answers.to(method, outcomeOf(await propose(command, data)), brief) }
  } catch (error) {
    try {
      const { code, detail } = codedError(error, 'NOT_LEADER')
      return { callId, code, detail }
    } catch {
      log.error({ err: error }, `a forwarded ${method} failed: ${messageOf(error)}`)
      return { callId, code: 'INTERNAL' }
    }
  }
}

export function outcomeOf({ outcome }: Done): Outcome {
  if (outcome === null) throw new CodedError('INTERNAL', 'a command without an outcome')
  return outcome
}

/** What is answered where the core did not take a request. Throws what is a defect. */
export function codedError(error: unknown, noLeader: 'NO_LEADER' | 'NOT_LEADER'): CodedError {
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
      return new CodedError(noLeader)
  }
}
