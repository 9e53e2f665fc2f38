import { CodedError } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import type { DecisionAnswer, Vote } from '../protocol/messages.ts'
import type { Participant } from '../protocol/participant.ts'
import type {
  ParticipantEvent,
  ParticipantInput,
  ParticipantOutput,
  Space,
} from '../protocol/participant-io.ts'
import type { ParticipantRecord } from '../protocol/participant-records.ts'
import type { ParticipantSnapshot } from '../protocol/participant-state.ts'
import { Calls } from '../shell/calls.ts'
import { DutyLoop } from '../shell/duty-loop.ts'
import type { Journal } from '../shell/journal.ts'
import type { BlobStore } from './blob-store.ts'
import type { DecisionClients } from './decision-clients.ts'
import type { Staging } from './staging.ts'

const TICK_MS = 50
const SPACE_CHECK_MS = 1000

/** What a call waits for. */
export type Reply =
  | { readonly kind: 'vote'; readonly vote: Vote }
  | { readonly kind: 'ack' }
  | { readonly kind: 'answer'; readonly answer: DecisionAnswer }
  | { readonly kind: 'done'; readonly success: boolean; readonly likes: number }

export interface DriverParts {
  readonly core: Participant
  readonly journal: Journal<ParticipantRecord, ParticipantSnapshot>
  readonly blobs: BlobStore
  readonly staging: Staging
  readonly decisions: DecisionClients
  readonly log: Logger
  readonly observe: (event: ParticipantEvent) => void
  /** These records are on disk now. */
  readonly saved: (records: readonly ParticipantRecord[], tookMs: number) => void
  readonly fatal: (error: unknown) => void
}

/** Runs the participant core: gives it calls and time, and does what it owes. */
export class Driver {
  readonly #parts: DriverParts
  readonly #loop: DutyLoop<
    ParticipantInput,
    ParticipantOutput,
    ParticipantRecord,
    ParticipantSnapshot
  >
  readonly #calls = new Calls<Reply>()
  readonly #timers: NodeJS.Timeout[] = []
  #space: Space = 'plenty'

  constructor(parts: DriverParts) {
    this.#parts = parts
    const { core, journal, fatal } = parts
    this.#loop = new DutyLoop({
      core,
      journal,
      fatal,
      recordOf: (output) =>
        output.kind === 'force' || output.kind === 'write'
          ? { record: output.record, forced: output.kind === 'force' }
          : null,
      execute: (output) => this.#execute(output),
      saved: parts.saved,
      snapshot: () => core.state.snapshot(),
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

  get space(): Space {
    return this.#space
  }

  /** Submits what `input` makes of a fresh call id; settles when the core has answered. */
  call(input: (callId: number) => ParticipantInput): Promise<Reply> {
    if (this.#calls.isFull) return Promise.reject(new CodedError('OVERLOADED'))
    return this.#calls.open((callId) => this.#loop.submit(input(callId)))
  }

  /** Reads the core's state as far as it is on disk. */
  read<T>(view: (core: Participant) => T): Promise<T> {
    return this.#loop.read(() => view(this.#parts.core))
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.#loop.stop()
    this.#calls.rejectAll(new CodedError('STOPPING'))
  }

  #execute(output: ParticipantOutput): void {
    switch (output.kind) {
      case 'vote':
      case 'ack':
      case 'answer':
      case 'done':
        this.#calls.settle(output.callId, output)
        break
      case 'refuse':
        this.#calls.fail(output.callId, new CodedError(output.reason))
        break
      case 'ask':
        this.#ask(output)
        break
      case 'discard':
        this.#parts.blobs.remove(output.blob).catch((error: unknown) => {
          this.#parts.log.warn({ err: error }, 'a file no longer needed stays until the next start')
        })
        break
      case 'unstage':
        this.#parts.staging.drop(output.transactionId)
        break
      case 'event':
        this.#observe(output.event)
        break
      case 'force':
      case 'write':
        break // saved by the loop
    }
    this.#noteSpace()
  }

  #ask({ to, query }: Extract<ParticipantOutput, { kind: 'ask' }>): void {
    const { transactionId } = query
    this.#parts.decisions.ask(to, query).then(
      (answer) => this.#loop.submit({ kind: 'answered', transactionId, from: to, answer }),
      () => this.#loop.submit({ kind: 'answered', transactionId, from: to, answer: null }),
    )
  }

  #observe(event: ParticipantEvent): void {
    const { log, staging, observe } = this.#parts
    observe(event)
    switch (event.kind) {
      case 'prepared':
        staging.claim(event.transactionId)
        break
      case 'decided':
        if (event.asked) {
          const { transactionId, decision, by } = event
          log.info(
            { transactionId, decision },
            `In doubt no more: ${transactionId} is ${past(decision)}, says Node ${by}`,
          )
        }
        break
      case 'stillInDoubt': {
        const { transactionId, filename, retryInMs } = event
        log.warn(
          { transactionId, filename },
          `In doubt about ${transactionId}: ${filename} stays locked, asking again in ${Math.round(retryInMs)} ms`,
        )
        break
      }
    }
  }

  #checkSpace(): void {
    const { journal, staging, fatal } = this.#parts
    staging.expire(performance.now())
    journal.refreshSpace().then(() => this.#noteSpace(), fatal)
  }

  /** Tells the core when the disk fills up and when it has room again; no restart is needed. */
  #noteSpace(): void {
    const { space } = this.#parts.journal
    if (space === this.#space) return
    this.#space = space
    this.#loop.submit({ kind: 'space', space })
    if (space === 'plenty') this.#parts.log.info('the disk has room again: all work is taken')
    else this.#parts.log.error(`the disk is full: ${SPACE_SAYS[space]}`)
  }
}

const SPACE_SAYS = {
  deletesOnly: 'only deletes are taken until space is free',
  none: 'only decisions are taken until space is free',
} as const

function past(decision: 'commit' | 'abort'): string {
  return decision === 'commit' ? 'committed' : 'aborted'
}

/** The core answers each kind of call with one kind of reply. */
export function only<K extends Reply['kind']>(reply: Reply, kind: K): Extract<Reply, { kind: K }> {
  if (reply.kind !== kind) throw new CodedError('INTERNAL', `a ${reply.kind} for a ${kind}`)
  return reply as Extract<Reply, { kind: K }>
}
