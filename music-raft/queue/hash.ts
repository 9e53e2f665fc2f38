const SEED_A = 0x2545f491
const SEED_B = 0x6c078965 | 0

/**
 * A 64-bit hash of one element, as two 32-bit lanes of the MurmurHash3 mix (Appleby) with different
 * seeds and multipliers: JavaScript has no 64-bit integers that are cheap. Made to notice accidents,
 * not attackers: members of a cluster trust each other.
 */
export class Hasher implements Lanes {
  a = 0
  b = 0
  #words = 0

  /** Starts a new element; `kind` keeps equal fields of different kinds apart. */
  start(kind: number): this {
    this.a = SEED_A ^ kind
    this.b = SEED_B ^ kind
    this.#words = 0
    return this
  }

  /** Any safe integer. */
  int(value: number): this {
    this.#word(value | 0)
    this.#word(Math.floor(value / 2 ** 32) | 0)
    return this
  }

  /** UTF-16 units, after their number so that neighbouring texts cannot trade characters. */
  text(value: string): this {
    const { length } = value
    this.#word(length)
    // `#word` again, without going to the fields for each character: this is where hashing spends its time.
    let { a, b } = this
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i)
      let k = Math.imul(unit, 0xcc9e2d51)
      k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
      a ^= k
      a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0
      let l = Math.imul(unit, 0x239b961b)
      l = Math.imul((l << 16) | (l >>> 16), 0xab0e9789 | 0)
      b ^= l
      b = (Math.imul((b << 17) | (b >>> 15), 5) + 0x561ccd1b) | 0
    }
    this.a = a
    this.b = b
    this.#words += length
    return this
  }

  /** Ends the element: its hash is now in `a` and `b`, both int32. */
  finish(): this {
    this.a = avalanche(this.a ^ this.#words)
    this.b = avalanche(this.b ^ this.#words)
    return this
  }

  #word(word: number): void {
    let k = Math.imul(word, 0xcc9e2d51)
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    this.a ^= k
    this.a = (Math.imul((this.a << 13) | (this.a >>> 19), 5) + 0xe6546b64) | 0
    let l = Math.imul(word, 0x239b961b)
    l = Math.imul((l << 16) | (l >>> 16), 0xab0e9789 | 0)
    this.b ^= l
    this.b = (Math.imul((this.b << 17) | (this.b >>> 15), 5) + 0x561ccd1b) | 0
    this.#words++
  }
}

/** The hash of an element, both int32. */
export interface Lanes {
  a: number
  b: number
}

/**
 * Hash of a set: the sum of its elements' hashes, lane by lane. Adding and removing one element is
 * O(1) and the order of doing so does not matter; that is safe here because every element carries
 * what orders it (votes and arrival, play index, last use), so equal sets are equal sequences.
 */
export class HashSum {
  #a = 0
  #b = 0

  add(element: Readonly<Lanes>): void {
    this.#a = (this.#a + element.a) | 0
    this.#b = (this.#b + element.b) | 0
  }

  subtract(element: Readonly<Lanes>): void {
    this.#a = (this.#a - element.a) | 0
    this.#b = (this.#b - element.b) | 0
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(this.#a) + hex(this.#b)
  }
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0')
}

function avalanche(lane: number): number {
  let h = lane
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
