import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '../../common/durable-file.ts'
import { CodedError } from '../../common/errors.ts'
import { DiskFull, StorageFailure, toStorageError } from '../../common/storage-errors.ts'
import type { Staged } from '../protocol/participant-io.ts'
import { FileRemover } from './file-remover.ts'

/**
 * The bytes of pictures, a file each. A file is named by a hash that says nothing of the picture, is
 * written once, and never changes: whether it belongs to a picture is in the vote log alone, so a
 * crash can leave files too many (swept at start) but never a picture half there.
 */
export class BlobStore {
  readonly #folder: string
  readonly #remover = new FileRemover()

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(dataDirectory: string): Promise<BlobStore> {
    const folder = join(dataDirectory, 'pictures')
    try {
      await mkdir(folder, { recursive: true })
      await syncDirectory(dataDirectory)
    } catch (error) {
      throw toStorageError(error, `opening ${folder}`)
    }
    return new BlobStore(folder)
  }

  /**
   * Stores bytes, durably. Rejects with CodedError PICTURE_TOO_LARGE, EMPTY_PICTURE or DISK_FULL, with
   * what `chunks` throws, or with StorageFailure; nothing is left behind then.
   */
  async receive(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Staged> {
    const blob = createHash('sha256').update(randomUUID()).digest('hex')
    const path = this.#path(blob)
    try {
      const { size, sha256 } = await writeNew(path, chunks, maxBytes)
      if (size === 0) throw new CodedError('EMPTY_PICTURE')
      await syncDirectory(this.#folder)
      return { blob, size, sha256 }
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined)
      throw error instanceof DiskFull ? new CodedError('DISK_FULL') : error
    }
  }

  /** Opens for reading; a file removed meanwhile stays readable. */
  async read(blob: string): Promise<FileHandle> {
    try {
      return await open(this.#path(blob), 'r')
    } catch {
      throw new CodedError('DAMAGED_PICTURE')
    }
  }

  /** Resolves when the file is gone, which may wait for others that are to go. */
  remove(blob: string): Promise<void> {
    return this.#remover.remove(this.#path(blob))
  }

  /** Removes what waits to be removed. */
  async close(): Promise<void> {
    await this.#remover.close()
  }

  /** Removes every file but these, and says which of these are not there. */
  async sweep(keep: ReadonlySet<string>): Promise<{ removed: number; missing: string[] }> {
    const names = await readdir(this.#folder)
    const stray = names.filter((name) => !keep.has(name))
    const gone = Promise.all(stray.map((name) => this.remove(name)))
    await this.#remover.flush()
    await gone
    const present = new Set(names)
    return { removed: stray.length, missing: [...keep].filter((blob) => !present.has(blob)) }
  }

  #path(blob: string): string {
    return join(this.#folder, blob)
  }
}

async function writeNew(path: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number) {
  const hash = createHash('sha256')
  let size = 0
  const file = await guard(path, () => open(path, 'wx', 0o600))
  try {
    for await (const chunk of chunks) {
      size += chunk.byteLength
      if (size > maxBytes) throw new CodedError('PICTURE_TOO_LARGE', `at most ${maxBytes} bytes`)
      hash.update(chunk)
      await guard(path, () => writeAll(file, chunk))
    }
    await guard(path, () => file.sync())
  } finally {
    await file.close()
  }
  return { size, sha256: hash.digest('hex') }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) {
    const { bytesWritten } = await file.write(chunk, done)
    if (bytesWritten === 0) throw new StorageFailure('the system wrote nothing')
    done += bytesWritten
  }
}

/** What goes wrong with the disk becomes DiskFull or StorageFailure; the reader's errors stay. */
async function guard<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw toStorageError(error, `writing ${path}`)
  }
}
