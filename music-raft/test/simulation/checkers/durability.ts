import type { LogIndex, NodeId } from '../../../raft/messages.ts'
import type { Fail } from './checker.ts'
import type { ExactlyOnce } from './exactly-once.ts'

/** What was acknowledged is in the state of every node in the end. */
export class Durability {
  readonly #fail: Fail
  readonly #exactlyOnce: ExactlyOnce
  readonly #acknowledged: { clientId: string; requestId: number; at: number }[] = []

  constructor(fail: Fail, exactlyOnce: ExactlyOnce) {
    this.#fail = fail
    this.#exactlyOnce = exactlyOnce
  }

  get acknowledged(): number {
    return this.#acknowledged.length
  }

  acknowledge(clientId: string, requestId: number, at: number): void {
    this.#acknowledged.push({ clientId, requestId, at })
    if (this.#exactlyOnce.effectOf(clientId, requestId) === undefined) {
      this.#fail(`Durability: ${clientId}/${requestId} was acknowledged, and nobody applied it`)
    }
  }

  /** `applied`: up to where each node has applied the log. */
  atEnd(applied: ReadonlyMap<NodeId, LogIndex>): void {
    for (const { clientId, requestId, at } of this.#acknowledged) {
      const index = this.#exactlyOnce.effectOf(clientId, requestId) ?? Number.MAX_SAFE_INTEGER
      for (const [id, upTo] of applied) {
        if (upTo >= index) continue
        this.#fail(`Durability: n${id} lacks ${clientId}/${requestId}, acknowledged at ${at}`)
      }
    }
  }
}
