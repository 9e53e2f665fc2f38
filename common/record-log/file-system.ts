import * as fs from 'node:fs'
import * as promises from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * `create`: new and empty, for writing, in place of what there may be; `createNew`: the same, fails
 * with EEXIST where there is something; `forced`: an existing file whose every write is durable when
 * it returns (O_DSYNC: POSIX synchronized data integrity); `update`: an existing file, to read and to
 * write; `read`: to read; `directory`: to fsync a directory. What is open stays readable when its name
 * goes or is given to another file.
 */
export type OpenMode = 'create' | 'createNew' | 'forced' | 'update' | 'read' | 'directory'

/**
 * Everything durable storage asks of the operating system, so that tests can lose unsynced data,
 * tear writes and fail any single call. Positions and lengths in bytes; errors carry errno codes.
 */
export interface FileSystem {
  /** Makes a directory, and those above it, unless it is there. */
  makeDirectory(path: string): Promise<void>
  /** Names in a directory, in no particular order. */
  list(directory: string): Promise<string[]>
  read(path: string): Promise<Uint8Array>
  open(path: string, mode: OpenMode): Promise<number>
  /** Fills `bytes` from this position; how many there were, 0 at the end. */
  readAt(fd: number, bytes: Uint8Array, position: number): Promise<number>
  /** Bytes written, possibly fewer than given. */
  write(fd: number, bytes: Uint8Array, position: number): Promise<number>
  /** The same, blocking the event loop. */
  writeBlocking(fd: number, bytes: Uint8Array, position: number): number
  sync(fd: number): Promise<void>
  close(fd: number): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
}

const flags: Record<OpenMode, number> = {
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC,
  createNew: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
  forced: fs.constants.O_RDWR | fs.constants.O_DSYNC,
  update: fs.constants.O_RDWR,
  read: fs.constants.O_RDONLY,
  directory: fs.constants.O_RDONLY,
}

const open = promisify(fs.open)
const fsync = promisify(fs.fsync)
const close = promisify(fs.close)

/** The machine's own file system. */
export const nodeFileSystem: FileSystem = {
  makeDirectory: async (path) => void (await promises.mkdir(path, { recursive: true })),
  list: (directory) => promises.readdir(directory),
  read: (path) => promises.readFile(path),
  open: (path, mode) => open(path, flags[mode], 0o600),
  readAt: (fd, bytes, position) =>
    new Promise((resolve, reject) => {
      fs.read(fd, bytes, 0, bytes.byteLength, position, (error, count) => {
        if (error) reject(error)
        else resolve(count)
      })
    }),
  write: (fd, bytes, position) =>
    new Promise((resolve, reject) => {
      fs.write(fd, bytes, 0, bytes.byteLength, position, (error, written) => {
        if (error) reject(error)
        else resolve(written)
      })
    }),
  writeBlocking: (fd, bytes, position) => fs.writeSync(fd, bytes, 0, bytes.byteLength, position),
  sync: (fd) => fsync(fd),
  close: (fd) => close(fd),
  rename: (from, to) => promises.rename(from, to),
  remove: (path) => promises.unlink(path),
}
