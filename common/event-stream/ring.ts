/** The last so many of a sequence that is numbered from 1; older ones are let go. */
export class Ring<T> {
  readonly #capacity: number
  #slots: T[] = []
  #first = 1
  #last = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Number of the oldest that is kept; one more than `last` where none is. */
  get first(): number {
    return this.#first
  }

  /** Number of the newest; 0 before the first. */
  get last(): number {
    return this.#last
  }

  push(item: T): number {
    this.#last += 1
    this.#slots[this.#last % this.#capacity] = item
    this.#first = Math.max(this.#first, this.#last - this.#capacity + 1)
    return this.#last
  }

  /** undefined: not kept, or not yet there. */
  at(number: number): T | undefined {
    if (number < this.#first || number > this.#last) return undefined
    return this.#slots[number % this.#capacity]
  }

  /** Lets go of all; the numbers go on. */
  clear(): void {
    this.#slots = []
    this.#first = this.#last + 1
  }
}
