import { strict as assert } from 'node:assert'
import { DiskImage } from './disk-image.ts'
import type { Random } from './random.ts'

interface Stored<Record> {
  readonly record: Record
  readonly bytes: Uint8Array
  /** Said to be on the disk after a failed save, and is not. */
  readonly lost: boolean
}

/**
 * A simulated record log with a checkpoint. What is appended survives a crash once it is synced; of
 * what is not, a crash leaves the beginning of an arbitrary length, and the batch after it torn. What
 * is read after a crash has gone through the shipped encoding and recovery.
 */
export class Disk<Record, Base> {
  #base: Base
  #stored: Stored<Record>[] = []
  /** Positions count records since the disk was new, also those a checkpoint has replaced. */
  #first = 0
  #durable = 0
  /** Behind the last record of each batch. */
  #ends: number[] = []
  #rotten: DiskImage | null = null
  readonly #onDurable: (record: Record) => void

  constructor(base: Base, onDurable: (record: Record) => void) {
    this.#base = base
    this.#onDurable = onDurable
  }

  /** Behind the last record. */
  get end(): number {
    return this.#first + this.#stored.length
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
    const bytes = Buffer.from(JSON.stringify(record), 'utf8')
    this.#stored.push({ record: structuredClone(record), bytes, lost: false })
  }

  sync(to: number): void {
    if (to > this.#durable) this.#ends.push(to)
    while (this.#durable < to) {
      const stored = this.#stored[this.#durable - this.#first]
      if (stored === undefined) return
      this.#durable += 1
      this.#onDurable(stored.record)
    }
  }

  /** A save that failed, and whose failure is ignored: the system drops what was to be written. */
  lose(to: number): void {
    for (; this.#durable < to; this.#durable += 1) {
      const at = this.#durable - this.#first
      const stored = this.#stored[at]
      if (stored !== undefined) this.#stored[at] = { ...stored, lost: true }
    }
  }

  /** Replaces the records before `mark` by what they amount to. */
  checkpoint(base: Base, mark: number): void {
    if (mark < this.#first) return
    this.sync(mark)
    this.#base = JSON.parse(JSON.stringify(base))
    this.#stored = this.#stored.slice(mark - this.#first)
    this.#ends = this.#ends.filter((end) => end > mark)
    this.#first = mark
  }

  /**
   * `keeps`: how many of the given number of unsynced records reached the disk all the same. `tears`:
   * which sectors of the rest did; null: none. Says whether it left a torn batch.
   */
  crash(keeps: (unsynced: number) => number, tears: Random | null): boolean {
    this.sync(this.#durable + keeps(this.unsynced))
    const rest = this.#stored.slice(this.#durable - this.#first).map(({ bytes }) => bytes)
    const whole = this.#batches().flat().length
    const found = this.#image(tears === null ? [] : rest, tears).records().length
    assert.ok(found === whole || found === whole + rest.length, 'a torn batch is there or not')
    if (found > whole) this.sync(this.end)
    this.#stored.length = this.#durable - this.#first
    return tears !== null && rest.length > 0 && found === whole
  }

  /** Changes bytes that were durable. False: there are none. */
  rot(random: Random): boolean {
    const image = this.#image([], null)
    if (!image.rot(random)) return false
    this.#rotten = image
    return true
  }

  /** The disk reads again what was written to it. */
  repair(): void {
    this.#rotten = null
  }

  /** Throws CorruptLog. */
  read(): { readonly base: Base; readonly records: readonly Record[] } {
    const image = this.#rotten ?? this.#image([], null)
    const records = image
      .records()
      .map((bytes) => JSON.parse(Buffer.from(bytes).toString('utf8')) as Record)
    const kept = this.#batches().flat().length
    assert.equal(records.length, kept, 'recovery finds what was durable, or refuses')
    this.#rotten = null // it was in a trailer, which recovery writes again
    if (this.#stored.some(({ lost }) => lost)) {
      this.#stored = this.#stored.filter(({ lost }) => !lost)
      this.#durable = this.end
      this.#ends = [this.end]
    }
    return { base: this.#base, records }
  }

  #image(torn: readonly Uint8Array[], tears: Random | null): DiskImage {
    return new DiskImage(this.#batches(), torn, tears)
  }

  /** What is durable, as it was written. */
  #batches(): readonly (readonly Uint8Array[])[] {
    const batches: Uint8Array[][] = []
    let at = this.#first
    for (const end of this.#ends) {
      const stored = this.#stored.slice(
        at - this.#first,
        Math.min(end, this.#durable) - this.#first,
      )
      const batch = stored.filter(({ lost }) => !lost).map(({ bytes }) => bytes)
      if (batch.length > 0) batches.push(batch)
      at = end
    }
    return batches
  }
}
