import type { ServerWritableStream } from '@grpc/grpc-js'
import type { Attached, Feed, ViewerKind } from './feed.ts'
import type { Line, Sink } from './viewer.ts'

/** A message of a Watch: events, and the id to go on from. */
export interface WatchedEvents {
  readonly events: string[]
  readonly id?: string
}

/**
 * Serves a gRPC stream of a feed's events until the caller is gone or the feed is closed. Rejects with
 * CodedError TOO_MANY_VIEWERS or STOPPING.
 */
export function serveWatch<Q>(
  feed: Feed,
  call: ServerWritableStream<Q, WatchedEvents>,
  from: { readonly after?: string; readonly kind?: ViewerKind } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sink = new CallSink(call, resolve)
    try {
      sink.attached(feed.attach(sink, from))
    } catch (error) {
      reject(error)
    }
  })
}

class CallSink<Q> implements Sink {
  readonly #call: ServerWritableStream<Q, WatchedEvents>
  readonly #over: () => void

  constructor(call: ServerWritableStream<Q, WatchedEvents>, over: () => void) {
    this.#call = call
    this.#over = over
  }

  attached({ drained, detach }: Attached): void {
    this.#call.on('drain', drained)
    const gone = () => {
      detach()
      this.#over()
    }
    this.#call.on('cancelled', gone)
    this.#call.on('error', gone)
    if (this.#call.cancelled) gone()
  }

  write(lines: readonly Line[]): boolean {
    const id = lines.findLast((line) => line.id !== null)?.id ?? ''
    return this.#call.write({ events: lines.map(({ text }) => text), id })
  }

  beat(): void {
    this.#call.write({ events: [], id: '' })
  }

  end(): void {
    this.#over()
  }
}
