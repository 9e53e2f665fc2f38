import { type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js'
import type { CoordinatorBatch } from '../../protos/types/CoordinatorBatch.ts'
import type { CoordinatorMessage } from '../../protos/types/CoordinatorMessage.ts'
import type { ParticipantBatch__Output } from '../../protos/types/ParticipantBatch.ts'
import type { ParticipantMessage__Output } from '../../protos/types/ParticipantMessage.ts'

/** One request's end. */
export interface Waiting {
  settle(reply: ParticipantMessage__Output): void
  fail(error: Error): void
}

/** Requests in one message at most: with the longest names it stays far below the message limit. */
const MAX_BATCH = 256

type Duplex = ClientDuplexStream<CoordinatorBatch, ParticipantBatch__Output>

/** One open Exchange: requests out in batches, answers in as they come. */
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

  send(requests: readonly (readonly [Omit<CoordinatorMessage, 'callId'>, Waiting])[]): void {
    for (let at = 0; at < requests.length; at += MAX_BATCH) {
      const messages = requests.slice(at, at + MAX_BATCH).map(([request, waiting]) => {
        this.#lastCall += 1
        this.#waiting.set(this.#lastCall, waiting)
        return { callId: this.#lastCall, ...request }
      })
      this.#duplex.write({ messages })
    }
  }

  /** Takes no more requests and closes when the last one is answered. */
  retire(): void {
    this.#retiring = true
    this.#closeWhenDone()
  }

  cancel(): void {
    this.#duplex.cancel()
  }

  #receive({ messages }: ParticipantBatch__Output): void {
    for (const reply of messages) {
      const waiting = this.#waiting.get(reply.callId)
      this.#waiting.delete(reply.callId)
      waiting?.settle(reply)
    }
    this.#closeWhenDone()
  }

  #closeWhenDone(): void {
    if (this.#retiring && this.#waiting.size === 0) this.#duplex.end()
  }

  #end(error: ServiceError | null): void {
    if (this.#ended) return
    this.#ended = true
    const lost = error ?? Object.assign(new Error('the stream ended'), { code: status.UNAVAILABLE })
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#onEnd(error)
    for (const each of waiting) each.fail(lost)
  }
}
