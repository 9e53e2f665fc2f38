import { type Clock, machineClock } from '../../common/clock.ts'
import { CodedError } from '../../common/errors.ts'
import type { Outcome } from '../queue/outcome.ts'
import type { LogIndex, NodeId, Term } from '../raft/messages.ts'
import type { Answer, Input, Refusal, RequestId } from '../raft/ready.ts'

/** The core did not take a request, or its entry lost its place in the log: it took no effect. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly reason: Refusal | 'replaced' | 'starting'
  readonly leaderHint: NodeId | null

  constructor(reason: Refused['reason'], leaderHint: NodeId | null) {
    super(reason)
    this.reason = reason
    this.leaderHint = leaderHint
  }
}

/** How a request ended: where it stands in the log (0 for reads), and what the queue said. */
export interface Done {
  readonly index: LogIndex
  readonly outcome: Outcome | null
}

interface Waiting {
  readonly id: RequestId
  readonly deadline: number
  /** Set once the request is in a log; it may then take effect whatever we answer. */
  place: { readonly index: LogIndex; readonly term: Term } | null
  resolve(done: Done): void
  reject(error: Error): void
}

/** Requests given to the core, by number and, once in the log, by place. */
export class Requests {
  readonly #timeoutMs: number
  readonly #most: number
  readonly #clock: Clock
  readonly #byId = new Map<RequestId, Waiting>()
  readonly #byIndex = new Map<LogIndex, Waiting>()
  #nextId: RequestId = 1

  /** `most`: more at a time are refused. */
  constructor(timeoutMs: number, most: number, clock: Clock = machineClock) {
    this.#timeoutMs = timeoutMs
    this.#most = most
    this.#clock = clock
  }

  get size(): number {
    return this.#byId.size
  }

  /** Rejects with Refused, or CodedError OVERLOADED, OUTCOME_UNKNOWN or STOPPING. */
  open(submit: (input: Input) => void, input: (requestId: RequestId) => Input): Promise<Done> {
    if (this.#byId.size >= this.#most) return Promise.reject(new CodedError('OVERLOADED'))
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve, reject) => {
      const deadline = this.#clock.now() + this.#timeoutMs
      this.#byId.set(id, { id, deadline, place: null, resolve, reject })
      submit(input(id))
    })
  }

  answer(answer: Answer): void {
    const waiting = this.#byId.get(answer.requestId)
    if (waiting === undefined) return
    switch (answer.kind) {
      case 'accepted': {
        const { index, term } = answer
        waiting.place = { index, term }
        this.#replace(index)
        this.#byIndex.set(index, waiting)
        return
      }
      case 'read':
      case 'transferred':
        this.#byId.delete(answer.requestId)
        waiting.resolve({ index: 0, outcome: null })
        return
      case 'refused':
        this.#byId.delete(answer.requestId)
        waiting.reject(new Refused(answer.reason, answer.leaderHint))
    }
  }

  /** An entry was applied: what waited for this place is done, or was another's. */
  applied(index: LogIndex, term: Term, outcome: Outcome | null): void {
    const waiting = this.#byIndex.get(index)
    if (waiting === undefined) return
    this.#byIndex.delete(index)
    if (!this.#byId.delete(waiting.id)) return
    if (waiting.place?.term === term) waiting.resolve({ index, outcome })
    else waiting.reject(new Refused('replaced', null))
  }

  /** A snapshot covers everything up to `index`: what became of it, nobody here can say. */
  covered(index: LogIndex): void {
    for (const [at, waiting] of this.#byIndex) {
      if (at > index) continue
      this.#byIndex.delete(at)
      if (this.#byId.delete(waiting.id)) waiting.reject(new CodedError('OUTCOME_UNKNOWN'))
    }
  }

  /** Ends those whose time is up; called with every tick. Oldest first, all have the same time. */
  expire(now: number): void {
    for (const [id, waiting] of this.#byId) {
      if (waiting.deadline > now) return
      this.#byId.delete(id)
      if (waiting.place !== null) this.#byIndex.delete(waiting.place.index)
      waiting.reject(new CodedError('OUTCOME_UNKNOWN'))
    }
  }

  /** Nothing more will be known: what is in the log may have been committed (L16). */
  rejectAll(error: Error): void {
    for (const { place, reject } of this.#byId.values()) {
      reject(place === null ? error : new CodedError('OUTCOME_UNKNOWN'))
    }
    this.#byId.clear()
    this.#byIndex.clear()
  }

  /**
   * A new entry at a place that another request waited for: that one is gone from this log, but may
   * be in another that wins yet (Figure 3.7). Only what is applied at its place says that it lost.
   */
  #replace(index: LogIndex): void {
    const before = this.#byIndex.get(index)
    if (before === undefined) return
    this.#byIndex.delete(index)
    if (this.#byId.delete(before.id)) before.reject(new CodedError('OUTCOME_UNKNOWN'))
  }
}
