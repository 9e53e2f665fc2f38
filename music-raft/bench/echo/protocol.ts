import type { ServiceDefinition } from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'

/** As large as an AddTrack. */
export const ECHO_MESSAGE = Buffer.alloc(150, 'e')

/** No encoding: what is measured is the transport. */
export function unchanged(bytes: Buffer): Buffer {
  return bytes
}

type Bytes = MethodDefinition<Buffer, Buffer, Buffer, Buffer>

export interface EchoMethods {
  /** One call. */
  readonly Unary: Bytes
  /** Messages both ways, each answered by one. */
  readonly Messages: Bytes
}

const coding = {
  requestSerialize: unchanged,
  requestDeserialize: unchanged,
  responseSerialize: unchanged,
  responseDeserialize: unchanged,
}

// The cast: what proto-loader would add of message types, nobody asks for.
export const echoMethods = {
  Unary: { path: '/bench.Echo/Unary', requestStream: false, responseStream: false, ...coding },
  Messages: { path: '/bench.Echo/Messages', requestStream: true, responseStream: true, ...coding },
} as unknown as ServiceDefinition & EchoMethods
