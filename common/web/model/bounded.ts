/** The last so many of what was added, oldest first; older ones are counted and let go. */
export class Bounded<T> {
  readonly capacity: number
  #items: (T | undefined)[]
  #first = 0
  #length = 0
  #forgotten = 0

  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) throw new RangeError('capacity')
    this.capacity = capacity
    this.#items = new Array<T | undefined>(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** How many were let go since the beginning. */
  get forgotten(): number {
    return this.#forgotten
  }

  push(item: T): void {
    this.#items[(this.#first + this.#length) % this.capacity] = item
    if (this.#length < this.capacity) {
      this.#length += 1
    } else {
      this.#first = (this.#first + 1) % this.capacity
      this.#forgotten += 1
    }
  }

  /** The oldest is at 0; undefined beyond the ends. */
  at(place: number): T | undefined {
    const index = place < 0 ? this.#length + place : place
    if (index < 0 || index >= this.#length) return undefined
    return this.#items[(this.#first + index) % this.capacity]
  }

  /** Drops the oldest as long as the test says so; these count as forgotten. */
  dropWhile(test: (item: T) => boolean): void {
    for (;;) {
      const oldest = this.at(0)
      if (oldest === undefined || !test(oldest)) return
      this.#items[this.#first] = undefined
      this.#first = (this.#first + 1) % this.capacity
      this.#length -= 1
      this.#forgotten += 1
    }
  }

  clear(): void {
    this.#items = new Array<T | undefined>(this.capacity)
    this.#first = 0
    this.#length = 0
  }

  *[Symbol.iterator](): Generator<T> {
    for (let place = 0; place < this.#length; place += 1) {
      const item = this.at(place)
      if (item !== undefined) yield item
    }
  }
}
