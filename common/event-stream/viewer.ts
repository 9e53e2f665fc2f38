import type { Clock } from '../clock.ts'
import type { Ring } from './ring.ts'

/** One event on its way to a viewer. */
export interface Line {
  /** To go on from, after the stream broke; null: not from here. */
  readonly id: string | null
  readonly text: string
  /** Said to this viewer alone, at the beginning. */
  readonly opening?: true
}

/** Where a viewer's events go: an HTTP answer, a gRPC stream, another feed. */
export interface Sink {
  /** False: it takes no more until it drains. What was given is taken all the same. */
  write(lines: readonly Line[]): boolean
  /** Nothing was said for a while. */
  beat(): void
  /** No more comes. */
  end(): void
  /** Ends it for one that takes nothing. Absent: nothing would, and it keeps its place. */
  cut?(): void
}

/** An event as a feed keeps it; its text may be made when it is first wanted. */
export interface Item {
  readonly text: string
}

export interface ViewerParts {
  readonly ring: Ring<Item>
  readonly sink: Sink
  readonly clock: Clock
  /** Last number the viewer has. */
  readonly after: number
  idOf(number: number): string
  droppedText(count: number): string
}

/** Events written at once: a sink that is full holds this much and no more. */
const BATCH = 256
const BATCH_CHARACTERS = 64 * 1024

/**
 * One who looks: a place in the ring of its feed, and nothing else. It takes what the sink takes, and
 * is told how many events have gone by meanwhile; it cannot hold the feed up.
 */
export class Viewer {
  readonly #parts: ViewerParts
  #next: number
  /** Since when the sink takes nothing; null: it does. */
  #fullSince: number | null = null

  constructor(parts: ViewerParts) {
    this.#parts = parts
    this.#next = parts.after + 1
  }

  /** How long its sink has taken nothing, in milliseconds. */
  get stuckForMs(): number {
    return this.#fullSince === null ? 0 : this.#parts.clock.now() - this.#fullSince
  }

  /** First of all that it gets; not of the ring. */
  open(texts: readonly string[]): void {
    const id = this.#parts.idOf(this.#next - 1)
    this.#write(texts.map((text) => ({ id, text, opening: true as const })))
  }

  /** Writes what is new, as far as the sink takes it. */
  flush(): void {
    while (this.#fullSince === null && this.#next <= this.#parts.ring.last) {
      const lines = this.#batch()
      this.#write(lines)
    }
  }

  drained(): void {
    this.#fullSince = null
    this.flush()
  }

  beat(): void {
    if (this.#fullSince === null) this.#parts.sink.beat()
  }

  end(): void {
    this.#parts.sink.end()
  }

  /** False: it cannot be let go. */
  cut(): boolean {
    const { sink } = this.#parts
    sink.cut?.()
    return sink.cut !== undefined
  }

  #batch(): Line[] {
    const { ring, idOf, droppedText } = this.#parts
    const lines: Line[] = []
    if (this.#next < ring.first) {
      lines.push({ id: null, text: droppedText(ring.first - this.#next) })
      this.#next = ring.first
    }
    let characters = 0
    while (lines.length < BATCH && characters < BATCH_CHARACTERS) {
      const item = ring.at(this.#next)
      if (item === undefined) break
      lines.push({ id: idOf(this.#next), text: item.text })
      characters += item.text.length
      this.#next += 1
    }
    return lines
  }

  #write(lines: readonly Line[]): void {
    if (!this.#parts.sink.write(lines)) this.#fullSince = this.#parts.clock.now()
  }
}
