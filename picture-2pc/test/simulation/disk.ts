/**
 * A simulated record log with a checkpoint. What is appended survives a crash once it is synced; of
 * what is not, a crash leaves the beginning of an arbitrary length.
 */
export class Disk<Record, Base> {
  #base: Base
  #records: Record[] = []
  /** Positions count records since the disk was new, also those a checkpoint has replaced. */
  #first = 0
  #durable = 0
  readonly #onDurable: (record: Record) => void

  constructor(base: Base, onDurable: (record: Record) => void) {
    this.#base = base
    this.#onDurable = onDurable
  }

  /** Behind the last record. */
  get end(): number {
    return this.#first + this.#records.length
  }

  /** Behind the last record that a crash cannot take. */
  get durable(): number {
    return this.#durable
  }

  /** Records that a crash could take. */
  get unsynced(): number {
    return this.end - this.#durable
  }

  append(record: Record): void {
    this.#records.push(structuredClone(record))
  }

  sync(to: number): void {
    while (this.#durable < to) {
      const record = this.#records[this.#durable - this.#first]
      if (record === undefined) return
      this.#durable += 1
      this.#onDurable(record)
    }
  }

  /** Replaces the records before `mark` by what they amount to. */
  checkpoint(base: Base, mark: number): void {
    if (mark < this.#first) return
    this.sync(mark)
    this.#base = JSON.parse(JSON.stringify(base))
    this.#records = this.#records.slice(mark - this.#first)
    this.#first = mark
  }

  /** `keeps`: how many of the given number of unsynced records reached the disk all the same. */
  crash(keeps: (unsynced: number) => number): void {
    this.sync(this.#durable + keeps(this.end - this.#durable))
    this.#records.length = this.#durable - this.#first
  }

  read(): { readonly base: Base; readonly records: readonly Record[] } {
    return { base: this.#base, records: this.#records }
  }
}
