import assert from 'node:assert/strict'
import { type Clock, machineClock, sleep } from '../../../common/clock.ts'
import type { FileSystem } from '../../../common/record-log/file-system.ts'
import type { WriteMode } from '../../../common/record-log/forced-writer.ts'
import { RecordLog } from '../../../common/record-log.ts'
import { DiskFull } from '../../../common/storage-errors.ts'
import type { Entry, LogIndex } from '../../raft/messages.ts'
import type { HardState, Save } from '../../raft/ready.ts'
import { LogImage } from './log-image.ts'
import { type ControlRecord, encodeControl } from './records.ts'
import { SnapshotStore } from './snapshot-store.ts'

const SEGMENT_BYTES = 8 * 1024 * 1024
/** A full disk is asked this often whether it has room again (S12). */
const SPACE_RETRY_MS = 250

export interface StorageOptions {
  /** An existing directory that only this process uses. */
  readonly directory: string
  readonly segmentBytes?: number
  readonly fileSystem?: FileSystem
  readonly writeMode?: WriteMode
  readonly clock?: Clock
}

/** What was on disk. */
export interface Found {
  hardState: HardState | null
  /** The caller's to take. */
  readonly entries: Entry[]
  /** '': this disk belongs to no cluster yet. */
  readonly clusterId: string
}

/**
 * A node's disk: one record log for hard state and entries, in the order they were owed (R9), and a
 * folder of snapshots. State is snapshot plus log (S8).
 */
export class RaftStorage {
  readonly #log: RecordLog
  readonly #image: LogImage
  readonly #clock: Clock
  readonly snapshots: SnapshotStore
  #hardState: HardState | null
  #clusterId: string
  /** Records to be written before those of the next save. */
  #first: ControlRecord[] = []
  #busy: Promise<unknown> = Promise.resolve()
  #closing = false
  #waitsForSpace = false

  private constructor(log: RecordLog, image: LogImage, snapshots: SnapshotStore, clock: Clock) {
    this.#log = log
    this.#clock = clock
    this.#image = image
    this.snapshots = snapshots
    this.#hardState = image.hardState
    this.#clusterId = image.clusterId
  }

  /** Rejects with CorruptLog, DiskFull or StorageFailure. */
  static async open(options: StorageOptions): Promise<{ storage: RaftStorage; found: Found }> {
    const { directory, segmentBytes = SEGMENT_BYTES, clock = machineClock } = options
    const { fileSystem, writeMode } = options
    const snapshots = await SnapshotStore.open(directory, fileSystem)
    const image = new LogImage(`the Raft log in ${directory}`)
    const log = await RecordLog.open({
      directory,
      segmentBytes,
      onRecord: (sequence, record) => image.replay(sequence, record),
      ...(fileSystem === undefined ? {} : { fileSystem }),
      ...(writeMode === undefined ? {} : { writeMode }),
    })
    const storage = new RaftStorage(log, image, snapshots, clock)
    storage.#skipTo(snapshots.current?.lastIncludedIndex ?? 0)
    const { hardState, clusterId } = image
    return { storage, found: { hardState, entries: image.takeEntries(), clusterId } }
  }

  /**
   * An empty log may end before its snapshot, though nothing of it is to be dropped:
   * 1. a snapshot at 5 drops the whole log; the record says that entry 6 follows;
   * 2. a snapshot at 9 is installed, and the process dies before that is on record too (S16);
   * 3. back from there, the core goes on with entry 10.
   */
  #skipTo(snapshotIndex: LogIndex): void {
    const { next, isEmpty } = this.#image
    if (next === null || !isEmpty || next > snapshotIndex) return
    this.#image.discarded(snapshotIndex)
    this.#first.push({ kind: 'discard', snapshotIndex })
  }

  /** '': none yet. */
  get clusterId(): string {
    return this.#clusterId
  }

  get forcedWrites(): number {
    return this.#log.forcedWrites
  }

  get sizeInBytes(): number {
    return this.#log.sizeInBytes
  }

  /** A write found no space and waits for some; what it belongs to is not confirmed meanwhile. */
  get waitsForSpace(): boolean {
    return this.#waitsForSpace
  }

  /** Whether there is room for more, with enough left to finish what is under way (S11). */
  hasReserve(bytes: number): boolean {
    return !this.#waitsForSpace && this.#log.hasReserve(bytes)
  }

  /** Tries to make room for another segment; false: the disk is full. */
  tryReserve(): Promise<boolean> {
    return this.#closing ? Promise.resolve(true) : this.#log.tryReserve()
  }

  /** Joins a cluster, for good; on disk before anything that is saved later, snapshots included. */
  adoptCluster(clusterId: string): void {
    this.#clusterId = clusterId
    this.#first.push({ kind: 'cluster', clusterId })
  }

  /**
   * Resolves when the name of the cluster is on disk, if there is one: owed before a snapshot, which
   * may cover the entry that gave it. A node that forgot it would name the cluster anew.
   */
  named(): Promise<void> {
    return this.#first.length === 0 ? Promise.resolve() : this.#alone(() => this.#appendFirst())
  }

  #appendFirst(): Promise<void> {
    return this.#append(this.#first.splice(0).map(encodeControl))
  }

  /** The first record of a disk that is new: from then on an empty log is a lost one. */
  async begin(): Promise<HardState> {
    const hardState = { currentTerm: 0, votedFor: null, recovering: 0 }
    this.#hardState = hardState
    await this.#alone(() => this.#append([encodeControl({ kind: 'hardState', hardState })]))
    return hardState
  }

  /**
   * Makes saves durable, in order, by one forced write if they fit one. Resolves when all of it is
   * on disk. A full disk is waited for, and heals without a restart; anything else that fails is for
   * good (S6).
   */
  save(saves: readonly Save[]): Promise<void> {
    return this.#alone(async () => {
      if (saves.some(({ snapshot }) => snapshot !== null)) await this.#appendFirst()
      const records: Uint8Array[] = this.#first.splice(0).map(encodeControl)
      const indexes: (LogIndex | null)[] = records.map(() => null)
      const control = (record: ControlRecord) => {
        records.push(encodeControl(record))
        indexes.push(null)
      }
      const marks: { at: number; apply: () => void }[] = []
      let { next } = this.#image
      for (const save of saves) {
        await this.#saveSnapshot(save)
        const { hardState, truncateFrom, snapshot } = save
        if (hardState !== null) {
          this.#hardState = hardState
          control({ kind: 'hardState', hardState })
        }
        if (save.discardLog) {
          // Without one of its own the save belongs to a restart, between a snapshot and this record.
          const kept = snapshot ?? this.snapshots.current
          const snapshotIndex = kept?.lastIncludedIndex ?? 0
          marks.push({ at: records.length, apply: () => this.#image.discarded(snapshotIndex) })
          next = snapshotIndex + 1
          control({ kind: 'discard', snapshotIndex })
        }
        if (truncateFrom !== null) {
          marks.push({ at: records.length, apply: () => this.#image.truncated(truncateFrom) })
          next = truncateFrom
          control({ kind: 'truncate', from: truncateFrom })
        }
        for (const { encoded, index } of save.entries) {
          assert(index === (next ?? index), `S18: entry ${index} does not follow ${next}`)
          next = index + 1
          records.push(encoded)
          indexes.push(index)
        }
      }
      const first = this.#log.nextSequence
      await this.#append(records)
      const pending = marks.values()
      let mark = pending.next()
      for (const [place, index] of indexes.entries()) {
        for (; !mark.done && mark.value.at === place; mark = pending.next()) mark.value.apply()
        if (index !== null) this.#image.appended(first + place, index)
      }
    })
  }

  async #saveSnapshot({ chunks, snapshot }: Save): Promise<void> {
    if (chunks.length > 0) await this.#untilSpace(() => this.snapshots.stage(chunks))
    if (snapshot !== null) await this.#untilSpace(() => this.snapshots.install(snapshot))
  }

  /** In as few batches as fit; a crash between two leaves a prefix, which is as good as none. */
  async #append(records: readonly Uint8Array[]): Promise<void> {
    let batch: Uint8Array[] = []
    let bytes = 0
    for (const record of records) {
      const needed = record.length + 4
      if (bytes + needed > this.#log.maxBatchBytes && batch.length > 0) {
        await this.#appendBatch(batch)
        batch = []
        bytes = 0
      }
      batch.push(record)
      bytes += needed
    }
    if (batch.length > 0) await this.#appendBatch(batch)
  }

  #appendBatch(batch: readonly Uint8Array[]): Promise<void> {
    return this.#untilSpace(async () => void (await this.#log.append(batch)))
  }

  async #untilSpace(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await write()
        this.#waitsForSpace = false
        return
      } catch (error) {
        if (!(error instanceof DiskFull) || this.#closing) throw error
        this.#waitsForSpace = true
        await sleep(this.#clock, SPACE_RETRY_MS)
      }
    }
  }

  /**
   * Lets go of entries up to `index`: whole segments are deleted. What is said once and not in every
   * entry is said again first, so that it does not go with them.
   */
  release(index: LogIndex): Promise<void> {
    return this.#alone(async () => {
      const needed = this.#image.released(index) ?? this.#log.nextSequence
      const again: ControlRecord[] = []
      if (this.#hardState !== null) again.push({ kind: 'hardState', hardState: this.#hardState })
      if (this.#clusterId !== '') again.push({ kind: 'cluster', clusterId: this.#clusterId })
      if (again.length > 0) await this.#append(again.map(encodeControl))
      await this.#log.dropBefore(needed)
    })
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#busy.catch(() => undefined)
    await this.#log.close()
    await this.snapshots.close()
  }

  /** One write at a time, in the order they were asked for. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work)
    this.#busy = done.catch(() => undefined)
    return done
  }
}
