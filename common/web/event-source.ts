import { type BackOffOptions, backOffMs } from './model/back-off.ts'
import type { Connection } from './model/connection.ts'
import { SseParser } from './model/sse-parser.ts'

export interface EventClientParts {
  readonly url: string
  /** What came since the last frame, in order. */
  take(events: readonly unknown[], heardAt: number): void
  connection(state: Connection): void
}

/** The node tells its state every second: one that falls silent for longer hangs, or is cut off. */
const SILENCE_MS = 8000
const BACK_OFF: BackOffOptions = { firstMs: 400, mostMs: 5000 }
/** Told by the process that it has no place for one more: no use in asking often. */
const BUSY_BACK_OFF: BackOffOptions = { firstMs: 3000, mostMs: 20_000 }
/** A page that is not drawn has no frames; its model goes on all the same. */
const HIDDEN_MS = 500
/** Events that wait for a frame at most. Reading then waits, and the process drops and counts. */
const MOST_WAITING = 20_000

/**
 * Listens to a stream of server-sent events for as long as the page is open. It uses fetch() in place of
 * EventSource, because that tells nobody why it was refused, gives up at the first such answer, and reads
 * without end into memory where a page is slow; this one stops reading, so that the process knows.
 */
export class EventClient {
  readonly #parts: EventClientParts
  readonly #stop = new AbortController()
  #lastId = ''
  #heardAt: number | null = null
  #waiting: unknown[] = []
  #scheduled = false
  #room: () => void = () => undefined

  constructor(parts: EventClientParts) {
    this.#parts = parts
  }

  /** Resolves after close(). */
  async run(): Promise<void> {
    let failures = 0
    while (!this.#stop.signal.aborted) {
      this.#parts.connection({ kind: 'connecting', since: Date.now(), before: this.#heardAt })
      const began = Date.now()
      const refusal = await this.#listen()
      if (this.#stop.signal.aborted) return
      failures = refusal.heard && Date.now() - began > 5000 ? 1 : failures + 1
      const wait = backOffMs(failures, refusal.busy ? BUSY_BACK_OFF : BACK_OFF, Math.random)
      const since = Date.now()
      const { reason } = refusal
      const before = this.#heardAt
      this.#parts.connection({ kind: 'lost', since, before, reason, retryAt: since + wait })
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  close(): void {
    this.#stop.abort()
  }

  async #listen(): Promise<Refusal> {
    const silent = new AbortController()
    const signal = AbortSignal.any([this.#stop.signal, silent.signal])
    let heard = false
    let watchdog = setTimeout(() => silent.abort(), SILENCE_MS)
    try {
      const headers = this.#lastId === '' ? {} : { 'last-event-id': this.#lastId }
      const response = await fetch(this.#parts.url, { headers, signal, cache: 'no-store' })
      if (!response.ok || response.body === null) return await refusalOf(response)
      this.#parts.connection({ kind: 'live', since: Date.now() })
      heard = true
      const parser = new SseParser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return { heard, busy: false, reason: 'the node ended the stream' }
        clearTimeout(watchdog)
        watchdog = setTimeout(() => silent.abort(), SILENCE_MS)
        this.#heard(parser.push(value))
        if (this.#waiting.length >= MOST_WAITING) await this.#makeRoom()
      }
    } catch {
      const reason = silent.signal.aborted
        ? 'nothing was heard for 8 s'
        : 'the node does not answer'
      return { heard, busy: false, reason }
    } finally {
      clearTimeout(watchdog)
      silent.abort()
    }
  }

  #heard(events: readonly { readonly id: string; readonly data: string }[]): void {
    this.#heardAt = Date.now()
    for (const { id, data } of events) {
      if (id !== '') this.#lastId = id
      const event = parsed(data)
      if (event !== null) this.#waiting.push(event)
    }
    if (this.#waiting.length > 0) this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    const frame = requestAnimationFrame(() => this.#flush(frame, timer))
    const timer = setTimeout(() => this.#flush(frame, timer), HIDDEN_MS)
  }

  #flush(frame: number, timer: ReturnType<typeof setTimeout>): void {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    this.#scheduled = false
    const events = this.#waiting
    this.#waiting = []
    this.#room()
    this.#parts.take(events, this.#heardAt ?? Date.now())
  }

  #makeRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#room = resolve
    })
  }
}

interface Refusal {
  readonly heard: boolean
  readonly busy: boolean
  readonly reason: string
}

async function refusalOf(response: Response): Promise<Refusal> {
  const busy = response.status === 503 || response.status === 403 || response.status === 429
  const said = parsed(await response.text().catch(() => ''))
  const message =
    typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : ''
  const status = `the node answered ${response.status}`
  return { heard: false, busy, reason: message === '' ? status : `${status}: ${message}` }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
