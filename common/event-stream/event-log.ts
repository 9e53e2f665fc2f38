import { randomBytes } from 'node:crypto'
import { type Clock, machineClock } from '../clock.ts'
import { eventText, type PeerEvent } from './event.ts'
import { Feed } from './feed.ts'
import type { Item } from './viewer.ts'

/** What is always true of a process that is looked at, at one moment. */
export type StateEvent<S> =
  /** At the beginning of a stream; `story` are the rare events so far, oldest first. */
  | { readonly kind: 'snapshot'; readonly state: S; readonly story: readonly unknown[] }
  /** Every second. Also a sign of life. */
  | { readonly kind: 'status'; readonly state: S }

export interface EventLogParts<S> {
  readonly node: string
  /** All that can be said of this process now. */
  state(): S
  readonly clock?: Clock
  readonly wallTime?: () => number
  readonly start?: string
  readonly capacity?: number
}

/** Rare events kept for whoever looks later. */
const STORY = 256
export const STATUS_MS = 1000

/** The events of this process. */
export class EventLog<E extends { readonly kind: string }, S> {
  readonly node: string
  readonly start: string
  readonly feed: Feed
  readonly #parts: EventLogParts<S>
  readonly #clock: Clock
  readonly #wallTime: () => number
  readonly #story: Recorded[] = []
  #sequence = 0
  #stopStatus: () => void = () => undefined

  constructor(parts: EventLogParts<S>) {
    const { node, clock = machineClock, wallTime = Date.now, capacity } = parts
    this.#parts = parts
    this.node = node
    this.start = parts.start ?? randomBytes(6).toString('hex')
    this.#clock = clock
    this.#wallTime = wallTime
    this.feed = new Feed({
      ...{ node, start: this.start, stream: 'node', clock, wallTime },
      sequence: () => this.sequence,
      opening: () => [this.snapshotText()],
      watched: (active) => this.#watched(active),
      ...(capacity === undefined ? {} : { capacity }),
    })
  }

  /** Whether anybody looks. Ask before you make a frequent event. */
  get active(): boolean {
    return this.feed.active
  }

  /** Of the last event; 0 before the first. */
  get sequence(): number {
    return this.#sequence
  }

  emit(event: E | PeerEvent | StateEvent<S>): void {
    if (this.feed.active) this.feed.push(this.#record(event))
  }

  /** A rare event that whoever looks later wants to know too. */
  tell(event: E): void {
    const recorded = this.#record(event)
    this.#story.push(recorded)
    if (this.#story.length > STORY) this.#story.shift()
    if (this.feed.active) this.feed.push(recorded)
  }

  /** The state after the last event, and the story so far. */
  snapshotText(): string {
    const story = this.#story.map(({ value }) => value)
    return this.textOf({ kind: 'snapshot', state: this.#parts.state(), story })
  }

  /** As said now; no event of its own. */
  textOf(event: PeerEvent | StateEvent<S>): string {
    const { node, start, sequence } = this
    return eventText({ node, start, sequence, time: this.#wallTime() }, event)
  }

  close(): void {
    this.feed.close()
  }

  #record(event: { readonly kind: string }): Recorded {
    this.#sequence += 1
    const { node, start } = this
    return new Recorded({ node, start, sequence: this.#sequence, time: this.#wallTime() }, event)
  }

  #watched(active: boolean): void {
    this.#stopStatus()
    if (!active) return
    const tick = () => this.emit({ kind: 'status', state: this.#parts.state() })
    this.#stopStatus = this.#clock.every(STATUS_MS, tick)
  }
}

type Head = { node: string; start: string; sequence: number; time: number }

/** Its JSON is made once, and only when somebody gets it. */
class Recorded implements Item {
  readonly #head: Head
  readonly #event: { readonly kind: string }
  #text: string | null = null

  constructor(head: Head, event: { readonly kind: string }) {
    this.#head = head
    this.#event = event
  }

  get value(): unknown {
    return { ...this.#head, ...this.#event }
  }

  get text(): string {
    this.#text ??= eventText(this.#head, this.#event)
    return this.#text
  }
}
