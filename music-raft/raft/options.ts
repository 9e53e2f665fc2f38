import type { Configuration, Entry, LogIndex, NodeId, SnapshotMetadata, Term } from './messages.ts'
import type { HardState } from './ready.ts'

/** How a server behaves. Times are in ticks, sizes in encoded bytes. */
export interface Options {
  readonly id: NodeId
  /** Chance is an input: in [0, 1), its own stream per server. */
  readonly random: () => number
  /** Makes an entry's wire and disk form, once, when this server is the one that accepts it. */
  readonly encodeEntry: (entry: {
    readonly term: Term
    readonly index: LogIndex
    readonly command: string
    readonly data: Uint8Array
  }) => Uint8Array
  readonly heartbeatTicks: number
  readonly electionTimeoutMinTicks: number
  readonly electionTimeoutMaxTicks: number
  /** §9.6. Off only to mix with servers that lack it. */
  readonly preVote: boolean
  /** §6.2: a leader that hears no majority steps down; and §4.2.3: servers that hear it say no. */
  readonly checkQuorum: boolean
  /** One AppendEntries holds at most this, or one entry. */
  readonly maxMessageBytes: number
  readonly maxMessageEntries: number
  /** AppendEntries on their way to one follower. */
  readonly maxInflightMessages: number
  readonly maxInflightBytes: number
  readonly maxEntryBytes: number
  /** What a leader takes that is not committed yet. */
  readonly maxUncommittedBytes: number
  readonly maxUncommittedEntries: number
  /** A leader whose log holds more refuses until it is compacted. */
  readonly maxLogBytes: number
  /** What one Ready hands over to apply. */
  readonly maxApplyBytes: number
  readonly maxApplyEntries: number
  /** Local reads waiting. */
  readonly maxPendingReads: number
  readonly snapshotChunkBytes: number
  /** Kept before a snapshot, so that a follower just behind needs no snapshot. */
  readonly trailingEntries: number
  /** A learner this far behind the leader's log may be promoted. */
  readonly promotionLagEntries: number
}

export type RequiredOptions = 'id' | 'random' | 'encodeEntry'

const KIB = 1024
const MIB = 1024 * KIB

/** Defaults for a tick of 100 ms: the original's heartbeat of 1.0 s and election in 1.5–3.0 s. */
export const DEFAULTS: Omit<Options, RequiredOptions> = {
  heartbeatTicks: 10,
  electionTimeoutMinTicks: 15,
  electionTimeoutMaxTicks: 30,
  preVote: true,
  checkQuorum: true,
  maxMessageBytes: MIB,
  maxMessageEntries: 4096,
  maxInflightMessages: 16,
  maxInflightBytes: 4 * MIB,
  maxEntryBytes: MIB,
  maxUncommittedBytes: 16 * MIB,
  maxUncommittedEntries: 65_536,
  maxLogBytes: 256 * MIB,
  maxApplyBytes: 64 * KIB,
  maxApplyEntries: 32,
  maxPendingReads: 10_000,
  snapshotChunkBytes: 256 * KIB,
  trailingEntries: 1000,
  promotionLagEntries: 1000,
}

/** Throws a RangeError that names the option (L7). */
export function checkedOptions(given: Pick<Options, RequiredOptions> & Partial<Options>): Options {
  const options: Options = { ...DEFAULTS, ...given }
  for (const [name, value] of Object.entries(options)) {
    if (typeof value !== 'number') continue
    const least = name === 'trailingEntries' || name === 'promotionLagEntries' ? 0 : 1
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`${name} is ${value}: it must be an integer of at least ${least}`)
    }
  }
  const { heartbeatTicks, electionTimeoutMinTicks, electionTimeoutMaxTicks } = options
  if (electionTimeoutMinTicks <= heartbeatTicks) {
    throw new RangeError(
      `electionTimeoutMinTicks is ${electionTimeoutMinTicks}: it must exceed heartbeatTicks (${heartbeatTicks}), or healthy leaders are voted out`,
    )
  }
  if (electionTimeoutMaxTicks <= electionTimeoutMinTicks) {
    throw new RangeError(
      `electionTimeoutMaxTicks is ${electionTimeoutMaxTicks}: it must exceed electionTimeoutMinTicks (${electionTimeoutMinTicks}), or votes split again and again`,
    )
  }
  return options
}

/**
 * What was on disk. The shell has restored its state machine from `snapshot` already; entries up
 * to the snapshot are kept as a trailing tail.
 */
export interface Restart {
  /** null: the disk was empty. */
  readonly hardState: HardState | null
  readonly snapshot: SnapshotMetadata | null
  /** Contiguous. */
  readonly entries: readonly Entry[]
  /**
   * The configuration the cluster was born with, in force until the log or a snapshot says
   * otherwise. Must be the same at every start (R23): the shell keeps it. Empty for a server that
   * is to be added to a cluster.
   */
  readonly initialConfiguration: Configuration
  /** A part of a snapshot found on disk, to be resumed. */
  readonly staged?: { readonly snapshot: SnapshotMetadata; readonly bytesStored: number } | null
  /**
   * The disk is empty but the cluster is older than that (recovery.ts). Set it also for a server
   * that is new to the cluster when its id may have been used before: it costs one entry.
   */
  readonly lostDisk?: boolean
}
