const WORD = 16

/**
 * A set of small numbers that grows about from the bottom up. Its key leaves out the full words at
 * the bottom and the empty ones at the top: short, however many operations a history has.
 */
export class DoneSet {
  readonly #words: Uint16Array
  /** All words below are full. */
  #low = 0
  /** All words from here on are empty. */
  #high = 0

  constructor(size: number) {
    this.#words = new Uint16Array(Math.ceil(size / WORD) + 1)
  }

  has(member: number): boolean {
    return (this.#word(member >> 4) & (1 << (member % WORD))) !== 0
  }

  add(member: number): void {
    const word = member >> 4
    this.#words[word] = this.#word(word) | (1 << (member % WORD))
    while (this.#word(this.#low) === 0xffff) this.#low++
    this.#high = Math.max(this.#high, word + 1)
  }

  delete(member: number): void {
    const word = member >> 4
    this.#words[word] = this.#word(word) & ~(1 << (member % WORD))
    this.#low = Math.min(this.#low, word)
    while (this.#high > 0 && this.#word(this.#high - 1) === 0) this.#high--
  }

  /** Equal for equal sets alone; its length is known from its second character. */
  key(): string {
    const low = Math.min(this.#low, this.#high)
    let key = String.fromCharCode(low, this.#high - low)
    for (let word = low; word < this.#high; word++) key += String.fromCharCode(this.#word(word))
    return key
  }

  #word(place: number): number {
    return this.#words[place] ?? 0
  }
}
