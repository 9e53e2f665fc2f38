import type { CoordinatorEvent, CountedVote } from '../protocol/coordinator-io.ts'
import type { Decision, NodeName, TransactionId } from '../protocol/messages.ts'

/** What one participant has said in a transaction. Times are milliseconds since 1970. */
export interface ParticipantView {
  readonly node: NodeName
  vote: CountedVote | null
  votedAt: number | null
  acknowledgedAt: number | null
  /** Of a delivery not acknowledged since. */
  lastFailure: string | null
}

/** A transaction as people look at it. Times are milliseconds since 1970. */
export interface TransactionView {
  readonly transactionId: TransactionId
  readonly filename: string
  readonly operation: string
  readonly beganAt: number
  /** Those that have said something; few, so a list is less than a map. */
  readonly participants: ParticipantView[]
  decision: Decision | null
  decidedAt: number | null
  endedAt: number | null
}

const KEPT = 1000

/** The transactions of this run, newest last: those under way and the last thousand that ended. */
export class History {
  readonly #views = new Map<TransactionId, TransactionView>()
  readonly #ended: TransactionId[] = []

  observe(event: CoordinatorEvent, at: number): void {
    if (event.kind === 'began') {
      this.#views.set(event.transactionId, newView(event, at))
      return
    }
    const view = this.#views.get(event.transactionId)
    if (view === undefined) return
    switch (event.kind) {
      case 'voted': {
        const participant = participantIn(view, event.from)
        participant.vote = event.vote
        participant.votedAt = at
        break
      }
      case 'decided':
        view.decision = event.decision
        view.decidedAt = at
        break
      case 'acknowledged': {
        const participant = participantIn(view, event.from)
        participant.acknowledgedAt = at
        participant.lastFailure = null
        break
      }
      case 'deliveryFailed':
        participantIn(view, event.from).lastFailure = event.reason
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
  {
    transactionId,
    filename,
    operation,
  }: Pick<TransactionView, 'transactionId' | 'filename' | 'operation'>,
  beganAt: number,
): TransactionView {
  return {
    transactionId,
    filename,
    operation,
    beganAt,
    participants: [],
    decision: null,
    decidedAt: null,
    endedAt: null,
  }
}

/** What a participant has said so far; undefined: nothing. */
export function heardFrom(view: TransactionView, node: NodeName): ParticipantView | undefined {
  return view.participants.find((each) => each.node === node)
}

function participantIn(view: TransactionView, node: NodeName): ParticipantView {
  const known = heardFrom(view, node)
  if (known !== undefined) return known
  const fresh = { node, vote: null, votedAt: null, acknowledgedAt: null, lastFailure: null }
  view.participants.push(fresh)
  return fresh
}
