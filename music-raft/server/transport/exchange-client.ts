import type { ClientDuplexStream } from '@grpc/grpc-js'
import type { RpcClient } from '../../../common/rpc-client.ts'
import type { RaftDefinition, ReceivedReply, SentToPeer } from '../wire/raft-wire.ts'

export interface ExchangeClientParts {
  readonly client: RpcClient<RaftDefinition>
  /** How long a peer may leave what it must answer unanswered. */
  readonly deadlineMs: number
  received(reply: ReceivedReply): void
  /** The stream is gone, and with it what was not answered. null: the peer answered nothing in time. */
  lost(error: Error | null): void
}

/** A stream is of no age: what is asked on it has a deadline of its own. */
const STREAM_MS = 24 * 3_600_000

/**
 * One end of an Exchange, opened when there is something to send and opened anew after it broke. What
 * is sent while there is no connection waits for one as long as the channel tries.
 */
export class ExchangeClient {
  readonly #parts: ExchangeClientParts
  #stream: ClientDuplexStream<SentToPeer, ReceivedReply> | null = null
  /** Messages that the peer answers as soon as its disk has them, sent and not answered yet. */
  #unanswered = 0
  /** When the peer last answered, or was first asked after that. */
  #heard = 0
  #watch: NodeJS.Timeout | null = null

  constructor(parts: ExchangeClientParts) {
    this.#parts = parts
  }

  /** `prompt`: the peer's silence means that something is wrong. */
  send(message: SentToPeer, prompt: boolean): void {
    const stream = this.#stream ?? this.#open()
    if (prompt) {
      if (this.#unanswered === 0) this.#heard = performance.now()
      this.#unanswered += 1
    }
    stream.write(message)
  }

  close(): void {
    this.#forget()?.cancel()
  }

  #open(): ClientDuplexStream<SentToPeer, ReceivedReply> {
    const { client, deadlineMs, received, lost } = this.#parts
    const stream = client.bidirectional('Exchange', { deadlineMs: STREAM_MS })
    const ended = (error: Error | null) => {
      if (this.#stream !== stream) return
      this.#forget()
      lost(error ?? new Error('the peer ended the stream'))
    }
    stream.on('data', (reply: ReceivedReply) => {
      if (this.#stream !== stream) return
      if (this.#unanswered > 0) this.#unanswered -= 1
      this.#heard = performance.now()
      received(reply)
    })
    stream.on('error', ended)
    stream.on('end', () => ended(null))
    this.#stream = stream
    this.#watch = setInterval(() => this.#check(), deadlineMs / 2).unref()
    return stream
  }

  /** A peer that stands still must not collect what it will never answer. */
  #check(): void {
    if (this.#unanswered === 0) return
    if (performance.now() - this.#heard < this.#parts.deadlineMs) return
    this.close()
    this.#parts.lost(null)
  }

  #forget(): ClientDuplexStream<SentToPeer, ReceivedReply> | null {
    const stream = this.#stream
    this.#stream = null
    this.#unanswered = 0
    if (this.#watch !== null) clearInterval(this.#watch)
    return stream
  }
}
