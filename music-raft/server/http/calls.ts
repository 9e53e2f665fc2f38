import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { Metadata } from '@grpc/grpc-js'
import { CodedError, messageOf } from '../../../common/errors.ts'
import { type BodyBounds, readJson } from '../../../common/http/json-body.ts'
import { checkNoForeignPage } from '../../../common/http/same-origin.ts'
import type { Logger } from '../../../common/logger.ts'
import { CALLER } from '../../../common/rpc.ts'
import { plainWording, type Wording } from '../../../common/rpc-log.ts'
import type { CallContext, Served } from '../../../common/rpc-server.ts'
import { MAX_LISTED } from './about.ts'
import type { HttpAnswer } from './answer.ts'
import { type HttpMethod, httpMethods } from './methods.ts'
import { failure } from './verdict.ts'

export interface CallsParts {
  readonly node: string
  readonly log: Logger
  /** Of calls that may change something; it shows them to who watches. */
  readonly wording: Wording
  readonly queue: Served
  readonly admin: Served
  /** Who leads, and since which term. */
  describe(trailer: Metadata): void
}

/** Under way at a time; each holds an answer of up to 1,000 tracks. */
const MOST_CALLS = 256
const BODY: BodyBounds = { maxBytes: 64 * 1024, withinMs: 5000 }
const DEFAULT_LISTED = 100
/** Headers of a request that are the metadata of a call. */
const METADATA = [
  ...['x-client-id', 'x-request-id', 'x-consistency', 'x-answer', 'x-admin-token'],
] as const

/**
 * QueueService and AdminService as JSON, for pages: `POST /api/queue/AddTrack`. Every call takes the
 * way of the same call over gRPC, through the same handlers.
 */
export class Calls {
  readonly #parts: CallsParts
  readonly #services: ReadonlyMap<string, ReadonlyMap<string, HttpMethod>>
  #underWay = 0
  #stopping = false
  #settled: () => void = () => undefined

  constructor(parts: CallsParts) {
    this.#parts = parts
    this.#services = new Map([
      ['queue', httpMethods(parts.queue)],
      ['admin', httpMethods(parts.admin)],
    ])
  }

  /** The method at a path, null: there is none. */
  find(path: string): HttpMethod | null {
    const [, service = '', name = ''] = /^\/api\/([a-z]+)\/([A-Za-z]+)$/.exec(path) ?? []
    return this.#services.get(service)?.get(name) ?? null
  }

  /** Never rejects. */
  async answer(
    method: HttpMethod,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<HttpAnswer> {
    const trailer = new Metadata()
    const seen = { rpc: method.name, node: this.#parts.node, peer: callerOf(request.headers) }
    try {
      checkNoForeignPage(request.headers)
      if (this.#stopping) throw new CodedError('STOPPING')
      if (this.#underWay >= MOST_CALLS) throw new CodedError('TOO_MANY_CALLS')
      this.#enter(response)
      const message = withBoundedPage(method, method.request.read(await readJson(request, BODY)))
      this.#say(method, { ...seen, request: message })
      const body = await this.#run(method, message, { request, response, trailer })
      return { status: 200, body, headers: this.#headers(trailer) }
    } catch (error) {
      const coded = error instanceof CodedError ? error : new CodedError('INTERNAL')
      const { log } = this.#parts
      if (coded !== error) log.error({ err: error }, `a handler failed: ${messageOf(error)}`)
      log.warn(
        { ...seen, direction: 'reply', status: coded.code },
        `Node ${seen.node} refuses RPC ${seen.rpc} called by Node ${seen.peer} · ${coded.code}: ${coded.message}`,
      )
      this.#parts.describe(trailer)
      const identified = request.headers['x-client-id'] !== undefined
      return failure(coded, { ...method, identified, headers: this.#headers(trailer) })
    }
  }

  /** Takes no more; resolves when those under way are answered, or after this time. */
  async close(withinMs: number): Promise<void> {
    this.#stopping = true
    if (this.#underWay === 0) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, withinMs)
      this.#settled = () => {
        clearTimeout(late)
        resolve()
      }
    })
  }

  /** Until its answer is taken it counts. */
  #enter(response: ServerResponse): void {
    this.#underWay += 1
    response.once('close', () => {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#settled()
    })
  }

  /** A page looks again and again: that is no event, and no line for everybody. */
  #say({ changes, name }: HttpMethod, seen: Parameters<Wording['receives']>[0]): void {
    const { log, wording } = this.#parts
    const { text, fields } = (changes ? wording : plainWording).receives(seen)
    const facts = { peer: seen.peer, rpc: name, direction: 'in', over: 'http', ...fields }
    if (changes) log.info(facts, text)
    else log.debug(facts, text)
  }

  async #run(
    { handler, decode, response: json }: HttpMethod,
    message: object,
    { request, response, trailer }: Call,
  ): Promise<object> {
    // Who is gone already would not be noticed to go.
    if (response.closed || response.destroyed) throw new CodedError('CALLER_GONE')
    const { remoteAddress, remotePort } = request.socket
    const context: CallContext = {
      ...{ metadata: metadataOf(request.headers), trailer },
      peer: `${remoteAddress}:${remotePort}`,
      deadline: Number.POSITIVE_INFINITY,
      onCancel: (action) =>
        response.once('close', () => {
          if (!response.writableFinished) action()
        }),
      onEnd: (action) => response.once('close', action),
    }
    const reply = await handler(message, context)
    const answer = (Buffer.isBuffer(reply) ? decode(reply) : reply) as Record<string, unknown>
    // Over gRPC this is an answer in the original's words; a page is told as by the other methods.
    if (answer['code'] === 'NO_LEADER') throw new CodedError('NO_LEADER')
    return json.write(answer)
  }

  /** Who answers, and who leads. */
  #headers(trailer: Metadata): Readonly<Record<string, string>> {
    const leader = ['x-leader', 'x-term'].flatMap((name) =>
      trailer.get(name).map((value) => [name, String(value)]),
    )
    return { 'x-served-by': this.#parts.node, ...Object.fromEntries(leader) }
  }
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly trailer: Metadata
}

function callerOf(headers: IncomingHttpHeaders): string {
  const given = headers[CALLER]
  return typeof given === 'string' && /^[\x21-\x7e]{1,64}$/.test(given) ? given : 'http'
}

function metadataOf(headers: IncomingHttpHeaders): Metadata {
  const metadata = new Metadata()
  for (const name of METADATA) {
    const value = headers[name]
    if (typeof value !== 'string') continue
    if (!/^[\x20-\x7e]{0,512}$/.test(value)) {
      throw new CodedError('INVALID_ARGUMENT', `${name} must be at most 512 ASCII characters`)
    }
    metadata.set(name, value)
  }
  return metadata
}

/** As JSON a list costs the event loop more than as protobuf: nobody gets millions at once (S14). */
function withBoundedPage({ isList }: HttpMethod, message: object): object {
  if (!isList) return message
  const { limit } = message as { limit: number }
  if (limit > MAX_LISTED) {
    throw new CodedError('INVALID_ARGUMENT', `limit must be at most ${MAX_LISTED} over HTTP`)
  }
  return limit === 0 ? { ...message, limit: DEFAULT_LISTED } : message
}
