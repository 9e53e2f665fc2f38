/** What a fuzzer does by chance: the same for the same seed. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** At least 0, less than 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }

  /** A whole number from 0 to 2^53 - 1, of any magnitude; small ones and bounds often. */
  count(): number {
    if (this.chance(0.2)) return this.pick([0, 1, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53 - 1])
    return Math.floor(this.next() * 2 ** this.below(54))
  }

  bytes(most: number): Buffer {
    const bytes = Buffer.alloc(this.below(most + 1))
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = this.below(256)
    return bytes
  }

  /** A text of up to `most` characters, seldom of ASCII alone. */
  text(most: number): string {
    const alphabet = this.chance(0.5) ? ASCII : ANY
    let text = ''
    for (let left = this.below(most + 1); left > 0; left -= 1) text += this.pick(alphabet)
    return text
  }

  uuid(): string {
    const hex = (digits: number) =>
      Array.from({ length: digits }, () => this.below(16).toString(16)).join('')
    return [8, 4, 4, 4, 12].map(hex).join('-')
  }

  list<T>(most: number, one: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, one)
  }
}

const ASCII = [...'abcxyzAZ019-_. '] as [string, ...string[]]
const ANY = [...'aZ0 "\\/\n\t,=%é€\u{1f3b5}\u2028\ufeff\u0301<'] as [string, ...string[]]
