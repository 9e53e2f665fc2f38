import type { CallId } from '../protocol/messages.ts'

const MAX_CALLS = 10_000

interface Waiting<T> {
  resolve(reply: T): void
  reject(error: Error): void
}

/** Calls from outside that wait for an answer of the core. */
export class Calls<T> {
  readonly #waiting = new Map<CallId, Waiting<T>>()
  #last = 0

  get isFull(): boolean {
    return this.#waiting.size >= MAX_CALLS
  }

  /** `submit` gives the call to the core under a fresh id. */
  open(submit: (callId: CallId) => void): Promise<T> {
    this.#last += 1
    const callId = this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(callId, { resolve, reject })
      submit(callId)
    })
  }

  settle(callId: CallId, reply: T): void {
    this.#take(callId)?.resolve(reply)
  }

  fail(callId: CallId, error: Error): void {
    this.#take(callId)?.reject(error)
  }

  rejectAll(error: Error): void {
    for (const callId of [...this.#waiting.keys()]) this.fail(callId, error)
  }

  #take(callId: CallId): Waiting<T> | undefined {
    const waiting = this.#waiting.get(callId)
    this.#waiting.delete(callId)
    return waiting
  }
}
