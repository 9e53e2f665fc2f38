import type { CoordinatorEvent, CountedVote } from '../protocol/coordinator-io.ts'
import type { Decision, NodeName, TransactionId } from '../protocol/messages.ts'

/** A transaction as people look at it. Times are milliseconds since 1970. */
export interface TransactionView {
  readonly transactionId: TransactionId
  readonly filename: string
  readonly operation: string
  readonly beganAt: number
  readonly votes: Map<NodeName, CountedVote & { readonly at: number }>
  decision: Decision | null
  decidedAt: number | null
  readonly acks: Map<NodeName, number>
  /** Last failure of a delivery not acknowledged since. */
  readonly failures: Map<NodeName, string>
  endedAt: number | null
}

const KEPT = 1000

/** The transactions of this run, newest last: those under way and the last thousand that ended. */
export class History {
  readonly #views = new Map<TransactionId, TransactionView>()
  readonly #ended: TransactionId[] = []

  observe(event: CoordinatorEvent, at: number): void {
    if (event.kind === 'began') {
      const { transactionId, filename, operation } = event
      this.#views.set(transactionId, newView({ transactionId, filename, operation }, at))
      return
    }
    const view = this.#views.get(event.transactionId)
    if (view === undefined) return
    switch (event.kind) {
      case 'voted':
        view.votes.set(event.from, { ...event.vote, at })
        break
      case 'decided':
        view.decision = event.decision
        view.decidedAt = at
        break
      case 'acknowledged':
        view.acks.set(event.from, at)
        view.failures.delete(event.from)
        break
      case 'deliveryFailed':
        view.failures.set(event.from, event.reason)
        break
      case 'forgotten':
        view.endedAt = at
        this.#end(event.transactionId)
        break
    }
  }

  /** A commit found on the disk at start, not acknowledged by all. */
  resume(transactionId: TransactionId, filename: string, operation: string, at: number): void {
    const view = newView({ transactionId, filename, operation }, at)
    view.decision = 'commit'
    this.#views.set(transactionId, view)
  }

  get(transactionId: TransactionId): TransactionView | undefined {
    return this.#views.get(transactionId)
  }

  /** Those that are not over, oldest first. */
  open(limit: number): readonly TransactionView[] {
    const open: TransactionView[] = []
    for (const view of this.#views.values()) {
      if (open.length === limit) break
      if (view.endedAt === null) open.push(view)
    }
    return open
  }

  /** Newest first. */
  latest(limit: number): readonly TransactionView[] {
    return [...this.#views.values()].slice(-limit).reverse()
  }

  #end(transactionId: TransactionId): void {
    this.#ended.push(transactionId)
    if (this.#ended.length <= KEPT) return
    const oldest = this.#ended.shift()
    if (oldest !== undefined) this.#views.delete(oldest)
  }
}

function newView(
  begun: Pick<TransactionView, 'transactionId' | 'filename' | 'operation'>,
  beganAt: number,
): TransactionView {
  return {
    ...begun,
    beganAt,
    votes: new Map(),
    decision: null,
    decidedAt: null,
    acks: new Map(),
    failures: new Map(),
    endedAt: null,
  }
}
