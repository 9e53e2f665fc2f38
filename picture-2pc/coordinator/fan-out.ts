import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { ClientWritableStream } from '@grpc/grpc-js'
import { CodedError } from '../../common/errors.ts'
import { nextWithin } from '../shell/idle.ts'

/** How long a participant may leave bytes lying. */
const STALLED_MS = 15_000
const CHUNK_BYTES = 256 * 1024
/** How many times as long as another a receiver may take to make its bytes durable. */
const PATIENCE = 10

/** One receiver of the bytes. */
export interface Sink<C> {
  readonly requests: ClientWritableStream<C>
  readonly answer: Promise<unknown>
}

/**
 * Sends one body to several receivers at the pace of the slowest, without keeping it. A receiver that
 * fails or stalls is left behind: its vote will say so.
 */
export class FanOut<C> {
  readonly #sinks: readonly Sink<C>[]
  readonly #live: Set<Sink<C>>
  #pauseMs: () => number = () => STALLED_MS
  readonly #chunk: (data: Buffer) => C
  readonly #last: C

  /** `last` tells a receiver that the bytes are complete; `end` alone does not. */
  constructor(sinks: readonly Sink<C>[], header: C, chunk: (data: Buffer) => C, last: C) {
    this.#sinks = sinks
    this.#live = new Set(sinks)
    this.#chunk = chunk
    this.#last = last
    for (const sink of sinks) {
      sink.requests.on('error', () => this.#live.delete(sink))
      sink.answer.catch(() => this.#live.delete(sink))
      sink.requests.write(header)
    }
  }

  /**
   * Rejects when the body breaks, or pauses for longer than `pauseMs()` milliseconds; nothing is
   * complete at the receivers then.
   */
  async send(
    body: AsyncIterable<Buffer>,
    pauseMs: () => number,
  ): Promise<{ size: number; sha256: string }> {
    this.#pauseMs = pauseMs
    const hash = createHash('sha256')
    let size = 0
    const iterator = body[Symbol.asyncIterator]()
    for (;;) {
      const { value, done } = await nextWithin(iterator, pauseMs())
      if (done === true) return { size, sha256: hash.digest('hex') }
      size += value.byteLength
      hash.update(value)
      for (let at = 0; at < value.byteLength; at += CHUNK_BYTES) {
        await this.#write(value.subarray(at, at + CHUNK_BYTES))
      }
    }
  }

  /**
   * Completes the body and waits for every receiver's answer; failures are left to the vote. Who stands
   * still is left behind once another has answered: after many times as long as that one took, and at
   * least `leastMs`.
   */
  async finish(leastMs: number): Promise<PromiseSettledResult<unknown>[]> {
    const began = performance.now()
    for (const { requests } of this.#live) requests.end(this.#last)
    const silent = new Set(this.#sinks)
    let late: NodeJS.Timeout | null = null
    const leaveBehind = () => {
      for (const { requests } of silent) requests.cancel()
    }
    for (const sink of this.#sinks) {
      const settled = () => silent.delete(sink)
      const answered = () => {
        settled()
        late ??= setTimeout(leaveBehind, Math.max(leastMs, PATIENCE * (performance.now() - began)))
      }
      sink.answer.then(answered, settled)
    }
    const results = await Promise.allSettled(this.#sinks.map(({ answer }) => answer))
    if (late !== null) clearTimeout(late)
    return results
  }

  /** Gives up: the receivers drop what they have. */
  cancel(): void {
    for (const { requests } of this.#sinks) requests.cancel()
  }

  async #write(data: Buffer): Promise<void> {
    const waits = [...this.#live]
      .filter(({ requests }) => !requests.write(this.#chunk(data)))
      .map((sink) => this.#drained(sink))
    if (waits.length > 0) await Promise.all(waits)
  }

  async #drained(sink: Sink<C>): Promise<void> {
    const late = AbortSignal.timeout(Math.max(STALLED_MS, this.#pauseMs()))
    const failed = sink.answer.then(
      () => undefined,
      () => undefined,
    )
    try {
      await Promise.race([once(sink.requests, 'drain', { signal: late }), failed])
    } catch {
      this.#live.delete(sink)
      sink.requests.cancel()
    }
  }
}

/** An empty picture is refused before anything is asked of the participants. */
export function assertNotEmpty(size: number): void {
  if (size === 0) throw new CodedError('EMPTY_PICTURE')
}
