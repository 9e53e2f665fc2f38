import type { ServerDuplexStream } from '@grpc/grpc-js'
import { CodedError } from '../../../common/errors.ts'
import type { AddTracksResponse } from '../../../protos/types/queue/AddTracksResponse.ts'
import type { TrackAnswer } from '../../../protos/types/queue/TrackAnswer.ts'
import { BATCH, type BatchWriter } from '../../queue/batch.ts'
import { OUTCOME_CODES, type OutcomeCode } from '../../queue/outcome.ts'
import type { Write } from '../queue-service.ts'
import { MalformedMessage } from '../wire/protobuf.ts'
import type { ReceivedTracks } from '../wire/tracks-codec.ts'

export type TracksCall = ServerDuplexStream<
  ReceivedTracks | MalformedMessage,
  AddTracksResponse | Buffer
>

export interface TrackStreamParts {
  readonly call: TracksCall
  /** Encodes the batch that `writer` holds. */
  finish(writer: BatchWriter): Uint8Array
  /** One for all streams: used from end to end within one turn. */
  readonly writer: BatchWriter
  /** Resolves with what came of each track, when they are applied. */
  write(write: Write): Promise<Buffer>
  queued(): number
  now(): number
}

/** Tracks that were read and not answered; more are not read meanwhile. */
const MOST_WAITING = 4096
const MOST_WAITING_BYTES = 512 * 1024
/** Of one log entry, but for one track. */
const MAX_BATCH_BYTES = 256 * 1024

const MESSAGES: Partial<Record<OutcomeCode, string>> = {
  ALREADY_QUEUED: 'A track of this id is already queued; nothing changed',
  QUEUE_FULL: 'The queue is full; the track was not added',
  STALE_REQUEST: 'A later request of this client was applied before; this one was not applied now',
  REQUEST_ID_REUSED: 'This request id was that of another request; this one was not applied',
}

/** A message, and how far it has been dealt with. */
interface Waiting {
  readonly message: ReceivedTracks
  next: number
}

/** What becomes one log entry and one answer. */
interface Group {
  readonly requestIds: number[]
  /** Why tracks are refused that are in no log entry, by request id. */
  readonly refused: Map<number, string>
  /** The encoded batch; null where all are refused. */
  readonly data: Uint8Array | null
}

/**
 * One AddTracks. While one of its log entries is on its way, what arrives gathers for the next: so
 * the tracks of a client enter the log in their order, and entries are as large as the load makes them.
 */
export class TrackStream {
  readonly #parts: TrackStreamParts
  readonly #waiting: Waiting[] = []
  #tracks = 0
  #bytes = 0
  #last = -1
  #pumping = false
  /** Its client will send no more. */
  #ended = false
  #over = false
  #drained: (() => void) | null = null
  #settle: { done(): void; fail(error: unknown): void } | null = null
  /** When something last happened for which its client is to thank. */
  heardAt: number

  constructor(parts: TrackStreamParts) {
    this.#parts = parts
    this.heardAt = parts.now()
  }

  /** Nothing is on its way: what happens next is up to the client. */
  get isIdle(): boolean {
    return !this.#pumping || this.#drained !== null
  }

  /** Resolves when all is answered and the client is done; rejects with why it cannot go on. */
  serve(): Promise<void> {
    const { call } = this.#parts
    const served = new Promise<void>((done, fail) => {
      this.#settle = { done, fail }
    })
    call.on('data', (message: ReceivedTracks | MalformedMessage) => this.#receive(message))
    call.on('end', () => {
      this.#ended = true
      this.#finishIfDone()
    })
    call.on('drain', () => this.#wake())
    call.on('error', () => this.#close())
    call.on('cancelled', () => this.#close())
    return served
  }

  /** Ends it with an error. What is on its way may still take effect. */
  fail(error: unknown): void {
    if (this.#over) return
    this.#settle?.fail(error)
    this.#close()
  }

  #receive(received: ReceivedTracks | MalformedMessage): void {
    if (this.#over) return
    this.heardAt = this.#parts.now()
    if (received instanceof MalformedMessage) return this.#invalid(received.message)
    if (received.ends.length === 0) return // nothing bounds how many of these would wait
    for (const requestId of received.requestIds) {
      if (requestId <= this.#last) return this.#invalid('request_id must grow within a stream')
      this.#last = requestId
    }
    this.#waiting.push({ message: received, next: 0 })
    this.#tracks += received.ends.length
    this.#bytes += received.bytes.length
    if (this.#isFull()) this.#parts.call.pause()
    if (this.#pumping) return
    this.#pumping = true
    // Not at once: what else arrived in this turn of the event loop shares the entry.
    setImmediate(() => {
      this.#pump().catch((error: unknown) => this.fail(error))
    })
  }

  async #pump(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#over) {
      const group = this.#gather()
      const write = { method: 'AddTracks', command: BATCH, brief: true } as const
      const codes =
        group.data === null ? null : await this.#parts.write({ ...write, data: group.data })
      if (this.#over) return
      if (this.#parts.call.isPaused() && !this.#isFull()) this.#parts.call.resume()
      if (!this.#parts.call.write(answerOf(group, codes, this.#parts.queued()))) {
        await this.#untilDrained()
      }
    }
    this.#pumping = false
    this.heardAt = this.#parts.now()
    this.#finishIfDone()
  }

  /** Takes from what waits as much as one entry holds; at least one track. */
  #gather(): Group {
    const { writer, finish } = this.#parts
    writer.clear()
    const requestIds: number[] = []
    const refused = new Map<number, string>()
    for (let waiting = this.#waiting[0]; waiting !== undefined; waiting = this.#waiting[0]) {
      const { message } = waiting
      const { ends } = message
      for (; waiting.next < ends.length; waiting.next++) {
        const place = waiting.next
        const requestId = message.requestIds[place] ?? 0
        const problem = message.refused.get(place)
        const [from, to] = [ends[place - 1] ?? 0, ends[place] ?? 0]
        if (problem !== undefined) refused.set(requestId, problem)
        else if (!writer.takes(requestId) || writer.bytes + to - from > MAX_BATCH_BYTES) {
          return { requestIds, refused, data: finish(writer) }
        } else writer.add(requestId, message.bytes, from, to)
        requestIds.push(requestId)
        this.#tracks -= 1
      }
      this.#bytes -= message.bytes.length
      this.#waiting.shift()
    }
    return { requestIds, refused, data: writer.count === 0 ? null : finish(writer) }
  }

  #isFull(): boolean {
    return this.#tracks >= MOST_WAITING || this.#bytes >= MOST_WAITING_BYTES
  }

  #untilDrained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve
    })
  }

  #wake(): void {
    this.heardAt = this.#parts.now()
    this.#drained?.()
    this.#drained = null
  }

  #invalid(detail: string): void {
    this.fail(new CodedError('INVALID_ARGUMENT', detail))
  }

  #finishIfDone(): void {
    if (!this.#ended || this.#pumping || this.#over) return
    this.#settle?.done()
    this.#close()
  }

  #close(): void {
    if (this.#over) return
    this.#over = true
    this.#waiting.length = 0
    this.#settle?.done()
    this.#wake()
  }
}

function answerOf(
  { requestIds, refused }: Group,
  codes: Buffer | null,
  total: number,
): AddTracksResponse {
  const through = requestIds.at(-1) ?? 0
  if (refused.size === 0 && codes?.every((code) => code === 0) === true) return { through, total }
  const others: TrackAnswer[] = []
  let place = 0
  for (const requestId of requestIds) {
    const problem = refused.get(requestId)
    if (problem !== undefined) {
      others.push({ requestId, code: 'INVALID_ARGUMENT', message: problem })
      continue
    }
    const code = OUTCOME_CODES[codes?.[place] ?? -1] ?? 'MALFORMED_COMMAND'
    place += 1
    if (code !== 'OK') others.push({ requestId, code, message: MESSAGES[code] ?? '' })
  }
  return { through, others, total }
}
