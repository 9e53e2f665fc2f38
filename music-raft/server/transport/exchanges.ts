import type { ServerDuplexStream } from '@grpc/grpc-js'
import { CodedError } from '../../../common/errors.ts'
import type { ForwardedReply } from '../../../protos/types/raft/ForwardedReply.ts'
import type { ReceivedFromPeer, SentReply } from '../wire/raft-wire.ts'

type Call = ServerDuplexStream<ReceivedFromPeer, SentReply>

/** Requests of one stream that the core may still answer; it leaves some unanswered for ever. */
const MAX_OWED = 4096
/** Answers in one message, which may each list fifty tracks: far below the message limit. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** The open Exchanges of this node's peers. */
export class Exchanges {
  readonly #open = new Set<Replies>()
  readonly #waiting = new Set<() => void>()
  #writes = 0
  #stopping = false

  /** Serves one stream until its peer ends it, something in it is wrong, or this node stops. */
  async serve(
    call: Call,
    receive: (request: ReceivedFromPeer, replies: Replies) => void,
  ): Promise<void> {
    if (this.#stopping) throw new CodedError('STOPPING')
    const replies = new Replies(call)
    this.#open.add(replies)
    try {
      await replies.untilClosed(receive)
    } finally {
      this.#open.delete(replies)
    }
  }

  /** Takes note of a write that a peer waits for, and sends its answer. */
  answer(replies: Replies, answered: Promise<ForwardedReply>): void {
    this.#writes += 1
    void answered.then((reply) => {
      replies.gather(reply)
      this.#writes -= 1
      if (this.#writes === 0) for (const settled of this.#waiting) settled()
    })
  }

  /** Resolves when every write has its answer, or after this time: those left end as unknown. */
  async settled(withinMs: number): Promise<void> {
    if (this.#writes === 0) return
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(late)
        this.#waiting.delete(done)
        resolve()
      }
      const late = setTimeout(done, withinMs)
      this.#waiting.add(done)
    })
  }

  /** Ends every stream, so that the server can close. */
  stop(): void {
    this.#stopping = true
    for (const replies of this.#open) replies.close()
  }
}

/** What goes back on one Exchange. */
export class Replies {
  readonly #call: Call
  /** In the order of the requests; each forgets its request. */
  readonly #owed = new Set<() => void>()
  #gathered: ForwardedReply[] = []
  #closed = false
  #close: (error?: unknown) => void = () => undefined

  constructor(call: Call) {
    this.#call = call
  }

  untilClosed(receive: (request: ReceivedFromPeer, replies: Replies) => void): Promise<void> {
    const call = this.#call
    const closed = new Promise<void>((resolve, reject) => {
      this.#close = (error) => {
        this.#closed = true
        for (const forget of this.#owed) forget()
        this.#owed.clear()
        error === undefined ? resolve() : reject(error)
      }
    })
    call.on('data', (request: ReceivedFromPeer) => {
      if (this.#closed) return
      try {
        receive(request, this)
      } catch (error) {
        this.#close(error)
      }
    })
    call.on('end', () => this.#close())
    call.on('error', () => this.#close())
    call.on('cancelled', () => this.#close())
    // A peer that does not read its replies is not asked for more.
    call.on('drain', () => call.resume())
    return closed
  }

  /** What was gathered still leaves. */
  close(): void {
    if (this.#gathered.length > 0) this.#flush()
    this.#close()
  }

  /** Takes note of a request that the core will answer; `forget` when it is not waited for any more. */
  owe(forget: () => void): void {
    this.#owed.add(forget)
    if (this.#owed.size <= MAX_OWED) return
    for (const oldest of this.#owed) {
      oldest()
      this.#owed.delete(oldest)
      return
    }
  }

  paid(forget: () => void): void {
    this.#owed.delete(forget)
  }

  send(reply: SentReply): void {
    if (this.#closed) return
    if (!this.#call.write(reply)) this.#call.pause()
  }

  /** Ends of writes of one turn of the event loop leave together. */
  gather(reply: ForwardedReply): void {
    if (this.#gathered.length === 0) setImmediate(() => this.#flush())
    this.#gathered.push(reply)
  }

  #flush(): void {
    let writes: ForwardedReply[] = []
    let bytes = 0
    for (const reply of this.#gathered.splice(0)) {
      const more = reply.response?.length ?? 0
      if (writes.length > 0 && bytes + more > MAX_ANSWER_BYTES) {
        this.send({ kind: 'other', reply: { writes } })
        writes = []
        bytes = 0
      }
      writes.push(reply)
      bytes += more
    }
    if (writes.length > 0) this.send({ kind: 'other', reply: { writes } })
  }
}
