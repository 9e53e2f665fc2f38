import * as grpc from '@grpc/grpc-js'
import { ECHO_MESSAGE, type EchoMethods, echoMethods, unchanged } from '../echo/protocol.ts'
import { type LoadClient, nodeAt, type Operation } from './client.ts'
import { UnaryCalls } from './unary-calls.ts'

/** Bytes there and back, as calls or as messages on one open stream of grpc-js. */
export class EchoClient implements LoadClient {
  readonly #calls: readonly UnaryCalls<EchoMethods>[]
  readonly #streams: readonly Stream[]
  readonly #nodes: readonly grpc.Client[]

  constructor(addresses: readonly string[], kind: 'unary' | 'messages') {
    const credentials = grpc.credentials.createInsecure()
    this.#calls = addresses.map(
      (address) => new UnaryCalls<EchoMethods>({ definition: echoMethods }, address),
    )
    this.#nodes = addresses.map((address) => new grpc.Client(address, credentials))
    this.#streams = kind === 'messages' ? this.#nodes.map((node) => new Stream(node)) : []
  }

  async call(_operation: Operation, node: number): Promise<void> {
    const stream = this.#streams[node]
    if (stream !== undefined) return stream.exchange()
    await nodeAt(this.#calls, node).call('Unary', ECHO_MESSAGE)
  }

  close(): void {
    for (const calls of this.#calls) calls.close()
    for (const stream of this.#streams) stream.end()
    for (const node of this.#nodes) node.close()
  }
}

/** Answers come in the order of the messages. */
class Stream {
  readonly #call: grpc.ClientDuplexStream<Buffer, Buffer>
  readonly #waiting: { resolve(): void; reject(error: Error): void }[] = []

  constructor(client: grpc.Client) {
    this.#call = client.makeBidiStreamRequest(echoMethods.Messages.path, unchanged, unchanged)
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
