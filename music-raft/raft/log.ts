import assert from 'node:assert/strict'
import type { Entry, LogIndex, Position, Term } from './messages.ts'

/**
 * The log as held in memory: everything after `start`, the position just before the first entry.
 * Indexes are contiguous (S18) and terms never fall along it.
 */
export class RaftLog {
  #start: Position
  #entries: Entry[] = []
  #bytes = 0

  constructor(start: Position, entries: readonly Entry[] = []) {
    this.#start = start
    this.append(entries)
  }

  get firstIndex(): LogIndex {
    return this.#start.index + 1
  }

  get lastIndex(): LogIndex {
    return this.#start.index + this.#entries.length
  }

  get last(): Position {
    return this.#entries.at(-1) ?? this.#start
  }

  /** Encoded bytes of all entries held. */
  get bytes(): number {
    return this.#bytes
  }

  entry(index: LogIndex): Entry | null {
    return this.#entries[index - this.firstIndex] ?? null
  }

  /** null: compacted away, or beyond the log. */
  term(index: LogIndex): Term | null {
    if (index === this.#start.index) return this.#start.term
    return this.entry(index)?.term ?? null
  }

  /** Entries from `from` on, at least one if there is one, then while they fit. */
  slice(from: LogIndex, maxEntries: number, maxBytes: number, upTo = this.lastIndex): Entry[] {
    const taken: Entry[] = []
    let bytes = 0
    for (let index = from; index <= upTo && taken.length < maxEntries; index += 1) {
      const entry = this.entry(index)
      assert(entry !== null, `log holds ${this.firstIndex}..${this.lastIndex}, not ${index}`)
      bytes += entry.encoded.length
      if (taken.length > 0 && bytes > maxBytes) break
      taken.push(entry)
    }
    return taken
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      assert.equal(entry.index, this.lastIndex + 1, 'S18: entries are contiguous')
      assert(entry.term >= this.last.term, 'terms never fall along the log')
      this.#entries.push(entry)
      this.#bytes += entry.encoded.length
    }
  }

  /** Drops `index` and all after it. */
  truncateFrom(index: LogIndex): void {
    assert(index >= this.firstIndex, `truncate from ${index} reaches into the snapshot`)
    for (const entry of this.#entries.splice(index - this.firstIndex)) {
      this.#bytes -= entry.encoded.length
    }
  }

  /** Drops all up to and including `index`. */
  compactTo(index: LogIndex): void {
    if (index <= this.#start.index) return
    const term = this.term(index)
    assert(term !== null, `compact to ${index}, but the log ends at ${this.lastIndex}`)
    for (const entry of this.#entries.splice(0, index - this.#start.index)) {
      this.#bytes -= entry.encoded.length
    }
    this.#start = { term, index }
  }

  /** Drops everything; the next entry follows `start`. */
  resetTo(start: Position): void {
    this.#start = start
    this.#entries = []
    this.#bytes = 0
  }

  /** First index held whose term is `term`, looking back from `from`, which has that term. */
  firstOfTerm(term: Term, from: LogIndex): LogIndex {
    let index = from
    while (index - 1 >= this.firstIndex && this.term(index - 1) === term) index -= 1
    return index
  }

  /** Last index of `term`; null: the log holds none. Terms never fall, so halving finds it. */
  lastOfTerm(term: Term): LogIndex | null {
    let below = this.#start.index - 1 // every index up to here has a term ≤ `term`
    let above = this.lastIndex + 1 // every index from here on has a greater one
    while (above - below > 1) {
      const middle = Math.floor((below + above) / 2)
      if ((this.term(middle) ?? 0) <= term) below = middle
      else above = middle
    }
    return this.term(below) === term ? below : null
  }
}
