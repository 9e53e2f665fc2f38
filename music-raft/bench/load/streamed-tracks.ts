import { randomUUID } from 'node:crypto'
import type { ClientDuplexStream } from '@grpc/grpc-js'
import type { AddTracksRequest } from '../../../protos/types/queue/AddTracksRequest.ts'
import type { AddTracksResponse__Output } from '../../../protos/types/queue/AddTracksResponse.ts'
import type { NumberedTrack } from '../../../protos/types/queue/NumberedTrack.ts'
import type { Track } from '../../../protos/types/queue/Track.ts'
import type { NodeChannels } from '../../client/cluster.ts'
import { MOST_UNANSWERED } from '../../client/track-stream.ts'

/** Streams to one node, as many as there must be for what is under way. */
export class StreamedTracks {
  readonly #node: NodeChannels
  readonly #streams: TrackStream[] = []

  constructor(node: NodeChannels) {
    this.#node = node
  }

  /** Resolves when it is acknowledged. */
  add(track: Track): Promise<void> {
    const free = this.#streams.find((stream) => stream.hasRoom)
    return (free ?? this.#open()).add(track)
  }

  close(): void {
    for (const stream of this.#streams) stream.close()
  }

  #open(): TrackStream {
    const stream = new TrackStream(this.#node, (ended) => {
      this.#streams.splice(this.#streams.indexOf(ended), 1)
    })
    this.#streams.push(stream)
    return stream
  }
}

interface Waiting {
  readonly id: number
  resolve(): void
  reject(error: Error): void
}

/** As old as a stream may become. */
const STREAM_MS = 3_600_000

/** One client's stream. What is added in one turn of the loop travels in one message. */
class TrackStream {
  readonly #call: ClientDuplexStream<AddTracksRequest, AddTracksResponse__Output>
  readonly #waiting: Waiting[] = []
  #answered = 0
  #sent = 0
  #unsent: NumberedTrack[] = []
  #isOpen = true

  constructor({ queue }: NodeChannels, ended: (stream: TrackStream) => void) {
    const metadata = { 'x-client-id': randomUUID() }
    this.#call = queue.bidirectional('AddTracks', { deadlineMs: STREAM_MS, metadata })
    this.#call.on('data', (answer: AddTracksResponse__Output) => this.#take(answer))
    const end = (error: Error) => {
      if (!this.#isOpen) return
      this.#isOpen = false
      ended(this)
      for (const { reject } of this.#waiting.splice(0)) reject(error)
    }
    this.#call.on('error', end)
    this.#call.on('end', () => end(new Error('the node ended the stream')))
  }

  get hasRoom(): boolean {
    return this.#isOpen && this.#sent - this.#answered < MOST_UNANSWERED
  }

  add(track: Track): Promise<void> {
    this.#sent += 1
    const id = this.#sent
    if (this.#unsent.length === 0) setImmediate(() => this.#flush())
    this.#unsent.push({ requestId: id, track })
    return new Promise((resolve, reject) => this.#waiting.push({ id, resolve, reject }))
  }

  close(): void {
    this.#isOpen = false
    this.#call.cancel()
  }

  #flush(): void {
    const tracks = this.#unsent
    this.#unsent = []
    if (this.#isOpen) this.#call.write({ tracks })
  }

  /** Answers come in the order of the requests. */
  #take({ through, others }: AddTracksResponse__Output): void {
    const count = Number(through) - this.#answered
    this.#answered += count
    for (const { id, resolve, reject } of this.#waiting.splice(0, count)) {
      const other = others.find(({ requestId }) => Number(requestId) === id)
      if (other === undefined) resolve()
      else reject(new Error(`streamed ${id}: ${other.code} ${other.message}`))
    }
  }
}
