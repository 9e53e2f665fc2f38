import type { EventHead } from '../../event-stream/event.ts'

/** Any event of a stream, before it is known what it is. */
export type AnyEvent = EventHead & Readonly<Record<string, unknown>>

/** What is known of one node's part of the stream, and its state as last heard. */
export interface NodeReading<S> {
  readonly node: string
  /** Of the run that is heard now. */
  readonly start: string
  /** How often another run began while this page looked. */
  readonly restarts: number
  /** Highest sequence heard in this run. */
  readonly sequence: number
  /** null: nothing but events was heard yet. */
  readonly state: S | null
  /** Of the event that the state is true of. */
  readonly stateSequence: number
  /** When the state was said or last changed, by the node's clock. */
  readonly stateTime: number
  /** Of the last event heard, by the node's clock. */
  readonly lastTime: number
  /** When it was last heard, by this page's clock. */
  readonly heardAt: number
  /** Events of this node that never came, as its numbers tell. */
  readonly missed: number
}

/** What an event means to whoever reads the stream. */
export interface Taken<S> {
  readonly reading: NodeReading<S>
  /** It came before; a resumed stream repeats some. */
  readonly repeated: boolean
  /** Events of this node missing just before this one, of which nobody said that they are left out. */
  readonly gap: number
  /** The first of another run of the process. */
  readonly restarted: boolean
  /** Of a run that is over: part of the past only. */
  readonly past: boolean
}

export interface ReaderOptions<S> {
  /** The state after an event that is newer than it; the same object where nothing changes. */
  change(state: S, event: AnyEvent): S
  /** Kinds told again at the beginning of a stream, where holes between them are no loss. */
  readonly story: ReadonlySet<string>
}

/** Repeats the sequence of the event before it. */
const UNNUMBERED: ReadonlySet<string> = new Set(['hello', 'snapshot', 'dropped'])
/** Runs of one node that are remembered as over. */
const PAST_RUNS = 16

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface Known<S> extends Mutable<NodeReading<S>> {
  /**
   * At the beginning of a stream, which repeats the last snapshot, the rare events since and the last
   * status, and goes on behind what was said last: holes there are no loss. Counts the statuses in it.
   */
  opening: number | null
  /**
   * A stream that goes on begins with what a new one begins with, numbers ahead of what it goes on with:
   * until that comes, a status or rare event out of turn is no hole.
   */
  resuming: boolean
  /** The sender said that it left events out: the next hole is no news. */
  dropped: boolean
  readonly pastStarts: string[]
}

/**
 * Reads a stream as docs/EVENTS.md says: the state of a node is that of its `snapshot` or `status` with
 * the highest sequence, events with a higher one change it, and events with a lower one belong to the
 * timeline only. A pure function of what it was given; it knows no clock.
 */
export class StreamReader<S> {
  readonly #options: ReaderOptions<S>
  readonly #nodes = new Map<string, Known<S>>()
  #dropped = 0
  #streams = 0

  constructor(options: ReaderOptions<S>) {
    this.#options = options
  }

  /** Left out by the sender because this viewer was too slow. */
  get dropped(): number {
    return this.#dropped
  }

  /** How many streams began, the first and those after a connection was lost. */
  get streams(): number {
    return this.#streams
  }

  get nodes(): IterableIterator<NodeReading<S>> {
    return this.#nodes.values()
  }

  node(name: string): NodeReading<S> | undefined {
    return this.#nodes.get(name)
  }

  /** `heardAt`: by this page's clock. null: it is no event. */
  take(event: unknown, heardAt: number): (Taken<S> & { readonly event: AnyEvent }) | null {
    if (!isEvent(event)) return null
    if (event.kind === 'hello') this.#hello(event)
    if (event.kind === 'dropped') this.#drop(wholeNumber(event['count']))
    const known = this.#nodes.get(event.node)
    if (known === undefined) {
      const reading = this.#begin(event, heardAt, 0, [])
      this.#nodes.set(event.node, reading)
      this.#apply(reading, event)
      return { event, reading, repeated: false, gap: 0, restarted: false, past: false }
    }
    if (known.start !== event.start) return this.#otherRun(known, event, heardAt)
    known.heardAt = Math.max(known.heardAt, heardAt)
    return { event, reading: known, restarted: false, past: false, ...this.#sameRun(known, event) }
  }

  #hello(event: AnyEvent): void {
    this.#streams += 1
    const continued = event['resumed'] === 'continued'
    for (const known of this.#nodes.values()) {
      known.opening = continued ? null : 0
      known.resuming = continued
    }
  }

  #drop(count: number): void {
    this.#dropped += count
    for (const known of this.#nodes.values()) known.dropped = true
  }

  #begin(event: AnyEvent, heardAt: number, restarts: number, pastStarts: string[]): Known<S> {
    const { node, start } = event
    return {
      ...{ node, start, restarts, heardAt, pastStarts },
      sequence: event.sequence,
      state: null,
      stateSequence: -1,
      stateTime: event.time,
      lastTime: event.time,
      missed: 0,
      opening: 0,
      resuming: false,
      dropped: false,
    }
  }

  #otherRun(known: Known<S>, event: AnyEvent, heardAt: number) {
    if (known.pastStarts.includes(event.start)) {
      return { event, reading: known, repeated: false, gap: 0, restarted: false, past: true }
    }
    const pastStarts = [...known.pastStarts, known.start].slice(-PAST_RUNS)
    const reading = this.#begin(event, heardAt, known.restarts + 1, pastStarts)
    this.#nodes.set(event.node, reading)
    this.#apply(reading, event)
    return { event, reading, repeated: false, gap: 0, restarted: true, past: false }
  }

  #sameRun(known: Known<S>, event: AnyEvent): Pick<Taken<S>, 'repeated' | 'gap'> {
    this.#apply(known, event)
    if (UNNUMBERED.has(event.kind)) {
      // A stream that goes on repeats what came before its snapshot: only a new one begins there.
      if (known.opening !== null) known.sequence = Math.max(known.sequence, event.sequence)
      return { repeated: false, gap: 0 }
    }
    if (this.#ahead(known, event)) return { repeated: false, gap: 0 }
    // A `peer` at the beginning of a stream has no number of its own either.
    const repeated = event.sequence <= known.sequence && event.kind !== 'peer'
    const missing = known.opening === null ? Math.max(0, event.sequence - known.sequence - 1) : 0
    const gap = known.dropped ? 0 : missing
    known.dropped = false
    known.missed += missing
    known.sequence = Math.max(known.sequence, event.sequence)
    if (!repeated) known.lastTime = Math.max(known.lastTime, event.time)
    this.#opened(known, event)
    return { repeated, gap }
  }

  #ahead(known: Known<S>, { kind, sequence }: AnyEvent): boolean {
    if (!known.resuming || sequence <= known.sequence + 1) return false
    known.resuming = kind === 'status' || kind === 'peer' || this.#options.story.has(kind)
    return known.resuming
  }

  /** A second status, or anything that is not repeated there, is of the stream itself. */
  #opened(known: Known<S>, { kind }: AnyEvent): void {
    if (known.opening === null || kind === 'peer' || this.#options.story.has(kind)) return
    known.opening = kind === 'status' && known.opening === 0 ? 1 : null
  }

  #apply(known: Known<S>, event: AnyEvent): void {
    if (event.kind === 'snapshot' || event.kind === 'status') {
      if (event.sequence < known.stateSequence || !isRecord(event['state'])) return
      known.state = event['state'] as S
    } else {
      if (known.state === null || event.sequence <= known.stateSequence) return
      known.state = this.#options.change(known.state, event)
    }
    known.stateSequence = event.sequence
    known.stateTime = event.time
  }
}

function isEvent(value: unknown): value is AnyEvent {
  if (!isRecord(value)) return false
  const { node, start, sequence, time, kind } = value
  return (
    typeof node === 'string' &&
    typeof start === 'string' &&
    typeof kind === 'string' &&
    typeof sequence === 'number' &&
    typeof time === 'number'
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wholeNumber(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}
