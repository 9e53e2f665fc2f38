import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { readIfExists, replaceFile, syncDirectory } from '../../../common/durable-file.ts'
import { type FileSystem, nodeFileSystem } from '../../../common/record-log/file-system.ts'
import {
  CorruptLog,
  DiskFull,
  StorageFailure,
  toStorageError,
} from '../../../common/storage-errors.ts'
import type { SnapshotMetadata } from '../../raft/messages.ts'
import type { SnapshotChunk } from '../../raft/ready.ts'
import { decodeMetadata, encodeMetadata } from './metadata-file.ts'

/** Folder of the data directory. */
export const SNAPSHOTS_FOLDER = 'snapshots'
const CURRENT = 'current.json'
const STAGED = 'staged.json'
const STAGED_BYTES = 'staged.bin'
/** Forced in pieces of this size, so that the log's own writes never queue behind a huge one. */
const SYNC_EVERY_BYTES = 4 * 1024 * 1024
const READ_BYTES = 64 * 1024

/** The bytes of a snapshot, as long as it is open. */
export interface SnapshotBytes {
  /** Fills `bytes` from this position; how many there were. */
  readAt(bytes: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

interface Staged {
  readonly snapshot: SnapshotMetadata
  readonly fd: number
  bytesStored: number
  checksum: number
}

/**
 * The snapshots of a node: the current one, and a part of one on its way. A file of bytes counts
 * only once `current.json` names it, so a crash leaves the old snapshot or the new one (S8, S16).
 */
export class SnapshotStore {
  readonly #folder: string
  readonly #fs: FileSystem
  #current: SnapshotMetadata | null = null
  #staged: Staged | null = null
  #adopting: Promise<unknown> = Promise.resolve()

  private constructor(folder: string, fs: FileSystem) {
    this.#folder = folder
    this.#fs = fs
  }

  /** Rejects with CorruptLog or StorageFailure. */
  static async open(directory: string, fs: FileSystem = nodeFileSystem): Promise<SnapshotStore> {
    const folder = join(directory, SNAPSHOTS_FOLDER)
    const store = new SnapshotStore(folder, fs)
    try {
      await fs.makeDirectory(folder)
      await syncDirectory(directory, fs)
      await store.#load()
    } catch (error) {
      throw toStorageError(error, `opening the snapshots in ${folder}`)
    }
    return store
  }

  get current(): SnapshotMetadata | null {
    return this.#current
  }

  /** A part of a snapshot that may be resumed. */
  get staged(): { readonly snapshot: SnapshotMetadata; readonly bytesStored: number } | null {
    return this.#staged
  }

  /**
   * Writes a snapshot taken here, piece by piece, and makes it the current one; null: a later one
   * was installed meanwhile. Rejects with DiskFull (nothing changed) or StorageFailure.
   */
  async write(
    point: Omit<SnapshotMetadata, 'size' | 'checksum'>,
    pieces: Iterable<Uint8Array>,
  ): Promise<SnapshotMetadata | null> {
    const temporary = join(this.#folder, `${point.lastIncludedIndex}.tmp`)
    try {
      const { size, checksum } = await writePieces(this.#fs, temporary, pieces)
      const snapshot = { ...point, size, checksum }
      if (await this.#adopt(temporary, snapshot)) return snapshot
      await this.#remove(temporary)
      return null
    } catch (error) {
      await this.#remove(temporary).catch(() => undefined)
      throw toStorageError(error, `writing a snapshot in ${this.#folder}`)
    }
  }

  /** Writes chunks that arrived; resumable once this resolves. Rejects with DiskFull or StorageFailure. */
  async stage(chunks: readonly SnapshotChunk[]): Promise<void> {
    try {
      for (const { snapshot, offset, data } of chunks) {
        const staged = await this.#stagedFor(snapshot, offset)
        // Repeated after a full disk: what is written already is written again.
        if (offset < staged.bytesStored) continue
        await writeWhole(this.#fs, staged.fd, data, offset)
        staged.checksum = crc32c(asBuffer(data), staged.checksum)
        staged.bytesStored = offset + data.length
      }
    } catch (error) {
      throw toStorageError(error, `staging a snapshot in ${this.#folder}`)
    }
    try {
      if (this.#staged !== null) await this.#fs.sync(this.#staged.fd)
    } catch (error) {
      // Also for want of space: the system may have dropped what it could not write (S6).
      throw new StorageFailure(`staging a snapshot in ${this.#folder} failed`, { cause: error })
    }
  }

  /** Makes the complete staged file the current snapshot. Rejects as `write`, or with CorruptLog. */
  async install(snapshot: SnapshotMetadata): Promise<void> {
    const staged = this.#staged
    const path = join(this.#folder, STAGED_BYTES)
    if (
      staged === null ||
      staged.bytesStored !== snapshot.size ||
      staged.checksum !== snapshot.checksum
    ) {
      await this.#unstage()
      throw new CorruptLog(path, null, 'a snapshot arrived whole but with another checksum')
    }
    try {
      await this.#adopt(path, snapshot)
      await this.#fs.close(staged.fd)
      this.#staged = null
      await this.#remove(join(this.#folder, STAGED))
    } catch (error) {
      throw toStorageError(error, `installing a snapshot in ${this.#folder}`)
    }
  }

  /** Opens the bytes of a snapshot; null: they are gone. The file stays readable while it is open. */
  async openBytes(snapshot: SnapshotMetadata): Promise<SnapshotBytes | null> {
    const fs = this.#fs
    try {
      const fd = await fs.open(this.#pathOf(snapshot), 'read')
      return {
        readAt: (bytes, position) => fs.readAt(fd, bytes, position),
        close: () => fs.close(fd),
      }
    } catch (error) {
      if (isMissing(error)) return null
      throw toStorageError(error, `reading a snapshot in ${this.#folder}`)
    }
  }

  /**
   * The bytes of a snapshot, in pieces. Throws CorruptLog if they are gone or not what was written;
   * what was handed out before must then not be used.
   */
  async *read(snapshot: SnapshotMetadata): AsyncGenerator<Uint8Array, void, undefined> {
    const path = this.#pathOf(snapshot)
    const file = await this.openBytes(snapshot)
    if (file === null) throw new CorruptLog(path, null, 'the file is missing')
    try {
      let checksum = 0
      let position = 0
      while (position < snapshot.size) {
        const buffer = Buffer.allocUnsafe(READ_BYTES)
        const bytesRead = await file.readAt(buffer, position)
        if (bytesRead === 0) throw new CorruptLog(path, position, 'it ends too early')
        const piece = buffer.subarray(0, bytesRead)
        checksum = crc32c(piece, checksum)
        position += bytesRead
        yield piece
      }
      if (checksum !== snapshot.checksum || position !== snapshot.size) {
        throw new CorruptLog(path, null, 'its checksum does not match')
      }
    } finally {
      await file.close()
    }
  }

  async close(): Promise<void> {
    const staged = this.#staged
    this.#staged = null
    if (staged !== null) await this.#fs.close(staged.fd)
  }

  async #load(): Promise<void> {
    const path = join(this.#folder, CURRENT)
    const bytes = await readIfExists(path, this.#fs)
    if (bytes !== null) {
      this.#current = decodeMetadata(bytes)
      if (this.#current === null) throw new CorruptLog(path, null, 'its checksum does not match')
    }
    await this.#loadStaged()
    const keep = [CURRENT, this.#current === null ? '' : nameOf(this.#current)]
    if (this.#staged !== null) keep.push(STAGED, STAGED_BYTES)
    for (const name of await this.#fs.list(this.#folder)) {
      if (!keep.includes(name)) await this.#remove(join(this.#folder, name))
    }
  }

  /** A part of a snapshot can always be fetched again: what is doubtful is dropped. */
  async #loadStaged(): Promise<void> {
    const bytes = await readIfExists(join(this.#folder, STAGED), this.#fs)
    const snapshot = bytes === null ? null : decodeMetadata(bytes)
    if (snapshot === null) return
    if (snapshot.lastIncludedIndex <= (this.#current?.lastIncludedIndex ?? 0)) return
    const fd = await this.#fs.open(join(this.#folder, STAGED_BYTES), 'update').catch(() => null)
    if (fd === null) return
    let checksum = 0
    let bytesStored = 0
    for (;;) {
      const buffer = Buffer.allocUnsafe(READ_BYTES)
      const bytesRead = await this.#fs.readAt(fd, buffer, bytesStored)
      if (bytesRead === 0) break
      checksum = crc32c(buffer.subarray(0, bytesRead), checksum)
      bytesStored += bytesRead
    }
    // Complete, it would have been installed; longer, it is not what its name says.
    if (bytesStored >= snapshot.size) await this.#fs.close(fd)
    else this.#staged = { snapshot, fd, bytesStored, checksum }
  }

  async #stagedFor(snapshot: SnapshotMetadata, offset: number): Promise<Staged> {
    const known = this.#staged
    if (known !== null && offset > 0) return known
    if (known !== null && nameOf(known.snapshot) === nameOf(snapshot)) return known
    await this.#unstage()
    await replaceFile(join(this.#folder, STAGED), encodeMetadata(snapshot), this.#fs)
    const fd = await this.#fs.open(join(this.#folder, STAGED_BYTES), 'create')
    const staged = { snapshot, fd, bytesStored: 0, checksum: 0 }
    this.#staged = staged
    return staged
  }

  async #unstage(): Promise<void> {
    const staged = this.#staged
    this.#staged = null
    if (staged !== null) await this.#fs.close(staged.fd)
    await this.#remove(join(this.#folder, STAGED))
    await this.#remove(join(this.#folder, STAGED_BYTES))
  }

  /**
   * One after the other, and never backwards: a snapshot taken here may be finished after a later
   * one was installed, whose log would then not reach back to it.
   */
  #adopt(path: string, snapshot: SnapshotMetadata): Promise<boolean> {
    const adopted = this.#adopting.then(async () => {
      const newer = snapshot.lastIncludedIndex > (this.#current?.lastIncludedIndex ?? 0)
      if (newer) await this.#replace(path, snapshot)
      return newer
    })
    this.#adopting = adopted.catch(() => undefined)
    return adopted
  }

  /** The bytes under their own name first, durably; then the name that makes them count. */
  async #replace(path: string, snapshot: SnapshotMetadata): Promise<void> {
    const before = this.#current
    const own = this.#pathOf(snapshot)
    await this.#fs.rename(path, own)
    try {
      await syncDirectory(this.#folder, this.#fs)
      await replaceFile(join(this.#folder, CURRENT), encodeMetadata(snapshot), this.#fs)
    } catch (error) {
      // Nothing counts yet: as before, so that it can be tried again when there is space (S12).
      if (toStorageError(error, '') instanceof DiskFull) await this.#fs.rename(own, path)
      throw error
    }
    this.#current = snapshot
    if (before !== null && nameOf(before) !== nameOf(snapshot)) {
      await this.#remove(this.#pathOf(before))
    }
  }

  async #remove(path: string): Promise<void> {
    try {
      await this.#fs.remove(path)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  #pathOf(snapshot: SnapshotMetadata): string {
    return join(this.#folder, nameOf(snapshot))
  }
}

function nameOf({ lastIncludedIndex, lastIncludedTerm, checksum }: SnapshotMetadata): string {
  return `${lastIncludedIndex}-${lastIncludedTerm}-${checksum.toString(16).padStart(8, '0')}.snapshot`
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

async function writePieces(
  fs: FileSystem,
  path: string,
  pieces: Iterable<Uint8Array>,
): Promise<{ size: number; checksum: number }> {
  const fd = await fs.open(path, 'create')
  try {
    let size = 0
    let checksum = 0
    let unforced = 0
    for (const piece of pieces) {
      await writeWhole(fs, fd, piece, size)
      checksum = crc32c(asBuffer(piece), checksum)
      size += piece.length
      unforced += piece.length
      if (unforced < SYNC_EVERY_BYTES) continue
      await fs.sync(fd)
      unforced = 0
    }
    await fs.sync(fd)
    return { size, checksum }
  } finally {
    await fs.close(fd)
  }
}

/**
 * A disk that fills up takes a part and says so; only the write after that fails. Taken for whole, it
 * would leave a hole in a snapshot whose log is then dropped (S7, S11).
 */
export async function writeWhole(
  fs: Pick<FileSystem, 'write'>,
  fd: number,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const bytesWritten = await fs.write(fd, bytes.subarray(done), position + done)
    if (bytesWritten <= 0) throw new StorageFailure('the system wrote nothing')
    done += bytesWritten
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
