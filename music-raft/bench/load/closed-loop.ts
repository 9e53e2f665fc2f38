import type { Histogram } from 'hdr-histogram-js'
import { latencies } from './histogram.ts'

/** How long, or how much. */
export type Length =
  /** After `warmMs` the calls of so many milliseconds count. */
  | { readonly warmMs: number; readonly ms: number }
  /** So many calls by all slots together, each counting. */
  | { readonly calls: number }

export interface Counts {
  /** That ended while they counted. */
  readonly calls: number
  readonly failed: number
  /** What the first failure said; '': there was none. */
  readonly failure: string
  /** Between the beginning and the end of what counts. */
  readonly seconds: number
  /** CPU time of this process meanwhile. */
  readonly cpuMicros: number
  /** Of the calls that began while they counted, however long they took. */
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
  const timed = 'ms' in length ? runFor(run, length, hooks) : undefined
  await Promise.all(
    Array.from({ length: slots }, async (_, slot) => {
      while (run.takesMore()) {
        const [began, counts] = [hooks.now(), run.isOpen]
        try {
          await call(slot)
          run.ended(counts ? hooks.now() - began : null)
        } catch (error) {
          run.failedWith(error)
          await hooks.sleep(AFTER_FAILURE_MS)
        }
      }
    }),
  )
  await timed
  run.close()
  return run.counts()
}

/** The clock opens and closes the window, not a call: answers come in bursts, and one would be too many. */
async function runFor(
  run: Window,
  { warmMs, ms }: { readonly warmMs: number; readonly ms: number },
  hooks: Hooks,
): Promise<void> {
  if (warmMs > 0) await hooks.sleep(warmMs)
  run.open()
  await hooks.sleep(ms)
  run.close()
}

interface Mark {
  readonly at: number
  readonly cpu: number
}

/** Which calls count, and what they showed. */
class Window {
  readonly #hooks: Hooks
  readonly #histogram = latencies()
  #toSend: number
  #calls = 0
  #failed = 0
  #failure = ''
  #begin: Mark | null = null
  #end: Mark | null = null

  constructor(length: Length, hooks: Hooks) {
    this.#hooks = hooks
    this.#toSend = 'ms' in length ? Number.POSITIVE_INFINITY : length.calls
    if ('calls' in length) this.open()
  }

  get isOpen(): boolean {
    return this.#begin !== null && this.#end === null
  }

  open(): void {
    this.#begin = this.#mark()
  }

  close(): void {
    this.#end ??= this.#mark()
  }

  takesMore(): boolean {
    if (this.#toSend <= 0 || this.#end !== null) return false
    this.#toSend -= 1
    return true
  }

  /** `ms`: null where the call began before the window opened. */
  ended(ms: number | null): void {
    if (this.isOpen) this.#calls += 1
    if (ms !== null) this.#histogram.recordValue(Math.max(1, Math.round(ms * 1000)))
  }

  failedWith(error: unknown): void {
    this.#failed += 1
    if (this.#failure === '') this.#failure = error instanceof Error ? error.message : String(error)
  }

  counts(): Counts {
    const end = this.#end ?? this.#mark()
    const begin = this.#begin ?? end
    return {
      calls: this.#calls,
      failed: this.#failed,
      failure: this.#failure,
      seconds: (end.at - begin.at) / 1000,
      cpuMicros: end.cpu - begin.cpu,
      latencies: this.#histogram,
    }
  }

  #mark(): Mark {
    return { at: this.#hooks.now(), cpu: this.#hooks.cpu() }
  }
}
