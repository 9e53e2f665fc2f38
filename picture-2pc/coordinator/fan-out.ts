import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { ClientWritableStream } from '@grpc/grpc-js'
import { CodedError } from '../../common/errors.ts'
import { nextWithin } from '../shell/idle.ts'

/** How long a body may pause, and a participant may leave bytes lying. */
const IDLE_MS = 15_000
const CHUNK_BYTES = 256 * 1024

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
  readonly #chunk: (data: Buffer) => C

  constructor(sinks: readonly Sink<C>[], header: C, chunk: (data: Buffer) => C) {
    this.#sinks = sinks
    this.#live = new Set(sinks)
    this.#chunk = chunk
    for (const sink of sinks) {
      sink.requests.on('error', () => this.#live.delete(sink))
      sink.answer.catch(() => this.#live.delete(sink))
      sink.requests.write(header)
    }
  }

  /** Rejects when the body stops or breaks; nothing is complete at the receivers then. */
  async send(body: AsyncIterable<Buffer>): Promise<{ size: number; sha256: string }> {
    const hash = createHash('sha256')
    let size = 0
    const iterator = body[Symbol.asyncIterator]()
    for (;;) {
      const { value, done } = await nextWithin(iterator, IDLE_MS)
      if (done === true) return { size, sha256: hash.digest('hex') }
      size += value.byteLength
      hash.update(value)
      for (let at = 0; at < value.byteLength; at += CHUNK_BYTES) {
        await this.#write(value.subarray(at, at + CHUNK_BYTES))
      }
    }
  }

  /** Completes the body and waits for every receiver's answer; failures are left to the vote. */
  async finish(): Promise<PromiseSettledResult<unknown>[]> {
    for (const { requests } of this.#live) requests.end()
    return Promise.allSettled(this.#sinks.map(({ answer }) => answer))
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
    const late = AbortSignal.timeout(IDLE_MS)
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

/** Reads a body to its end for what it is, without storing it. */
export async function digestOf(body: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256')
  const iterator = body[Symbol.asyncIterator]()
  for (;;) {
    const { value, done } = await nextWithin(iterator, IDLE_MS)
    if (done === true) return hash.digest('hex')
    hash.update(value)
  }
}

/** An empty picture is refused before anything is asked of the participants. */
export function assertNotEmpty(size: number): void {
  if (size === 0) throw new CodedError('EMPTY_PICTURE')
}
