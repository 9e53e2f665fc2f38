/** One stream of chance (splitmix32). Each consumer has its own, so that one more draw here changes nothing there. */
export class Random {
  #state: number

  constructor(seed: number, stream: string) {
    let hash = seed ^ 0x9e3779b9
    for (let i = 0; i < stream.length; i += 1) hash = mix(hash + stream.charCodeAt(i))
    this.#state = hash
  }

  /** At least 0, less than 1. */
  readonly next = (): number => {
    this.#state = (this.#state + 0x9e3779b9) | 0
    return (mix(this.#state) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least)
  }

  /** As long as one waits for what happens every `mean` on average. */
  waiting(mean: number): number {
    return -Math.log(1 - this.next()) * mean
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }

  /** undefined: there is none. */
  any<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)]
  }
}

function mix(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
