import type { Entry, LogIndex, NodeId, Term } from '../../../raft/messages.ts'
import type { Fail } from './checker.ts'

/**
 * State Machine Safety (§3.6.3): no two servers apply different entries at one index, and each applies
 * all, in order.
 */
export class StateMachineSafety {
  readonly #fail: Fail
  readonly #all = new Map<LogIndex, { term: Term; encoded: Uint8Array; by: NodeId }>()
  readonly #last = new Map<NodeId, LogIndex>()

  constructor(fail: Fail) {
    this.#fail = fail
  }

  /** Entries that any server applied. */
  get size(): number {
    return this.#all.size
  }

  /** True: nobody applied this index before. */
  applies(id: NodeId, { index, term, encoded }: Entry): boolean {
    const last = this.#last.get(id)
    if (last !== undefined && index !== last + 1) {
      this.#fail(`State Machine Safety: n${id} applied ${index} after ${last}`)
    }
    this.#last.set(id, index)
    const known = this.#all.get(index)
    if (known === undefined) {
      this.#all.set(index, { term, encoded, by: id })
      return true
    }
    const same =
      known.term === term &&
      (known.encoded === encoded || Buffer.compare(known.encoded, encoded) === 0)
    if (!same) {
      const [a, b] = [`n${known.by}: term ${known.term}`, `n${id}: term ${term}`]
      this.#fail(`State Machine Safety: two entries applied at ${index} (${a}, ${b})`)
    }
    return false
  }

  /** It goes on from a snapshot, or from its start. */
  jumps(id: NodeId): void {
    this.#last.delete(id)
  }
}
