import type { Histogram } from 'hdr-histogram-js'
import { latencies } from './histogram.ts'

/** How long, or how much. */
export type Length =
  /** Of the calls that end after `warmMs`, those of so many milliseconds count. */
  | { readonly warmMs: number; readonly ms: number }
  /** So many calls by all slots together, each counting. */
  | { readonly calls: number }

export interface Counts {
  readonly calls: number
  readonly failed: number
  /** What the first failure said; '': there was none. */
  readonly failure: string
  /** Between the beginning and the end of what counts. */
  readonly seconds: number
  /** CPU time of this process meanwhile. */
  readonly cpuMicros: number
  readonly latencies: Histogram
}

export interface Hooks {
  /** Milliseconds. */
  now(): number
  /** This process's CPU time so far, microseconds. */
  cpu(): number
  sleep(ms: number): Promise<unknown>
}

/** So that a node that refuses is not asked a hundred thousand times a second. */
const AFTER_FAILURE_MS = 50

/**
 * A closed loop: `slots` callers, each sending its next call when the one before is answered. What is
 * measured is therefore the latency at a given number of calls under way, not that of arrivals which
 * do not wait for the system. Failed calls are counted and have no latency.
 */
export async function closedLoop(
  call: (slot: number) => Promise<void>,
  slots: number,
  length: Length,
  hooks: Hooks,
): Promise<Counts> {
  const run = new Window(length, hooks)
  await Promise.all(
    Array.from({ length: slots }, async (_, slot) => {
      while (run.takesMore()) {
        const began = hooks.now()
        try {
          await call(slot)
          run.ended(began)
        } catch (error) {
          run.failedWith(error)
          await hooks.sleep(AFTER_FAILURE_MS)
        }
      }
    }),
  )
  return run.counts()
}

interface Mark {
  readonly at: number
  readonly cpu: number
}

/** Which calls count, and what they showed. */
class Window {
  readonly #hooks: Hooks
  readonly #histogram = latencies()
  readonly #countFrom: number
  readonly #countUntil: number
  #toSend: number
  #failed = 0
  #failure = ''
  #begin: Mark | null
  #end: Mark | null = null

  constructor(length: Length, hooks: Hooks) {
    this.#hooks = hooks
    const timed = 'ms' in length
    this.#countFrom = hooks.now() + (timed ? length.warmMs : 0)
    this.#countUntil = timed ? this.#countFrom + length.ms : Number.POSITIVE_INFINITY
    this.#toSend = timed ? Number.POSITIVE_INFINITY : length.calls
    this.#begin = timed && length.warmMs > 0 ? null : this.#mark(hooks.now())
  }

  takesMore(): boolean {
    if (this.#toSend <= 0 || this.#end !== null || this.#hooks.now() >= this.#countUntil) {
      return false
    }
    this.#toSend -= 1
    return true
  }

  ended(began: number): void {
    const now = this.#hooks.now()
    if (this.#end !== null || now < this.#countFrom) return
    if (this.#begin === null) {
      // The first that ends in time opens the window: what it took lies before.
      this.#begin = this.#mark(now)
      return
    }
    this.#histogram.recordValue(Math.max(1, Math.round((now - began) * 1000)))
    // The last one closes it, so that a wait over the end counts as one.
    if (now >= this.#countUntil) this.#end = this.#mark(now)
  }

  failedWith(error: unknown): void {
    this.#failed += 1
    if (this.#failure === '') this.#failure = error instanceof Error ? error.message : String(error)
  }

  counts(): Counts {
    const end = this.#end ?? this.#mark(this.#hooks.now())
    const begin = this.#begin ?? end
    return {
      calls: this.#histogram.totalCount,
      failed: this.#failed,
      failure: this.#failure,
      seconds: (end.at - begin.at) / 1000,
      cpuMicros: end.cpu - begin.cpu,
      latencies: this.#histogram,
    }
  }

  #mark(at: number): Mark {
    return { at, cpu: this.#hooks.cpu() }
  }
}
