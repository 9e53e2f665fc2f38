/** Something that is to happen; `run` null: no longer. */
export interface Planned {
  readonly at: number
  readonly number: number
  run: (() => void) | null
}

/** So often the machine's own events (Ctrl-C) get a turn. */
const BREATHE_EVERY = 8192

/**
 * Virtual time: a heap of what is to happen. After each event every promise that it settled has run
 * its course before the next begins, so the order of everything follows from the events alone.
 */
export class Scheduler {
  /** Milliseconds since the run began. */
  now = 0
  /** Events run so far. */
  events = 0
  #planned = 0
  readonly #heap: Planned[] = []

  after(delay: number, run: () => void): Planned {
    this.#planned += 1
    const event: Planned = { at: this.now + Math.max(0, delay), number: this.#planned, run }
    let place = this.#heap.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = this.#heap[parent]
      if (above === undefined || !isEarlier(event, above)) break
      this.#heap[place] = above
      place = parent
    }
    this.#heap[place] = event
    return event
  }

  /** Lets time pass until `done`, or for `limit` milliseconds. False: the limit was reached. */
  async run(limit: number, done: () => boolean = () => false): Promise<boolean> {
    const end = this.now + limit
    await settled()
    while (!done()) {
      const first = this.#heap[0]
      if (first === undefined || first.at > end) {
        this.now = end
        return false
      }
      this.#removeFirst()
      const { run } = first
      if (run === null) continue
      this.now = first.at
      this.events += 1
      run()
      await settled()
      if (this.events % BREATHE_EVERY === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return true
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    const size = this.#heap.length
    if (last === undefined || size === 0) return
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const [one, two] = [this.#heap[left], this.#heap[left + 1]]
      if (one === undefined) break
      const takesTwo = two !== undefined && isEarlier(two, one)
      const child = takesTwo ? two : one
      if (!isEarlier(child, last)) break
      this.#heap[place] = child
      place = takesTwo ? left + 1 : left
    }
    this.#heap[place] = last
  }
}

function isEarlier(a: Planned, b: Planned): boolean {
  return a.at !== b.at ? a.at < b.at : a.number < b.number
}

/** The queue of ticks is looked at only when no promise has anything left to do. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}
