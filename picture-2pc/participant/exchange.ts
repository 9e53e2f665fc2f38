import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js'
import { CodedError, messageOf } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import type { CoordinatorBatch__Output } from '../../protos/types/CoordinatorBatch.ts'
import type { CoordinatorMessage__Output } from '../../protos/types/CoordinatorMessage.ts'
import type { ParticipantBatch } from '../../protos/types/ParticipantBatch.ts'
import type { ParticipantMessage } from '../../protos/types/ParticipantMessage.ts'
import type { ProtocolCalls } from './protocol-calls.ts'

/** Messages waiting for a coordinator that does not read: beyond this many it is cut off. */
const MAX_UNREAD = 4096

type Call = ServerDuplexStream<CoordinatorBatch__Output, ParticipantBatch>

/** The open Exchanges: requests are answered each by itself, answers of one turn leave together. */
export class Exchanges {
  readonly #calls: ProtocolCalls
  readonly #log: Logger
  readonly #open = new Set<OpenExchange>()
  #stopping = false

  constructor(calls: ProtocolCalls, log: Logger) {
    this.#calls = calls
    this.#log = log
  }

  /** Serves one stream until the coordinator ends it or this node stops. */
  async serve(call: Call): Promise<void> {
    if (this.#stopping) throw new CodedError('STOPPING')
    const exchange = new OpenExchange(call, (message) => this.#answer(message))
    this.#open.add(exchange)
    try {
      await exchange.run()
    } finally {
      this.#open.delete(exchange)
    }
  }

  /** Ends every stream once what has arrived on it is answered. */
  stop(): void {
    this.#stopping = true
    for (const exchange of this.#open) exchange.stop()
  }

  async #answer(message: CoordinatorMessage__Output): Promise<ParticipantMessage> {
    const { callId, voteRequest, globalCommit, globalAbort } = message
    try {
      if (voteRequest) return { callId, vote: await this.#calls.vote(voteRequest) }
      if (globalCommit)
        return { callId, ack: await this.#calls.decide('GlobalCommit', globalCommit) }
      if (globalAbort) return { callId, ack: await this.#calls.decide('GlobalAbort', globalAbort) }
      throw new CodedError('INVALID_ARGUMENT', 'a message needs a request')
    } catch (error) {
      const coded = error instanceof CodedError ? error : new CodedError('INTERNAL')
      if (coded !== error) this.#log.error({ err: error }, `a handler failed: ${messageOf(error)}`)
      return { callId, refused: { code: coded.code, details: coded.message } }
    }
  }
}

class OpenExchange {
  readonly #call: Call
  readonly #answer: (message: CoordinatorMessage__Output) => Promise<ParticipantMessage>
  #replies: ParticipantMessage[] = []
  #unanswered = 0
  #over = false
  #done: () => void = () => undefined
  readonly #finished: Promise<void>

  constructor(
    call: Call,
    answer: (message: CoordinatorMessage__Output) => Promise<ParticipantMessage>,
  ) {
    this.#call = call
    this.#answer = answer
    this.#finished = new Promise((resolve) => {
      this.#done = resolve
    })
  }

  run(): Promise<void> {
    this.#call.sendMetadata(new Metadata()) // tells the coordinator that this method is known here
    this.#call.on('data', ({ messages }: CoordinatorBatch__Output) => {
      for (const message of messages) this.#take(message)
    })
    this.#call.on('end', () => this.stop())
    this.#call.on('error', () => this.#done())
    this.#call.on('cancelled', () => this.#done())
    return this.#finished
  }

  stop(): void {
    this.#over = true
    if (this.#unanswered === 0) this.#done()
  }

  #take(message: CoordinatorMessage__Output): void {
    this.#unanswered += 1
    void this.#answer(message).then((reply) => {
      // Runs behind the promises that this turn has settled: their answers share the message.
      if (this.#replies.length === 0) process.nextTick(() => this.#flush())
      this.#replies.push(reply)
    })
  }

  #flush(): void {
    const messages = this.#replies
    this.#replies = []
    this.#unanswered -= messages.length
    if (this.#call.cancelled) return this.#done()
    this.#call.write({ messages })
    if (this.#call.writableLength > MAX_UNREAD) this.#call.destroy()
    if (this.#over && this.#unanswered === 0) this.#done()
  }
}
