import type { Clock } from '../../clock.ts'
import { EventLog } from '../event-log.ts'
import type { Line, Sink } from '../viewer.ts'

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #now = 0
  #timers: { at: number; every: number | null; run: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: null, run })
  }

  every(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: ms, run })
  }

  soon(run: () => void): void {
    this.after(0, run)
  }

  /** Timers that wait: a feed that nobody watches has none. */
  get waiting(): number {
    return this.#timers.length
  }

  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > until) break
      this.#now = Math.max(this.#now, next.at)
      if (next.every === null) this.#remove(next)
      else next.at += next.every
      next.run()
    }
    this.#now = until
  }

  #add(timer: { at: number; every: number | null; run: () => void }): () => void {
    this.#timers.push(timer)
    return () => this.#remove(timer)
  }

  #remove(timer: object): void {
    this.#timers = this.#timers.filter((each) => each !== timer)
  }
}

/** Takes so many writes, then no more until the test lets it. */
export class TestSink implements Sink {
  readonly lines: Line[] = []
  room: number
  beats = 0
  ended = false

  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room
  }

  write(lines: readonly Line[]): boolean {
    this.lines.push(...lines)
    this.room -= 1
    return this.room > 0
  }

  beat(): void {
    this.beats += 1
  }

  end(): void {
    this.ended = true
  }

  cut(): void {
    this.end()
  }

  get events(): (Record<string, unknown> & { kind: string; sequence: number })[] {
    return this.lines.map(({ text }) => JSON.parse(text))
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind)
  }

  get lastId(): string {
    return this.lines.findLast(({ id }) => id !== null)?.id ?? ''
  }
}

export type TestEvent = { readonly kind: 'thing'; readonly number: number }

/** A log of things, under a clock of its own. */
export function testLog({
  capacity = 8,
  node = 'a',
  start = 'run1',
  clock = new ManualClock(),
} = {}) {
  const made = { states: 0 }
  const log = new EventLog<TestEvent, { states: number }>({
    ...{ node, start, clock, capacity, wallTime: () => 1000 + clock.now() },
    state: () => {
      made.states += 1
      return { states: made.states }
    },
  })
  let number = 0
  const happen = (times = 1) => {
    for (let i = 0; i < times; i += 1) {
      number += 1
      log.emit({ kind: 'thing', number })
    }
  }
  return { log, clock, made, happen }
}
