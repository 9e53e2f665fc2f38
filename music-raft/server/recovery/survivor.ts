import { type FileSystem, nodeFileSystem } from '../../../common/record-log/file-system.ts'
import type { QueueMachine } from '../../queue/queue.ts'
import type { Configuration, LogIndex, NodeId, Position, Term } from '../../raft/messages.ts'
import { checkedOptions } from '../../raft/options.ts'
import { restartedState } from '../../raft/state.ts'
import type { RaftConfig } from '../config.ts'
import { recover } from '../recovered.ts'
import type { Divergence } from '../replica.ts'
import { encodeEntry } from '../wire/entry-codec.ts'
import { unchanging } from './unchanging.ts'

/** What the disk of a node holds, with its whole log applied, whether or not that was committed. */
export interface Survivor {
  readonly directory: string
  readonly nodeId: NodeId
  /** '': its cluster never got a name. */
  readonly clusterId: string
  readonly term: Term
  readonly snapshotIndex: LogIndex
  /** Of the last entry: what survivors are compared by (§5.4.1). */
  readonly last: Position
  readonly configuration: Configuration
  /** It lost its disk and had not caught up: what it confirmed before may be missing (R24). */
  readonly recovering: boolean
  readonly divergence: Divergence | null
  readonly machine: QueueMachine
}

/**
 * Reads a data directory as the node would at its start, and changes nothing in it. null: no node
 * has begun there. Rejects with ConfigError, CorruptLog or StorageFailure, as the node does.
 */
export async function readSurvivor(
  directory: string,
  config: RaftConfig,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<Survivor | null> {
  const recovered = await recover(directory, config, { fileSystem: unchanging(fileSystem) })
  const { identity, storage, replica, found } = recovered
  await storage.close()
  if (identity === null) return null
  const state = restartedState(checkedOptions({ id: config.id, random: () => 0, encodeEntry }), {
    hardState: found.hardState,
    snapshot: storage.snapshots.current,
    entries: found.entries,
    initialConfiguration: identity.initialConfiguration,
    lostDisk: true, // counts only where there is no hard state
  })
  const all = Number.MAX_SAFE_INTEGER
  for (const entry of state.log.slice(state.lastApplied + 1, all, all)) replica.apply(entry)
  const { term, index } = state.log.last
  return {
    ...{ directory, nodeId: config.id, clusterId: found.clusterId },
    term: Math.max(state.currentTerm, term),
    snapshotIndex: state.snapshot?.lastIncludedIndex ?? 0,
    last: { term, index },
    configuration: state.configurations.current,
    recovering: state.recovering !== 0,
    divergence: replica.divergence,
    machine: replica.machine,
  }
}
