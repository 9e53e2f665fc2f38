/** So many in a span of time; the rest is only counted. */
export class RateLimit {
  readonly #most: number
  readonly #spanMs: number
  #since = Number.NEGATIVE_INFINITY
  #allowed = 0
  #suppressed = 0

  constructor(most: number, spanMs: number) {
    this.#most = most
    this.#spanMs = spanMs
  }

  /** Whether one more may pass at this time, in milliseconds of a clock that never falls. */
  allows(now: number): boolean {
    if (now - this.#since >= this.#spanMs) {
      this.#since = now
      this.#allowed = 0
    }
    if (this.#allowed < this.#most) {
      this.#allowed += 1
      return true
    }
    this.#suppressed += 1
    return false
  }

  /** How many did not pass since this was last asked. */
  takeSuppressed(): number {
    const count = this.#suppressed
    this.#suppressed = 0
    return count
  }
}
