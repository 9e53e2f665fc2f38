import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** An answer as it came over the socket. */
export interface RawAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
  readonly json: Record<string, unknown>
}

/** A socket that says exactly the bytes it is given: no client library normalises or refuses them. */
export class RawHttp {
  readonly socket: Socket
  #received = Buffer.alloc(0)
  #closed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
    })
    // A server may cut a sender it has given up; what it said before counts.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#closed = true
    })
  }

  static async open(url: string): Promise<RawHttp> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    return new RawHttp(socket)
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** The next answer; null when the connection closes without a whole one. */
  async answer(method = 'GET', within = 15_000): Promise<RawAnswer | null> {
    const late = AbortSignal.timeout(within)
    for (;;) {
      const parsed = parse(this.#received, method)
      if (parsed !== null) {
        this.#received = this.#received.subarray(parsed.bytes)
        return parsed.answer
      }
      if (this.#closed) return null
      const signal = AbortSignal.any([late])
      await Promise.race([
        once(this.socket, 'data', { signal }),
        once(this.socket, 'close', { signal }),
      ]).catch((error: unknown) => {
        if (late.aborted) throw new Error(`no answer within ${within} ms`, { cause: error })
      })
    }
  }

  /** Resolves when the other end has closed the connection. */
  async ended(within = 15_000): Promise<void> {
    if (!this.#closed) await once(this.socket, 'close', { signal: AbortSignal.timeout(within) })
  }

  close(): void {
    this.socket.destroy()
  }
}

/** Sends one request and returns its answer; the connection is closed afterwards. */
export async function rawRequest(
  url: string,
  head: string,
  body: string | Uint8Array = '',
): Promise<RawAnswer | null> {
  const http = await RawHttp.open(url)
  try {
    http.write(`${head}\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
    if (body.length > 0) http.write(body)
    return await http.answer(head.slice(0, head.indexOf(' ')))
  } finally {
    http.close()
  }
}

function parse(received: Buffer, method: string): { answer: RawAnswer; bytes: number } | null {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [start = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const
    }),
  )
  const length = method === 'HEAD' ? 0 : Number(headers.get('content-length') ?? 0)
  const from = end + 4
  if (received.length < from + length) return null
  const body = received.subarray(from, from + length)
  const answer = { status: Number(start.split(' ')[1]), headers, body, json: jsonOf(body) }
  return { answer, bytes: from + length }
}

function jsonOf(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** One part of a multipart body: its Content-Disposition parameters, and what it carries. */
export interface Part {
  readonly disposition: string | Buffer
  readonly headers?: string
  readonly bytes?: string | Uint8Array
}

export const BOUNDARY = 'x-boundary-x'
export const MULTIPART = `content-type: multipart/form-data; boundary=${BOUNDARY}`

/** The parts as a multipart body, closed as it should be. */
export function multipart(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ disposition, headers = '', bytes = 'x' }) => [
    `--${BOUNDARY}\r\ncontent-disposition: form-data; `,
    disposition,
    `\r\n${headers}\r\n`,
    bytes,
    '\r\n',
  ])
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece)))
}
