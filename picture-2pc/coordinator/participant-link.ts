import { status } from '@grpc/grpc-js'
import { hasStatus } from '../../common/rpc-client.ts'
import type { Ack__Output } from '../../protos/types/Ack.ts'
import type { CoordinatorMessage } from '../../protos/types/CoordinatorMessage.ts'
import type { ParticipantMessage__Output } from '../../protos/types/ParticipantMessage.ts'
import type { VoteReply__Output } from '../../protos/types/VoteReply.ts'
import type { DecisionMessage, NodeName, VoteRequest } from '../protocol/messages.ts'
import { encodeDecision, encodeVoteRequest } from '../shell/wire.ts'
import { type Asked, ExchangeStream, late } from './exchange-stream.ts'
import type { PictureClient } from './picture-client.ts'

const REOPEN_MS = 500
/** A participant that does not know Exchange is asked again this late: it may have been upgraded. */
const UNSUPPORTED_MS = 60_000
const STREAM_MS = 3_600_000
/** A stream is replaced well before its deadline, with nothing under way on it. */
const RETIRE_MS = STREAM_MS / 2

type Answer = VoteReply__Output | Ack__Output

interface Queued extends Asked {
  /** Sends it as a call of its own. */
  call(): void
}

/**
 * The protocol's way to one participant. What is sent in one turn of the event loop travels as one
 * message of an Exchange; while there is none, or the participant does not know it, each request is a
 * call of its own. Every request has its own deadline either way.
 */
export class ParticipantLink {
  readonly #name: NodeName
  readonly #client: PictureClient
  #queue: Queued[] = []
  #stream: ExchangeStream | null = null
  #openedAt = 0
  #notBefore = 0
  #closed = false

  constructor(name: NodeName, client: PictureClient) {
    this.#name = name
    this.#client = client
  }

  /** Rejects when the participant does not answer within the deadline, or refuses. */
  async vote(message: VoteRequest, deadlineMs: number): Promise<VoteReply__Output> {
    const args = encodeVoteRequest(message)
    const options = { deadlineMs, waitForReady: true }
    const call = () => this.#client.unary('VoteRequest', args, options)
    return (await this.#ask(
      { callId: 0, voteRequest: args },
      deadlineMs,
      call,
    )) as VoteReply__Output
  }

  /** Rejects when the participant does not answer within the deadline, or refuses. */
  async decide(message: DecisionMessage, deadlineMs: number): Promise<Ack__Output> {
    const args = encodeDecision(message)
    const options = { deadlineMs, waitForReady: true }
    const call = () => this.#client.unary(message.kind, args, options)
    const request =
      message.kind === 'GlobalCommit'
        ? { callId: 0, globalCommit: args }
        : { callId: 0, globalAbort: args }
    return (await this.#ask(request, deadlineMs, call)) as Ack__Output
  }

  /** Opens the Exchange ahead of need. */
  warm(): void {
    this.#readyStream()
  }

  close(): void {
    this.#closed = true
    this.#stream?.cancel()
  }

  async #ask(
    request: CoordinatorMessage,
    deadlineMs: number,
    call: () => Promise<Answer>,
  ): Promise<Answer> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      if (this.#queue.length === 0) queueMicrotask(() => this.#flush())
      this.#queue.push({
        request,
        deadlineMs,
        fail: reject,
        settle: (reply) => settle(reply, resolve, reject),
        call: () =>
          void call().then(resolve, (error: Error) => {
            // What gRPC says of a deadline is about its channel; people read this as the reason of a vote.
            reject(hasStatus(error, status.DEADLINE_EXCEEDED) ? late(deadlineMs) : error)
          }),
      })
    })
    // An answer that names nobody is taken as coming from where it was asked for.
    if (answer.nodeId === this.#name || answer.nodeId === '') return answer
    // Addresses move: a channel can end at another participant. Counted for the one that was meant,
    // its vote and its Ack would leave that one out of the transaction.
    this.#stream?.cancel()
    this.#stream = null
    this.#client.reconnect()
    throw new Error(`at its address answers ${JSON.stringify(answer.nodeId)}, not ${this.#name}`)
  }

  #flush(): void {
    const queue = this.#queue
    this.#queue = []
    const stream = this.#readyStream()
    if (stream === null) {
      // A channel that reconnects is waited for: a node that has just come back must not look silent.
      for (const queued of queue) queued.call()
    } else {
      stream.send(queue)
    }
  }

  #readyStream(): ExchangeStream | null {
    const now = performance.now()
    if (this.#stream !== null && now - this.#openedAt > RETIRE_MS) {
      this.#stream.retire()
      this.#stream = null
    }
    if (this.#stream === null && now >= this.#notBefore && !this.#closed) this.#open(now)
    return this.#stream?.ready === true ? this.#stream : null
  }

  #open(now: number): void {
    this.#openedAt = now
    this.#notBefore = now + REOPEN_MS
    const duplex = this.#client.bidirectional('Exchange', { deadlineMs: STREAM_MS })
    const stream: ExchangeStream = new ExchangeStream(duplex, (error) => {
      if (this.#stream === stream) this.#stream = null
      if (error?.code === status.UNIMPLEMENTED) this.#notBefore = now + UNSUPPORTED_MS
    })
    this.#stream = stream
  }
}

/** What a call of its own would have ended with. */
function settle(
  { vote, ack, refused }: ParticipantMessage__Output,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): void {
  const answer = vote ?? ack
  if (answer !== null && answer !== undefined) resolve(answer)
  else reject(new Error(refused?.details ?? 'an empty answer'))
}
