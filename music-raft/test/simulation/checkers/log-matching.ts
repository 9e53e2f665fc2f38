import type { Entry, NodeId, Term } from '../../../raft/messages.ts'
import type { Fail } from './checker.ts'

interface Known {
  readonly encoded: Uint8Array
  readonly before: Term | null
  readonly by: NodeId
}

/**
 * Log Matching (§3.5): two logs that hold an entry of the same index and term are the same up to
 * there. Checked link by link: an index and a term stand for the same bytes, and follow an entry of
 * the same term, on whatever disk; the whole follows by going down the log.
 */
export class LogMatching {
  readonly #fail: Fail
  readonly #known = new Map<string, Known>()

  constructor(fail: Fail) {
    this.#fail = fail
  }

  /** `before`: the term of the entry before it; null: not known here. */
  holds(by: NodeId, entry: Entry, before: Term | null): void {
    const { index, term, encoded } = entry
    const key = `${index}/${term}`
    const known = this.#known.get(key)
    if (known === undefined) {
      this.#known.set(key, { encoded, before, by })
      return
    }
    const same = known.encoded === encoded || Buffer.compare(known.encoded, encoded) === 0
    if (!same) this.#fail(`Log Matching: ${key} is not the same on n${known.by} and n${by}`)
    if (before === null || known.before === before) return
    if (known.before === null) this.#known.set(key, { ...known, before })
    else this.#fail(`Log Matching: ${key} follows another entry on n${known.by} than on n${by}`)
  }
}
