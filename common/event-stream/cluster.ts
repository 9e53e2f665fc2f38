import { type Clock, machineClock } from '../clock.ts'
import { clipped, type EventHead, type PeerEvent } from './event.ts'
import { Feed } from './feed.ts'
import type { Line, Sink } from './viewer.ts'

/** Another process whose events can be heard. */
export interface PeerSource {
  readonly name: string
  readonly address: string
  /** Begins to listen; what is returned ends it. `heard`: false where another answers. */
  listen(heard: (events: readonly string[]) => boolean, lost: (reason: string) => void): () => void
}

/** This process's own events. */
export interface OwnLog {
  readonly node: string
  readonly start: string
  readonly sequence: number
  readonly feed: Feed
  emit(event: PeerEvent): void
  snapshotText(): string
  /** As said now; no event of its own. */
  textOf(event: PeerEvent): string
}

export interface ClusterParts {
  readonly own: OwnLog
  /** Who belongs to the cluster now, without this process. */
  peers(): readonly PeerSource[]
  /** Kinds of the rare events that whoever looks later wants to know too. */
  readonly story: ReadonlySet<string>
  readonly clock?: Clock
  readonly wallTime?: () => number
}

/** Members come and go. */
const REVIEW_MS = 1000
const STORY = 256

/**
 * The events of all processes that this one can hear, its own among them, as one stream. It listens to
 * the others only while somebody looks, passes on what it heard as it was said, and says itself whom it
 * cannot hear.
 */
export class ClusterFeed {
  readonly feed: Feed
  readonly #parts: ClusterParts
  readonly #clock: Clock
  readonly #peers = new Map<string, Heard>()
  #stop: () => void = () => undefined

  constructor(parts: ClusterParts) {
    const { own, clock = machineClock, wallTime = Date.now } = parts
    this.#parts = parts
    this.#clock = clock
    this.feed = new Feed({
      ...{ node: own.node, start: own.start, stream: 'cluster', clock, wallTime },
      sequence: () => own.sequence,
      opening: () => this.#opening(),
      watched: (active) => (active ? this.#begin() : this.#end()),
    })
  }

  close(): void {
    this.feed.close()
  }

  #opening(): readonly string[] {
    const peers = [...this.#peers.values()]
    return [this.#parts.own.snapshotText(), ...peers.flatMap((peer) => peer.opening())]
  }

  #begin(): void {
    const { own } = this.#parts
    const attached = own.feed.attach(new Passing(this.feed), { kind: 'relay' })
    const stopReview = this.#clock.every(REVIEW_MS, () => this.#review())
    this.#review()
    this.#stop = () => {
      stopReview()
      attached.detach()
    }
  }

  #end(): void {
    this.#stop()
    for (const peer of this.#peers.values()) peer.stop()
    this.#peers.clear()
  }

  #review(): void {
    const wanted = this.#parts.peers()
    for (const [name, peer] of this.#peers) {
      const same = wanted.some((each) => each.name === name && each.address === peer.address)
      if (same) continue
      peer.stop()
      this.#peers.delete(name)
    }
    for (const source of wanted) {
      if (!this.#peers.has(source.name)) this.#peers.set(source.name, this.#listen(source))
    }
  }

  #listen(source: PeerSource): Heard {
    const { own, story, wallTime = Date.now } = this.#parts
    return new Heard(source, {
      ...{ story, wallTime },
      pass: (text) => this.feed.push({ text }),
      tell: (event) => own.emit(event),
      describe: (event) => own.textOf(event),
    })
  }
}

/** The own events, into the feed of all; what is said at the beginning of a stream is not for it. */
class Passing implements Sink {
  readonly #feed: Feed

  constructor(feed: Feed) {
    this.#feed = feed
  }

  write(lines: readonly Line[]): boolean {
    for (const { text, opening } of lines) {
      if (opening !== true) this.#feed.push({ text })
    }
    return true
  }

  beat(): void {}

  end(): void {}
}

interface HeardParts {
  readonly story: ReadonlySet<string>
  readonly wallTime: () => number
  pass(text: string): void
  tell(event: PeerEvent): void
  describe(event: PeerEvent): string
}

/** What is known of one peer: whether it is heard, and the last that it said of itself. */
class Heard {
  readonly address: string
  readonly stop: () => void
  readonly #name: string
  readonly #parts: HeardParts
  #lastHeard: number | null = null
  /** null: it has not been tried yet. */
  #reach: PeerEvent | null = null
  #snapshot: string | null = null
  #status: string | null = null
  #story: string[] = []

  constructor(source: PeerSource, parts: HeardParts) {
    this.address = source.address
    this.#name = source.name
    this.#parts = parts
    this.stop = source.listen(
      (events) => this.#heard(events),
      (reason) => this.#lost(reason),
    )
  }

  /** For whoever looks from now on. */
  opening(): string[] {
    const reach = this.#reach
    const said = [this.#snapshot, ...this.#story, this.#status].filter((text) => text !== null)
    if (reach === null) return said
    const { describe } = this.#parts
    return [describe({ ...reach, lastHeard: this.#lastHeard }), ...said]
  }

  #heard(events: readonly string[]): boolean {
    const heads = events.map((text) => headOf(text))
    // Addresses can be swapped: what another says is not this one's.
    const other = heads.find((head) => head?.node !== this.#name)
    if (heads.some((head) => head?.node !== this.#name)) {
      this.#lost(`at its address answers ${other?.node ?? 'nobody'}`)
      return false
    }
    this.#lastHeard = this.#parts.wallTime()
    if (this.#reach?.reachable !== true) this.#tell(true, '')
    for (const [place, text] of events.entries()) {
      const kind = heads[place]?.kind ?? ''
      // The relay's own stream has a beginning of its own.
      if (kind === 'hello') continue
      this.#remember(kind, text)
      this.#parts.pass(text)
    }
    return true
  }

  #remember(kind: string, text: string): void {
    if (kind === 'snapshot') {
      this.#snapshot = text
      this.#status = null
      this.#story = []
    } else if (kind === 'status') {
      this.#status = text
    } else if (this.#parts.story.has(kind)) {
      this.#story.push(text)
      if (this.#story.length > STORY) this.#story.shift()
    }
  }

  #lost(reason: string): void {
    if (this.#reach?.reachable === false && this.#reach.reason === clipped(reason)) return
    this.#tell(false, reason)
  }

  #tell(reachable: boolean, reason: string): void {
    const same = this.#reach?.reachable === reachable ? this.#reach.since : null
    const since = same ?? this.#parts.wallTime()
    const lastHeard = this.#lastHeard
    this.#reach = {
      ...{ kind: 'peer', peer: this.#name, reachable, since, lastHeard },
      reason: clipped(reason),
    }
    this.#parts.tell(this.#reach)
  }
}

const MOST_TEXT = 512 * 1024

/** null: it is no event, or not on one line, or larger than any is. */
function headOf(text: string): EventHead | null {
  if (text.length > MOST_TEXT || /[\r\n]/.test(text)) return null
  try {
    const { node, start, sequence, time, kind } = JSON.parse(text) as Partial<EventHead>
    if (typeof node !== 'string' || typeof start !== 'string' || typeof kind !== 'string')
      return null
    return { node, start, sequence: Number(sequence), time: Number(time), kind }
  } catch {
    return null
  }
}
