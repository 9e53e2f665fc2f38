import assert from 'node:assert/strict'
import { type FileSystem, nodeFileSystem } from './record-log/file-system.ts'
import { ForcedWriter, type ForcedWriterOptions } from './record-log/forced-writer.ts'
import {
  batchBytes,
  encodeFrame,
  FRAME_OVERHEAD_BYTES,
  type FrameKind,
} from './record-log/frame.ts'
import {
  type ActiveSegment,
  activeSegment,
  type OpenedLog,
  openSegments,
  type Segment,
} from './record-log/opening.ts'
import {
  installSegment,
  largestFrame,
  MARKS_RESERVE_BYTES,
  MAX_SEGMENT_BYTES,
  preallocate,
  randomKey,
  roundCapacity,
  SEGMENT_HEADER_BYTES,
  SPARE_NAME,
} from './record-log/segment.ts'
import {
  BatchTooLarge,
  DiskFull,
  isOutOfSpace,
  StorageFailure,
  toStorageError,
} from './storage-errors.ts'

const DEFAULT_SEGMENT_BYTES = 16 << 20

export interface RecordLogOptions extends Omit<ForcedWriterOptions, 'now'> {
  /** An existing directory that only this log uses. */
  readonly directory: string
  /** Size of a segment file; rounded up to a multiple of 512. Default 16 MiB, at
   * most 64 MiB. */
  readonly segmentBytes?: number
  /** Sequence number of the first record of a log that does not exist yet. Default 1. */
  readonly firstSequence?: number
  /** Called while opening, for every retained record in order. The bytes belong to the callee. */
  readonly onRecord: (sequence: number, record: Uint8Array) => void
  readonly fileSystem?: FileSystem
}

interface Spare {
  readonly fd: number
  readonly capacity: number
}

/**
 * A durable sequence of opaque records in preallocated, append-only segment files.
 *
 * - A batch is one frame and one forced write: after a crash it is there wholly or not at all, and
 *   wholly if `append` had resolved. Records are numbered from 1 and a number is never reused.
 * - A failed write or fsync ends the log's life: that call and all later ones reject with
 *   `StorageFailure` (S6: what a later fsync says about earlier bytes is worth nothing).
 * - A spare segment is preallocated ahead of need, in the background. It is also the reserve for a
 *   full disk (S11): callers refuse new work while `hasReserve` is false and call `tryReserve` now
 *   and then; when space was freed they go on, without a restart (S12).
 */
export class RecordLog implements AsyncDisposable {
  readonly #fs: FileSystem
  readonly #directory: { readonly path: string; readonly fd: number }
  readonly #capacity: number
  readonly #writer: ForcedWriter
  readonly #sealed: Segment[]
  #active: ActiveSegment
  #nextSequence: number
  #spare: Spare | null = null
  #reserving: Promise<boolean> | null = null
  #dropping: Promise<void> = Promise.resolve()
  #closing: Promise<void> | null = null
  #failure: StorageFailure | null = null
  #isAppending = false
  #isMarkedClosed: boolean
  #forcedWrites = 0
  #buffer: Buffer = Buffer.alloc(64 << 10)

  private constructor(
    context: { fs: FileSystem; capacity: number; writer: ForcedWriter },
    opened: OpenedLog,
  ) {
    this.#fs = context.fs
    this.#capacity = context.capacity
    this.#writer = context.writer
    this.#directory = opened.directory
    this.#sealed = opened.sealed
    this.#active = opened.active
    this.#nextSequence = opened.nextSequence
    this.#isMarkedClosed = opened.isClosed
  }

  /**
   * Replays the log, creating it if the directory holds none, and makes it ready for appending.
   * Rejects with `CorruptLog` (nothing was changed; records handed out so far must not be used),
   * `DiskFull` (only when the log is new) or `StorageFailure`.
   */
  static async open(options: RecordLogOptions): Promise<RecordLog> {
    const { directory, onRecord, firstSequence = 1, fileSystem: fs = nodeFileSystem } = options
    const capacity = roundCapacity(options.segmentBytes ?? DEFAULT_SEGMENT_BYTES)
    assert(largestFrame(capacity) > 0, `segments of ${capacity} bytes hold nothing`)
    assert(capacity <= MAX_SEGMENT_BYTES, `segments of ${capacity} bytes are too large`)
    try {
      const opened = await openSegments(fs, { directory, capacity, firstSequence, onRecord })
      const writer = new ForcedWriter(fs, options)
      const log = new RecordLog({ fs, capacity, writer }, opened)
      log.#reserveInBackground()
      return log
    } catch (error) {
      throw toStorageError(error, `opening the log in ${directory}`)
    }
  }

  /** The number the next record gets. */
  get nextSequence(): number {
    return this.#nextSequence
  }

  /** The first retained record; equals `nextSequence` when there is none. */
  get firstSequence(): number {
    return (this.#sealed[0] ?? this.#active).firstSequence
  }

  /** Bytes in use by retained segments, without what is preallocated. */
  get sizeInBytes(): number {
    return this.#sealed.reduce((sum, segment) => sum + segment.end, this.#active.end)
  }

  /** Forced writes of batches and marks since opening. */
  get forcedWrites(): number {
    return this.#forcedWrites
  }

  /** Why the log is dead, or null. */
  get failure(): StorageFailure | null {
    return this.#failure
  }

  /** The largest batch that `append` takes: the sum over its records of their bytes plus 4. */
  get maxBatchBytes(): number {
    return largestFrame(this.#capacity) - FRAME_OVERHEAD_BYTES
  }

  /**
   * Appends one batch; resolves when it is durable. One call at a time. Rejects with
   * `BatchTooLarge` or `DiskFull` (nothing was written and the log is usable), or `StorageFailure`
   * (it is not known whether the batch will be there after a restart).
   */
  async append(records: readonly Uint8Array[]): Promise<{ first: number; last: number }> {
    assert(!this.#isAppending, 'one append at a time')
    assert(records.length > 0, 'a batch has at least one record')
    this.#isAppending = true
    try {
      this.#assertUsable()
      const length = batchBytes(records)
      if (length > largestFrame(this.#capacity)) {
        const limit = `a segment of ${this.#capacity} bytes takes`
        throw new BatchTooLarge(`the batch takes ${length} bytes, more than ${limit}.`)
      }
      if (length > this.#room) await this.#rotate()
      await this.#write('batch', records)
      const first = this.#nextSequence
      this.#nextSequence += records.length
      return { first, last: this.#nextSequence - 1 }
    } finally {
      this.#isAppending = false
    }
  }

  /** Bytes that can still be appended without asking the system for space. */
  bytesLeft(): number {
    return Math.max(0, this.#room) + (this.#spare ? largestFrame(this.#spare.capacity) : 0)
  }

  /** Whether a spare segment exists, or the current one has room for this many bytes. */
  hasReserve(bytes: number): boolean {
    return this.#spare !== null || this.#room >= bytes
  }

  /**
   * Makes sure that a spare segment exists; false if the disk is full (or the log being closed).
   * Rejects with `StorageFailure`.
   */
  tryReserve(): Promise<boolean> {
    if (this.#spare) return Promise.resolve(true)
    this.#reserving ??= this.#reserve().finally(() => {
      this.#reserving = null
    })
    return this.#reserving
  }

  /**
   * Deletes the segments all of whose records are before `sequence`, oldest first; the segment being
   * written stays. Each removal is forced before the next, so no crash leaves a gap.
   */
  dropBefore(sequence: number): Promise<void> {
    const dropped = this.#dropping.then(() => this.#drop(sequence))
    this.#dropping = dropped.catch(() => undefined)
    return dropped
  }

  /** Marks the log as closed in good order and releases its files. No append may be in flight. */
  close(): Promise<void> {
    assert(!this.#isAppending, 'close waits for no append')
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Bytes that a batch can take in the current segment. */
  get #room(): number {
    return this.#active.header.capacity - this.#active.end - MARKS_RESERVE_BYTES
  }

  #assertUsable(): void {
    if (this.#failure) throw this.#failure
    assert(this.#closing === null, 'the log is closed')
  }

  /** Latches the failure: the log never writes again (S6). */
  #fail(error: unknown, doing: string): StorageFailure {
    const { message } = toStorageError(error, `${doing} in ${this.#directory.path}`)
    this.#failure ??= new StorageFailure(message, { cause: error })
    return this.#failure
  }

  async #write(kind: FrameKind, records: readonly Uint8Array[]): Promise<void> {
    const active = this.#active
    const needed = batchBytes(records)
    if (needed > this.#buffer.byteLength)
      this.#buffer = Buffer.alloc(Math.min(needed * 2, this.#capacity))
    const frame = { kind, position: active.end, first: this.#nextSequence, records }
    const length = encodeFrame(this.#buffer, active.header.key, frame)
    try {
      await this.#writer.write(active.fd, this.#buffer.subarray(0, length), active.end)
    } catch (error) {
      throw this.#fail(error, 'writing to the log')
    }
    active.end += length
    this.#forcedWrites++
    this.#isMarkedClosed = kind === 'close'
  }

  /**
   * The next segment is complete and durable before this one is sealed, and this one is sealed
   * before the next is used: at every crash point recovery knows which segment is the last.
   */
  async #rotate(): Promise<void> {
    const spare = (await this.tryReserve()) ? this.#spare : null
    if (spare === null) {
      throw new DiskFull(`no space for another log segment in ${this.#directory.path}.`)
    }
    const header = {
      key: randomKey(),
      number: this.#active.header.number + 1,
      firstSequence: this.#nextSequence,
      capacity: spare.capacity,
    }
    try {
      await installSegment(this.#fs, this.#directory, spare.fd, header)
      // Only now has the spare's name become free: a reserve begun before would truncate, and fill
      // with zeros, the very file that is being installed.
      this.#spare = null
      await this.#write('seal', [])
      await this.#fs.close(this.#active.fd)
    } catch (error) {
      throw this.#fail(error, 'starting a log segment')
    }
    const { path, firstSequence, end } = this.#active
    this.#sealed.push({ path, firstSequence, end })
    this.#active = activeSegment(this.#directory.path, spare.fd, header, SEGMENT_HEADER_BYTES)
    this.#reserveInBackground()
  }

  #reserveInBackground(): void {
    this.tryReserve().catch(() => undefined) // latched: the next append reports it
  }

  async #reserve(): Promise<boolean> {
    this.#assertUsable()
    const path = `${this.#directory.path}/${SPARE_NAME}`
    const isWanted = (): boolean => this.#closing === null
    try {
      const fd = await preallocate(this.#fs, path, this.#capacity, isWanted)
      if (fd !== null) this.#spare = { fd, capacity: this.#capacity }
      return fd !== null
    } catch (error) {
      if (isOutOfSpace(error)) return false
      throw this.#fail(error, 'preallocating a log segment')
    }
  }

  async #drop(sequence: number): Promise<void> {
    this.#assertUsable()
    for (;;) {
      const [oldest, next = this.#active] = this.#sealed
      if (oldest === undefined || next.firstSequence > sequence) return
      try {
        await this.#fs.remove(oldest.path)
        await this.#fs.sync(this.#directory.fd)
      } catch (error) {
        throw this.#fail(error, 'deleting a log segment')
      }
      this.#sealed.shift()
    }
  }

  async #close(): Promise<void> {
    await this.#dropping
    await this.#reserving?.catch(() => undefined)
    const isEmpty = this.#active.end === SEGMENT_HEADER_BYTES
    try {
      if (!this.#failure && !this.#isMarkedClosed && !isEmpty) await this.#write('close', [])
    } finally {
      const fds = [this.#active.fd, this.#directory.fd, ...(this.#spare ? [this.#spare.fd] : [])]
      for (const fd of fds) await this.#fs.close(fd).catch(() => undefined)
    }
  }
}
