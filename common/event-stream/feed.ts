import type { Clock } from '../clock.ts'
import { CodedError } from '../errors.ts'
import { eventText, type StreamEvent } from './event.ts'
import { Ring } from './ring.ts'
import { type Item, type Sink, Viewer } from './viewer.ts'

/** People look through browsers and commands; relays are other nodes that pass on what they hear. */
export type ViewerKind = 'person' | 'relay'

export interface FeedParts {
  readonly node: string
  readonly start: string
  readonly stream: 'node' | 'cluster'
  readonly clock: Clock
  /** Milliseconds since 1970. */
  readonly wallTime: () => number
  /** Sequence for what the stream itself says. */
  sequence(): number
  /** What a viewer gets before anything else: all that is known now. */
  opening(): readonly string[]
  /** Somebody looks, or nobody has for a while. */
  watched(active: boolean): void
  /** Events kept. */
  readonly capacity?: number
}

const CAPACITY = 4096
/** Of each kind. */
export const MAX_VIEWERS = 32
/** New events wait this long for others, so that a thousand a second are a few dozen writes. */
const GATHER_MS = 25
/** A stream that is silent for so long gets a sign of life. */
export const HEARTBEAT_MS = 15_000
/** A viewer that takes nothing for so long is let go; one that comes back goes on from its last id. */
export const STUCK_MS = 60_000
/** Whoever lost the connection finds everything if it is back within this. */
export const LINGER_MS = 30_000

export interface Attached {
  /** The sink takes more again. */
  drained(): void
  /** It is gone. */
  detach(): void
}

/**
 * Events for whoever looks: a ring of the last few thousand, and a place in it for each viewer. While
 * nobody looks `active` is false, and whoever has events need not make them.
 */
export class Feed {
  active = false
  readonly #parts: FeedParts
  readonly #ring: Ring<Item>
  readonly #viewers = new Map<Viewer, ViewerKind>()
  #activeFrom = 0
  #gathering = false
  #closed = false
  #stopBeats: () => void = () => undefined
  #stopLingering: () => void = () => undefined

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#ring = new Ring(parts.capacity ?? CAPACITY)
  }

  /** How many events there have been. */
  get last(): number {
    return this.#ring.last
  }

  get viewers(): number {
    return this.#viewers.size
  }

  push(item: Item): void {
    this.#ring.push(item)
    if (this.#gathering || this.#viewers.size === 0) return
    this.#gathering = true
    this.#parts.clock.after(GATHER_MS, () => {
      this.#gathering = false
      for (const viewer of this.#viewers.keys()) viewer.flush()
    })
  }

  /**
   * Begins to feed a sink, behind the event of this id if it is known still. Throws CodedError
   * TOO_MANY_VIEWERS or STOPPING.
   */
  attach(sink: Sink, { after = '', kind = 'person' as ViewerKind } = {}): Attached {
    if (this.#closed) throw new CodedError('STOPPING')
    const count = [...this.#viewers.values()].filter((each) => each === kind).length
    if (count >= MAX_VIEWERS) throw new CodedError('TOO_MANY_VIEWERS', `there are ${count}`)
    const from = this.#resume(after)
    const viewer = this.#viewer(sink, from.after)
    this.#viewers.set(viewer, kind)
    this.#activate()
    const { resumed, missed } = from
    const { stream } = this.#parts
    try {
      viewer.open([this.#say({ kind: 'hello', stream, resumed, missed }), ...this.#parts.opening()])
      viewer.flush()
    } catch (error) {
      this.#detach(viewer)
      throw error
    }
    return { drained: () => viewer.drained(), detach: () => this.#detach(viewer) }
  }

  /** Ends every stream, and takes no more viewers. */
  close(): void {
    this.#closed = true
    for (const viewer of [...this.#viewers.keys()]) {
      viewer.end()
      this.#detach(viewer)
    }
    this.#stopLingering()
    this.#deactivate()
  }

  #viewer(sink: Sink, after: number): Viewer {
    const { clock } = this.#parts
    return new Viewer({
      ...{ ring: this.#ring, sink, clock, after },
      idOf: (number) => `${this.#parts.start}-${number}`,
      droppedText: (count) => this.#say({ kind: 'dropped', count }),
    })
  }

  #say(event: StreamEvent): string {
    const { node, start, wallTime } = this.#parts
    return eventText({ node, start, sequence: this.#parts.sequence(), time: wallTime() }, event)
  }

  #resume(id: string): {
    after: number
    resumed: 'fresh' | 'continued' | 'restarted'
    missed: number | null
  } {
    const { last, first } = this.#ring
    if (id === '') return { after: last, resumed: 'fresh', missed: 0 }
    const [, start, number = ''] = /^([0-9a-z]{1,32})-(\d{1,15})$/.exec(id) ?? []
    const after = Number(number)
    if (start !== this.#parts.start || after > last) {
      return { after: last, resumed: 'restarted', missed: null }
    }
    // What happened while nobody looked was not even counted.
    const known = this.active && after >= this.#activeFrom
    const from = Math.max(after, first - 1)
    return { after: from, resumed: 'continued', missed: known ? from - after : null }
  }

  #activate(): void {
    this.#stopLingering()
    this.#stopLingering = () => undefined
    if (this.active) return
    this.active = true
    this.#activeFrom = this.#ring.last
    this.#stopBeats = this.#parts.clock.every(HEARTBEAT_MS, () => this.#beat())
    this.#parts.watched(true)
  }

  #detach(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return
    this.#stopLingering = this.#parts.clock.after(LINGER_MS, () => this.#deactivate())
  }

  #deactivate(): void {
    if (!this.active) return
    this.active = false
    this.#stopBeats()
    this.#ring.clear()
    this.#parts.watched(false)
  }

  #beat(): void {
    for (const viewer of [...this.#viewers.keys()]) {
      if (viewer.stuckForMs < STUCK_MS) viewer.beat()
      else if (viewer.cut()) this.#detach(viewer)
    }
  }
}
