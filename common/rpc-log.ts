import * as grpc from '@grpc/grpc-js'
import type { Logger } from './logger.ts'
import { CALLER } from './rpc.ts'

/** A log line: the text people read, and the same facts as fields. */
export interface RpcLine {
  readonly text: string
  readonly fields?: Readonly<Record<string, unknown>>
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
  /** Null where the reply goes without saying. */
  replies(seen: RpcSeen, reply: unknown): RpcLine | null
}

/** The words used where a protocol has none of its own. */
export const plainWording: Wording = {
  sends: ({ rpc, node, peer }) => ({ text: `Node ${node} sends RPC ${rpc} to Node ${peer}` }),
  receives: ({ rpc, node, peer }) => ({
    text: `Node ${node} runs RPC ${rpc} called by Node ${peer}`,
  }),
  replies: () => null,
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
    const rpc = rpcName(options.method_definition.path)
    let sent = false
    return new grpc.InterceptingCall(nextCall(options), {
      start(metadata, _listener, next) {
        metadata.set(CALLER, node)
        next(metadata, {})
      },
      sendMessage(message, next) {
        if (!sent) {
          sent = true
          const { text, fields } = wording.sends({ rpc, node, peer, request: message })
          log[levelOf(options.method_definition.path)](
            { peer, rpc, direction: 'out', ...fields },
            text,
          )
        }
        next(message)
      },
    })
  }
}

/** Logs every RPC this process receives, every reply that has words, and every refusal. */
export function logReceived(log: Logger, node: string, wording: Wording): grpc.ServerInterceptor {
  return (method, call) => {
    const rpc = rpcName(method.path)
    const level = levelOf(method.path)
    let seen: RpcSeen = { rpc, node, peer: 'unknown', request: undefined }
    let received = false
    const listener = new grpc.ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const caller = metadata.get(CALLER)[0]
        if (typeof caller === 'string') seen = { ...seen, peer: caller.slice(0, 64) }
        next(metadata)
      })
      .withOnReceiveMessage((message, next) => {
        if (!received) {
          received = true
          seen = { ...seen, request: message }
          const { text, fields } = wording.receives(seen)
          log[level]({ peer: seen.peer, rpc, direction: 'in', ...fields }, text)
        }
        next(message)
      })
      .build()
    let replied = false
    const responder = new grpc.ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendMessage((message, next) => {
        if (!replied) {
          replied = true
          const line = wording.replies(seen, message)
          if (line !== null) {
            log[level]({ peer: seen.peer, rpc, direction: 'reply', ...line.fields }, line.text)
          }
        }
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
