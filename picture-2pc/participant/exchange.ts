import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js'
import { CodedError, messageOf } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import type { CoordinatorBatch__Output } from '../../protos/types/CoordinatorBatch.ts'
import type { CoordinatorMessage__Output } from '../../protos/types/CoordinatorMessage.ts'
import type { ParticipantBatch } from '../../protos/types/ParticipantBatch.ts'
import type { ParticipantMessage } from '../../protos/types/ParticipantMessage.ts'
import type { ProtocolCalls } from './protocol-calls.ts'

/** Messages waiting for a coordinator that does not read: beyond this many its stream is closed. */
const MAX_UNREAD = 4096
/** Requests in one message; our own coordinator sends a quarter of it. */
const MAX_BATCH = 1024

type Call = ServerDuplexStream<CoordinatorBatch__Output, ParticipantBatch>

/** The open Exchanges: requests are answered each by itself, answers of one turn leave together. */
export class Exchanges {
  readonly #calls: Pick<ProtocolCalls, 'vote' | 'decide'>
  readonly #log: Logger
  readonly #open = new Set<OpenExchange>()
  #stopping = false

  constructor(calls: Pick<ProtocolCalls, 'vote' | 'decide'>, log: Logger) {
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
      if (this.#stopping) throw new CodedError('STOPPING')
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
  /** No request comes any more that is to be waited for. */
  #ending = false
  #closed = false
  #settle: (error?: CodedError) => void = () => undefined
  readonly #finished: Promise<void>

  constructor(
    call: Call,
    answer: (message: CoordinatorMessage__Output) => Promise<ParticipantMessage>,
  ) {
    this.#call = call
    this.#answer = answer
    this.#finished = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error))
    })
  }

  /** Rejects with a CodedError when the other end asks too much, or does not read its answers. */
  run(): Promise<void> {
    this.#call.sendMetadata(new Metadata()) // tells the coordinator that this method is known here
    this.#call.on('data', ({ messages }: CoordinatorBatch__Output) => this.#receive(messages))
    this.#call.on('end', () => this.stop())
    this.#call.on('error', () => this.#close())
    this.#call.on('cancelled', () => this.#close())
    return this.#finished
  }

  stop(): void {
    this.#ending = true
    if (this.#unanswered === 0) this.#close()
  }

  #close(error?: CodedError): void {
    this.#closed = true
    this.#settle(error)
  }

  #receive(messages: readonly CoordinatorMessage__Output[]): void {
    if (this.#closed) return
    if (messages.length > MAX_BATCH) {
      return this.#close(new CodedError('INVALID_ARGUMENT', `more than ${MAX_BATCH} in a message`))
    }
    for (const message of messages) this.#take(message)
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
    if (this.#closed) return
    this.#call.write({ messages })
    if (this.#call.writableLength > MAX_UNREAD) {
      this.#close(new CodedError('OVERLOADED', 'the answers are not read'))
    } else if (this.#ending && this.#unanswered === 0) {
      this.#close()
    }
  }
}
