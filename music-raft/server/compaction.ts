import { type Clock, nextTurn } from '../../common/clock.ts'
import type { Logger } from '../../common/logger.ts'
import { DiskFull } from '../../common/storage-errors.ts'
import type { Entry, SnapshotMetadata } from '../raft/messages.ts'
import type { Replica } from './replica.ts'
import type { SnapshotStore } from './storage/snapshot-store.ts'

/** When a snapshot is due (S13). */
export interface CompactionRules {
  /** After so many entries, if they take `growth` times the bytes of the last snapshot. */
  readonly entries: number
  readonly growth: number
  readonly bytes: number
  readonly intervalMs: number
}

/**
 * `growth` of a node, between 1 and 2. With one for all, a snapshot is due at the same entry everywhere,
 * and while all nodes write a large state to disk the cluster answers at half its pace. Multiples of
 * the golden ratio, without their whole part, lie far apart whichever the ids (Knuth, TAOCP 3, §6.4).
 */
export function growthFor(nodeId: number): number {
  return 1 + (((nodeId * (Math.sqrt(5) - 1)) / 2) % 1)
}

export interface CompactorParts {
  readonly rules: CompactionRules
  readonly replica: Replica
  readonly snapshots: Pick<SnapshotStore, 'current' | 'write'>
  readonly log: Logger
  readonly clock: Clock
  /** What a snapshot taken now stands for; null: none can be taken now. */
  point(): Omit<SnapshotMetadata, 'size' | 'checksum'> | null
  /** Resolves when what the entries said of the cluster itself is on disk: no snapshot says it. */
  named(): Promise<void>
  /** It is on disk. */
  taken(snapshot: SnapshotMetadata): void
  fatal(error: unknown): void
}

const RETRY_MS = 10_000

/** Takes snapshots of the queue while it goes on serving (S14). */
export class Compactor {
  readonly #parts: CompactorParts
  #entries = 0
  #bytes = 0
  #lastSize: number
  #since: number
  #notBefore = 0
  #running: Promise<void> | null = null

  constructor(parts: CompactorParts) {
    this.#parts = parts
    this.#since = parts.clock.now()
    this.#lastSize = parts.snapshots.current?.size ?? 0
  }

  applied(entries: readonly Entry[]): void {
    this.#entries += entries.length
    for (const { encoded } of entries) this.#bytes += encoded.length
  }

  /** Call between two entries, all of what was applied being reported. */
  consider(now: number): void {
    if (this.#running !== null || now < this.#notBefore || !this.#isDue(now)) return
    this.#running = this.#take(now).then(
      () => {
        this.#running = null
      },
      (error: unknown) => this.#parts.fatal(error),
    )
  }

  async stop(): Promise<void> {
    await this.#running
  }

  #isDue(now: number): boolean {
    const { entries, growth, bytes, intervalMs } = this.#parts.rules
    if (this.#bytes >= bytes) return true
    // Of a large state not after every few entries: each is then written about twice, log and snapshot.
    if (this.#entries >= entries && this.#bytes >= this.#lastSize * growth) return true
    return this.#entries > 0 && now - this.#since >= intervalMs
  }

  async #take(now: number): Promise<void> {
    const { snapshots, replica, point, named, taken, log } = this.#parts
    const at = point()
    if (at === null || at.lastIncludedIndex <= (snapshots.current?.lastIncludedIndex ?? 0)) {
      this.#reset(now)
      return
    }
    const pieces = replica.machine.snapshot().chunks()
    this.#reset(now)
    try {
      await named()
      const snapshot = await snapshots.write(at, pieces)
      if (snapshot === null) return
      this.#lastSize = snapshot.size
      taken(snapshot)
    } catch (error) {
      if (!(error instanceof DiskFull)) throw error
      log.error({ err: error }, 'no space for a snapshot: the log grows until there is')
      this.#notBefore = now + RETRY_MS
      // Due again whatever is applied meanwhile: what it frees of the log may be what is missing.
      this.#bytes = this.#parts.rules.bytes
      await nextTurn(this.#parts.clock)
    }
  }

  #reset(now: number): void {
    this.#entries = 0
    this.#bytes = 0
    this.#since = now
  }
}
