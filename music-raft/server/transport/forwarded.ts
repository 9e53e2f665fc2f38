import { CodedError } from '../../../common/errors.ts'
import type { ForwardedReply__Output } from '../../../protos/types/raft/ForwardedReply.ts'
import type { ForwardedWrite } from '../../../protos/types/raft/ForwardedWrite.ts'

/** How a forwarded write ended, in the leader's words. */
export type Answered = Omit<ForwardedReply__Output, 'callId'>

interface Waiting {
  readonly deadline: number
  resolve(answered: Answered): void
  reject(error: CodedError): void
}

const EXPIRE_EVERY_MS = 100
/** Writes in one message: with the longest texts it stays far below the message limit. */
export const MAX_WRITES = 512

/**
 * Writes of clients on their way to one peer. Those of one turn of the event loop leave as one message.
 * What is not answered, for whatever reason, may have been applied: OUTCOME_UNKNOWN.
 */
export class ForwardedWrites {
  readonly #send: (writes: ForwardedWrite[]) => void
  readonly #waiting = new Map<number, Waiting>()
  #gathered: ForwardedWrite[] = []
  #lastCall = 0
  #expiry: NodeJS.Timeout | null = null

  constructor(send: (writes: ForwardedWrite[]) => void) {
    this.#send = send
  }

  /** Rejects with CodedError OUTCOME_UNKNOWN. */
  ask(write: Omit<ForwardedWrite, 'callId'>, deadlineMs: number): Promise<Answered> {
    this.#lastCall += 1
    const callId = this.#lastCall
    if (this.#gathered.length === 0) setImmediate(() => this.#flush())
    this.#gathered.push({ callId, ...write })
    this.#expiry ??= setInterval(() => this.#expire(), EXPIRE_EVERY_MS).unref()
    return new Promise((resolve, reject) => {
      this.#waiting.set(callId, { deadline: performance.now() + deadlineMs, resolve, reject })
    })
  }

  answered(reply: ForwardedReply__Output): void {
    const waiting = this.#waiting.get(reply.callId)
    this.#waiting.delete(reply.callId)
    waiting?.resolve(reply)
  }

  /** The stream broke: no answer will come to what was sent on it. */
  lost(): void {
    this.#gathered = []
    for (const { reject } of this.#waiting.values()) reject(new CodedError('OUTCOME_UNKNOWN'))
    this.#waiting.clear()
    if (this.#expiry !== null) clearInterval(this.#expiry)
    this.#expiry = null
  }

  #flush(): void {
    const writes = this.#gathered
    this.#gathered = []
    for (let at = 0; at < writes.length; at += MAX_WRITES) {
      this.#send(writes.slice(at, at + MAX_WRITES))
    }
  }

  #expire(): void {
    const now = performance.now()
    for (const [callId, { deadline, reject }] of this.#waiting) {
      if (deadline > now) continue
      this.#waiting.delete(callId)
      reject(new CodedError('OUTCOME_UNKNOWN'))
    }
    if (this.#waiting.size > 0 || this.#expiry === null) return
    clearInterval(this.#expiry)
    this.#expiry = null
  }
}
