import { Inquiry, type InquiryTiming } from './inquiry.ts'
import type {
  CallId,
  Decision,
  DecisionAnswer,
  DecisionMessage,
  DecisionQuery,
  NodeName,
  Refusal,
  TransactionId,
  Vote,
  VoteRequest,
} from './messages.ts'
import type { ParticipantInput, ParticipantOutput, Space, Staged } from './participant-io.ts'
import type { ParticipantRecord, Prepared, Tombstone } from './participant-records.ts'
import {
  nextLikes,
  type ParticipantSnapshot,
  ParticipantState,
  refOf,
} from './participant-state.ts'

export interface ParticipantConfig {
  readonly id: NodeName
  /** Whose transactions this node takes part in. */
  readonly coordinators: readonly NodeName[]
  /** Other participants this node can ask. */
  readonly peers: readonly NodeName[]
  readonly inquiry: InquiryTiming
  /** Transactions prepared at a time; more are refused. */
  readonly maxPrepared: number
  /** When this node's disk was first used, milliseconds since 1970. */
  readonly bornAt: number
}

/**
 * A participant of presumed-abort two-phase commit (Mohan, Lindsay, Obermarck 1986), with
 * cooperative termination (Bernstein, Hadzilacos, Goodman 1987, §7.4).
 *
 * working → prepared → committed | aborted. A yes is on disk before it is said, a commit before it is
 * acknowledged. In doubt, the lock stays and the question is repeated for ever.
 *
 * | on disk at restart    | what happens                                               |
 * |-----------------------|------------------------------------------------------------|
 * | nothing               | nothing: it never voted yes                                |
 * | `prepare`             | in doubt: the lock and the staged bytes stay, it asks      |
 * | `prepare`, `commit`   | the change is in the state again; GlobalCommit is acked    |
 * | `prepare`, `abort`    | unlocked; GlobalAbort is acked, a late VoteRequest refused |
 */
export class Participant {
  readonly state: ParticipantState
  readonly #config: ParticipantConfig
  readonly #inquiry: Inquiry
  #space: Space = 'plenty'
  #outputs: ParticipantOutput[] = []

  /** Restores what a checkpoint and the records after it say, and asks at once what is in doubt. */
  constructor(
    config: ParticipantConfig,
    now: number,
    snapshot: ParticipantSnapshot | null = null,
    records: Iterable<ParticipantRecord> = [],
  ) {
    this.#config = config
    this.state = new ParticipantState(snapshot)
    for (const record of records) this.state.apply(record)
    this.#inquiry = new Inquiry(config.inquiry)
    for (const id of this.state.prepared.keys()) this.#inquiry.begin(id, now, 0)
  }

  /** `now`: milliseconds of a clock that never goes back. */
  step(input: ParticipantInput, now: number): readonly ParticipantOutput[] {
    this.#outputs = []
    switch (input.kind) {
      case 'voteRequest':
        this.#onVoteRequest(input, now)
        break
      case 'decision':
        this.#onDecision(input.callId, input.message)
        break
      case 'query':
        this.#onQuery(input.callId, input.query)
        break
      case 'answered':
        this.#onAnswer(input.transactionId, input.from, input.answer, now)
        break
      case 'upload':
      case 'delete':
      case 'like':
        this.#onPlain(input)
        break
      case 'space':
        this.#space = input.space
        break
      case 'tick':
        this.#ask(now, true)
        break
    }
    return this.#outputs
  }

  #onVoteRequest(input: Extract<ParticipantInput, { kind: 'voteRequest' }>, now: number): void {
    const { callId, message, staged, wallTime } = input
    if (!this.#config.coordinators.includes(message.coordinatorId)) {
      return this.#emit({ kind: 'refuse', callId, reason: 'UNKNOWN_COORDINATOR' })
    }
    this.state.learnFinished(message, message.finishedBefore)
    const earlier = this.#earlierVote(message)
    if (earlier !== null) return this.#emit({ kind: 'vote', callId, vote: earlier })
    const refusal = this.#refusal(input)
    if (refusal !== null) {
      // A no is this node's own abort: said once, it stays, so that a repeated request cannot turn it
      // into a yes. Losing it in a crash is safe: nobody was promised a commit. What is finished may
      // have committed here, and the log may still say so: an abort behind it would never replay.
      if (!this.state.isFinished(message)) {
        this.#remember(buried(message, 'abort', refusal))
      }
      this.#emit({ kind: 'unstage', transactionId: message.transactionId })
      this.#emit({ kind: 'vote', callId, vote: { granted: false, reason: refusal } })
      return
    }
    this.#prepare(message, staged, wallTime)
    this.#inquiry.begin(message.transactionId, now)
    this.#emit({ kind: 'vote', callId, vote: this.#yes(message) })
  }

  #prepare(message: VoteRequest, staged: Staged | null, preparedAt: number): void {
    const { transactionId, operation, filename } = message
    const transaction: Prepared = {
      transactionId,
      coordinatorId: message.coordinatorId,
      coordinatorDisk: message.coordinatorDisk,
      order: message.order,
      filename,
      operation,
      participants: message.participants,
      finishedBefore: message.finishedBefore,
      blob: operation.kind === 'upload' && staged !== null ? staged.blob : null,
      preparedAt,
    }
    this.#record('force', { type: 'prepare', transaction })
    this.#emit({ kind: 'event', event: { kind: 'prepared', transactionId, filename } })
  }

  /** The vote already given on this transaction, so that a repeated request hears the same. */
  #earlierVote(message: VoteRequest): Vote | null {
    const prepared = this.state.prepared.get(message.transactionId)
    if (prepared !== undefined) {
      return sameTransaction(prepared, message) ? this.#yes(message) : no('INVALID_ARGUMENT')
    }
    const tombstone = this.state.tombstone(message)
    if (tombstone === undefined) return null
    if (tombstone.decision === 'commit') {
      return { granted: true, likes: this.state.pictures.get(message.filename)?.likes ?? 0 }
    }
    return no(tombstone.reason ?? 'TRANSACTION_ABORTED')
  }

  /** Why this node cannot promise to commit; null when it can. */
  #refusal({
    message,
    staged,
    stagingFailure = 'NOT_STAGED',
  }: Extract<ParticipantInput, { kind: 'voteRequest' }>): Refusal | null {
    const { state } = this
    const { filename, operation } = message
    if (this.#isFenced(message)) return 'COORDINATOR_FENCED'
    if (state.isFinished(message)) return 'TRANSACTION_FINISHED'
    if (!this.#hasSpaceFor(operation.kind)) return 'DISK_FULL'
    if (state.prepared.size >= this.#config.maxPrepared) return 'OVERLOADED'
    if (state.locks.has(filename)) return 'PICTURE_LOCKED' // no-wait: waiting could deadlock
    if (operation.kind !== 'upload') {
      return state.pictures.has(filename) ? null : 'PICTURE_NOT_FOUND'
    }
    const arrived = staged?.size === operation.size && staged.sha256 === operation.sha256
    return arrived ? null : stagingFailure
  }

  /** A copy of the coordinator that was started earlier, or beside a later one, is refused. */
  #isFenced({ coordinatorId, coordinatorDisk, order }: VoteRequest): boolean {
    const latest = this.state.epochs.get(coordinatorId)
    if (order === null || latest === undefined) return false
    if (order.epoch !== latest.epoch) return order.epoch < latest.epoch
    return coordinatorDisk !== latest.disk
  }

  #hasSpaceFor(kind: 'delete' | 'like' | 'upload'): boolean {
    return this.#space === 'plenty' || (kind === 'delete' && this.#space === 'deletesOnly')
  }

  #yes({ filename, operation }: VoteRequest): Vote {
    const picture = this.state.pictures.get(filename)
    const likes = picture === undefined || operation.kind === 'upload' ? 0 : picture.likes
    return {
      granted: true,
      likes: operation.kind === 'like' && picture !== undefined ? nextLikes(picture) : likes,
    }
  }

  #onDecision(callId: CallId, message: DecisionMessage): void {
    if (!this.#config.coordinators.includes(message.coordinatorId)) {
      return this.#emit({ kind: 'refuse', callId, reason: 'UNKNOWN_COORDINATOR' })
    }
    const decision = message.kind === 'GlobalCommit' ? 'commit' : 'abort'
    const prepared = this.state.prepared.get(message.transactionId)
    if (prepared !== undefined) {
      const refusal = mismatch(prepared, message)
      if (refusal !== null) return this.#emit({ kind: 'refuse', callId, reason: refusal })
      this.#decide(prepared, decision, message.coordinatorId, false)
    } else {
      const refusal = this.#decideUnprepared(message, decision)
      if (refusal !== null) return this.#emit({ kind: 'refuse', callId, reason: refusal })
    }
    this.state.learnFinished(message, message.finishedBefore)
    this.#emit({ kind: 'ack', callId })
  }

  /** A decision on a transaction that is over here or never was. Null when it may be acknowledged. */
  #decideUnprepared(message: DecisionMessage, decision: Decision): Refusal | null {
    const tombstone = this.state.tombstone(message)
    if (tombstone !== undefined) {
      return tombstone.decision === decision ? null : 'DECISION_CONFLICT'
    }
    // The coordinator itself has said that all acknowledged, this node among them. It tells again
    // only where a crash took its `end` record; refused, it would do so for ever.
    if (this.state.isFinished(message)) return null
    // Acknowledging a commit that never was prepared would be a lie that ends the redelivery.
    if (decision === 'commit') return 'UNKNOWN_TRANSACTION'
    // A VoteRequest that was overtaken by this abort must find it.
    this.#remember(buried(message, 'abort', null))
    this.#emit({ kind: 'unstage', transactionId: message.transactionId })
    return null
  }

  #decide(prepared: Prepared, decision: Decision, by: NodeName, asked: boolean): void {
    const { transactionId, filename } = prepared
    if (decision === 'commit') this.#record('force', { type: 'commit', transactionId })
    else this.#record('write', { type: 'abort', tombstone: buried(prepared, 'abort', null) })
    this.#inquiry.end(transactionId)
    const event = { kind: 'decided', transactionId, filename, decision, by, asked } as const
    this.#emit({ kind: 'event', event })
  }

  /** A peer in doubt asks. Only what is on disk here may settle it. */
  #onQuery(callId: CallId, query: DecisionQuery): void {
    this.#emit({ kind: 'answer', callId, answer: this.#answer(query) })
  }

  #answer(query: DecisionQuery): DecisionAnswer {
    if (!this.#config.coordinators.includes(query.coordinatorId)) return 'unknown'
    if (this.state.prepared.has(query.transactionId)) return 'inDoubt'
    const tombstone = this.state.tombstone(query)
    if (tombstone?.decision === 'commit') return 'commit'
    if (tombstone === undefined) {
      // Not having voted means something only to a participant of the transaction.
      const mine = query.participants.includes(this.#config.id)
      if (!mine || this.state.mayBeForgotten(query)) return 'unknown'
      // A disk younger than the transaction may have replaced one on which this node voted yes.
      if (query.preparedAt !== 0 && query.preparedAt < this.#config.bornAt) return 'unknown'
    }
    // It never voted yes and now never will: forced, since the peer acts on it, and a VoteRequest that
    // is still under way would otherwise be granted after a crash.
    const reason = tombstone?.reason ?? null
    this.#record('force', { type: 'abort', tombstone: buried(query, 'abort', reason) })
    this.#emit({ kind: 'unstage', transactionId: query.transactionId })
    return 'abort'
  }

  /** Begins the rounds that are due: first the coordinator is asked. */
  #ask(now: number, scan: boolean): void {
    for (const id of this.#inquiry.start(now, scan)) {
      const prepared = this.state.prepared.get(id)
      if (prepared !== undefined) this.#sendQuery(prepared, [prepared.coordinatorId])
    }
  }

  #sendQuery(prepared: Prepared, nodes: readonly NodeName[]): void {
    const { participants, preparedAt } = prepared
    const query = { ...refOf(prepared), participants, preparedAt }
    this.#inquiry.asked(prepared.transactionId, nodes)
    for (const to of nodes) this.#emit({ kind: 'ask', to, query })
  }

  #onAnswer(id: TransactionId, from: NodeName, answer: DecisionAnswer | null, now: number): void {
    const last = this.#inquiry.answered(id, from)
    const prepared = this.state.prepared.get(id)
    if (last === null || prepared === undefined) return
    if (answer === 'commit' || answer === 'abort') {
      this.#decide(prepared, answer, from, true)
    } else if (last) {
      const peers = this.#peersOf(prepared)
      const coordinatorIsLost = from === prepared.coordinatorId && answer !== 'pending'
      if (coordinatorIsLost && peers.length > 0) this.#sendQuery(prepared, peers)
      else this.#stayInDoubt(prepared, now)
    }
    this.#ask(now, false)
  }

  #peersOf({ participants }: Prepared): readonly NodeName[] {
    return this.#config.peers.filter((peer) => participants.includes(peer))
  }

  #stayInDoubt({ transactionId, filename }: Prepared, now: number): void {
    const retryInMs = this.#inquiry.again(transactionId, now)
    const event = { kind: 'stillInDoubt', transactionId, filename, retryInMs } as const
    this.#emit({ kind: 'event', event })
  }

  /** An operation of this node alone. It respects the locks of transactions. */
  #onPlain(input: Extract<ParticipantInput, { kind: 'upload' | 'delete' | 'like' }>): void {
    const { callId, filename, kind } = input
    const { state } = this
    if (state.locks.has(filename) || !this.#hasSpaceFor(kind)) {
      const reason = state.locks.has(filename) ? 'PICTURE_LOCKED' : 'DISK_FULL'
      if (kind === 'upload') this.#emit({ kind: 'discard', blob: input.picture.blob })
      return this.#emit({ kind: 'refuse', callId, reason })
    }
    if (kind !== 'upload' && !state.pictures.has(filename)) {
      return this.#emit({ kind: 'done', callId, success: false, likes: 0 })
    }
    if (kind === 'upload') this.#record('force', { type: kind, filename, picture: input.picture })
    else this.#record('force', { type: kind, filename })
    const likes = state.pictures.get(filename)?.likes ?? 0
    this.#emit({ kind: 'done', callId, success: true, likes })
  }

  /**
   * A transaction that never was prepared here is over. On a full disk this is not written: refusals
   * would use up what is kept back for decisions, and a VoteRequest that finds it forgotten after a
   * crash ends in a doubt that is answered with abort.
   */
  #remember(tombstone: Tombstone): void {
    const record = { type: 'abort', tombstone } as const
    if (this.#space === 'plenty') this.#record('write', record)
    else this.state.apply(record)
  }

  #record(kind: 'force' | 'write', record: ParticipantRecord): void {
    this.#emit({ kind, record })
    for (const blob of this.state.apply(record)) this.#emit({ kind: 'discard', blob })
  }

  #emit(output: ParticipantOutput): void {
    this.#outputs.push(output)
  }
}

function no(reason: Refusal): Vote {
  return { granted: false, reason }
}

function buried(
  ref: Omit<Tombstone, 'decision' | 'reason'>,
  decision: Decision,
  reason: Refusal | null,
): Tombstone {
  const { transactionId, coordinatorId, coordinatorDisk, order } = ref
  return { transactionId, coordinatorId, coordinatorDisk, order, decision, reason }
}

function sameTransaction(prepared: Prepared, message: VoteRequest): boolean {
  const { filename, operation } = message
  return (
    mismatch(prepared, { ...message, kind: 'GlobalCommit' }) === null &&
    prepared.filename === filename &&
    prepared.operation.kind === operation.kind &&
    (operation.kind !== 'upload' ||
      (prepared.operation.kind === 'upload' && prepared.operation.sha256 === operation.sha256))
  )
}

/** A decision counts only from the coordinator, and the disk, that asked for the vote. */
function mismatch(prepared: Prepared, message: DecisionMessage): Refusal | null {
  if (prepared.coordinatorId !== message.coordinatorId) return 'UNKNOWN_COORDINATOR'
  if (prepared.coordinatorDisk !== message.coordinatorDisk) return 'COORDINATOR_FENCED'
  return prepared.filename === message.filename ? null : 'INVALID_ARGUMENT'
}
