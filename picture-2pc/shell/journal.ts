import { join } from 'node:path'
import { removeLeftovers } from '../../common/durable-file.ts'
import { RecordLog } from '../../common/record-log.ts'
import { CorruptLog, DiskFull } from '../../common/storage-errors.ts'
import { parsed, readCheckpoint, writeCheckpoint } from './checkpoint.ts'

const SEGMENT_BYTES = 1024 * 1024
/**
 * The record of one transaction, its name of usual length. With more under way there are messages to
 * handle while the disk works: where all four processes stood still for it at the same time, the
 * processors did too.
 */
const BLOCKING_LIMIT_BYTES = 512
/** Kept back in the last segment for the decisions of what is prepared already. */
const DECISION_RESERVE_BYTES = 256 * 1024
/** A checkpoint is written when the log has grown by this, or by the size of the last checkpoint. */
const CHECKPOINT_BYTES = 4 * 1024 * 1024

/** What is left on the disk for the log. */
export type JournalSpace = 'plenty' | 'deletesOnly' | 'none'

export interface OpenedJournal<R, S> {
  readonly journal: Journal<R, S>
  /** State of the last checkpoint, or null when there is none. */
  readonly snapshot: S | null
  /** What was recorded after it, in order. */
  readonly records: readonly R[]
}

/**
 * A durable sequence of JSON records with checkpoints: state = checkpoint + records after it. The
 * record log says what is durable; this adds the encoding and forgets what a checkpoint covers.
 */
export class Journal<R, S> {
  readonly #log: RecordLog
  readonly #checkpointPath: string
  #checkpointBytes: number
  #checkpointedAt: number
  #checkpointing = false
  /** The disk refused the last request for a spare segment. */
  #full = false

  private constructor(log: RecordLog, checkpointPath: string, checkpointBytes: number) {
    this.#log = log
    this.#checkpointPath = checkpointPath
    this.#checkpointBytes = checkpointBytes
    this.#checkpointedAt = 0
  }

  /** Rejects with CorruptLog, StorageFailure or DiskFull. */
  static async open<R, S>(directory: string): Promise<OpenedJournal<R, S>> {
    await removeLeftovers(directory)
    const checkpointPath = join(directory, 'checkpoint.json')
    const checkpoint = await readCheckpoint<S>(checkpointPath)
    const after = checkpoint?.sequence ?? 0
    const records: R[] = []
    const log = await RecordLog.open({
      directory,
      segmentBytes: SEGMENT_BYTES,
      blockingLimitBytes: BLOCKING_LIMIT_BYTES,
      onRecord: (sequence, bytes) => {
        if (sequence <= after) return
        const text = Buffer.from(bytes).toString('utf8')
        records.push(parsed<R>(directory, `record ${sequence}`, text))
      },
    })
    // Also where every segment is gone: the log then begins anew, with 1.
    if (log.firstSequence > after + 1 || log.nextSequence <= after) {
      await log.close()
      const has = `records ${log.firstSequence} to ${log.nextSequence - 1}`
      throw new CorruptLog(directory, 0, `the log holds ${has}, the checkpoint ends at ${after}`)
    }
    const journal = new Journal<R, S>(log, checkpointPath, checkpoint?.bytes ?? 0)
    return { journal, snapshot: checkpoint?.state ?? null, records }
  }

  /** Forced writes since the start. */
  get forcedWrites(): number {
    return this.#log.forcedWrites
  }

  get space(): JournalSpace {
    if (!this.#full) return 'plenty'
    return this.#log.bytesLeft() > DECISION_RESERVE_BYTES ? 'deletesOnly' : 'none'
  }

  /** Asks the disk for the spare segment that work to come needs. */
  async refreshSpace(): Promise<void> {
    this.#full = !(await this.#log.tryReserve())
  }

  /** Makes the records durable, in order, with as few forced writes as their size allows. */
  async append(records: readonly R[]): Promise<void> {
    const encoded = records.map((record) => Buffer.from(JSON.stringify(record), 'utf8'))
    let batch: Buffer[] = []
    let bytes = 0
    for (const record of encoded) {
      if (bytes + record.byteLength + 4 > this.#log.maxBatchBytes && batch.length > 0) {
        await this.#log.append(batch)
        batch = []
        bytes = 0
      }
      batch.push(record)
      bytes += record.byteLength + 4
    }
    if (batch.length > 0) await this.#log.append(batch)
    // The spare is made in the background; whoever is faster than the disk waits for it here, so that
    // what is promised can always be decided.
    if (!this.#log.hasReserve(SEGMENT_BYTES / 2)) await this.refreshSpace()
  }

  /** Size of the last checkpoint. */
  get checkpointBytes(): number {
    return this.#checkpointBytes
  }

  /** Whether the log has grown enough to be worth a checkpoint. */
  get checkpointDue(): boolean {
    const grown = this.#log.sizeInBytes - this.#checkpointedAt
    return !this.#checkpointing && grown > Math.max(CHECKPOINT_BYTES, this.#checkpointBytes)
  }

  /**
   * Saves a state that covers exactly what has been appended, then drops what it covers. Appends go on
   * meanwhile; the elements of the state's lists must not change. Does nothing when the disk is full:
   * the log still holds everything, and a later call tries again.
   */
  async checkpoint(state: S): Promise<void> {
    this.#checkpointing = true
    try {
      const sequence = this.#log.nextSequence - 1
      this.#checkpointBytes = await writeCheckpoint(this.#checkpointPath, { sequence, state })
      await this.#log.dropBefore(sequence + 1)
    } catch (error) {
      if (!(error instanceof DiskFull)) throw error
    } finally {
      this.#checkpointedAt = this.#log.sizeInBytes
      this.#checkpointing = false
    }
  }

  async close(): Promise<void> {
    await this.#log.close()
  }
}
