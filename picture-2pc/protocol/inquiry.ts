import type { NodeName, TransactionId } from './messages.ts'

/** Delays of the questions about a transaction in doubt, milliseconds. */
export interface InquiryTiming {
  readonly first: number
  readonly most: number
}

/** Questions in flight at a time: ten thousand transactions in doubt must not become one burst. */
const MAX_IN_FLIGHT = 64

interface Doubt {
  nextAt: number
  delay: number
  /** Who has yet to answer this round; empty between rounds. */
  waitingFor: Set<NodeName>
}

/**
 * When to ask about each transaction in doubt. A round asks the coordinator; if that settles nothing,
 * all peers at once. Rounds repeat with back-off for as long as the doubt lasts.
 */
export class Inquiry {
  readonly #doubts = new Map<TransactionId, Doubt>()
  readonly #due = new Set<TransactionId>()
  readonly #timing: InquiryTiming
  #inFlight = 0

  constructor(timing: InquiryTiming) {
    this.#timing = timing
  }

  /** Begins to wait for a decision; `delay` until the first question. */
  begin(transactionId: TransactionId, now: number, delay = this.#timing.first): void {
    const nextAt = now + delay
    this.#doubts.set(transactionId, { nextAt, delay: this.#timing.first, waitingFor: new Set() })
  }

  end(transactionId: TransactionId): void {
    this.#inFlight -= this.#doubts.get(transactionId)?.waitingFor.size ?? 0
    this.#doubts.delete(transactionId)
    this.#due.delete(transactionId)
  }

  /** Transactions whose next round begins now, as far as there is room. */
  *start(now: number, scan: boolean): Generator<TransactionId> {
    if (scan) {
      for (const [id, doubt] of this.#doubts) {
        if (doubt.waitingFor.size === 0 && doubt.nextAt <= now) this.#due.add(id)
      }
    }
    for (const id of this.#due) {
      if (this.#inFlight >= MAX_IN_FLIGHT) return
      this.#due.delete(id)
      yield id
    }
  }

  asked(transactionId: TransactionId, nodes: readonly NodeName[]): void {
    const doubt = this.#doubts.get(transactionId)
    if (doubt === undefined) return
    for (const node of nodes) doubt.waitingFor.add(node)
    this.#inFlight += nodes.length
  }

  /** Takes an answer off the list. Null: not an answer of this round; else whether it was the last. */
  answered(transactionId: TransactionId, from: NodeName): boolean | null {
    const doubt = this.#doubts.get(transactionId)
    if (doubt?.waitingFor.delete(from) !== true) return null
    this.#inFlight -= 1
    return doubt.waitingFor.size === 0
  }

  /** Ends a round that settled nothing. Returns the delay until the next. */
  again(transactionId: TransactionId, now: number): number {
    const doubt = this.#doubts.get(transactionId)
    if (doubt === undefined) return 0
    const { delay } = doubt
    doubt.nextAt = now + delay
    doubt.delay = Math.min(delay * 1.5, this.#timing.most)
    return delay
  }
}
