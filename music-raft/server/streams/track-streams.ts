import { Metadata } from '@grpc/grpc-js'
import { CodedError } from '../../../common/errors.ts'
import { ERROR_CODE } from '../../../common/rpc-server.ts'
import { BatchWriter } from '../../queue/batch.ts'
import { QueueError } from '../../queue/errors.ts'
import { checkClientId, type Limits } from '../../queue/validate.ts'
import { codedError } from '../answers.ts'
import type { Write } from '../queue-service.ts'
import { TrackStream, type TracksCall } from './track-stream.ts'

/** How much streams may take of a node. */
export interface StreamBounds {
  readonly streams: number
  /** Log entries of streams on their way at a time; the others wait for their turn. */
  readonly entries: number
  /** A stream of which nothing is heard for so long ends. */
  readonly idleMs: number
  /** What is refused for want of room is tried again after this. */
  readonly pauseMs: number
}

export const STREAM_BOUNDS: StreamBounds = {
  streams: 64,
  // 2 MiB: when a follower sends all of them at once they fit one message to the leader.
  entries: 8,
  idleMs: 60_000,
  pauseMs: 20,
}

export interface TrackStreamsParts {
  readonly limits: Limits
  /** A write may take so long, waiting for room included. */
  readonly timeoutMs: number
  /** As `QueueServiceParts.write`. */
  write(write: Write, withinMs: number): Promise<Buffer>
  queued(): number
  describe(trailer: Metadata): void
  readonly bounds?: Partial<StreamBounds>
}

/** The open AddTracks of a node. */
export class TrackStreams {
  readonly #parts: TrackStreamsParts
  readonly #bounds: StreamBounds
  readonly #open = new Set<TrackStream>()
  /** Calls that are not over: one that ended still holds its answers until its client takes them. */
  #calls = 0
  readonly #writer = new BatchWriter()
  /** Those that wait for their turn. */
  readonly #turns: (() => void)[] = []
  #writing = 0
  #stopping = false
  #check: NodeJS.Timeout | null = null

  constructor(parts: TrackStreamsParts) {
    this.#parts = parts
    this.#bounds = { ...STREAM_BOUNDS, ...parts.bounds }
  }

  /** Serves one call to its end; the status too is sent from here, as it names the leader. */
  readonly serve = async (call: TracksCall): Promise<void> => {
    const trailer = new Metadata()
    try {
      const clientId = checkedClient(call.metadata)
      if (this.#stopping) throw new CodedError('STOPPING')
      if (this.#calls >= this.#bounds.streams) throw new CodedError('OVERLOADED')
      this.#calls += 1
      // grpc-js reports every end of a call so, not only an early one.
      call.once('cancelled', () => {
        this.#calls -= 1
      })
      const hello = new Metadata()
      this.#parts.describe(hello)
      call.sendMetadata(hello)
      await this.#serve(call, clientId)
      this.#parts.describe(trailer)
      call.end(trailer)
    } catch (error) {
      const coded = codedError(error, 'NO_LEADER')
      trailer.set(ERROR_CODE, coded.code)
      this.#parts.describe(trailer)
      const status = { code: coded.grpcStatus, details: coded.message, metadata: trailer }
      call.emit('error', Object.assign(new Error(coded.message), status))
    }
  }

  /** Ends every stream: what is on its way first gets its answer, or `withinMs` pass. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping = true
    const until = performance.now() + withinMs
    for (;;) {
      const isLate = performance.now() >= until
      for (const stream of this.#open) {
        if (stream.isIdle) stream.fail(new CodedError('STOPPING'))
        else if (isLate) stream.fail(new CodedError('OUTCOME_UNKNOWN'))
      }
      if (this.#open.size === 0) return
      await new Promise((resolve) => setTimeout(resolve, this.#bounds.pauseMs))
    }
  }

  async #serve(call: TracksCall, clientId: string): Promise<void> {
    const { maxTracks, maxSessions } = this.#parts.limits
    const stream = new TrackStream({
      call,
      writer: this.#writer,
      finish: (writer) => writer.take({ clientId, maxSessions, maxTracks }),
      write: (write) => this.#write(write),
      queued: () => this.#parts.queued(),
      now: () => performance.now(),
    })
    this.#open.add(stream)
    this.#check ??= setInterval(() => this.#endIdle(), this.#bounds.idleMs / 4).unref()
    try {
      await stream.serve()
    } finally {
      this.#open.delete(stream)
      if (this.#open.size === 0 && this.#check !== null) {
        clearInterval(this.#check)
        this.#check = null
      }
    }
  }

  /** In its turn; again and again while there is no room for it, as long as it may take. */
  async #write(write: Write): Promise<Buffer> {
    const until = performance.now() + this.#parts.timeoutMs
    await this.#turn()
    try {
      for (;;) {
        if (this.#stopping) throw new CodedError('STOPPING')
        // Begun now it could only be cut off, and what came of it would not be known.
        if (performance.now() >= until) throw new CodedError('OVERLOADED')
        try {
          return await this.#parts.write(write, until - performance.now())
        } catch (error) {
          const coded = codedError(error, 'NO_LEADER')
          const left = until - performance.now()
          if (coded.code !== 'OVERLOADED' || left < this.#bounds.pauseMs) throw coded
          await new Promise((resolve) => setTimeout(resolve, this.#bounds.pauseMs))
        }
      }
    } finally {
      const next = this.#turns.shift()
      if (next === undefined) this.#writing -= 1
      else next()
    }
  }

  /** Whose turn is over passes it on to the one that waited longest. */
  async #turn(): Promise<void> {
    if (this.#writing < this.#bounds.entries) this.#writing += 1
    else await new Promise<void>((resolve) => this.#turns.push(resolve))
  }

  #endIdle(): void {
    const before = performance.now() - this.#bounds.idleMs
    for (const stream of this.#open) {
      if (stream.isIdle && stream.heardAt < before) stream.fail(new CodedError('STREAM_IDLE'))
    }
  }
}

function checkedClient(metadata: Metadata): string {
  try {
    return checkClientId(metadata.get('x-client-id')[0])
  } catch (error) {
    if (error instanceof QueueError) throw new CodedError('INVALID_ARGUMENT', error.message)
    throw error
  }
}
