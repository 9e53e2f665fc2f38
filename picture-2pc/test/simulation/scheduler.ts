interface Event {
  readonly at: number
  /** Events of one instant run in the order in which they were scheduled. */
  readonly number: number
  readonly run: () => void
}

function isEarlier(a: Event, b: Event): boolean {
  return a.at !== b.at ? a.at < b.at : a.number < b.number
}

/** Virtual time: a heap of what is to happen. */
export class Scheduler {
  /** Milliseconds since the run began. */
  now = 0
  #scheduled = 0
  readonly #heap: Event[] = []

  after(delay: number, run: () => void): void {
    this.#scheduled += 1
    const event = { at: this.now + delay, number: this.#scheduled, run }
    let place = this.#heap.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = this.#heap[parent]
      if (above === undefined || !isEarlier(event, above)) break
      this.#heap[place] = above
      place = parent
    }
    this.#heap[place] = event
  }

  /** Lets time pass until `done`, or for `limit` milliseconds. False when the limit was reached. */
  run(limit: number, done: () => boolean = () => false): boolean {
    const end = this.now + limit
    while (!done()) {
      const first = this.#heap[0]
      if (first === undefined || first.at > end) {
        this.now = end
        return false
      }
      this.#removeFirst()
      this.now = first.at
      first.run()
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
