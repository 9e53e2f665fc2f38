import * as grpc from '@grpc/grpc-js'
import type { Logger } from './logger.ts'
import {
  type AnswerOf,
  MAX_MESSAGE_BYTES,
  type MethodName,
  type RequestOf,
  type Service,
} from './rpc.ts'
import { logSent, type Wording } from './rpc-log.ts'

/** Every call says how long it may take; there is no way to write one that does not. */
export interface CallOptions {
  readonly deadlineMs: number
  readonly signal?: AbortSignal
  /** Wait for a connection within the deadline, in place of failing at once while there is none. */
  readonly waitForReady?: boolean
  /** Sent along, beside the caller's name. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Called with what came after the answer or with the refusal, before the promise settles. */
  readonly onTrailers?: (trailers: grpc.Metadata) => void
}

/** A channel to one process for one of its services. */
export interface RpcClient<D> {
  /** Rejects with a grpc.ServiceError. */
  unary<M extends MethodName<D>>(
    method: M,
    request: RequestOf<D, M>,
    options: CallOptions,
  ): Promise<AnswerOf<D, M>>
  /** The caller writes requests to `requests` and ends it; `answer` settles when the server answers. */
  clientStream<M extends MethodName<D>>(
    method: M,
    options: CallOptions,
  ): { requests: grpc.ClientWritableStream<RequestOf<D, M>>; answer: Promise<AnswerOf<D, M>> }
  serverStream<M extends MethodName<D>>(
    method: M,
    request: RequestOf<D, M>,
    options: CallOptions,
  ): grpc.ClientReadableStream<AnswerOf<D, M>>
  /** Messages both ways until one side ends; answers and the error arrive as events. */
  bidirectional<M extends MethodName<D>>(
    method: M,
    options: CallOptions,
  ): grpc.ClientDuplexStream<RequestOf<D, M>, AnswerOf<D, M>>
  /** Whether the channel is connected now; starts connecting when it is not. */
  connected(): boolean
  /** Drops the connection and asks anew where the other end is; at most once a second. */
  reconnect(): void
  /** Connects if need be; false: not within this time, and nothing was sent. */
  ready(withinMs: number): Promise<boolean>
  close(): void
}

/**
 * grpc-js waits up to two minutes between attempts to reconnect and re-resolves names every 30 s by
 * default: a restarted peer would stay unheard. Its transparent retries are off: only the protocol
 * knows what may be repeated. Keepalive finds the connection whose other end has gone without a word
 * (a lost machine, a container that came back with another address): calls on it only time out, and
 * the kernel gives it up after a quarter of an hour.
 */
export const peerChannelOptions: grpc.ChannelOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.dns_min_time_between_resolutions_ms': 1000,
  'grpc.enable_retries': 0,
  'grpc.keepalive_time_ms': 5000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
}

/** Calls that were under way on the old connection may all find the same fault. */
const RECONNECT_EVERY_MS = 1000

export interface ClientIdentity {
  readonly log: Logger
  readonly node: string
  readonly peer: string
  readonly wording: Wording
  /** Added to `peerChannelOptions`. */
  readonly channel?: grpc.ChannelOptions
}

/** Opens a channel to `address` (`host:port`); it connects when first used and reconnects by itself. */
export function createClient<D>(
  service: Service<D>,
  address: string,
  { log, node, peer, wording, channel = {} }: ClientIdentity,
): RpcClient<D> {
  const open = () =>
    new grpc.Client(address, grpc.credentials.createInsecure(), {
      ...peerChannelOptions,
      ...channel,
      interceptors: [logSent(log, node, peer, wording)],
    })
  let client = open()
  let openedAt = performance.now()
  const methodOf = (name: string) => methodNamed(service.definition, name)
  return {
    unary: (name, request, options) =>
      new Promise((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = methodOf(name)
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadataFor(options),
          callOptions(options),
          (error, answer) => (error === null ? resolve(answer as never) : reject(error)),
        )
        const { onTrailers } = options
        if (onTrailers !== undefined) call.on('status', ({ metadata }) => onTrailers(metadata))
        cancelOnAbort(call, options.signal)
      }),
    clientStream: (name, options) => {
      const { requests, answer } = openClientStream(client, methodOf(name), options)
      return { requests: requests as never, answer: answer as never }
    },
    serverStream: (name, request, options) => {
      const { path, requestSerialize, responseDeserialize } = methodOf(name)
      const call = client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadataFor(options),
        callOptions(options),
      )
      cancelOnAbort(call, options.signal)
      return call as never
    },
    bidirectional: (name, options) => {
      const { path, requestSerialize, responseDeserialize } = methodOf(name)
      const call = client.makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadataFor(options),
        callOptions(options),
      )
      cancelOnAbort(call, options.signal)
      return call as never
    },
    ready: (withinMs) => readyWithin(client, withinMs),
    connected: () =>
      client.getChannel().getConnectivityState(true) === grpc.connectivityState.READY,
    reconnect: () => {
      if (performance.now() - openedAt < RECONNECT_EVERY_MS) return
      client.close()
      client = open()
      openedAt = performance.now()
    },
    close: () => client.close(),
  }
}

function openClientStream(
  client: grpc.Client,
  { path, requestSerialize, responseDeserialize }: grpc.MethodDefinition<unknown, unknown>,
  options: CallOptions,
) {
  const { promise, resolve, reject } = settleLater<unknown>()
  const requests = client.makeClientStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    metadataFor(options),
    callOptions(options),
    (error, answer) => (error === null ? resolve(answer) : reject(error)),
  )
  cancelOnAbort(requests, options.signal)
  return { requests, answer: promise }
}

function methodNamed(
  definition: grpc.ServiceDefinition,
  name: string,
): grpc.MethodDefinition<unknown, unknown> {
  const method = definition[name]
  if (method === undefined) throw new Error(`no method ${name}`)
  return method
}

function readyWithin(client: grpc.Client, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + withinMs, (error) => resolve(error === undefined))
  })
}

function callOptions({ deadlineMs }: CallOptions): grpc.CallOptions {
  return { deadline: Date.now() + deadlineMs }
}

function metadataFor({ waitForReady = false, metadata = {} }: CallOptions): grpc.Metadata {
  const sent = new grpc.Metadata({ waitForReady })
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value)
  return sent
}

function cancelOnAbort(call: grpc.ClientUnaryCall, signal: AbortSignal | undefined): void {
  if (signal === undefined) return
  if (signal.aborted) return call.cancel()
  const cancel = () => call.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  // A signal may outlive a million calls.
  call.once('status', () => signal.removeEventListener('abort', cancel))
}

function settleLater<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** Whether a failed call was answered by the other end with this status. */
export function hasStatus(error: unknown, ...codes: readonly grpc.status[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(error.code as grpc.status)
}
