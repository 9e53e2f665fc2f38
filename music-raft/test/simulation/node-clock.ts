import type { Clock } from '../../../common/clock.ts'
import type { Planned, Scheduler } from './scheduler.ts'

/** Runs work in a process: never once that is dead, later while it is stopped. */
export type Enter = (run: () => void) => void

export interface ClockModel {
  /** How much faster than the world's this clock goes; 1: not. */
  readonly rate: number
  /** What it shows when the world's shows 0. */
  readonly offset: number
  /** A turn of the event loop, in milliseconds. */
  readonly turn: number
}

/** The clock and event loop of one life of one process. */
export class NodeClock implements Clock {
  readonly #scheduler: Scheduler
  readonly #enter: Enter
  readonly #model: ClockModel

  constructor(scheduler: Scheduler, enter: Enter, model: ClockModel) {
    this.#scheduler = scheduler
    this.#enter = enter
    this.#model = model
  }

  now(): number {
    return this.#model.offset + this.#scheduler.now * this.#model.rate
  }

  after(ms: number, run: () => void): () => void {
    return cancelling(this.#plan(ms / this.#model.rate, run))
  }

  /** As timers do: what a stop made late comes once, and the next an interval after it. */
  every(ms: number, run: () => void): () => void {
    let isOver = false
    const again = () => {
      if (isOver) return
      this.#plan(ms / this.#model.rate, again)
      run()
    }
    const first = this.#plan(ms / this.#model.rate, again)
    return () => {
      isOver = true
      first.run = null
    }
  }

  soon(run: () => void): void {
    this.#plan(this.#model.turn, run)
  }

  #plan(delay: number, run: () => void): Planned {
    return this.#scheduler.after(delay, () => this.#enter(run))
  }
}

function cancelling(event: Planned): () => void {
  return () => {
    event.run = null
  }
}
