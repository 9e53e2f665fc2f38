import type { LogIndex, NodeId, Term } from '../../../raft/messages.ts'
import type { RaftEvent } from '../../../raft/ready.ts'
import type { Fail } from './checker.ts'

/** Terms and commit indexes never fall while a process lives; its disk's term not even then. */
export class Monotonic {
  readonly #fail: Fail
  readonly #terms = new Map<NodeId, Term>()
  readonly #commits = new Map<NodeId, LogIndex>()

  constructor(fail: Fail) {
    this.#fail = fail
  }

  observe(id: NodeId, event: RaftEvent): void {
    if (event.kind === 'roleChanged' || event.kind === 'leaderChanged') {
      const known = this.#terms.get(id) ?? 0
      if (event.term < known) this.#fail(`n${id} fell from term ${known} to ${event.term}`)
      this.#terms.set(id, event.term)
    }
    if (event.kind === 'committed') {
      const known = this.#commits.get(id) ?? 0
      if (event.index <= known) this.#fail(`n${id} committed ${event.index} after ${known}`)
      this.#commits.set(id, event.index)
    }
  }

  restarts(id: NodeId, term: Term): void {
    this.#terms.set(id, term)
    this.#commits.delete(id)
  }
}
