import type { LogIndex, NodeId, SnapshotMetadata, Term } from '../../../raft/messages.ts'
import type { HardState, Save } from '../../../raft/ready.ts'
import type { Found } from '../../../server/storage/raft-storage.ts'
import type { Fail } from './checker.ts'

interface Memory {
  hardState: HardState | null
  snapshotIndex: LogIndex
  entries: Map<LogIndex, Term>
  /** Given to the disk and not confirmed: any part of it may be found. */
  pending: (readonly Save[])[]
}

/** What a disk confirmed is there after every death of its process, until it is wiped. */
export class DiskMemory {
  readonly #fail: Fail
  readonly #memories = new Map<NodeId, Memory>()

  constructor(fail: Fail) {
    this.#fail = fail
  }

  /** The term of an entry that is on this disk; null: a snapshot covers it; undefined: it is not. */
  termAt(id: NodeId, index: LogIndex): Term | null | undefined {
    const memory = this.#memories.get(id)
    if (memory === undefined) return undefined
    return index <= memory.snapshotIndex ? null : memory.entries.get(index)
  }

  begins(id: NodeId, saves: readonly Save[]): void {
    this.#memories.get(id)?.pending.push(saves)
  }

  confirms(id: NodeId, saves: readonly Save[]): void {
    const memory = this.#memories.get(id)
    if (memory === undefined) return
    memory.pending = memory.pending.filter((each) => each !== saves)
    for (const save of saves) take(memory, save)
  }

  /** A snapshot taken here is on disk. */
  compacted(id: NodeId, index: LogIndex): void {
    const memory = this.#memories.get(id)
    if (memory !== undefined) memory.snapshotIndex = Math.max(memory.snapshotIndex, index)
  }

  restarts(id: NodeId, found: Found, snapshot: SnapshotMetadata | null): void {
    const snapshotIndex = snapshot?.lastIncludedIndex ?? 0
    const entries = new Map(found.entries.map(({ index, term }) => [index, term]))
    const memory = this.#memories.get(id)
    if (memory !== undefined) this.#compare(id, memory, { ...found, snapshotIndex, terms: entries })
    this.#memories.set(id, { hardState: found.hardState, snapshotIndex, entries, pending: [] })
  }

  wiped(id: NodeId): void {
    this.#memories.delete(id)
  }

  #compare(
    id: NodeId,
    { hardState: was, entries, snapshotIndex, pending }: Memory,
    now: { hardState: HardState | null; snapshotIndex: LogIndex; terms: Map<LogIndex, Term> },
  ): void {
    const lost = (what: string) => this.#fail(`Durability: the disk of n${id} lost ${what}`)
    const term = now.hardState?.currentTerm ?? 0
    if (was !== null && term < was.currentTerm) lost(`term ${was.currentTerm}: it says ${term}`)
    if (was !== null && was.votedFor !== null && term === was.currentTerm) {
      const vote = now.hardState?.votedFor
      if (vote !== was.votedFor) lost(`the vote for n${was.votedFor} in term ${term}`)
    }
    if (now.snapshotIndex < snapshotIndex) lost(`the snapshot at ${snapshotIndex}`)
    const doubtful = Math.min(...pending.flat().map(firstTouched), Number.MAX_SAFE_INTEGER)
    for (const [index, each] of entries) {
      if (index <= now.snapshotIndex || index >= doubtful) continue
      const found = now.terms.get(index)
      if (found !== each) lost(`entry ${index}/${each}: it has ${found}`)
    }
  }
}

function take(memory: Memory, save: Save): void {
  memory.hardState = save.hardState ?? memory.hardState
  if (save.snapshot !== null) {
    memory.snapshotIndex = Math.max(memory.snapshotIndex, save.snapshot.lastIncludedIndex)
  }
  const { truncateFrom } = save
  if (save.discardLog) memory.entries.clear()
  if (truncateFrom !== null) {
    for (const index of memory.entries.keys()) {
      if (index >= truncateFrom) memory.entries.delete(index)
    }
  }
  for (const { index, term } of save.entries) memory.entries.set(index, term)
}

/** The first index of which a save leaves something else. */
function firstTouched({ discardLog, truncateFrom }: Save): LogIndex {
  return discardLog ? 0 : (truncateFrom ?? Number.MAX_SAFE_INTEGER)
}
