import type { Message, NodeId, Request, Response } from '../../raft/messages.ts'

/** The response that answers a request. */
const ANSWERED_BY = {
  RequestVote: 'RequestVoteResponse',
  AppendEntries: 'AppendEntriesResponse',
  InstallSnapshot: 'InstallSnapshotResponse',
  ReadIndex: 'ReadIndexResponse',
} as const

export type Answerable = Exclude<Request['type'], 'TimeoutNow'>
export type AnswerOf<T extends Answerable> = Extract<Response, { type: (typeof ANSWERED_BY)[T] }>

/**
 * Calls of peers that wait for the core's answer, which comes as a message of its own and repeats
 * the request's number. The core may also stay silent: then the caller's deadline ends the call.
 */
export class WaitingCalls {
  readonly #waiting: Readonly<Record<Response['type'], BySender>> = {
    RequestVoteResponse: new Map(),
    AppendEntriesResponse: new Map(),
    InstallSnapshotResponse: new Map(),
    ReadIndexResponse: new Map(),
  }

  /** Registers before the request is submitted; the function forgets it again. */
  expect<T extends Answerable>(
    type: T,
    { from, sequence }: { from: NodeId; sequence: number },
    settle: (answer: AnswerOf<T>) => void,
  ): () => void {
    const bySender = this.#waiting[ANSWERED_BY[type]]
    let waiting = bySender.get(from)
    if (waiting === undefined) {
      waiting = new Map()
      bySender.set(from, waiting)
    }
    // The types agree: what waits here waits for an answer of this type.
    waiting.set(sequence, settle as (answer: Response) => void)
    return () => waiting.delete(sequence)
  }

  /** True when the message was an answer; one that nobody waits for any more is dropped. */
  settle(message: Message): message is Response {
    if (!isResponse(message)) return false
    const waiting = this.#waiting[message.type].get(message.to)
    const settle = waiting?.get(message.sequence)
    waiting?.delete(message.sequence)
    settle?.(message)
    return true
  }
}

/** By the sender of the request, and its number. */
type BySender = Map<NodeId, Map<number, (answer: Response) => void>>

const RESPONSES: ReadonlySet<string> = new Set(Object.values(ANSWERED_BY))

export function isResponse(message: Message): message is Response {
  return RESPONSES.has(message.type)
}
