import type {
  Entry,
  LogIndex,
  Message,
  NodeId,
  SnapshotMetadata,
  Term,
} from '../../../raft/messages.ts'
import type { RaftEvent, Save } from '../../../raft/ready.ts'
import type { Applied } from '../../../server/replica.ts'
import type { Found } from '../../../server/storage/raft-storage.ts'
import type { Fail } from './checker.ts'
import { DiskMemory } from './disk-memory.ts'
import { Durability } from './durability.ts'
import { ElectionSafety } from './election-safety.ts'
import { ExactlyOnce } from './exactly-once.ts'
import { LeaderAppendOnly } from './leader-append-only.ts'
import { LeaderCompleteness } from './leader-completeness.ts'
import { LogMatching } from './log-matching.ts'
import { Monotonic } from './monotonic.ts'
import { StateHash } from './state-hash.ts'
import { StateMachineSafety } from './state-machine-safety.ts'

/** All that looks on while a cluster runs. */
export class Checks {
  readonly elections: ElectionSafety
  readonly appendOnly: LeaderAppendOnly
  readonly matching: LogMatching
  readonly completeness: LeaderCompleteness
  readonly machines: StateMachineSafety
  readonly hashes: StateHash
  readonly monotonic: Monotonic
  readonly disk: DiskMemory
  readonly exactlyOnce: ExactlyOnce
  readonly durability: Durability

  constructor(fail: Fail) {
    this.elections = new ElectionSafety(fail)
    this.appendOnly = new LeaderAppendOnly(fail)
    this.matching = new LogMatching(fail)
    this.completeness = new LeaderCompleteness(fail)
    this.machines = new StateMachineSafety(fail)
    this.hashes = new StateHash(fail)
    this.monotonic = new Monotonic(fail)
    this.disk = new DiskMemory(fail)
    this.exactlyOnce = new ExactlyOnce(fail)
    this.durability = new Durability(fail, this.exactlyOnce)
  }

  sends(message: Message): void {
    this.elections.sends(message)
  }

  /** `term`: the node's own. */
  observe(id: NodeId, event: RaftEvent, term: Term): void {
    this.monotonic.observe(id, event)
    this.appendOnly.observe(id, event)
    if (event.kind === 'becameLeader') {
      this.elections.becameLeader(id, event.term)
      const termAt = (index: LogIndex) => this.disk.termAt(id, index)
      this.completeness.becameLeader(id, event.term, termAt)
    }
    if (event.kind === 'committed') this.completeness.committed(term, event)
    if (event.kind === 'compacted') this.disk.compacted(id, event.index)
    if (event.kind === 'snapshotInstalled') this.machines.jumps(id)
  }

  saves(id: NodeId, saves: readonly Save[]): void {
    for (const save of saves) this.appendOnly.saves(id, save)
    // What a snapshot put in the place of the log before is of no concern to the new one.
    const anew = saves.some(({ discardLog }) => discardLog)
    this.#match(
      id,
      saves.flatMap(({ entries }) => entries),
      anew,
    )
    this.disk.begins(id, saves)
  }

  applies(id: NodeId, entry: Entry, { outcome }: Applied, hash: string): void {
    const isFirst = this.machines.applies(id, entry)
    if (outcome === null) return
    this.hashes.holds(id, entry.index, hash, 'applied')
    if (isFirst) this.exactlyOnce.applied(entry, outcome)
  }

  /** The state machine now is a snapshot's. */
  restores(id: NodeId, lastApplied: LogIndex, hash: string): void {
    this.machines.jumps(id)
    if (lastApplied > 0) this.hashes.holds(id, lastApplied, hash, 'restored')
  }

  restarts(id: NodeId, found: Found, snapshot: SnapshotMetadata | null): void {
    this.disk.restarts(id, found, snapshot)
    this.monotonic.restarts(id, found.hardState?.currentTerm ?? 0)
    this.#match(id, found.entries, true)
  }

  stopped(id: NodeId): void {
    this.appendOnly.stopped(id)
    this.machines.jumps(id)
  }

  wiped(id: NodeId): void {
    this.elections.wiped(id)
    this.disk.wiped(id)
  }

  #match(id: NodeId, entries: readonly Entry[], anew: boolean): void {
    let last: Entry | null = null
    for (const entry of entries) {
      const follows: boolean = last !== null && last.index === entry.index - 1
      const known = anew ? null : (this.disk.termAt(id, entry.index - 1) ?? null)
      this.matching.holds(id, entry, follows && last !== null ? last.term : known)
      last = entry
    }
  }
}
