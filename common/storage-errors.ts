/**
 * What storage can say. `code` is stable, tests and callers check it; the message is one plain
 * sentence for the operator. A process ends with exit code 74 (EX_IOERR) on `StorageFailure` and
 * `CorruptLog`: neither is ever retried.
 */

/** A write, fsync, rename or read failed; what is on disk is unknown until the next start. */
export class StorageFailure extends Error {
  readonly code = 'STORAGE_FAILURE'
  override readonly name = 'StorageFailure'
}

/** Bytes that were once durable have changed or vanished. Nothing on disk was altered. */
export class CorruptLog extends Error {
  readonly code = 'CORRUPT_LOG'
  override readonly name = 'CorruptLog'
  /** `offset`: null where the damage is not at one place. */
  constructor(file: string, offset: number | null, what: string) {
    const where = offset === null ? '' : ` at byte ${offset}`
    super(
      `${file} is damaged${where}: ${what}; the log was not changed: ` +
        'restore this node from its peers or from a backup.',
    )
  }
}

/** Another process, or this one, already has the data directory open. */
export class DataDirectoryInUse extends Error {
  readonly code = 'DATA_DIRECTORY_IN_USE'
  override readonly name = 'DataDirectoryInUse'
}

/** No space was left before anything was written; try again when space was freed. */
export class DiskFull extends Error {
  readonly code = 'DISK_FULL'
  override readonly name = 'DiskFull'
}

/** The batch can never fit a segment; nothing was written. */
export class BatchTooLarge extends Error {
  readonly code = 'BATCH_TOO_LARGE'
  override readonly name = 'BatchTooLarge'
}

/** Whether the system refused for want of space (or quota), not for a broken disk. */
export function isOutOfSpace(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code))
  )
}

/** Turns an error of the file system into `DiskFull` or `StorageFailure`; keeps our own as they are. */
export function toStorageError(error: unknown, doing: string): Error {
  const own = [StorageFailure, CorruptLog, DataDirectoryInUse, DiskFull, BatchTooLarge]
  if (own.some((kind) => error instanceof kind)) return error as Error
  const reason = error instanceof Error ? error.message : String(error)
  const Kind = isOutOfSpace(error) ? DiskFull : StorageFailure
  return new Kind(`${doing} failed: ${reason}`, { cause: error })
}
