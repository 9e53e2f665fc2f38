import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { ConfigError } from '../../../common/config.ts'
import { openDataDirectory } from '../../../common/data-directory.ts'
import { type FileSystem, nodeFileSystem } from '../../../common/record-log/file-system.ts'
import type { RaftConfig } from '../config.ts'
import { writeNewCluster } from './new-cluster.ts'
import { adviceText, doneText, survivorText, warningsText } from './report.ts'
import { readSurvivor, type Survivor } from './survivor.ts'
import { finishSwap, isSwapOrdered, newSetFolder, orderSwap } from './swap.ts'

/** What this disk holds must not, or need not, become a cluster; nothing was changed. */
export class RecoveryRefused extends Error {
  override readonly name = 'RecoveryRefused'
}

/** What was asked for. */
export interface RecoveryOrder {
  /** Without it nothing is changed (S17). */
  readonly understood: boolean
  /** Also where the node had lost its disk and not caught up. */
  readonly despiteLostDisk: boolean
}

export interface RecoveryWorld {
  out(text: string): void
  readonly fileSystem?: FileSystem
  readonly segmentBytes?: number
  readonly uuid?: () => string
}

/**
 * Offline recovery of a lost quorum: shows what a disk holds and, if so ordered, makes it the only
 * member of a new cluster (L10). Rejects with RecoveryRefused, ConfigError, DataDirectoryInUse,
 * CorruptLog, DiskFull or StorageFailure.
 */
export async function recoverQuorum(
  config: RaftConfig,
  order: RecoveryOrder,
  world: RecoveryWorld,
): Promise<void> {
  if (!(await isDirectory(config.DATA_DIR))) {
    throw new ConfigError([
      `DATA_DIR is ${JSON.stringify(config.DATA_DIR)}: allowed is the data directory of a node, and there is none.`,
    ])
  }
  await using data = await openDataDirectory(config.DATA_DIR, `the recovery of Node ${config.id}`)
  await recoverDirectory(data.path, config, order, world)
}

/** The same for a directory that is this process's alone. */
export async function recoverDirectory(
  directory: string,
  config: RaftConfig,
  order: RecoveryOrder,
  world: RecoveryWorld,
): Promise<void> {
  const { fileSystem = nodeFileSystem, uuid = randomUUID, out } = world
  if (await isSwapOrdered(directory, fileSystem)) {
    if (!order.understood) {
      out('A recovery of this disk was interrupted: --i-understand or a start finishes it.\n')
      return
    }
    await finishSwap(directory, fileSystem)
    out('The recovery that was interrupted is finished.\n')
  }
  const survivor = await readSurvivor(directory, config, fileSystem)
  if (survivor === null) {
    throw new RecoveryRefused(`${directory} belongs to no cluster yet: nothing is there to recover`)
  }
  out(survivorText(survivor) + warningsText(survivor))
  if (isAlone(survivor)) {
    out('\nIt is the only voter of its cluster and needs no recovery: start it.\n')
    return
  }
  if (!order.understood) {
    out(adviceText(survivor))
    return
  }
  checkFit(survivor, order)
  const clusterId = uuid()
  const folder = await newSetFolder(directory, fileSystem)
  const { segmentBytes } = world
  await writeNewCluster(folder, survivor, config, {
    ...{ clusterId, fileSystem },
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
  await orderSwap(directory, fileSystem)
  const kept = await finishSwap(directory, fileSystem)
  out(doneText(config.id, clusterId, kept ?? directory))
}

function checkFit({ directory, last, recovering }: Survivor, order: RecoveryOrder): void {
  if (last.index === 0) {
    throw new RecoveryRefused(`The log in ${directory} is empty: nothing is there to recover`)
  }
  if (recovering && !order.despiteLostDisk) {
    throw new RecoveryRefused(
      `The node of ${directory} had lost its disk and had not caught up: it may lack what was acknowledged with its help. Recover another disk; only if there is none, this one with --despite-lost-disk`,
    )
  }
}

function isAlone({ nodeId, configuration, recovering }: Survivor): boolean {
  const [only, ...others] = configuration.voters
  return only?.id === nodeId && others.length === 0 && !recovering
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
