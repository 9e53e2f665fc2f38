import type { LogIndex, NodeId, Position, Term } from '../../../raft/messages.ts'
import type { Fail } from './checker.ts'

/**
 * Leader Completeness (§3.6): what was committed in a term is in the log of the leaders of all later
 * terms. The last of each term is looked up; Log Matching vouches for those before it.
 */
export class LeaderCompleteness {
  readonly #fail: Fail
  /** By the term in which it was committed, which may be later than its own. */
  readonly #committed = new Map<Term, Position>()

  constructor(fail: Fail) {
    this.#fail = fail
  }

  committed(inTerm: Term, position: Position): void {
    const known = this.#committed.get(inTerm)
    if (known === undefined || known.index < position.index) this.#committed.set(inTerm, position)
  }

  /** `termAt` looks into the leader's log; null: covered by its snapshot. */
  becameLeader(id: NodeId, term: Term, termAt: (index: LogIndex) => Term | null | undefined): void {
    for (const [inTerm, position] of this.#committed) {
      if (inTerm >= term) continue
      const found = termAt(position.index)
      if (found === null || found === position.term) continue
      this.#fail(
        `Leader Completeness: n${id} leads in term ${term} without ${position.index}/${position.term}, committed in term ${inTerm} (it holds ${found})`,
      )
    }
  }
}
