import type { EventEmitter } from 'node:events'
import * as grpc from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { HealthImplementation } from 'grpc-health-check'
import { forgetClosedStreams } from './closed-streams.ts'
import { CodedError, messageOf } from './errors.ts'
import { cannotListen } from './listen-error.ts'
import type { Logger } from './logger.ts'
import {
  MAX_MESSAGE_BYTES,
  type MethodName,
  type ReceivedOf,
  type ReplyOf,
  type Service,
} from './rpc.ts'
import { logReceived, type Wording } from './rpc-log.ts'

/** Trailing metadata key that carries a CodedError's code. */
export const ERROR_CODE = 'x-error-code'

/** What a handler may know of its call besides the request. */
export interface CallContext {
  /** What the client sent along. */
  readonly metadata: grpc.Metadata
  /** Sent after the reply, or with the error. */
  readonly trailer: grpc.Metadata
  /** The other end of the connection, address and port. */
  readonly peer: string
  /** When the client stops waiting, as milliseconds of `Date.now()`; Infinity: it did not say. */
  readonly deadline: number
  /** Runs `action` if the client gives up before the reply. */
  onCancel(action: () => void): void
  /** Runs `action` when the call is over: its reply was taken from this process, or nobody wants it. */
  onEnd(action: () => void): void
}

/** A promise for every method; what it throws becomes the status of the call. */
export interface Handlers<D> {
  readonly unary: {
    readonly [M in MethodName<D>]?: (
      request: ReceivedOf<D, M>,
      call: CallContext,
    ) => Promise<ReplyOf<D, M>>
  }
  readonly clientStream?: {
    readonly [M in MethodName<D>]?: (
      requests: grpc.ServerReadableStream<ReceivedOf<D, M>, ReplyOf<D, M>>,
    ) => Promise<ReplyOf<D, M>>
  }
  readonly serverStream?: {
    readonly [M in MethodName<D>]?: (
      request: ReceivedOf<D, M>,
      replies: grpc.ServerWritableStream<ReceivedOf<D, M>, ReplyOf<D, M>>,
    ) => Promise<void>
  }
  /**
   * Settles when the server has nothing more to say. Must not destroy the call, as a plain
   * `for await` over it does at its end: the client would wait for the status for ever.
   */
  readonly bidirectional?: {
    readonly [M in MethodName<D>]?: (
      call: grpc.ServerDuplexStream<ReceivedOf<D, M>, ReplyOf<D, M>>,
    ) => Promise<void>
  }
}

type AnyHandler = (...parts: unknown[]) => Promise<unknown>

/** One service and what answers it. */
export interface Served {
  readonly service: Service<unknown>
  readonly handlers: Readonly<Record<string, AnyHandler>>
}

/** Ties handlers to a service. Throws when a method has none: a hole must not show at run time. */
export function serve<D>(service: Service<D>, handlers: Handlers<D>): Served {
  const { unary, clientStream, serverStream, bidirectional } = handlers
  const all = { ...unary, ...clientStream, ...serverStream, ...bidirectional }
  for (const name of Object.keys(service.definition)) {
    if (!Object.hasOwn(all, name)) throw new Error(`method ${name} has no handler`)
  }
  return {
    service: service as Service<unknown>,
    handlers: all as Readonly<Record<string, AnyHandler>>,
  }
}

export interface RpcServer {
  readonly port: number
  /** What gRPC health probes hear; NOT_SERVING at first. */
  setServing(serving: boolean): void
  /** Lets calls under way finish for `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>
}

export interface ServerOptions {
  readonly host: string
  readonly port: number
  readonly node: string
  readonly log: Logger
  readonly wording: Wording
  readonly served: readonly Served[]
}

/** Binds and serves, with health and reflection. Rejects when the port cannot be bound. */
export async function startServer(options: ServerOptions): Promise<RpcServer> {
  const { host, port, node, log, wording, served } = options
  forgetClosedStreams('server')
  const server = new grpc.Server({
    interceptors: [logReceived(log, node, wording)],
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES + 64 * 1024,
    'grpc.max_concurrent_streams': 4096,
    // A client that vanished without a word must not hold its connection for ever.
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  })
  const health = new HealthImplementation({ '': 'NOT_SERVING' })
  health.addToServer(server)
  for (const { service, handlers } of served) {
    server.addService(service.definition, implementation(service.definition, handlers, log))
  }
  reflect(server, served)
  const bound = await new Promise<number>((resolve, reject) => {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, at) =>
      error === null ? resolve(at) : reject(cannotListen(host, port, error)),
    )
  })
  return {
    port: bound,
    setServing: (serving) => health.setStatus('', serving ? 'SERVING' : 'NOT_SERVING'),
    close: (graceMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => {
          server.forceShutdown()
          resolve() // a connection whose other end is gone never closes, also when it is cut
        }, graceMs)
        server.tryShutdown(() => {
          clearTimeout(cut)
          resolve()
        })
      }),
  }
}

/** One reflection service over all services served. */
function reflect(server: grpc.Server, served: readonly Served[]): void {
  const all = Object.assign({}, ...served.map(({ service }) => service.packageDefinition))
  new ReflectionService(all).addToServer(server)
}

function implementation(
  definition: grpc.ServiceDefinition,
  handlers: Readonly<Record<string, AnyHandler>>,
  log: Logger,
): grpc.UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => {
      const given = handlers[name]
      if (given === undefined) throw new Error(`method ${name} has no handler`)
      const handler = neverThrowing(given)
      if (method.responseStream && method.requestStream) return [name, duplex(handler, log)]
      if (method.responseStream) return [name, serverStream(handler, log)]
      return [name, method.requestStream ? clientStream(handler, log) : unary(handler, log)]
    }),
  )
}

/** What a handler throws before its first await must become a status too. */
function neverThrowing(handler: AnyHandler): AnyHandler {
  return (...parts) => {
    try {
      return handler(...parts)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

function unary(handler: AnyHandler, log: Logger): grpc.handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    const trailer = new grpc.Metadata()
    const context: CallContext = {
      metadata: call.metadata,
      trailer,
      peer: call.getPeer(),
      deadline: Number(call.getDeadline()),
      onCancel: (action) => call.once('cancelled', action),
      // grpc-js reports every end of a call so, not only an early one.
      onEnd: (action) => call.once('cancelled', action),
    }
    handler(call.request, context).then(
      (reply) => callback(null, reply, trailer),
      (error: unknown) => callback(statusOf(error, log, trailer)),
    )
  }
}

function clientStream(
  handler: AnyHandler,
  log: Logger,
): grpc.handleClientStreamingCall<unknown, unknown> {
  return (call, callback) => {
    handler(call).then(
      (reply) => callback(null, reply),
      (error: unknown) => callback(statusOf(error, log)),
    )
  }
}

function serverStream(
  handler: AnyHandler,
  log: Logger,
): grpc.handleServerStreamingCall<unknown, unknown> {
  return (call) => {
    handler(call.request, call).then(
      () => call.end(),
      (error: unknown) => refuseStream(call, error, log),
    )
  }
}

function duplex(handler: AnyHandler, log: Logger): grpc.handleBidiStreamingCall<unknown, unknown> {
  return (call) => {
    handler(call).then(
      () => call.end(),
      (error: unknown) => refuseStream(call, error, log),
    )
  }
}

/** Not destroy(): a destroyed stream never sends its status, and the client waits for ever. */
function refuseStream(call: EventEmitter, error: unknown, log: Logger): void {
  call.emit('error', asError(statusOf(error, log)))
}

/** A coded error keeps its code; anything else is a defect and is logged whole. */
function statusOf(
  error: unknown,
  log: Logger,
  metadata: grpc.Metadata = new grpc.Metadata(),
): grpc.StatusObject {
  const coded = error instanceof CodedError ? error : new CodedError('INTERNAL')
  if (coded !== error) log.error({ err: error }, `a handler failed: ${messageOf(error)}`)
  metadata.set(ERROR_CODE, coded.code)
  return { code: coded.grpcStatus, details: coded.message, metadata }
}

function asError(status: grpc.StatusObject): Error {
  return Object.assign(new Error(status.details), status)
}
