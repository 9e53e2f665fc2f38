import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import type { AnswerOf, MethodName, RequestOf, Service } from '../../../common/rpc.ts'
import { DEADLINE_MS } from './client.ts'

const FRAME_HEADER_BYTES = 5

/** What of a method is needed to call it. */
interface Method {
  readonly path: string
  requestSerialize(request: unknown): Buffer
  responseDeserialize(bytes: Buffer): unknown
}

/**
 * Unary gRPC calls to one node straight on node:http2 (gRPC over HTTP/2, PROTOCOL-HTTP2.md), at a third
 * of what they cost through grpc-js's client: with that one, the load generator took as much of the two
 * cores as a whole cluster of five, and its collections of garbage showed in the 99th percentile of
 * both systems. No retries, no compression, no balancing. Connects when first used and again after a loss.
 */
export class UnaryCalls<D> {
  readonly #definition: Service<D>['definition']
  readonly #address: string
  readonly #deadlineMs: number
  #session: ClientHttp2Session | null = null

  /** @param address `host:port` */
  constructor(
    { definition }: Pick<Service<D>, 'definition'>,
    address: string,
    deadlineMs = DEADLINE_MS,
  ) {
    this.#definition = definition
    this.#address = address
    this.#deadlineMs = deadlineMs
  }

  /** Rejects when the answer is not OK or the connection is lost; the error says which. */
  call<M extends MethodName<D>>(
    name: M,
    request: RequestOf<D, M>,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<AnswerOf<D, M>> {
    const method = this.#definition[name] as unknown as Method
    return new Promise((resolve, reject) => {
      const stream = this.#connected().request({
        ':method': 'POST',
        ':path': method.path,
        te: 'trailers',
        'content-type': 'application/grpc',
        'grpc-timeout': `${this.#deadlineMs}m`,
        ...metadata,
      })
      const chunks: Buffer[] = []
      let end: IncomingHttpHeaders | null = null
      let lost = 'the connection was lost'
      const endsWith = (headers: IncomingHttpHeaders) => {
        if (headers['grpc-status'] !== undefined) end = headers
        else if (String(headers[':status'] ?? 200) !== '200')
          lost = `HTTP status ${headers[':status']}`
      }
      stream.on('response', endsWith)
      stream.on('trailers', endsWith)
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', (error: Error) => {
        lost = error.message
      })
      stream.on('close', () => {
        try {
          resolve(method.responseDeserialize(answerIn(end, chunks, lost)) as AnswerOf<D, M>)
        } catch (error) {
          reject(new Error(`${method.path}: ${error instanceof Error ? error.message : error}`))
        }
      })
      stream.end(framed(method.requestSerialize(request)))
    })
  }

  close(): void {
    this.#session?.close()
    this.#session = null
  }

  #connected(): ClientHttp2Session {
    if (this.#session !== null) return this.#session
    const session = connect(`http://${this.#address}`, {
      // The default holds back what more than some hundreds of calls at a time send.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
      settings: { enablePush: false },
    })
    const forget = () => {
      if (this.#session === session) this.#session = null
    }
    session.on('error', forget) // each call hears of it itself
    session.on('close', forget)
    session.on('goaway', forget)
    // The server ends calls at their deadline; this is for one that says nothing at all any more.
    session.setTimeout(this.#deadlineMs, () => {
      forget()
      session.destroy(new Error('no word in time'))
    })
    this.#session = session
    return session
  }
}

/** @throws Error unless the call ended well, with one message. */
function answerIn(end: IncomingHttpHeaders | null, chunks: Buffer[], lost: string): Buffer {
  if (end === null) throw new Error(lost)
  if (end['grpc-status'] !== '0') {
    const message = decodeURIComponent(String(end['grpc-message'] ?? ''))
    throw new Error(`status ${end['grpc-status']} ${message}`)
  }
  const [first = Buffer.alloc(0)] = chunks
  const frame = chunks.length > 1 ? Buffer.concat(chunks) : first
  const whole = frame.length >= FRAME_HEADER_BYTES && frame[0] === 0
  if (!whole || frame.readUInt32BE(1) !== frame.length - FRAME_HEADER_BYTES) {
    throw new Error(`the answer is not one uncompressed message (${frame.length} bytes)`)
  }
  return frame.subarray(FRAME_HEADER_BYTES)
}

/** Length-Prefixed-Message, not compressed. */
function framed(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + message.length)
  frame[0] = 0
  frame.writeUInt32BE(message.length, 1)
  message.copy(frame, FRAME_HEADER_BYTES)
  return frame
}
