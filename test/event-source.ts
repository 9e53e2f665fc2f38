import assert from 'node:assert/strict'
import { eventually } from './child.ts'

/** An event as it came, with whatever it holds. */
export type Seen = Readonly<Record<string, unknown>> & {
  readonly node: string
  readonly start: string
  readonly sequence: number
  readonly time: number
  readonly kind: string
}

/** A viewer of `GET /events`, as a browser is one. */
export class EventSourceClient {
  readonly events: Seen[] = []
  lastId = ''
  readonly #stop = new AbortController()
  #rest = ''

  /** Rejects when it is refused. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventSourceClient> {
    const client = new EventSourceClient()
    const response = await fetch(url, { headers, signal: client.#stop.signal })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('access-control-allow-origin'), null)
    if (response.body !== null) client.#read(response.body).catch(() => undefined)
    return client
  }

  /** Waits for an event that fits, among those that came and those that come. */
  async until(what: string, fits: (event: Seen) => boolean): Promise<Seen> {
    await eventually(what, () => this.events.some(fits))
    const found = this.events.find(fits)
    assert.ok(found)
    return found
  }

  close(): void {
    this.#stop.abort()
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    for await (const bytes of body) {
      const parts = (this.#rest + decoder.decode(bytes, { stream: true })).split('\n\n')
      this.#rest = parts.pop() ?? ''
      for (const part of parts) this.#take(part)
    }
  }

  #take(part: string): void {
    for (const line of part.split('\n')) {
      if (line.startsWith('id: ')) this.lastId = line.slice(4)
      if (line.startsWith('data: ')) this.events.push(JSON.parse(line.slice(6)))
    }
  }
}

/** Of each run of each node, the numbers of its events follow each other. */
export function assertNoHoles(events: readonly Seen[]): void {
  const last = new Map<string, number>()
  for (const { node, start, sequence, kind } of events) {
    if (['hello', 'snapshot', 'dropped'].includes(kind)) continue
    const key = `${node} ${start}`
    const before = last.get(key)
    if (before !== undefined) assert.equal(sequence, before + 1, `after ${before} of ${key}`)
    last.set(key, sequence)
  }
  assert.ok(last.size > 0)
}
