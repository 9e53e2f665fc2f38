import type { LogIndex, NodeId } from '../../../raft/messages.ts'
import type { Fail } from './checker.ts'

/** Replicas that applied the same entries hold the same state, by whatever way they came to it (R17). */
export class StateHash {
  readonly #fail: Fail
  readonly #hashes = new Map<LogIndex, { hash: string; by: NodeId }>()
  /** Hashes that two replicas were compared by. */
  compared = 0

  constructor(fail: Fail) {
    this.#fail = fail
  }

  holds(id: NodeId, index: LogIndex, hash: string, how: string): void {
    const known = this.#hashes.get(index)
    if (known === undefined) {
      this.#hashes.set(index, { hash, by: id })
      return
    }
    this.compared += 1
    if (known.hash === hash) return
    this.#fail(`State hash: n${id} ${how} ${index} and is not in the state of n${known.by}`)
  }
}
