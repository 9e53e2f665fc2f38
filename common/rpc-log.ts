import * as grpc from '@grpc/grpc-js'
import type { Logger } from './logger.ts'
import { CALLER } from './rpc.ts'

/** A log line: the text people read, and the same facts as fields. */
export interface RpcLine {
  readonly text: string
  readonly fields?: Readonly<Record<string, unknown>>
  /** A refusal, logged at `warn`. */
  readonly refused?: true
}

/** One RPC as the log sees it. */
export interface RpcSeen {
  readonly rpc: string
  /** This process. */
  readonly node: string
  /** The process at the other end; `unknown` for a client that does not tell. */
  readonly peer: string
  readonly request: unknown
}

/** How RPCs are put into words; a protocol with words of its own replaces some of these. */
export interface Wording {
  sends(seen: RpcSeen): RpcLine
  receives(seen: RpcSeen): RpcLine
  /** Null where the reply goes without saying; absent where all do. */
  replies?(seen: RpcSeen, reply: unknown): RpcLine | null
  /**
   * The RPCs that a message of a stream carries, each logged as if it were a call of its own. Null
   * for a method that is one RPC, logged once however many messages it takes.
   */
  unpack?(rpc: string, message: unknown): readonly CarriedRpc[] | null
}

/** An RPC, or the reply to one, inside a message. */
export interface CarriedRpc {
  /** Ties a reply to its request within the stream. */
  readonly callId: number
  /** Null in a reply. */
  readonly rpc: string | null
  readonly body: unknown
}

/** The words used where a protocol has none of its own. */
export const plainWording: Wording = {
  sends: ({ rpc, node, peer }) => ({ text: `Node ${node} sends RPC ${rpc} to Node ${peer}` }),
  receives: ({ rpc, node, peer }) => ({
    text: `Node ${node} runs RPC ${rpc} called by Node ${peer}`,
  }),
}

/**
 * Logs every RPC this process sends, as its first message leaves, and tells the other end who calls.
 * Part of every channel, so that no RPC can go out unlogged.
 */
export function logSent(
  log: Logger,
  node: string,
  peer: string,
  wording: Wording,
): grpc.Interceptor {
  return (options, nextCall) => {
    const { path } = options.method_definition
    const rpc = rpcName(path)
    const level = levelOf(path)
    const say = (name: string, request: unknown) => {
      const { text, fields } = wording.sends({ rpc: name, node, peer, request })
      log[level]({ peer, rpc: name, direction: 'out', ...fields }, text)
    }
    let sent = false
    return new grpc.InterceptingCall(nextCall(options), {
      start(metadata, _listener, next) {
        metadata.set(CALLER, node)
        next(metadata, {})
      },
      sendMessage(message, next) {
        const carried = wording.unpack?.(rpc, message) ?? null
        if (carried !== null) for (const each of carried) say(each.rpc ?? rpc, each.body)
        else if (!sent) say(rpc, message)
        sent = true
        next(message)
      },
    })
  }
}

/** Logs every RPC this process receives, every reply that has words, and every refusal. */
export function logReceived(log: Logger, node: string, wording: Wording): grpc.ServerInterceptor {
  return (method, call) => {
    const seen = new SeenCall(log, node, wording, method.path)
    const listener = new grpc.ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        seen.from(metadata.get(CALLER)[0])
        next(metadata)
      })
      .withOnReceiveMessage((message, next) => {
        seen.received(message)
        next(message)
      })
      .build()
    const responder = new grpc.ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendMessage((message, next) => {
        seen.replied(message)
        next(message)
      })
      .withSendStatus((sent, next) => {
        if (sent.code !== grpc.status.OK) refuse(log, seen, sent)
        next(sent)
      })
      .build()
    return new grpc.ServerInterceptingCall(call, responder)
  }
}

/** One call at the server, or the RPCs that a stream carries, until they are answered. */
class SeenCall implements RpcSeen {
  readonly rpc: string
  readonly node: string
  peer = 'unknown'
  request: unknown = undefined
  readonly #log: Logger
  readonly #wording: Wording
  readonly #level: 'info' | 'debug'
  #open: Map<number, RpcSeen> | null = null
  #received = false
  #replied = false

  constructor(log: Logger, node: string, wording: Wording, path: string) {
    this.#log = log
    this.#wording = wording
    this.#level = levelOf(path)
    this.rpc = rpcName(path)
    this.node = node
  }

  from(caller: unknown): void {
    if (typeof caller === 'string') this.peer = caller.slice(0, 64)
  }

  received(message: unknown): void {
    const carried = this.#wording.unpack?.(this.rpc, message) ?? null
    if (carried === null) {
      if (!this.#received) {
        this.request = message
        this.#receive(this)
      }
    } else {
      for (const { callId, rpc, body } of carried) {
        const { node, peer } = this
        const seen = { rpc: rpc ?? this.rpc, node, peer, request: body }
        this.#receive(seen)
        if (this.#wording.replies === undefined) continue
        this.#open ??= new Map()
        this.#open.set(callId, seen)
      }
    }
    this.#received = true
  }

  replied(message: unknown): void {
    if (this.#wording.replies === undefined) return
    const carried = this.#wording.unpack?.(this.rpc, message) ?? null
    if (carried === null) {
      if (!this.#replied) this.#reply(this, message)
    } else {
      for (const { callId, body } of carried) {
        const seen = this.#open?.get(callId)
        this.#open?.delete(callId)
        if (seen !== undefined) this.#reply(seen, body)
      }
    }
    this.#replied = true
  }

  #receive(seen: RpcSeen): void {
    const { text, fields } = this.#wording.receives(seen)
    this.#log[this.#level]({ peer: seen.peer, rpc: seen.rpc, direction: 'in', ...fields }, text)
  }

  #reply(seen: RpcSeen, reply: unknown): void {
    const line = this.#wording.replies?.(seen, reply) ?? null
    if (line === null) return
    const { peer, rpc } = seen
    const level = line.refused === true ? 'warn' : this.#level
    this.#log[level]({ peer, rpc, direction: 'reply', ...line.fields }, line.text)
  }
}

function refuse(
  log: Logger,
  seen: RpcSeen,
  sent: { code?: grpc.status | undefined; details?: string | null | undefined },
): void {
  const { rpc, node, peer } = seen
  const name = grpc.status[sent.code ?? grpc.status.UNKNOWN]
  log.warn(
    { peer, rpc, direction: 'reply', status: name },
    `Node ${node} refuses RPC ${rpc} called by Node ${peer} · ${name}: ${sent.details}`,
  )
}

function rpcName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Health probes come every few seconds and are nobody's event: they are logged at `debug`. */
function levelOf(path: string): 'info' | 'debug' {
  return path.startsWith('/grpc.') ? 'debug' : 'info'
}
