/** Seconds that are kept. */
export const SPAN_S = 300

export type RateName = 'committed' | 'messages' | 'calls'
const NAMES: readonly RateName[] = ['committed', 'messages', 'calls']

interface Second {
  readonly at: number
  readonly counts: Record<RateName, number>
  /** False: nothing was heard in it, and 0 would be a claim. */
  heard: boolean
}

/** How much happened in each of the last seconds. Bounded. */
export class Rates {
  readonly #seconds = new Map<number, Second>()

  /** Something was heard, if only a sign of life. */
  hear(time: number): void {
    const second = this.#second(time)
    if (second !== null) second.heard = true
  }

  add(name: RateName, time: number, count = 1): void {
    const second = this.#second(time)
    if (second === null) return
    second.heard = true
    second.counts[name] += count
  }

  /** The last `span` whole seconds before `now`, oldest first; null where nothing was heard. */
  series(name: RateName, now: number, span = SPAN_S): (number | null)[] {
    const end = Math.floor(now / 1000)
    return Array.from({ length: span }, (_, place) => {
      const second = this.#seconds.get(end - span + place)
      return second?.heard === true ? second.counts[name] : null
    })
  }

  /** A second, averaged over the last few whole seconds that were heard; null: none was. */
  recent(name: RateName, now: number, span = 3): number | null {
    const heard = this.series(name, now, span).filter((value) => value !== null)
    if (heard.length === 0) return null
    return heard.reduce((sum, value) => sum + value, 0) / heard.length
  }

  get size(): number {
    return this.#seconds.size
  }

  #second(time: number): Second | null {
    const at = Math.floor(time / 1000)
    const known = this.#seconds.get(at)
    if (known !== undefined) return known
    const fresh: Second = {
      at,
      counts: Object.fromEntries(NAMES.map((name) => [name, 0])) as Record<RateName, number>,
      heard: false,
    }
    this.#seconds.set(at, fresh)
    if (this.#seconds.size > SPAN_S + 10) {
      const oldest = Math.min(...this.#seconds.keys())
      this.#seconds.delete(oldest)
    }
    return fresh
  }
}
