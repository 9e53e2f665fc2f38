import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { type FileSystem, nodeFileSystem } from './record-log/file-system.ts'
import { isOutOfSpace, StorageFailure, toStorageError } from './storage-errors.ts'

const TEMPORARY = '.tmp'

/**
 * Makes `path` hold exactly `bytes`, atomically and durably: temporary file beside it, write, fsync,
 * rename, fsync of the directory (without the last, a power cut can bring the old file back: S10).
 * One call per path at a time. Rejects with `DiskFull` or `StorageFailure`; the temporary file is
 * then removed and the old file untouched, except when only the last fsync failed: then either
 * content may be found after a crash.
 */
export function replaceFile(
  path: string,
  bytes: Uint8Array,
  fs: FileSystem = nodeFileSystem,
): Promise<void> {
  return replace(path, (fd) => writeAll(fs, fd, bytes, 0, path), fs)
}

/** Content that is made while it is written. */
export interface PartedContent {
  /** Each is made when the one before it is written: between them the event loop turns. */
  readonly parts: Iterable<Uint8Array>
  /** What stands before the parts, of this many bytes, made when all of them are written. */
  readonly headBytes: number
  head(): Uint8Array
}

/** `replaceFile` for content that is too large to be made in one go. */
export function replaceFileInParts(
  path: string,
  { parts, headBytes, head }: PartedContent,
  fs: FileSystem = nodeFileSystem,
): Promise<void> {
  const write = async (fd: number) => {
    let position = headBytes
    for (const part of parts) {
      await writeAll(fs, fd, part, position, path)
      position += part.byteLength
    }
    const first = head()
    assert(first.byteLength === headBytes, `a head of ${headBytes} bytes was announced`)
    await writeAll(fs, fd, first, 0, path)
  }
  return replace(path, write, fs)
}

async function replace(
  path: string,
  write: (fd: number) => Promise<void>,
  fs: FileSystem,
): Promise<void> {
  const temporary = path + TEMPORARY
  try {
    await writeNew(fs, temporary, write)
    await fs.rename(temporary, path)
  } catch (error) {
    await fs.remove(temporary).catch(() => undefined)
    throw toStorageError(error, `writing ${path}`)
  }
  try {
    await syncDirectory(dirname(path), fs)
  } catch (error) {
    // Also for want of space: the rename has happened, so "nothing was written" would be a lie.
    throw new StorageFailure(`making ${path} durable failed`, { cause: error })
  }
}

async function writeAll(
  fs: FileSystem,
  fd: number,
  bytes: Uint8Array,
  position: number,
  path: string,
): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const written = await fs.write(fd, bytes.subarray(done), position + done)
    if (written <= 0) throw new StorageFailure(`${path}: the system wrote nothing`)
    done += written
  }
}

async function writeNew(
  fs: FileSystem,
  path: string,
  write: (fd: number) => Promise<void>,
): Promise<void> {
  const fd = await fs.open(path, 'create')
  try {
    await write(fd)
    await fs.sync(fd)
  } finally {
    await fs.close(fd)
  }
}

/** Forces the entries of a directory (created, renamed and removed names) to disk. */
export async function syncDirectory(
  directory: string,
  fs: FileSystem = nodeFileSystem,
): Promise<void> {
  const fd = await fs.open(directory, 'directory')
  try {
    await fs.sync(fd)
  } finally {
    await fs.close(fd)
  }
}

/**
 * The content of a file written by `replaceFile`, or null if there is none. What it returns is
 * durable: a process killed between rename and fsync leaves a name that a power cut could still
 * take back, so the directory is forced before anybody acts on the content.
 */
export async function readIfExists(
  path: string,
  fs: FileSystem = nodeFileSystem,
): Promise<Uint8Array | null> {
  try {
    const bytes = await fs.read(path)
    await syncDirectory(dirname(path), fs)
    return bytes
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    if (isOutOfSpace(error)) throw new StorageFailure(`reading ${path} failed`, { cause: error })
    throw toStorageError(error, `reading ${path}`)
  }
}

/** Removes what interrupted `replaceFile` calls left in a directory. Call at start, lock held. */
export async function removeLeftovers(
  directory: string,
  fs: FileSystem = nodeFileSystem,
): Promise<void> {
  const names = await fs.list(directory)
  for (const name of names.filter((each) => each.endsWith(TEMPORARY))) {
    await fs.remove(join(directory, name))
  }
}
