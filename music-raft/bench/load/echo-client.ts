import * as grpc from '@grpc/grpc-js'
import { ECHO_MESSAGE, MESSAGES_PATH, UNARY_PATH, unchanged } from '../echo/protocol.ts'
import { DEADLINE_MS, type LoadClient, nodeAt, type Operation } from './client.ts'

/** Bare grpc-js: bytes there and back, as calls or as messages on one open stream. */
export class EchoClient implements LoadClient {
  readonly #nodes: readonly grpc.Client[]
  readonly #streams: readonly Stream[]

  constructor(addresses: readonly string[], kind: 'unary' | 'messages') {
    const credentials = grpc.credentials.createInsecure()
    this.#nodes = addresses.map((address) => new grpc.Client(address, credentials))
    this.#streams = kind === 'messages' ? this.#nodes.map((node) => new Stream(node)) : []
  }

  call(_operation: Operation, node: number): Promise<void> {
    const stream = this.#streams[node]
    return stream === undefined ? unary(nodeAt(this.#nodes, node)) : stream.exchange()
  }

  close(): void {
    for (const stream of this.#streams) stream.end()
    for (const node of this.#nodes) node.close()
  }
}

function unary(client: grpc.Client): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      UNARY_PATH,
      unchanged,
      unchanged,
      ECHO_MESSAGE,
      new grpc.Metadata(),
      { deadline },
      (error) => (error === null ? resolve() : reject(error)),
    )
  })
}

/** Answers come in the order of the messages. */
class Stream {
  readonly #call: grpc.ClientDuplexStream<Buffer, Buffer>
  readonly #waiting: { resolve(): void; reject(error: Error): void }[] = []

  constructor(client: grpc.Client) {
    this.#call = client.makeBidiStreamRequest(MESSAGES_PATH, unchanged, unchanged)
    this.#call.on('data', () => this.#waiting.shift()?.resolve())
    this.#call.on('error', (error: Error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error)
    })
  }

  exchange(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#call.write(ECHO_MESSAGE)
    })
  }

  end(): void {
    this.#call.end()
  }
}
