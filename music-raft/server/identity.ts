import { join } from 'node:path'
import { type Clock, sleep } from '../../common/clock.ts'
import { readIfExists, replaceFile } from '../../common/durable-file.ts'
import type { FileSystem } from '../../common/record-log/file-system.ts'
import { CorruptLog, DiskFull } from '../../common/storage-errors.ts'
import { isConfiguration } from '../raft/configuration.ts'
import type { Configuration, NodeId } from '../raft/messages.ts'

/**
 * What a node decided at its first start and keeps (R23, L12): who it is, and which configuration
 * the cluster was born with. Written after the first record of the log: a log without this file, or
 * this file without a log, is a disk that lost something.
 */
export interface Identity {
  readonly nodeId: NodeId
  /** Empty for a node that is added to a cluster later. */
  readonly initialConfiguration: Configuration
  /** The disk was empty though the cluster had begun (raft/recovery.ts). */
  readonly lostDisk: boolean
}

/** Its file in the data directory. */
export const IDENTITY_NAME = 'identity.json'
/** A full disk is asked this often whether it has room again. */
const SPACE_RETRY_MS = 250

/** null: the disk is new. Rejects with CorruptLog or StorageFailure. */
export async function readIdentity(
  directory: string,
  fileSystem?: FileSystem,
): Promise<Identity | null> {
  const path = join(directory, IDENTITY_NAME)
  const bytes = await readIfExists(path, fileSystem)
  if (bytes === null) return null
  const value = parse(bytes)
  if (value === null) throw new CorruptLog(path, null, 'it is not what this build writes')
  return value
}

export async function writeIdentity(
  directory: string,
  identity: Identity,
  fileSystem?: FileSystem,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(identity, null, 2))
  await replaceFile(join(directory, IDENTITY_NAME), bytes, fileSystem)
}

/**
 * The same, waiting for room on a full disk, which heals without a restart (S12): also one that is
 * full only while the log makes room for itself. False: given up before that.
 */
export async function writeIdentityWhenRoom(
  directory: string,
  identity: Identity,
  {
    clock,
    fileSystem,
    signal,
  }: {
    clock: Clock
    fileSystem?: FileSystem | undefined
    signal: AbortSignal
  },
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await writeIdentity(directory, identity, fileSystem)
      return true
    } catch (error) {
      if (!(error instanceof DiskFull)) throw error
      await sleep(clock, SPACE_RETRY_MS, signal)
    }
  }
  return false
}

function parse(bytes: Uint8Array): Identity | null {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString()) as Identity
    const { nodeId, initialConfiguration, lostDisk } = value
    const sound = Number.isSafeInteger(nodeId) && typeof lostDisk === 'boolean'
    return sound && isConfiguration(initialConfiguration) ? value : null
  } catch {
    return null
  }
}
