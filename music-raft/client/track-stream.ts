import type { ClientDuplexStream, Metadata } from '@grpc/grpc-js'
import type { AddTracksRequest } from '../../protos/types/queue/AddTracksRequest.ts'
import type { AddTracksResponse__Output } from '../../protos/types/queue/AddTracksResponse.ts'
import type { NumberedTrack } from '../../protos/types/queue/NumberedTrack.ts'
import { CallFailed } from './ask.ts'
import type { NewTrack } from './client.ts'
import { type Cluster, Route } from './cluster.ts'
import { type Failure, failureOf } from './verdict.ts'

export interface TrackStreamParts {
  readonly cluster: Cluster
  /** A UUID; one stream at a time has it. */
  readonly clientId: string
  /** How long nothing may be answered before it is given up. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** What came of a request, in the order they were given. `message` is '' where it says nothing new. */
  answered(requestId: number, code: string, message: string): void
}

/** So many of its tracks a cluster remembers of a client: each repeated one gets its first answer. */
export const MOST_UNANSWERED = 512
/** Below what a node takes, also where a text is far too long: that is one track's fault alone. */
const MOST_MESSAGE_BYTES = 512 * 1024
/** A stream on which nothing is answered for so long is tried elsewhere. */
const ATTEMPT_MS = 3000
const CHECK_MS = 250
/** What arrives is what counts; no stream is older than this. */
const STREAM_MS = 3_600_000

type Stream = ClientDuplexStream<AddTracksRequest, AddTracksResponse__Output>

/**
 * AddTracks of one client over the whole cluster: opens a stream, and after it broke another one, on
 * which it repeats what was not answered.
 */
export class TrackStream {
  readonly #parts: TrackStreamParts
  #unanswered: NumberedTrack[] = []
  /** How many of these are on their way on the present stream. */
  #sent = 0
  #stream: Stream | null = null
  #index = 0
  #route: Route
  #redirected = false
  #pausing: NodeJS.Timeout | null = null
  #flushing = false
  /** When something was last answered, or first asked after that. */
  #progressAt = performance.now()
  #openedAt = 0
  /** Why, and up to which request, it is not known what came of earlier attempts. */
  #unsure: { readonly failure: Failure; readonly through: number } | null = null
  #last: Failure | null = null
  #failed: CallFailed | null = null
  #waiting: (() => void)[] = []
  readonly #check: NodeJS.Timeout

  constructor(parts: TrackStreamParts) {
    this.#parts = parts
    this.#route = new Route(parts.cluster)
    this.#check = setInterval(() => this.#checkTime(), CHECK_MS)
  }

  /** Resolves when one more may be given. Rejects with CallFailed when it was given up. */
  room(): Promise<void> | undefined {
    if (this.#failed === null && this.#unanswered.length < MOST_UNANSWERED) return undefined
    return this.#until(() => this.#unanswered.length < MOST_UNANSWERED)
  }

  /** Sends a track; wait for `room` before. Request ids grow. */
  add(requestId: number, track: NewTrack): void {
    if (this.#unanswered.length === 0) {
      this.#progressAt = performance.now()
      this.#openedAt = this.#progressAt // a stream on which nothing was asked owed no answer
    }
    this.#unanswered.push({ requestId, track })
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(() => {
      this.#flushing = false
      this.#flush()
    })
  }

  /** Resolves when all is answered. Rejects with CallFailed. */
  settled(): Promise<void> {
    return this.#until(() => this.#unanswered.length === 0)
  }

  close(): void {
    clearInterval(this.#check)
    if (this.#pausing !== null) clearTimeout(this.#pausing)
    const stream = this.#stream
    this.#stream = null
    stream?.end()
    stream?.cancel()
  }

  async #until(isReached: () => boolean): Promise<void> {
    while (this.#failed === null && !isReached()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    if (this.#failed !== null) throw this.#failed
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #flush(): void {
    if (this.#failed !== null || this.#pausing !== null) return
    const stream = this.#stream ?? this.#open()
    const tracks = this.#unanswered.slice(this.#sent)
    this.#sent += tracks.length
    for (let from = 0; from < tracks.length; ) {
      const to = endOfMessage(tracks, from)
      stream.write({ tracks: tracks.slice(from, to) })
      from = to
    }
  }

  #open(): Stream {
    const { cluster, clientId, signal } = this.#parts
    this.#index = this.#route.current
    this.#openedAt = performance.now()
    this.#sent = 0
    const options = { deadlineMs: STREAM_MS, metadata: { 'x-client-id': clientId } }
    const stream: Stream = cluster
      .at(this.#index)
      .queue.bidirectional('AddTracks', signal === undefined ? options : { ...options, signal })
    this.#stream = stream
    stream.on('metadata', (metadata: Metadata) => {
      if (this.#stream === stream) this.#hello(leaderIn(metadata))
    })
    stream.on('data', (answer: AddTracksResponse__Output) => {
      if (this.#stream === stream) this.#answered(answer)
    })
    const ended = (error: unknown) => {
      if (this.#stream !== stream) return
      this.#stream = null
      this.#broken(failureOf(error), leaderOf(error))
    }
    stream.on('error', ended)
    stream.on('end', () => ended(new Error('the node ended the stream')))
    return stream
  }

  /** The leader is asked itself, once a stream: else every track makes one way more. */
  #hello(leader: number | null): void {
    const { cluster } = this.#parts
    cluster.learn(this.#index, leader)
    if (this.#redirected || cluster.leader === this.#index) return
    this.#redirected = true
    this.#notSure(SILENT)
    this.#stream?.cancel()
    this.#stream = null
    this.#route = new Route(cluster)
    this.#flush()
  }

  #answered({ through, others }: AddTracksResponse__Output): void {
    const now = performance.now()
    this.#progressAt = now
    this.#openedAt = now
    if (this.#unsure !== null && through >= this.#unsure.through) this.#unsure = null
    let other = 0
    let count = 0
    for (const { requestId = 0 } of this.#unanswered) {
      const id = Number(requestId)
      if (id > through || count === this.#sent) break
      count += 1
      const exception = others[other]
      if (exception?.requestId !== id) this.#parts.answered(id, 'APPLIED', '')
      else {
        other += 1
        this.#parts.answered(id, exception.code, exception.message)
      }
    }
    this.#unanswered.splice(0, count)
    this.#sent -= count
    this.#route = new Route(this.#parts.cluster)
    this.#redirected = false
    this.#wake()
  }

  /** What was sent on the present stream, and not answered, may take effect. */
  #notSure(failure: Failure): void {
    const last = this.#unanswered[this.#sent - 1]
    if (last !== undefined) this.#unsure = { failure, through: Number(last.requestId) }
  }

  #broken(failure: Failure, leader: number | null): void {
    if (this.#unanswered.length === 0) return // opened anew when there is something to send
    this.#last = failure
    if (failure.verdict === 'unsure') this.#notSure(failure)
    if (failure.verdict === 'refused' || this.#parts.signal?.aborted === true) return this.#giveUp()
    const pause = this.#route.next(leader)
    this.#pausing = setTimeout(() => {
      this.#pausing = null
      this.#flush()
    }, pause)
  }

  #checkTime(): void {
    if (this.#unanswered.length === 0 || this.#failed !== null) return
    const now = performance.now()
    if (now - this.#progressAt >= this.#parts.timeoutMs) return this.#giveUp()
    if (this.#stream === null || now - this.#openedAt < ATTEMPT_MS) return
    const stream = this.#stream
    this.#stream = null
    stream.cancel()
    this.#broken(SILENT, null)
  }

  #giveUp(): void {
    // While an attempt is under way, nobody knows what becomes of it.
    const underWay = this.#stream !== null && this.#sent > 0 ? SILENT : null
    const unsure = this.#unsure?.failure ?? underWay
    // A refusal says nothing of earlier attempts, but what to do about it.
    const refusal = this.#last?.verdict === 'refused' ? this.#last : null
    const failure = refusal ?? unsure ?? this.#last ?? SILENT
    this.#failed = new CallFailed('AddTracks', unsure === null ? 'refused' : 'unknown', failure)
    this.close()
    this.#wake()
  }
}

/** Where the message ends that begins with the track at `from`. */
function endOfMessage(tracks: readonly NumberedTrack[], from: number): number {
  let bytes = 0
  let to = from
  for (; to < tracks.length; to += 1) {
    const { id = '', title = '', artist = '' } = tracks[to]?.track ?? {}
    bytes += 32 + 3 * (id.length + title.length + artist.length) // no unit takes more in UTF-8
    if (bytes > MOST_MESSAGE_BYTES && to > from) break
  }
  return to
}

/** Asks the nodes in turn, until one says whether it has AddTracks. */
export async function servesStreams(cluster: Cluster): Promise<boolean> {
  for (let at = 0; at < cluster.nodes.length; at++) {
    const stream: Stream = cluster
      .at(cluster.leader + at)
      .queue.bidirectional('AddTracks', { deadlineMs: ATTEMPT_MS, metadata: PROBE })
    const answer = await new Promise<boolean | null>((resolve) => {
      stream.on('metadata', () => resolve(true))
      stream.on('data', () => undefined)
      stream.on('end', () => resolve(null))
      stream.on('error', (error) => {
        resolve(failureOf(error).status === 'UNIMPLEMENTED' ? false : null)
      })
    })
    stream.cancel()
    if (answer !== null) return answer
  }
  return false
}

/** Sends nothing, so it is nobody. */
const PROBE = { 'x-client-id': '00000000-0000-4000-8000-000000000000' }

const SILENT: Failure = {
  verdict: 'unsure',
  status: 'DEADLINE_EXCEEDED',
  code: '',
  message: 'No node answered in time; what was sent may still take effect.',
  unreachable: false,
}

function leaderOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('metadata' in error)) return null
  return leaderIn(error.metadata as Metadata)
}

function leaderIn(metadata: Metadata): number | null {
  const value = metadata.get('x-leader')[0]
  return typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : null
}
