import type { LogIndex, NodeId, Term } from '../../../raft/messages.ts'
import type { RaftEvent, Save } from '../../../raft/ready.ts'
import type { Fail } from './checker.ts'

interface Leading {
  readonly term: Term
  /** Last index handed to the disk since it leads. */
  last: LogIndex | null
}

/** Leader Append-Only (§3.5): a leader never overwrites or deletes entries of its log. */
export class LeaderAppendOnly {
  readonly #fail: Fail
  readonly #leading = new Map<NodeId, Leading>()

  constructor(fail: Fail) {
    this.#fail = fail
  }

  observe(id: NodeId, event: RaftEvent): void {
    if (event.kind === 'becameLeader') this.#leading.set(id, { term: event.term, last: null })
    if (event.kind === 'roleChanged' && event.role !== 'leader') this.#leading.delete(id)
    const leading = this.#leading.get(id)
    if (event.kind !== 'truncated' || leading === undefined) return
    this.#fail(`Leader Append-Only: n${id} cut its log at ${event.from} in term ${leading.term}`)
  }

  /** What a leader writes in its own term follows what it wrote before. */
  saves(id: NodeId, { entries }: Save): void {
    const leading = this.#leading.get(id)
    if (leading === undefined) return
    for (const { index, term } of entries) {
      if (term !== leading.term) continue
      const follows = leading.last === null || index === leading.last + 1
      if (!follows) this.#fail(`Leader Append-Only: n${id} wrote ${index} after ${leading.last}`)
      leading.last = index
    }
  }

  stopped(id: NodeId): void {
    this.#leading.delete(id)
  }
}
