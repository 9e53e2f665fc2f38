const KEPT = 60

/**
 * How far this page's clock is ahead of another's, at most: the least of what lay between the moment
 * something was said there and that it was heard here. Good enough for ages; no message is that old.
 */
export class ClockOffset {
  #recent: number[] = []
  #lastSecond = 0

  /** One value a second is enough. */
  take(saidAt: number, heardAt: number): void {
    const second = Math.floor(heardAt / 1000)
    const difference = heardAt - saidAt
    const last = this.#recent.length - 1
    if (second === this.#lastSecond && last >= 0) {
      this.#recent[last] = Math.min(this.#recent[last] ?? difference, difference)
      return
    }
    this.#lastSecond = second
    this.#recent.push(difference)
    if (this.#recent.length > KEPT) this.#recent.shift()
  }

  get ms(): number {
    return this.#recent.length === 0 ? 0 : Math.min(...this.#recent)
  }

  /** A time of the other clock, by this page's. */
  toHere(time: number): number {
    return time + this.ms
  }

  /** A time of this page's clock, by the other. */
  toThere(time: number): number {
    return time - this.ms
  }
}
