import { constants } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { tryLock } from 'fs-native-extensions'
import { ConfigError } from './config.ts'
import { syncDirectory } from './durable-file.ts'
import { messageOf } from './errors.ts'
import { DataDirectoryInUse, toStorageError } from './storage-errors.ts'

/** A data directory that this process alone uses until `close`. */
export interface DataDirectory extends AsyncDisposable {
  /** Absolute. */
  readonly path: string
  close(): Promise<void>
}

/**
 * Creates the directory if needed and locks it. The lock is on an open file (OFD lock on `LOCK`),
 * so the kernel frees it however the process dies, and it also excludes a second opening by this
 * same process. `owner` (the node's name) is told to whoever comes second.
 * Rejects with `ConfigError` when there can be no such directory, else with `DataDirectoryInUse`,
 * `DiskFull` or `StorageFailure`.
 */
export async function openDataDirectory(path: string, owner: string): Promise<DataDirectory> {
  const directory = resolve(path)
  let file: FileHandle | undefined
  try {
    await createDurably(directory)
    file = await open(join(directory, 'LOCK'), constants.O_RDWR | constants.O_CREAT, 0o600)
    await lock(file, directory, owner)
  } catch (error) {
    await file?.close()
    if (error instanceof ConfigError) throw error
    throw toStorageError(error, `opening the data directory ${directory}`)
  }
  const held = file
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= held.close()
    return closed
  }
  return { path: directory, close, [Symbol.asyncDispose]: close }
}

async function createDurably(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw isUnusable(error) ? notADirectory(directory, error) : error
  })
  if (first === undefined) return
  for (let made = directory; made !== dirname(first); made = dirname(made)) {
    await syncDirectory(dirname(made))
  }
}

const UNUSABLE = ['EEXIST', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG', 'ELOOP']

/** Whether the path is wrong, rather than the disk. */
function isUnusable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && UNUSABLE.includes(String(error.code))
}

function notADirectory(directory: string, error: unknown): ConfigError {
  return new ConfigError([
    `DATA_DIR is ${JSON.stringify(directory)}: allowed is the path of a directory this process may write to (${messageOf(error)}).`,
  ])
}

async function lock(file: FileHandle, directory: string, owner: string): Promise<void> {
  if (!tryLock(file.fd)) {
    const holder = (await file.readFile('utf8')).trim() || 'another process'
    throw new DataDirectoryInUse(
      `${directory} is in use by ${holder}; stop it, or give ${owner} its own DATA_DIR.`,
    )
  }
  await file.truncate(0)
  await file.write(`${owner} (process ${process.pid})\n`, 0)
}
