import { Worker } from 'node:worker_threads'
import type { Refused } from './removal-worker.ts'

/** Young and old objects of the thread, MiB: it holds one list of paths at a time. */
const HEAP = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 }

/**
 * A thread that removes files when nobody else wants the processor: removing one takes the kernel a
 * third of the processor time that a participant has for a delete. Begins with the first file.
 */
export class RemovalThread {
  #worker: Worker | null = null
  #broken = false
  #answer: ((refused: Refused | null) => void) | null = null

  /** Resolves with what would not go; with null when there is no thread, and perhaps nothing went. */
  remove(paths: readonly string[]): Promise<Refused | null> {
    if (this.#answer !== null) throw new Error('one list at a time')
    if (this.#broken) return Promise.resolve(null)
    const worker = this.#start()
    return new Promise((resolve) => {
      worker.ref()
      this.#answer = (refused) => {
        this.#answer = null
        worker.unref()
        resolve(refused)
      }
      worker.postMessage(paths)
    })
  }

  async close(): Promise<void> {
    this.#broken = true
    await this.#worker?.terminate()
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(new URL('./removal-worker.js', import.meta.url), {
      resourceLimits: HEAP,
      execArgv: [],
    })
    worker.on('message', (refused: Refused) => this.#answer?.(refused))
    worker.on('error', () => this.#end())
    worker.on('exit', () => this.#end())
    this.#worker = worker
    return worker
  }

  #end(): void {
    this.#broken = true
    this.#answer?.(null)
  }
}
