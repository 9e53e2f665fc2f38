import { Worker } from 'node:worker_threads'
import type { Shared } from './watchdog-worker.ts'

const MOST_BYTES = 64 * 1024

/**
 * Sees from another thread that an input keeps this one busy for good: prints it and ends the process.
 */
export class Watchdog {
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #worker: Worker

  constructor(seed: number) {
    const memory = new SharedArrayBuffer(8 + MOST_BYTES)
    this.#words = new Int32Array(memory, 0, 2)
    this.#bytes = new Uint8Array(memory, 8)
    this.#worker = new Worker(new URL('./watchdog-worker.js', import.meta.url), {
      workerData: { memory, seed } satisfies Shared,
    })
    this.#worker.unref()
  }

  /** This input is about to be run. */
  watch(input: Buffer): void {
    const length = Math.min(input.length, MOST_BYTES)
    this.#bytes.set(input.subarray(0, length))
    Atomics.store(this.#words, 1, length)
    Atomics.add(this.#words, 0, 1)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
