import type { Clock } from '../../common/clock.ts'
import { ConfigError } from '../../common/config.ts'
import type { Logger } from '../../common/logger.ts'
import { CorruptLog } from '../../common/storage-errors.ts'
import type { Restart } from '../raft/options.ts'
import type { RaftConfig } from './config.ts'
import { type Identity, readIdentity } from './identity.ts'
import { Replica } from './replica.ts'
import { type Found, RaftStorage, type StorageOptions } from './storage/raft-storage.ts'

/** What a data directory holds, ready to go on from. */
export interface Recovered {
  /** null: the disk is new. */
  readonly identity: Identity | null
  readonly storage: RaftStorage
  readonly replica: Replica
  readonly found: Found
}

/** What recovery uses of the machine; by default all of it is the real one. */
export interface RecoveryParts extends Omit<StorageOptions, 'directory'> {
  readonly clock?: Clock
  readonly replica?: Replica
}

/** Opens storage and restores the queue. Rejects with ConfigError, CorruptLog or StorageFailure. */
export async function recover(
  directory: string,
  config: RaftConfig,
  parts: RecoveryParts = {},
): Promise<Recovered> {
  const { replica = new Replica(parts.clock), ...options } = parts
  const identity = await readIdentity(directory, parts.fileSystem)
  if (identity !== null && identity.nodeId !== config.id) {
    throw new ConfigError([
      `NODE_ID is "${config.id}": allowed is ${identity.nodeId}, whose data is in DATA_DIR.`,
    ])
  }
  const { storage, found } = await RaftStorage.open({ directory, ...options })
  checkTogether(directory, identity, storage, found)
  const { current } = storage.snapshots
  if (current !== null) await replica.restore(storage.snapshots.read(current))
  return { identity, storage, replica, found }
}

/** The parts of a disk must fit each other; one that is missing cannot be made up (S2). */
function checkTogether(
  directory: string,
  identity: Identity | null,
  { snapshots }: RaftStorage,
  { entries, hardState }: Found,
): void {
  const fail = (what: string): never => {
    throw new CorruptLog(`the data of this node in ${directory}`, null, what)
  }
  const [first, last] = [entries[0], entries.at(-1)]
  const snapshotIndex = snapshots.current?.lastIncludedIndex ?? 0
  if (first !== undefined && first.index > snapshotIndex + 1) {
    fail(`the log begins at ${first.index}, but the snapshot ends at ${snapshotIndex}`)
  }
  if (last !== undefined && last.term > (hardState?.currentTerm ?? 0)) {
    fail(`the log holds an entry of term ${last.term}, later than any term on record`)
  }
  if (identity === null && (hardState !== null || snapshotIndex > 0)) {
    if (entries.length > 0 || snapshotIndex > 0) fail('identity.json is missing')
  }
}

/** How the core comes back from this disk, once it is known who this node is. */
export function restartOf({ storage, found }: Recovered, identity: Identity, log: Logger): Restart {
  const { snapshots } = storage
  const lostLog = found.hardState === null && !identity.lostDisk
  if (lostLog) log.warn('the log of this node is gone: it comes back as one that lost its disk')
  return {
    hardState: found.hardState,
    snapshot: snapshots.current,
    entries: found.entries.splice(0), // the core's alone, so that compaction frees them
    initialConfiguration: identity.initialConfiguration,
    staged: snapshots.staged,
    lostDisk: lostLog || identity.lostDisk,
  }
}
