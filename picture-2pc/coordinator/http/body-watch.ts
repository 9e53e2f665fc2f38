import type { Request } from 'express'
import { CodedError } from '../../../common/errors.ts'

const HEAD_BYTES = 8192
/** A timer may fire this much before its time by the other clock. */
const TIMER_SLACK_MS = 5

/** Watches a request's body while it is parsed. */
export class BodyWatch {
  /** Never resolves; rejects with REQUEST_TIMEOUT when the sender falls silent. */
  readonly silence: Promise<never>
  readonly #timer: NodeJS.Timeout
  #held = 0
  #heardAt = performance.now()
  #head = ''

  /** Looks every `idleMs` of silence; the sender may pause for `pauseMs()`, both in milliseconds. */
  constructor(request: Request, idleMs: number, pauseMs: () => number) {
    let reject: (error: Error) => void = () => undefined
    this.silence = new Promise((_, no) => {
      reject = no
    })
    this.#timer = setTimeout(() => {
      const pause = performance.now() - this.#heardAt + TIMER_SLACK_MS
      if (this.#held > 0 || pause < pauseMs()) this.#timer.refresh()
      else reject(new CodedError('REQUEST_TIMEOUT'))
    }, idleMs)
    request.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now()
      this.#timer.refresh()
      const room = HEAD_BYTES - this.#head.length
      if (room > 0) this.#head += chunk.subarray(0, room).toString('latin1')
    })
  }

  /** While `work` lasts it is for itself to say that it waits too long: it may hold the body up. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held += 1
    try {
      return await work
    } finally {
      this.#held -= 1
      this.#timer.refresh()
    }
  }

  /** multer passes over a file part without a name as if it were not there; the client is told more. */
  get sawEmptyName(): boolean {
    return this.#head.includes('filename=""')
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
