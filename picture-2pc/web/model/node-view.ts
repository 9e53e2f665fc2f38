import type { PictureStreamEvent } from '../../shell/event-stream/types.ts'
import { stateIn } from './moment.ts'

/** A picture that a participant holds in doubt. */
export interface HeldLock {
  readonly filename: string
  readonly transactionId: string
  /** '': it was told as it happened, without it. */
  readonly coordinator: string
  readonly operation: string
  /** By the participant's clock, milliseconds since 1970. */
  readonly since: number
}

/** What is new in the lane of a process, beside what the event itself says. */
export interface LaneNews {
  /** Heard before: a stream that goes on repeats some. */
  readonly repeated: boolean
  readonly restarted: boolean
  /** Events of this process that were not heard; null: it cannot be known how many. */
  readonly missing: number | null
  /** When it was last heard before the hole. */
  readonly missingSince: number
  /** It carries a state, the latest of its process. */
  readonly newState: boolean
}

const NOTHING_NEW: LaneNews = {
  ...{ repeated: false, restarted: false },
  ...{ missing: 0, missingSince: 0, newState: false },
}

/** Earlier runs of a process whose events a stream may repeat. */
const RUNS_KNOWN = 8
/** A process counts its events for so long after the last listener left. */
const COUNTS_ON_MS = 30_000

/** What is known of one process, and when it was said. */
export class NodeView {
  readonly node: string
  /** Names its latest run. */
  start = ''
  /** By its own clock; 0: nothing was heard. */
  lastTime = 0
  /** Whether whoever tells this hears it; null: it has not said. */
  reachable: boolean | null = null
  /** Since when it is reachable, or not, by the clock of who says so. */
  reachSince = 0
  reason = ''
  /** Runs heard after the first. */
  restarts = 0
  /** Events not heard. */
  missed = 0
  role: 'coordinator' | 'participant' | null = null
  /** Of a coordinator: not decided, or not acknowledged by all. */
  underWay: number | null = null
  pictures: number | null = null
  diskFull: boolean | null = null
  forcedWrites: number | null = null
  readonly locks = new Map<string, HeldLock>()
  /** More than are listed. */
  locksTotal = 0
  #stateSequence = -1
  /** When it was last heard before the stream broke off; null: it did not. */
  #unsureSince: number | null = null
  /** The last event heard of each run, oldest run first; null: none yet. */
  readonly #runs = new Map<string, number | null>()

  constructor(node: string) {
    this.node = node
  }

  /**
   * Takes in an event of this process. `opening`: it was said at the beginning of a stream, and tells
   * nothing about what is missing before or behind it.
   */
  hear(event: PictureStreamEvent, opening: boolean): LaneNews {
    const restarted = !this.#runs.has(event.start) && this.#begin(event.start)
    const before = this.lastTime
    this.lastTime = Math.max(before, event.time)
    const news =
      this.#resumed(event) ?? (opening ? this.#opened(event) : this.#place(event, before))
    // A stream that goes on repeats what an earlier run said.
    const newState = event.start === this.start && this.#state(event)
    return restarted || newState ? { ...news, restarted, newState } : news
  }

  /** Another process says whether it hears this one. */
  reached(event: Extract<PictureStreamEvent, { kind: 'peer' }>): void {
    this.reachable = event.reachable
    this.reachSince = event.since
    this.reason = event.reason
    this.lastTime = Math.max(this.lastTime, event.lastHeard ?? 0)
  }

  /** The stream began anew: how much is missing before its next event cannot be told. */
  forgetPlace(): void {
    if (this.start === '') return
    this.#runs.set(this.start, null)
    this.#unsureSince ??= this.lastTime
  }

  /** Whether there was another run before. */
  #begin(start: string): boolean {
    const restarted = this.#runs.size > 0
    const [oldest] = this.#runs.keys()
    if (this.#runs.size === RUNS_KNOWN && oldest !== undefined) this.#runs.delete(oldest)
    this.#runs.set(start, null)
    this.start = start
    this.#stateSequence = -1
    if (restarted) this.restarts += 1
    return restarted
  }

  /** The first that is heard after the stream broke off. */
  #resumed({ kind }: PictureStreamEvent): LaneNews | null {
    const since = this.#unsureSince
    if (since === null || kind === 'hello') return null
    this.#unsureSince = null
    return { ...NOTHING_NEW, missing: null, missingSince: since }
  }

  /** At the beginning of a stream an event may be an old one told again; the next one is none. */
  #opened(event: PictureStreamEvent): LaneNews {
    const last = this.#runs.get(event.start) ?? null
    if (last !== null && event.sequence === last + 1) this.#runs.set(event.start, event.sequence)
    return NOTHING_NEW
  }

  #place(event: PictureStreamEvent, before: number): LaneNews {
    if (event.kind === 'hello' || event.kind === 'dropped') return NOTHING_NEW
    const last = this.#runs.get(event.start) ?? null
    if (event.kind === 'snapshot') {
      // Whoever relays this process began to listen anew: it may not have been heard meanwhile.
      if (last === null) return NOTHING_NEW
      const uncounted = event.sequence === last && event.time - before > COUNTS_ON_MS
      return this.#from(event, last + 1, before, uncounted)
    }
    if (last !== null && event.sequence <= last) return { ...NOTHING_NEW, repeated: true }
    // A state says nothing of a lane: a place is known from the first other event on.
    if (last === null && event.kind === 'status') return NOTHING_NEW
    return this.#from(event, last === null ? event.sequence : last + 1, before, false)
  }

  /** It is at this event now; all from `expected` up to it was not heard. */
  #from(event: PictureStreamEvent, expected: number, before: number, uncounted: boolean): LaneNews {
    const behind = event.kind === 'snapshot' ? event.sequence + 1 : event.sequence
    const missing = Math.max(0, behind - expected)
    this.#runs.set(event.start, Math.max(expected - 1, event.sequence))
    this.missed += missing
    return { ...NOTHING_NEW, missing: uncounted ? null : missing, missingSince: before }
  }

  #state(event: PictureStreamEvent): boolean {
    const state = stateIn(event)
    if (state !== null) {
      if (event.sequence < this.#stateSequence) return false
      this.#stateSequence = event.sequence
      this.role = state.role
      this.forcedWrites = state.forcedWrites
      if (state.role === 'coordinator') {
        this.diskFull = state.diskFull
        this.underWay = state.open + state.committing
        return true
      }
      this.pictures = state.pictures
      this.diskFull = state.space !== 'plenty'
      this.locksTotal = state.locksTotal
      this.locks.clear()
      for (const { preparedAt, ...lock } of state.locks) {
        this.locks.set(lock.transactionId, { ...lock, since: preparedAt })
      }
      return true
    }
    if (event.sequence <= this.#stateSequence) return false
    if (event.kind === 'prepared') this.#lock(event)
    if (event.kind === 'decided' && 'by' in event && this.locks.delete(event.transactionId)) {
      this.locksTotal -= 1
    }
    return false
  }

  #lock(event: Extract<PictureStreamEvent, { kind: 'prepared' }>): void {
    const { transactionId, filename, time } = event
    if (this.locks.has(transactionId)) return
    this.locks.set(transactionId, {
      ...{ transactionId, filename, since: time },
      ...{ coordinator: '', operation: '' },
    })
    this.locksTotal += 1
  }
}
