import { type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js'
import { type Clock, machineClock, sleep } from '../clock.ts'
import { hasStatus } from '../rpc-client.ts'

/** A way to one process whose events are wanted. */
export interface WatchChannel {
  /** False: not connected within this time. */
  ready(withinMs: number): Promise<boolean>
  open(): ClientReadableStream<{ readonly events: readonly string[] }>
  /** Drops the connection and asks anew where the other end is. */
  reconnect(): void
  close(): void
}

export interface WatchClientParts {
  readonly channel: WatchChannel
  readonly clock?: Clock
  /** False: it is another that answers. */
  heard(events: readonly string[]): boolean
  /** It is not heard; told again each time it was tried in vain. */
  lost(reason: string): void
}

const CONNECT_MS = 2000
/** The other end says something every second. */
const SILENCE_MS = 5000
const RETRY = { first: 500, most: 5000 }

/** Hears one process's events for as long as they are wanted, through its restarts. */
export class WatchClient {
  readonly #parts: WatchClientParts
  readonly #clock: Clock
  readonly #closing = new AbortController()
  #stream: ClientReadableStream<unknown> | null = null
  #heard = false

  constructor(parts: WatchClientParts) {
    this.#parts = parts
    this.#clock = parts.clock ?? machineClock
    void this.#run()
  }

  close(): void {
    this.#closing.abort()
    this.#stream?.cancel()
    this.#parts.channel.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    let pause = RETRY.first
    while (!signal.aborted) {
      this.#heard = false
      const reason = await this.#hear()
      if (signal.aborted) return
      this.#parts.lost(reason)
      // Addresses move: behind a connection may be another process by now.
      this.#parts.channel.reconnect()
      if (this.#heard) pause = RETRY.first
      await sleep(this.#clock, pause, signal)
      pause = Math.min(pause * 2, RETRY.most)
    }
  }

  /** Resolves with why it ended. */
  async #hear(): Promise<string> {
    const { channel } = this.#parts
    if (!(await channel.ready(CONNECT_MS))) return 'no connection'
    if (this.#closing.signal.aborted) return 'closed'
    return new Promise((resolve) => {
      const stream = channel.open()
      this.#stream = stream
      let stopWatchdog = this.#watchdog(stream, resolve)
      stream.on('data', ({ events }: { readonly events: readonly string[] }) => {
        stopWatchdog()
        stopWatchdog = this.#watchdog(stream, resolve)
        this.#heard = true
        if (this.#closing.signal.aborted || this.#stream !== stream) return
        if (!this.#parts.heard(events)) stream.cancel()
      })
      const ended = (reason: string) => {
        stopWatchdog()
        if (this.#stream === stream) this.#stream = null
        resolve(reason)
      }
      stream.on('error', (error: ServiceError) => ended(reasonOf(error)))
      stream.on('end', () => ended('it ended the stream'))
    })
  }

  #watchdog(stream: ClientReadableStream<unknown>, over: (reason: string) => void): () => void {
    return this.#clock.after(SILENCE_MS, () => {
      if (this.#stream === stream) this.#stream = null
      stream.cancel()
      over(`silent for ${SILENCE_MS} ms`)
    })
  }
}

function reasonOf(error: ServiceError): string {
  if (hasStatus(error, status.UNIMPLEMENTED)) return 'it does not tell its events'
  return error.details || error.message
}
