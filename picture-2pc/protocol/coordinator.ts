import { strict as assert } from 'node:assert'
import type {
  CoordinatorInput,
  CoordinatorOutput,
  CoordinatorRecord,
  CountedVote,
  Outcome,
  RequestKey,
} from './coordinator-io.ts'
import { Delivery, type DeliveryTiming } from './delivery.ts'
import {
  type CallId,
  type Decision,
  type DecisionAnswer,
  type DecisionMessage,
  type DecisionQuery,
  isBefore,
  type NodeName,
  type Operation,
  type Order,
  type TransactionId,
  type VoteRequest,
} from './messages.ts'

export interface CoordinatorConfig {
  readonly id: NodeName
  /** Identifies this coordinator's disk. */
  readonly disk: string
  /** Of this run; higher than that of every earlier run on this disk. */
  readonly epoch: number
  /** Epochs of the earlier runs on this disk. */
  readonly pastEpochs: readonly number[]
  readonly participants: readonly NodeName[]
  /** Milliseconds. */
  readonly voteTimeout: number
  readonly delivery: DeliveryTiming
  /** Transactions whose client still waits; more are refused. */
  readonly maxOpen: number
}

interface Common {
  readonly transactionId: TransactionId
  readonly order: Order
  readonly filename: string
  readonly operation: Operation
  readonly participants: readonly NodeName[]
}

/** A transaction with no state at all is aborted. */
type Transaction =
  | (Common & {
      readonly state: 'preparing'
      readonly callId: CallId
      readonly requestKey: RequestKey | null
      readonly votes: Map<NodeName, CountedVote>
      readonly deadline: number
    })
  | (Common & {
      readonly state: 'committing' | 'aborting'
      readonly votes: ReadonlyMap<NodeName, CountedVote>
      readonly delivery: Delivery
      readonly likes: number
      /** The client that waits, and until when; null once it is answered. */
      waiting: { readonly callId: CallId; readonly until: number } | null
    })

type Decided = Extract<Transaction, { delivery: Delivery }>

/** An abort is repeated as a courtesy, this often; a participant in doubt asks by itself. */
const ABORT_ATTEMPTS = 6

/** Decisions sent again in one tick: what a participant missed must not hit it all at once. */
const REDELIVERIES_PER_TICK = 256

/**
 * A coordinator of presumed-abort two-phase commit (Mohan, Lindsay, Obermarck 1986).
 *
 * preparing → committing → forgotten. The forced `commit` record is the commit point; an abort leaves
 * no state, and what has no record is answered with abort.
 *
 * | on disk at restart  | what happens                                                     |
 * |---------------------|------------------------------------------------------------------|
 * | nothing             | any question about it is answered with abort                     |
 * | `commit`            | GlobalCommit is sent again to all until all have acknowledged it |
 * | `commit`, `end`     | nothing: it is forgotten                                         |
 */
export class Coordinator {
  readonly #config: CoordinatorConfig
  readonly #ownEpochs: ReadonlySet<number>
  /** In the order in which they were begun: the first one bounds what is finished. */
  readonly #transactions = new Map<TransactionId, Transaction>()
  #number = 0
  #open = 0
  #enoughSpace = true
  #outputs: CoordinatorOutput[] = []

  constructor(config: CoordinatorConfig, now: number, records: Iterable<CoordinatorRecord> = []) {
    this.#config = config
    this.#ownEpochs = new Set([...config.pastEpochs, config.epoch])
    const committing = new Map<TransactionId, Extract<CoordinatorRecord, { type: 'commit' }>>()
    for (const record of records) {
      if (record.type === 'commit') committing.set(record.transactionId, record)
      else committing.delete(record.transactionId)
    }
    // The log has them in the order of their decisions. Whatever stands first here is what the
    // coordinator calls unfinished, so an older one behind it would be called finished.
    const begun = [...committing.values()].sort((a, b) => (isBefore(a.order, b.order) ? -1 : 1))
    for (const record of begun) this.#resume(record, now)
  }

  #resume(record: Extract<CoordinatorRecord, { type: 'commit' }>, now: number): void {
    const { transactionId, order, filename, operation, participants, likes } = record
    this.#transactions.set(transactionId, {
      ...{ transactionId, order, filename, operation, participants, likes },
      state: 'committing',
      votes: new Map(participants.map((node) => [node, { vote: 'commit', likes }])),
      delivery: new Delivery(participants, now, this.#config.delivery),
      waiting: null,
    })
  }

  /** Records that a checkpoint must hold: the decisions not acknowledged by all. */
  unfinished(): readonly CoordinatorRecord[] {
    return [...this.#transactions.values()]
      .filter((transaction): transaction is Decided => transaction.state === 'committing')
      .map((transaction) => commitRecord(transaction, null))
  }

  /** Committed transactions that are not acknowledged by all participants. */
  get committing(): number {
    let count = 0
    for (const { state } of this.#transactions.values()) if (state === 'committing') count += 1
    return count
  }

  /** Transactions whose client waits. */
  get open(): number {
    return this.#open
  }

  /** What a client would hear of a transaction that is decided and not forgotten. */
  outcome(transactionId: TransactionId): Outcome | null {
    const transaction = this.#transactions.get(transactionId)
    return transaction === undefined || transaction.state === 'preparing'
      ? null
      : outcomeOf(transaction)
  }

  /** `now`: milliseconds of a clock that never goes back. */
  step(input: CoordinatorInput, now: number): readonly CoordinatorOutput[] {
    this.#outputs = []
    switch (input.kind) {
      case 'begin':
        this.#onBegin(input, now)
        break
      case 'vote':
        this.#onVote(input.transactionId, input.from, input.vote, now)
        break
      case 'ack':
        this.#onAck(input.transactionId, input.from)
        break
      case 'deliveryFailed':
        this.#onDeliveryFailed(input.transactionId, input.from, input.reason, now)
        break
      case 'query':
        this.#emit({ kind: 'answer', callId: input.callId, answer: this.#answer(input.query) })
        break
      case 'space':
        this.#enoughSpace = input.enough
        break
      case 'tick':
        this.#onTick(now)
        break
    }
    return this.#outputs
  }

  #onBegin(input: Extract<CoordinatorInput, { kind: 'begin' }>, now: number): void {
    const { callId, transactionId, filename, operation, requestKey } = input
    if (!this.#enoughSpace) return this.#emit({ kind: 'refuse', callId, reason: 'DISK_FULL' })
    if (this.#open >= this.#config.maxOpen) {
      return this.#emit({ kind: 'refuse', callId, reason: 'OVERLOADED' })
    }
    assert(!this.#transactions.has(transactionId), `${transactionId} was used before`)
    this.#number += 1
    this.#open += 1
    const { epoch, participants, voteTimeout } = this.#config
    const transaction = {
      state: 'preparing',
      transactionId,
      order: { epoch, number: this.#number },
      filename,
      operation,
      participants,
      callId,
      requestKey,
      votes: new Map<NodeName, CountedVote>(),
      deadline: now + voteTimeout,
    } as const
    this.#transactions.set(transactionId, transaction)
    const event = { kind: 'began', transactionId, filename, operation: operation.kind } as const
    this.#emit({ kind: 'event', event })
    const message: VoteRequest = {
      kind: 'VoteRequest',
      transactionId,
      coordinatorId: this.#config.id,
      coordinatorDisk: this.#config.disk,
      filename,
      order: transaction.order,
      finishedBefore: this.#finishedBefore(),
      operation,
      participants,
    }
    for (const to of participants) this.#emit({ kind: 'send', to, message })
  }

  #onVote(id: TransactionId, from: NodeName, vote: CountedVote, now: number): void {
    const transaction = this.#transactions.get(id)
    if (transaction?.state !== 'preparing' || !transaction.participants.includes(from)) return
    if (transaction.votes.has(from)) return // the first one counts
    transaction.votes.set(from, vote)
    this.#emit({ kind: 'event', event: { kind: 'voted', transactionId: id, from, vote } })
    // All votes are waited for, also after a no: the client hears every reason, and the timeout
    // bounds the wait.
    if (transaction.votes.size === transaction.participants.length) this.#decide(transaction, now)
  }

  #decide(transaction: Extract<Transaction, { state: 'preparing' }>, now: number): void {
    const { transactionId, order, filename, operation, participants, callId, requestKey } =
      transaction
    const votes = participants.map((node) => transaction.votes.get(node))
    const allYes = votes.every((vote) => vote?.vote === 'commit')
    const decided: Decided = {
      transactionId,
      order,
      filename,
      operation,
      participants,
      state: allYes ? 'committing' : 'aborting',
      votes: transaction.votes,
      likes: Math.max(0, ...votes.map((vote) => (vote?.vote === 'commit' ? vote.likes : 0))),
      delivery: new Delivery(participants, now, this.#config.delivery),
      waiting: { callId, until: now + this.#config.delivery.ackTimeout },
    }
    this.#transactions.set(transactionId, decided)
    if (allYes) this.#emit({ kind: 'force', record: commitRecord(decided, requestKey) })
    const decision = decisionOf(decided)
    this.#emit({ kind: 'event', event: { kind: 'decided', transactionId, decision } })
    this.#deliver(decided, now)
  }

  /** Sends the decision to whoever is due, in the order of the participants. */
  #deliver(transaction: Decided, now: number): number {
    const due = transaction.delivery.due(now)
    if (due.length === 0) return 0
    const message: DecisionMessage = {
      kind: transaction.state === 'committing' ? 'GlobalCommit' : 'GlobalAbort',
      transactionId: transaction.transactionId,
      coordinatorId: this.#config.id,
      coordinatorDisk: this.#config.disk,
      filename: transaction.filename,
      order: transaction.order,
      finishedBefore: this.#finishedBefore(),
    }
    for (const to of due) this.#emit({ kind: 'send', to, message })
    return due.length
  }

  #onAck(id: TransactionId, from: NodeName): void {
    const transaction = this.#transactions.get(id)
    if (transaction === undefined || transaction.state === 'preparing') return
    if (!transaction.delivery.acknowledge(from)) return
    this.#emit({ kind: 'event', event: { kind: 'acknowledged', transactionId: id, from } })
    if (transaction.delivery.complete) this.#forget(transaction, true)
    else if (transaction.state === 'aborting') this.#replyWhenHeard(transaction)
  }

  #onDeliveryFailed(id: TransactionId, from: NodeName, reason: string, now: number): void {
    const transaction = this.#transactions.get(id)
    if (transaction === undefined || transaction.state === 'preparing') return
    if (!transaction.delivery.fail(from, now)) return
    const event = { kind: 'deliveryFailed', transactionId: id, from, reason } as const
    this.#emit({ kind: 'event', event })
    if (transaction.state !== 'aborting') return
    if (transaction.delivery.failures >= ABORT_ATTEMPTS) this.#forget(transaction, false)
  }

  /** An abort is final without acknowledgements: only those that voted are waited for. */
  #replyWhenHeard(transaction: Decided): void {
    const heard = transaction.participants.every(
      (node) => transaction.delivery.has(node) || transaction.votes.get(node)?.vote === 'none',
    )
    if (heard) this.#reply(transaction)
  }

  #reply(transaction: Decided): void {
    if (transaction.waiting === null) return
    const { callId } = transaction.waiting
    transaction.waiting = null
    this.#open -= 1
    this.#emit({ kind: 'reply', callId, outcome: outcomeOf(transaction) })
  }

  #forget(transaction: Decided, complete: boolean): void {
    const { transactionId } = transaction
    this.#reply(transaction)
    this.#transactions.delete(transactionId)
    if (transaction.state === 'committing') {
      this.#emit({ kind: 'write', record: { type: 'end', transactionId } })
    }
    this.#emit({ kind: 'event', event: { kind: 'forgotten', transactionId, complete } })
  }

  #onTick(now: number): void {
    let room = REDELIVERIES_PER_TICK
    for (const transaction of [...this.#transactions.values()]) {
      if (transaction.state === 'preparing') {
        if (transaction.deadline <= now) this.#countSilent(transaction, now)
        continue
      }
      if (transaction.waiting !== null && transaction.waiting.until <= now) this.#reply(transaction)
      if (room > 0) room -= this.#deliver(transaction, now)
    }
  }

  /** Who has not voted by the deadline counts as a no. */
  #countSilent(transaction: Extract<Transaction, { state: 'preparing' }>, now: number): void {
    for (const node of transaction.participants) {
      const vote = { vote: 'none', reason: 'no answer within the vote timeout' } as const
      this.#onVote(transaction.transactionId, node, vote, now)
    }
  }

  #answer(query: DecisionQuery): DecisionAnswer {
    const { id, disk } = this.#config
    if (query.coordinatorId !== id) return 'unknown'
    if (query.coordinatorDisk !== '' && query.coordinatorDisk !== disk) return 'unknown'
    const transaction = this.#transactions.get(query.transactionId)
    if (transaction?.state === 'preparing') return 'pending'
    if (transaction !== undefined) return decisionOf(transaction)
    // Presumption holds for what this disk's runs began. A copy of the disk begins runs of its own.
    const mine = query.order === null || this.#ownEpochs.has(query.order.epoch)
    return mine ? 'abort' : 'unknown'
  }

  /** Everything begun before this place is acknowledged by all, or aborted and no longer repeated. */
  #finishedBefore(): Order {
    for (const { order } of this.#transactions.values()) return order
    return { epoch: this.#config.epoch, number: this.#number + 1 }
  }

  #emit(output: CoordinatorOutput): void {
    this.#outputs.push(output)
  }
}

function decisionOf({ state }: Decided): Decision {
  return state === 'committing' ? 'commit' : 'abort'
}

function commitRecord(
  { transactionId, order, filename, operation, participants, likes }: Decided,
  requestKey: RequestKey | null,
): CoordinatorRecord {
  return {
    type: 'commit',
    transactionId,
    order,
    filename,
    operation,
    participants,
    likes,
    requestKey,
  }
}

function outcomeOf(transaction: Decided): Outcome {
  const { transactionId, filename, participants, delivery, votes, likes } = transaction
  return {
    transactionId,
    filename,
    decision: decisionOf(transaction),
    details: participants.map((node) => (delivery.has(node) ? 'ACK' : 'FAILED')),
    votes: participants.map((node) => [
      node,
      votes.get(node) ?? { vote: 'none', reason: 'not heard' },
    ]),
    likes,
  }
}
