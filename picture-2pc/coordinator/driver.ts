import { randomUUID } from 'node:crypto'
import { CodedError, messageOf } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import type { Coordinator } from '../protocol/coordinator.ts'
import type {
  CoordinatorEvent,
  CoordinatorInput,
  CoordinatorOutput,
  CoordinatorRecord,
  CountedVote,
  Outcome,
  RequestKey,
} from '../protocol/coordinator-io.ts'
import type {
  DecisionAnswer,
  DecisionMessage,
  DecisionQuery,
  NodeName,
  Operation,
  TransactionId,
  VoteRequest,
} from '../protocol/messages.ts'
import { Calls } from '../shell/calls.ts'
import { DutyLoop } from '../shell/duty-loop.ts'
import type { Journal } from '../shell/journal.ts'
import type { Participants } from './participants.ts'

const TICK_MS = 50
const SPACE_CHECK_MS = 1000

/** What a coordinator's checkpoint holds: the commits not yet acknowledged, and the requests known. */
export interface CoordinatorSnapshot {
  readonly unfinished: readonly CoordinatorRecord[]
  readonly requests: readonly CoordinatorRecord[]
}

export interface DriverParts {
  readonly core: Coordinator
  readonly journal: Journal<CoordinatorRecord, CoordinatorSnapshot>
  readonly participants: Participants
  readonly log: Logger
  /** Milliseconds. */
  readonly voteTimeout: number
  readonly ackTimeout: number
  requests(): readonly CoordinatorRecord[]
  observe(event: CoordinatorEvent): void
  /** A participant's reply came, as it came: the core's event of it may have to wait for the disk. */
  answered(from: NodeName, transactionId: TransactionId, rpc: string, reply: string): void
  /** A commit is being recorded. */
  committed(record: Extract<CoordinatorRecord, { type: 'commit' }>): void
  /** These records are on disk now. */
  saved(records: readonly CoordinatorRecord[], tookMs: number): void
  fatal(error: unknown): void
}

type Reply = { readonly outcome: Outcome } | { readonly answer: DecisionAnswer }

/** Runs the coordinator core: gives it requests, votes and time, and does what it owes. */
export class Driver {
  readonly #parts: DriverParts
  readonly #loop: DutyLoop<
    CoordinatorInput,
    CoordinatorOutput,
    CoordinatorRecord,
    CoordinatorSnapshot
  >
  readonly #calls = new Calls<Reply>()
  readonly #timers: NodeJS.Timeout[] = []
  #enoughSpace = true
  #stopping = false

  constructor(parts: DriverParts) {
    this.#parts = parts
    const { core, journal, fatal } = parts
    this.#loop = new DutyLoop({
      core,
      journal,
      fatal,
      recordOf: (output) => {
        if (output.kind !== 'force' && output.kind !== 'write') return null
        if (output.record.type === 'commit') parts.committed(output.record)
        return { record: output.record, forced: output.kind === 'force' }
      },
      execute: (output) => this.#execute(output),
      saved: (records, tookMs) => parts.saved(records, tookMs),
      snapshot: () => ({ unfinished: core.unfinished(), requests: parts.requests() }),
    })
  }

  start(): void {
    this.#checkSpace()
    this.#loop.submit({ kind: 'tick' })
    this.#timers.push(
      setInterval(() => this.#loop.submit({ kind: 'tick' }), TICK_MS),
      setInterval(() => this.#checkSpace(), SPACE_CHECK_MS),
    )
  }

  get enoughSpace(): boolean {
    return this.#enoughSpace
  }

  get stopping(): boolean {
    return this.#stopping
  }

  /** A name for a transaction, before it begins: an upload is staged under it. */
  newTransactionId(): TransactionId {
    return randomUUID()
  }

  /** Runs one transaction; settles when its client can be told. Rejects when it was not begun. */
  async transact(
    transactionId: TransactionId,
    filename: string,
    operation: Operation,
    requestKey: RequestKey | null,
  ): Promise<Outcome> {
    if (this.#stopping) throw new CodedError('STOPPING')
    if (this.#calls.isFull) throw new CodedError('OVERLOADED')
    const reply = await this.#calls.open((callId) =>
      this.#loop.submit({ kind: 'begin', callId, transactionId, filename, operation, requestKey }),
    )
    if ('outcome' in reply) return reply.outcome
    throw new CodedError('INTERNAL', 'an answer for an outcome')
  }

  /** Answers a participant in doubt. */
  async decisionOf(query: DecisionQuery): Promise<DecisionAnswer> {
    if (this.#calls.isFull) throw new CodedError('OVERLOADED')
    const reply = await this.#calls.open((callId) =>
      this.#loop.submit({ kind: 'query', callId, query }),
    )
    if ('answer' in reply) return reply.answer
    throw new CodedError('INTERNAL', 'an outcome for an answer')
  }

  /** Reads the core's state as far as it is on disk. */
  read<T>(view: (core: Coordinator) => T): Promise<T> {
    return this.#loop.read(() => view(this.#parts.core))
  }

  /** Begins nothing more. */
  drain(): void {
    this.#stopping = true
  }

  async stop(): Promise<void> {
    this.drain()
    for (const timer of this.#timers) clearInterval(timer)
    await this.#loop.stop()
    this.#calls.rejectAll(new CodedError('STOPPING'))
  }

  #execute(output: CoordinatorOutput): void {
    switch (output.kind) {
      case 'send':
        if (output.message.kind === 'VoteRequest') this.#requestVote(output.to, output.message)
        else this.#deliver(output.to, output.message)
        break
      case 'reply':
        this.#calls.settle(output.callId, output)
        break
      case 'answer':
        this.#calls.settle(output.callId, output)
        break
      case 'refuse':
        this.#calls.fail(output.callId, new CodedError(output.reason))
        break
      case 'event':
        this.#parts.observe(output.event)
        break
      case 'force':
      case 'write':
        break // saved by the loop
    }
  }

  #requestVote(to: NodeName, message: VoteRequest): void {
    const { transactionId } = message
    const count = (vote: CountedVote) =>
      this.#loop.submit({ kind: 'vote', transactionId, from: to, vote })
    const link = this.#parts.participants.link(to)
    if (link === undefined) return count({ vote: 'none', reason: 'not configured' })
    link.vote(message, this.#parts.voteTimeout).then(
      ({ voteGranted, reason, likes }) => {
        const reply = voteGranted ? 'VoteCommit' : 'VoteAbort'
        this.#parts.answered(to, transactionId, message.kind, reply)
        count(voteGranted ? { vote: 'commit', likes } : { vote: 'abort', reason })
      },
      (error: unknown) => count({ vote: 'none', reason: messageOf(error) }),
    )
  }

  #deliver(to: NodeName, message: DecisionMessage): void {
    const { transactionId } = message
    const failed = (reason: string) =>
      this.#loop.submit({ kind: 'deliveryFailed', transactionId, from: to, reason })
    const link = this.#parts.participants.link(to)
    if (link === undefined) return failed('not configured')
    link.decide(message, this.#parts.ackTimeout).then(
      ({ success }) => {
        this.#parts.answered(to, transactionId, message.kind, 'Ack')
        if (success) this.#loop.submit({ kind: 'ack', transactionId, from: to })
        else failed('the Ack says no success')
      },
      (error: unknown) => failed(messageOf(error)),
    )
  }

  #checkSpace(): void {
    this.#parts.journal.refreshSpace().then(() => {
      const enough = this.#parts.journal.space === 'plenty'
      if (enough === this.#enoughSpace) return
      this.#enoughSpace = enough
      this.#loop.submit({ kind: 'space', enough })
      if (enough) this.#parts.log.info('the disk has room again: transactions are begun')
      else this.#parts.log.error('the disk is full: no transaction is begun until space is free')
    }, this.#parts.fatal)
  }
}
