import { CorruptLog } from '../../../common/storage-errors.ts'
import type { Entry, LogIndex } from '../../raft/messages.ts'
import type { HardState } from '../../raft/ready.ts'
import { decodeEntry } from '../wire/entry-codec.ts'
import { MalformedMessage } from '../wire/protobuf.ts'
import { decodeControl, isEntry } from './records.ts'

/** What the records say, one after the other: the state of the disk as the Raft core means it. */
export class LogImage {
  readonly #path: string
  hardState: HardState | null = null
  clusterId = ''
  #entries: Entry[] = []
  /** Record number of each entry, in the same order. */
  #sequences: number[] = []
  #next: LogIndex | null = null

  /** `path`: what to name when it is damaged. */
  constructor(path: string) {
    this.#path = path
  }

  /** Index the next entry must have; null: any. */
  get next(): LogIndex | null {
    return this.#next
  }

  /** No entry is in the log. */
  get isEmpty(): boolean {
    return this.#sequences.length === 0
  }

  /** Takes a record read at start. Throws CorruptLog where it does not fit those before. */
  replay(sequence: number, record: Uint8Array): void {
    if (isEntry(record)) {
      this.#entries.push(this.#decoded(record))
      this.appended(sequence, this.#entries.at(-1)?.index ?? 0)
      return
    }
    const control = decodeControl(record)
    switch (control?.kind) {
      case 'hardState':
        this.hardState = control.hardState
        break
      case 'cluster':
        this.clusterId = control.clusterId
        break
      case 'truncate':
        this.truncated(control.from)
        break
      case 'discard':
        this.discarded(control.snapshotIndex)
        break
      case undefined:
        this.#fail(`record ${sequence} is of an unknown kind`)
    }
  }

  /** Hands over the entries found; from then on the caller keeps them. */
  takeEntries(): Entry[] {
    const taken = this.#entries
    this.#entries = []
    return taken
  }

  /** An entry was appended as this record. */
  appended(sequence: number, index: LogIndex): void {
    const next = this.#next ?? index
    if (index !== next) this.#fail(`entry ${index} stands where entry ${next} belongs`)
    this.#sequences.push(sequence)
    this.#next = index + 1
  }

  truncated(from: LogIndex): void {
    const kept = Math.max(0, from - this.#firstIndex)
    if (this.#next !== null && from > this.#next) this.#fail(`it is cut at ${from}, after its end`)
    this.#sequences.length = Math.min(kept, this.#sequences.length)
    this.#entries.length = Math.min(kept, this.#entries.length)
    this.#next = from
  }

  discarded(snapshotIndex: LogIndex): void {
    this.#sequences = []
    this.#entries = []
    this.#next = snapshotIndex + 1
  }

  /** Forgets entries up to `index`; the record number from which on records are still needed. */
  released(index: LogIndex): number | null {
    const count = Math.min(this.#sequences.length, Math.max(0, index + 1 - this.#firstIndex))
    this.#sequences.splice(0, count)
    return this.#sequences[0] ?? null
  }

  get #firstIndex(): LogIndex {
    return (this.#next ?? 1) - this.#sequences.length
  }

  #decoded(record: Uint8Array): Entry {
    try {
      // A copy: what is read at start shares the memory of its whole segment.
      return decodeEntry(Buffer.from(record))
    } catch (error) {
      if (error instanceof MalformedMessage) this.#fail(`an entry cannot be read: ${error.message}`)
      throw error
    }
  }

  #fail(what: string): never {
    throw new CorruptLog(this.#path, null, what)
  }
}
