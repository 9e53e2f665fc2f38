import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfExists, replaceFile, syncDirectory } from '../../../common/durable-file.ts'
import { type FileSystem, nodeFileSystem } from '../../../common/record-log/file-system.ts'
import { SPARE_NAME, segmentNumber } from '../../../common/record-log/segment.ts'
import { CorruptLog, toStorageError } from '../../../common/storage-errors.ts'
import { IDENTITY_NAME } from '../identity.ts'
import { SNAPSHOTS_FOLDER } from '../storage/snapshot-store.ts'
import { namesIn } from './unchanging.ts'

/**
 * A whole set of data takes the place of another, both within one data directory, since that may be
 * a mounted volume which itself cannot be renamed:
 * 1. the new set is made in a folder of its own, durably: until here it counts for nothing;
 * 2. the order to swap is written, atomically: from here on only the new set counts;
 * 3. the old files move into a folder that keeps them, then the new ones into their place.
 * Whoever finds the order at a start finishes 3, the node as well as the tool. A process killed at
 * any moment so leaves the old set or the new, and both sets whole.
 */
interface Swap {
  /** Folder of the data directory for the old files. */
  readonly keepIn: string
  readonly old: readonly string[]
  readonly new: readonly string[]
}

const ORDER = 'recovery.json'
const NEW = 'recovery.new'
const KEPT = 'before-recovery-'

/** Where the new set is to be made; empty. Rejects with DiskFull or StorageFailure. */
export async function newSetFolder(
  directory: string,
  fs: FileSystem = nodeFileSystem,
): Promise<string> {
  const folder = join(directory, NEW)
  await storing(directory, async () => {
    await fs.makeDirectory(join(folder, SNAPSHOTS_FOLDER))
    for (const part of [join(folder, SNAPSHOTS_FOLDER), folder]) {
      for (const name of await fs.list(part)) {
        if (name !== SNAPSHOTS_FOLDER) await fs.remove(join(part, name))
      }
    }
  })
  return folder
}

/** The new set is complete and durable: orders the swap. Rejects with DiskFull or StorageFailure. */
export async function orderSwap(directory: string, fs: FileSystem = nodeFileSystem): Promise<void> {
  await storing(directory, async () => {
    const swap: Swap = {
      keepIn: await freeName(directory, fs),
      old: await filesOf(directory, fs),
      new: await filesOf(join(directory, NEW), fs),
    }
    await syncDirectory(directory, fs) // the name of the new set's folder, before what refers to it
    await replaceFile(join(directory, ORDER), Buffer.from(JSON.stringify(swap)), fs)
  })
}

/** Whether a swap was ordered and is not finished. Rejects with StorageFailure. */
export async function isSwapOrdered(
  directory: string,
  fs: FileSystem = nodeFileSystem,
): Promise<boolean> {
  return storing(directory, async () => (await fs.list(directory)).includes(ORDER))
}

/**
 * Finishes a swap that was ordered; as often as it takes. Resolves with the folder that keeps the old
 * files, or null: none was ordered. Rejects with CorruptLog, DiskFull or StorageFailure.
 */
export async function finishSwap(
  directory: string,
  fs: FileSystem = nodeFileSystem,
): Promise<string | null> {
  const path = join(directory, ORDER)
  const bytes = await readIfExists(path, fs)
  if (bytes === null) return null
  const swap = parse(bytes)
  if (swap === null) throw new CorruptLog(path, null, 'it is not what this build writes')
  const kept = join(directory, swap.keepIn)
  const folder = join(directory, NEW)
  await storing(directory, async () => {
    // All of the old must be away, durably, before the first of the new takes a name of it.
    await move(fs, swap.old, directory, kept)
    await move(fs, swap.new, folder, directory)
    await fs.remove(path)
    await syncDirectory(directory, fs)
  })
  for (const empty of [join(folder, SNAPSHOTS_FOLDER), folder]) {
    await rmdir(empty).catch(() => undefined)
  }
  return kept
}

/** A name that is in `to` already was moved before: what has it in `from` is then of the new set. */
async function move(
  fs: FileSystem,
  names: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  const folders = [to, from].flatMap((each) => [join(each, SNAPSHOTS_FOLDER), each])
  for (const folder of folders) await fs.makeDirectory(folder)
  const here = await filesOf(from, fs)
  const there = await filesOf(to, fs)
  for (const name of names) {
    if (here.includes(name) && !there.includes(name)) {
      await fs.rename(join(from, name), join(to, name))
    }
  }
  for (const folder of folders) await syncDirectory(folder, fs)
}

/** What in a directory is a node's data; whatever else lies there is nobody's business. */
async function filesOf(directory: string, fs: FileSystem): Promise<string[]> {
  const names = await namesIn(fs, directory)
  const snapshots = await namesIn(fs, join(directory, SNAPSHOTS_FOLDER))
  return [...names, ...snapshots.map((name) => `${SNAPSHOTS_FOLDER}/${name}`)].filter(isData).sort()
}

function isData(name: string): boolean {
  const isSnapshot = name.startsWith(`${SNAPSHOTS_FOLDER}/`) && !name.includes('..')
  return isSnapshot || name === IDENTITY_NAME || name === SPARE_NAME || segmentNumber(name) !== null
}

async function freeName(directory: string, fs: FileSystem): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = KEPT + number
    if ((await namesIn(fs, join(directory, name))).length === 0) return name
  }
}

function parse(bytes: Uint8Array): Swap | null {
  try {
    const swap = JSON.parse(Buffer.from(bytes).toString()) as Swap
    const { keepIn, old, new: taking } = swap
    const named = typeof keepIn === 'string' && /^before-recovery-\d+$/.test(keepIn)
    return named && [old, taking].every(isListOfData) ? swap : null
  } catch {
    return null
  }
}

function isListOfData(names: readonly string[]): boolean {
  return Array.isArray(names) && names.every(isData) && new Set(names).size === names.length
}

async function storing<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toStorageError(error, `exchanging the data in ${directory}`)
  }
}
