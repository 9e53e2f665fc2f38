import assert from 'node:assert/strict'
import type { LogIndex } from './messages.ts'
import type { HardState } from './ready.ts'

interface PendingSave {
  readonly id: number
  readonly hardState: HardState
  /** What this save, once on disk, makes durable of the log as it is now. */
  upTo: LogIndex
  readonly sinceTick: number
}

/**
 * What has been handed to the disk and what the disk has confirmed. Saves are confirmed in order.
 *
 * A confirmation must not count for entries replaced since (etcd's append ABA race):
 * 1. entry A at index 5 goes into save 1;
 * 2. a new leader replaces it by B (save 2), the next one replaces B by A again (save 3);
 * 3. save 1 is confirmed. The disk is about to hold B: acknowledging A now would be a lie.
 * So a truncation lowers what every pending save stands for, and only save 3 vouches for A.
 */
export class SaveLedger {
  #nextId = 1
  #pending: PendingSave[] = []
  #handedIndex: LogIndex
  #savedIndex: LogIndex
  #handedHardState: HardState
  #savedHardState: HardState
  #truncateFrom: LogIndex | null = null
  #discardLog = false

  constructor(savedIndex: LogIndex, hardState: HardState) {
    this.#handedIndex = savedIndex
    this.#savedIndex = savedIndex
    this.#handedHardState = hardState
    this.#savedHardState = hardState
  }

  /** Every entry of the present log up to here is on disk, in the log or under the snapshot. */
  get savedIndex(): LogIndex {
    return this.#savedIndex
  }

  get savedHardState(): HardState {
    return this.#savedHardState
  }

  /** Entries up to here have been part of a save. */
  get handedIndex(): LogIndex {
    return this.#handedIndex
  }

  /** When the oldest save still under way was handed out; null: none is. */
  get pendingSince(): number | null {
    return this.#pending[0]?.sinceTick ?? null
  }

  truncated(from: LogIndex): void {
    if (from > this.#handedIndex) return
    this.#truncateFrom = Math.min(from, this.#truncateFrom ?? from)
    this.#lower(from - 1)
  }

  /** The log was dropped for a snapshot; of the old one only `common` entries are in the new. */
  discarded(common: LogIndex, snapshotIndex: LogIndex): void {
    this.#lower(common)
    this.#truncateFrom = null
    this.#discardLog = true
    this.#handedIndex = snapshotIndex
  }

  #lower(index: LogIndex): void {
    this.#handedIndex = Math.min(this.#handedIndex, index)
    this.#savedIndex = Math.min(this.#savedIndex, index)
    for (const save of this.#pending) save.upTo = Math.min(save.upTo, index)
  }

  /** What the next save must hold besides snapshots; null when all has been handed out. */
  take(hardState: HardState, lastIndex: LogIndex, forced: boolean, tick: number) {
    const hardStateChanged = !sameHardState(hardState, this.#handedHardState)
    const from = this.#handedIndex + 1
    const anything =
      forced ||
      hardStateChanged ||
      this.#truncateFrom !== null ||
      this.#discardLog ||
      from <= lastIndex
    if (!anything) return null
    const id = this.#nextId
    const taken = {
      id,
      hardState: hardStateChanged ? hardState : null,
      truncateFrom: this.#truncateFrom,
      discardLog: this.#discardLog,
      entriesFrom: from,
    }
    this.#nextId += 1
    this.#pending.push({ id, hardState, upTo: lastIndex, sinceTick: tick })
    this.#handedHardState = hardState
    this.#handedIndex = lastIndex
    this.#truncateFrom = null
    this.#discardLog = false
    return taken
  }

  confirm(id: number): void {
    assert(id < this.#nextId, `save ${id} was never handed out`)
    let save = this.#pending[0]
    while (save !== undefined && save.id <= id) {
      this.#pending.shift()
      this.#savedIndex = Math.max(this.#savedIndex, save.upTo)
      this.#savedHardState = save.hardState
      save = this.#pending[0]
    }
  }
}

export function sameHardState(a: HardState, b: HardState): boolean {
  return (
    a.currentTerm === b.currentTerm && a.votedFor === b.votedFor && a.recovering === b.recovering
  )
}
