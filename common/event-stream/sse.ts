import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkSameOrigin } from '../http/same-origin.ts'
import type { Attached, Feed } from './feed.ts'
import type { Line, Sink } from './viewer.ts'

/** Told to browsers: how long to wait before they connect again. */
const RETRY_MS = 1000
const MAX_ID = 64

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no', // a proxy passes on what there is
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'",
} as const

/**
 * Answers `GET /events` with server-sent events until either end is gone. Throws CodedError before
 * anything is written: FOREIGN_PAGE, TOO_MANY_VIEWERS, STOPPING.
 */
export function serveEvents(request: IncomingMessage, response: ServerResponse, feed: Feed): void {
  checkSameOrigin(request.headers)
  if (request.method === 'HEAD') {
    response.writeHead(200, HEADERS).end()
    return
  }
  const sink = new HttpSink(response)
  const attached = feed.attach(sink, { after: lastEventId(request) })
  sink.attached(attached)
}

function lastEventId({ headers }: IncomingMessage): string {
  const given = headers['last-event-id']
  return typeof given === 'string' && given.length <= MAX_ID ? given : ''
}

class HttpSink implements Sink {
  readonly #response: ServerResponse
  #begun = false

  constructor(response: ServerResponse) {
    this.#response = response
  }

  attached({ drained, detach }: Attached): void {
    this.#response.on('drain', drained)
    this.#response.on('close', detach)
    this.#response.on('error', () => undefined) // 'close' follows
    // Who says no more does not look any more; else it would be served until a write fails.
    this.#response.socket?.once('end', () => this.#response.destroy())
    if (this.#response.destroyed) detach()
  }

  write(lines: readonly Line[]): boolean {
    if (!this.#begun) {
      this.#begun = true
      this.#response.writeHead(200, HEADERS)
      this.#response.write(`retry: ${RETRY_MS}\n\n`)
    }
    let text = ''
    for (const { id, text: data } of lines) {
      text += id === null ? `data: ${data}\n\n` : `id: ${id}\ndata: ${data}\n\n`
    }
    return this.#response.write(text)
  }

  beat(): void {
    this.#response.write(': \n\n')
  }

  end(): void {
    // Who takes nothing would not take the end either.
    if (this.#response.writableNeedDrain) this.cut()
    else this.#response.end()
  }

  cut(): void {
    this.#response.destroy()
  }
}
