/** Both ends of a message have been told by then, as a rule. */
export const DELAY_MS = 300
/** Seen at once at full speed. Slow motion sees as much less as it is slower: pixels go the same way. */
export const SPAN_MS = 8000
export const SPEEDS = [1, 0.1, 0.01] as const
export type Speed = (typeof SPEEDS)[number]

/** Which moment of the recent past the picture of messages shows. Times by the nodes' clocks. */
export class ViewClock {
  speed: Speed = 1
  #paused = false
  #end: number | null = null

  get paused(): boolean {
    return this.#paused
  }

  /** How much time is seen at once. */
  get span(): number {
    return SPAN_MS * this.speed
  }

  pause(paused: boolean): void {
    this.#paused = paused
    if (!paused && this.speed === 1) this.#end = null
  }

  /** Slow motion begins at the moment shown; full speed goes back to the present. */
  setSpeed(speed: Speed): void {
    this.speed = speed
    if (speed === 1 && !this.#paused) this.#end = null
  }

  /** Back to the present, at the same speed. */
  toPresent(): void {
    this.#end = null
    this.#paused = false
  }

  /** Moves what is shown by that much, without going beyond the present. */
  shift(ms: number, present: number): void {
    this.#paused = true
    this.#end = Math.min(present - DELAY_MS, (this.#end ?? present - DELAY_MS) + ms)
  }

  /**
   * The moment at the right edge. `passed`: real time since the last call; `oldest`: what is remembered
   * begins there.
   */
  end(present: number, passed: number, oldest: number): number {
    const newest = present - DELAY_MS
    if (this.#end === null) {
      if (!this.#paused && this.speed === 1) return newest
      this.#end = newest
      return newest
    }
    if (!this.#paused) this.#end += passed * this.speed
    this.#end = Math.min(newest, Math.max(this.#end, Math.min(newest, oldest + this.span)))
    return this.#end
  }
}
