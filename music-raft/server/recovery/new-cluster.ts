import assert from 'node:assert/strict'
import { type FileSystem, nodeFileSystem } from '../../../common/record-log/file-system.ts'
import { StorageFailure } from '../../../common/storage-errors.ts'
import type { RaftConfig } from '../config.ts'
import { type Identity, writeIdentity } from '../identity.ts'
import { RaftStorage } from '../storage/raft-storage.ts'
import { readSurvivor, type Survivor } from './survivor.ts'

/** How the new set of data is made. */
export interface NewClusterOptions {
  /** Never used before, so that no disk of the old cluster is ever taken for one of the new (R23). */
  readonly clusterId: string
  readonly fileSystem?: FileSystem
  readonly segmentBytes?: number
}

/**
 * Writes into an empty folder what a node starts from as the only member of a new cluster: all that
 * the survivor holds as a snapshot at its last entry, sessions included, so that a client's retry
 * still counts once; and a term that no member of the old cluster was told of by this disk. Reads it
 * back. Rejects with DiskFull or StorageFailure.
 */
export async function writeNewCluster(
  folder: string,
  survivor: Survivor,
  config: RaftConfig,
  options: NewClusterOptions,
): Promise<void> {
  const { fileSystem = nodeFileSystem, clusterId } = options
  const voters = config.members.filter(({ id }) => id === survivor.nodeId)
  const configuration = { voters, learners: [] }
  const { segmentBytes } = options
  const { storage } = await RaftStorage.open({
    ...{ directory: folder, fileSystem },
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
  try {
    const { index: lastIncludedIndex, term: lastIncludedTerm } = survivor.last
    const point = { lastIncludedIndex, lastIncludedTerm, configuration }
    const written = await storage.snapshots.write(point, survivor.machine.snapshot().chunks())
    assert(written !== null, 'the folder was empty')
    storage.adoptCluster(clusterId)
    const hardState = { currentTerm: survivor.term + 1, votedFor: null, recovering: 0 }
    const nothing = { chunks: [], snapshot: null, truncateFrom: null, entries: [] }
    await storage.save([{ ...nothing, id: 1, hardState, discardLog: true }])
  } finally {
    await storage.close()
  }
  const { nodeId } = survivor
  const identity: Identity = { nodeId, initialConfiguration: configuration, lostDisk: false }
  await writeIdentity(folder, identity, fileSystem)
  const readBack = await readSurvivor(folder, config, fileSystem)
  if (
    readBack?.machine.stateHash() !== survivor.machine.stateHash() ||
    readBack.last.index !== survivor.last.index ||
    readBack.clusterId !== clusterId
  ) {
    throw new StorageFailure(`what was written to ${folder} reads back as something else`)
  }
}
