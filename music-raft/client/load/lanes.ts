import { CallFailed } from '../ask.ts'
import type { NewTrack, QueueClient } from '../client.ts'
import type { TrackStream } from '../track-stream.ts'
import type { Row } from './rows.ts'

/** A row that is a track. */
export type TrackRow = Row & { readonly track: NewTrack }

/** What becomes of the rows given to a lane. */
export interface LaneParts {
  readonly client: QueueClient
  readonly clientId: string
  answered(row: TrackRow, code: string, message: string): void
}

/**
 * Adds rows under one client id, each as the request of its number, in order. Once a method rejected
 * with CallFailed, `left` says which rows have no answer.
 */
export interface Lane {
  /** Resolves when another row may be given. */
  room(): Promise<void> | undefined
  give(row: TrackRow): void
  settled(): Promise<void>
  left(): readonly TrackRow[]
  close(): void
}

/** One row after the other, by calls of AddTrack. */
export class CallLane implements Lane {
  readonly #parts: LaneParts
  #row: TrackRow | null = null
  #failed: unknown = null
  #busy: Promise<void> = Promise.resolve()

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  room(): Promise<void> {
    return this.settled()
  }

  give(row: TrackRow): void {
    this.#row = row
    this.#busy = this.#add(row).then(
      () => {
        this.#row = null
      },
      (error: unknown) => {
        this.#failed = error
      },
    )
  }

  async settled(): Promise<void> {
    await this.#busy
    if (this.#failed !== null) throw this.#failed
  }

  left(): readonly TrackRow[] {
    return this.#row === null ? [] : [this.#row]
  }

  close(): void {}

  async #add(row: TrackRow): Promise<void> {
    const { client, clientId, answered } = this.#parts
    try {
      const identity = { clientId, requestId: row.number }
      const { answer } = await client.addTrack(row.track, identity, { brief: true })
      answered(row, answer.code, answer.message)
    } catch (error) {
      const isRefused = error instanceof CallFailed && error.outcome === 'refused'
      if (!isRefused || error.failure.status !== 'INVALID_ARGUMENT') throw error
      answered(row, 'INVALID_ARGUMENT', error.message)
    }
  }
}

/** Many rows at a time, on a stream. */
export class StreamLane implements Lane {
  readonly #stream: TrackStream
  /** In order, as they are answered. */
  readonly #rows: TrackRow[] = []

  constructor({ client, clientId, answered }: LaneParts) {
    this.#stream = client.trackStream(clientId, (requestId, code, message) => {
      const row = this.#rows.shift()
      if (row?.number !== requestId) throw new Error(`an answer to ${requestId} out of turn`)
      answered(row, code, message)
    })
  }

  room(): Promise<void> | undefined {
    return this.#stream.room()
  }

  give(row: TrackRow): void {
    this.#rows.push(row)
    this.#stream.add(row.number, row.track)
  }

  settled(): Promise<void> {
    return this.#stream.settled()
  }

  left(): readonly TrackRow[] {
    return this.#rows
  }

  close(): void {
    this.#stream.close()
  }
}

/** A node that does not know AddTracks: an older one. */
export function knowsNoStreams(error: unknown): boolean {
  return error instanceof CallFailed && error.failure.status === 'UNIMPLEMENTED'
}
