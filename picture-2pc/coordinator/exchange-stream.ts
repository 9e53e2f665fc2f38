import { type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js'
import type { CoordinatorBatch } from '../../protos/types/CoordinatorBatch.ts'
import type { CoordinatorMessage } from '../../protos/types/CoordinatorMessage.ts'
import type { ParticipantBatch__Output } from '../../protos/types/ParticipantBatch.ts'
import type { ParticipantMessage__Output } from '../../protos/types/ParticipantMessage.ts'

/** A request and its end. */
export interface Asked {
  /** Its number is given when it leaves. */
  readonly request: CoordinatorMessage
  readonly deadlineMs: number
  settle(reply: ParticipantMessage__Output): void
  fail(error: Error): void
}

/** Requests in one message at most: with the longest names it stays far below the message limit. */
const MAX_BATCH = 256

interface Waiting {
  readonly asked: Asked
  readonly timer: NodeJS.Timeout
}

type Duplex = ClientDuplexStream<CoordinatorBatch, ParticipantBatch__Output>

/**
 * One open Exchange: requests out in batches, answers in as they come. A request that is not answered
 * by its deadline fails and is forgotten: a participant that never answers must not fill the memory.
 */
export class ExchangeStream {
  readonly #duplex: Duplex
  readonly #waiting = new Map<number, Waiting>()
  readonly #onEnd: (error: ServiceError | null) => void
  #lastCall = 0
  #answered = false
  #ended = false
  #retiring = false

  /** `onEnd`: the stream is of no more use; null when the other end closed it in good order. */
  constructor(duplex: Duplex, onEnd: (error: ServiceError | null) => void) {
    this.#duplex = duplex
    this.#onEnd = onEnd
    duplex.on('metadata', () => {
      this.#answered = true
    })
    duplex.on('data', (batch: ParticipantBatch__Output) => this.#receive(batch))
    duplex.on('error', (error: ServiceError) => this.#end(error))
    duplex.on('end', () => this.#end(null))
  }

  /** Whether the other end has answered that it knows this method, and the stream is open. */
  get ready(): boolean {
    return this.#answered && !this.#ended
  }

  send(requests: readonly Asked[]): void {
    for (let at = 0; at < requests.length; at += MAX_BATCH) {
      const messages = requests.slice(at, at + MAX_BATCH).map((asked) => this.#number(asked))
      this.#duplex.write({ messages })
    }
  }

  #number(asked: Asked): CoordinatorMessage {
    const { request, deadlineMs } = asked
    this.#lastCall += 1
    const callId = this.#lastCall
    const timer = setTimeout(() => {
      this.#take(callId)?.asked.fail(late(deadlineMs))
      this.#closeWhenDone()
    }, deadlineMs)
    this.#waiting.set(callId, { asked, timer })
    request.callId = callId
    return request
  }

  #take(callId: number): Waiting | undefined {
    const waiting = this.#waiting.get(callId)
    this.#waiting.delete(callId)
    clearTimeout(waiting?.timer)
    return waiting
  }

  /** Takes no more requests and closes when the last one is answered or late. */
  retire(): void {
    this.#retiring = true
    this.#closeWhenDone()
  }

  cancel(): void {
    this.#duplex.cancel()
  }

  #receive({ messages }: ParticipantBatch__Output): void {
    for (const reply of messages) this.#take(reply.callId)?.asked.settle(reply)
    this.#closeWhenDone()
  }

  #closeWhenDone(): void {
    if (this.#retiring && this.#waiting.size === 0) this.#duplex.end()
  }

  #end(error: ServiceError | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd(error)
    const lost = error ?? failure(status.UNAVAILABLE, 'the stream ended')
    for (const callId of [...this.#waiting.keys()]) this.#take(callId)?.asked.fail(lost)
  }
}

/** A request that was not answered in time. */
export function late(deadlineMs: number): Error {
  return failure(status.DEADLINE_EXCEEDED, `no answer within ${deadlineMs} ms`)
}

function failure(code: status, message: string): Error & Pick<ServiceError, 'code'> {
  return Object.assign(new Error(message), { code })
}
