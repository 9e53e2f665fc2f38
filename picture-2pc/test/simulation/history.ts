import type { Outcome } from '../../protocol/coordinator-io.ts'
import {
  type Decision,
  type DecisionAnswer,
  isBefore,
  type NodeName,
  type Operation,
  type Order,
  type TransactionId,
} from '../../protocol/messages.ts'

/** What an observer who sees all disks and all messages knows of one transaction. */
export interface Fact {
  readonly transactionId: TransactionId
  readonly filename: string
  readonly operation: Operation
  readonly participants: readonly NodeName[]
  /** Who said yes. */
  readonly yes: Set<NodeName>
  /** Decisions on disk or told to anybody, by node. More than one is a reversal. */
  readonly decisions: Map<NodeName, Set<Decision>>
  order: Order | null
  /** Acknowledgements that reached the coordinator. */
  readonly acknowledged: Set<NodeName>
  /** What the client was told. */
  outcome: Outcome | null
}

/** The observer. Nothing it learns is ever unlearned. */
export class History {
  readonly facts = new Map<TransactionId, Fact>()
  /** Transactions in the order in which their commit records became durable at the coordinator. */
  readonly commits: TransactionId[] = []
  /** Statements found untrue the moment they were made. */
  readonly lies: string[] = []
  /** Times that something happened, to show that a run was worth running. */
  readonly counts = new Map<string, number>()
  readonly #likes = new Map<NodeName, { sent: number; done: number }>()

  begin(fact: Pick<Fact, 'transactionId' | 'filename' | 'operation' | 'participants'>): void {
    const nothing = { yes: new Set<NodeName>(), acknowledged: new Set<NodeName>(), outcome: null }
    this.facts.set(fact.transactionId, { ...fact, ...nothing, decisions: new Map(), order: null })
    this.count('transactions')
  }

  fact(id: TransactionId): Fact {
    const fact = this.facts.get(id)
    if (fact === undefined) throw new Error(`nobody began ${id}`)
    return fact
  }

  decided(id: TransactionId, node: NodeName, decision: Decision): void {
    const { decisions } = this.fact(id)
    const known = decisions.get(node) ?? new Set()
    decisions.set(node, known.add(decision))
  }

  /**
   * Somebody was told. What a question hears that was overtaken by its own answer does not count: the
   * coordinator may have forgotten the commit by then, and presumes abort (Mohan et al.); the one
   * that asked has it on disk.
   */
  answered(id: TransactionId, node: NodeName, asker: NodeName, answer: DecisionAnswer): void {
    const settles = answer === 'commit' || answer === 'abort'
    if (settles && !this.fact(id).decisions.has(asker)) this.decided(id, node, answer)
  }

  /** Plain likes of the picture that nothing else touches. */
  likes(node: NodeName): { sent: number; done: number } {
    const likes = this.#likes.get(node) ?? { sent: 0, done: 0 }
    this.#likes.set(node, likes)
    return likes
  }

  /** The coordinator calls everything before this place finished on every participant. */
  calledFinished(before: Order): void {
    for (const { transactionId, order, decisions, participants } of this.facts.values()) {
      if (order === null || !isBefore(order, before)) continue
      if (![...decisions.values()].some((made) => made.has('commit'))) continue
      const waiting = participants.find((node) => !decisions.has(node))
      if (waiting !== undefined) {
        this.lies.push(`${transactionId} was called finished, but ${waiting} has not committed it`)
      }
    }
  }

  /** The coordinator has settled what it will tell its client. */
  settled(outcome: Outcome): void {
    const { participants, acknowledged } = this.fact(outcome.transactionId)
    participants.forEach((node, index) => {
      const detail = acknowledged.has(node) ? 'ACK' : 'FAILED'
      if (outcome.details[index] !== detail) {
        this.lies.push(`${outcome.transactionId}: ${outcome.details[index]} of ${node}: ${detail}`)
      }
    })
  }

  /** The client hears it. */
  replied(outcome: Outcome): void {
    const fact = this.fact(outcome.transactionId)
    fact.outcome = outcome
    this.count(outcome.decision)
    fact.participants.forEach((node, index) => {
      // An abort may be acknowledged before it is on disk: it is final without.
      const decided = fact.decisions.get(node)?.has('commit') === true
      if (outcome.details[index] === 'ACK' && outcome.decision === 'commit' && !decided) {
        this.lies.push(`${fact.transactionId}: ACK of ${node}, which has not committed`)
      }
    })
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }
}
