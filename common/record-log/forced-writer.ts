import { performance } from 'node:perf_hooks'
import { StorageFailure } from '../storage-errors.ts'
import type { FileSystem } from './file-system.ts'

const BLOCKING_LIMIT_BYTES = 64 << 10
const SLOW_MS = 2
const WEIGHT = 1 / 8

/** How a batch reaches the disk. `adaptive` is the product; the others are for measuring. */
export type WriteMode = 'adaptive' | 'blocking' | 'threaded'

export interface ForcedWriterOptions {
  readonly writeMode?: WriteMode
  /** The largest batch that may block the event loop, bytes (65536). */
  readonly blockingLimitBytes?: number
  /** A clock in milliseconds, injectable for tests. */
  readonly now?: () => number
}

/**
 * The one place that decides how a batch is written. A blocking forced write costs half the CPU of
 * one through the thread pool and returns sooner (bench/record-log.bench.ts), but stops every
 * heartbeat meanwhile: so it is used for small batches, and only while the moving average of their
 * latency says that the disk is fast. A stall costs one blocked write; threads carry the rest until
 * the disk has recovered.
 */
export class ForcedWriter {
  readonly #fs: FileSystem
  readonly #mode: WriteMode
  readonly #limit: number
  readonly #now: () => number
  #averageMs = 0

  constructor(fs: FileSystem, options: ForcedWriterOptions = {}) {
    this.#fs = fs
    this.#mode = options.writeMode ?? 'adaptive'
    this.#limit = options.blockingLimitBytes ?? BLOCKING_LIMIT_BYTES
    this.#now = options.now ?? (() => performance.now())
  }

  /** Moving average of small forced writes, in milliseconds. */
  get averageMs(): number {
    return this.#averageMs
  }

  /** Resolves when `bytes` are durable. `fd` must be open for forced writes. */
  async write(fd: number, bytes: Uint8Array, position: number): Promise<void> {
    const isSmall = bytes.byteLength <= this.#limit
    const isFast = isSmall && this.#averageMs < SLOW_MS
    const blocks = this.#mode === 'blocking' || (this.#mode === 'adaptive' && isFast)
    const start = this.#now()
    const written = blocks
      ? this.#fs.writeBlocking(fd, bytes, position)
      : await this.#fs.write(fd, bytes, position)
    if (isSmall) this.#averageMs += (this.#now() - start - this.#averageMs) * WEIGHT
    // The rest is not written after a short write: whatever cut it short is the disk's last word (S6).
    if (written !== bytes.byteLength) {
      throw new StorageFailure(`only ${written} of ${bytes.byteLength} bytes were written`)
    }
  }
}
