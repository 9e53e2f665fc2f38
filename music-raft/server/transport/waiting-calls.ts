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
  readonly #waiting = new Map<string, (answer: Response) => void>()

  /** Registers before the request is submitted; the function forgets it again. */
  expect<T extends Answerable>(
    type: T,
    { from, sequence }: { from: NodeId; sequence: number },
    settle: (answer: AnswerOf<T>) => void,
  ): () => void {
    const key = keyOf(ANSWERED_BY[type], from, sequence)
    // The types agree: the key begins with the type of the answer.
    this.#waiting.set(key, settle as (answer: Response) => void)
    return () => this.#waiting.delete(key)
  }

  /** True when the message was an answer; one that nobody waits for any more is dropped. */
  settle(message: Message): message is Response {
    if (!isResponse(message)) return false
    const key = keyOf(message.type, message.to, message.sequence)
    const settle = this.#waiting.get(key)
    this.#waiting.delete(key)
    settle?.(message)
    return true
  }
}

const RESPONSES: ReadonlySet<string> = new Set(Object.values(ANSWERED_BY))

export function isResponse(message: Message): message is Response {
  return RESPONSES.has(message.type)
}

function keyOf(type: Response['type'], peer: NodeId, sequence: number): string {
  return `${type} ${peer} ${sequence}`
}
