import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { CodedError } from '../../common/errors.ts'
import type { Feed } from '../../common/event-stream/feed.ts'
import { serveEvents } from '../../common/event-stream/sse.ts'
import type { Logger } from '../../common/logger.ts'
import type { Metrics } from './metrics.ts'
import type { NodeStatus } from './status.ts'

export interface HttpParts {
  readonly host: string
  readonly port: number
  readonly log: Logger
  readonly metrics: Metrics
  status(): NodeStatus
  /** Why the process should be restarted; null: it should not (L8). */
  illness(): Promise<string | null>
  /** Events of this node, or of all that it can hear. */
  events(cluster: boolean): Feed
}

interface HttpAnswer {
  readonly status: number
  readonly body: string | object
  readonly type?: string
}

/** For people, probes and Prometheus. Tells; changes nothing. */
export async function startHttp(
  parts: HttpParts,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer(limits, (request, response) => {
    if (pathOf(request) === '/events' && isRead(request)) {
      watch(parts, request, response)
      return
    }
    answer(parts, request).then(
      (found) => send(request, response, found),
      (error: unknown) => {
        parts.log.error({ err: error }, 'a handler failed')
        send(request, response, problem(500, 'INTERNAL', 'Something failed; the log says more.'))
      },
    )
  })
  server.maxConnections = 1024
  server.listen(parts.port, parts.host)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, close: () => close(server) }
}

const limits = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16 * 1024,
}

async function answer(parts: HttpParts, request: IncomingMessage): Promise<HttpAnswer> {
  const path = pathOf(request)
  const route = ROUTES[path]
  if (route === undefined && path !== '/events') {
    const known = [...Object.keys(ROUTES), '/events'].join(', ')
    return problem(404, 'NO_ROUTE', `There is nothing at this path; there are ${known}.`)
  }
  if (route === undefined || !isRead(request)) {
    return problem(405, 'METHOD_NOT_ALLOWED', 'This path takes GET.')
  }
  return route(parts)
}

/** `GET /events`; `?cluster=1` adds what the other nodes tell this one. */
function watch(parts: HttpParts, request: IncomingMessage, response: ServerResponse): void {
  try {
    const query = new URLSearchParams(request.url?.split('?')[1])
    serveEvents(request, response, parts.events(query.get('cluster') === '1'))
  } catch (error) {
    const coded = error instanceof CodedError ? error : new CodedError('INTERNAL')
    if (coded !== error) parts.log.error({ err: error }, 'a handler failed')
    send(request, response, problem(coded.httpStatus, coded.code, coded.message))
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/'
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

const ROUTES: Readonly<Record<string, (parts: HttpParts) => Promise<HttpAnswer>>> = {
  '/livez': async ({ illness }) => {
    const why = await illness()
    return why === null ? { status: 200, body: { status: 'ok' } } : problem(503, 'ILL', why)
  },
  '/readyz': async ({ status }) => {
    const { ready, notReadyBecause } = status()
    return ready
      ? { status: 200, body: { status: 'ready' } }
      : problem(503, 'NOT_READY', notReadyBecause)
  },
  '/status': async ({ status }) => ({ status: 200, body: shown(status()) }),
  '/metrics': async ({ metrics }) => ({
    ...{ status: 200, body: await metrics.text() },
    type: metrics.contentType,
  }),
}

function shown(status: NodeStatus): object {
  const { raft, members, ...rest } = status
  return {
    ...{ id: raft.id, role: raft.role, term: raft.currentTerm, votedFor: raft.votedFor },
    ...{ leader: raft.leaderId, commitIndex: raft.commitIndex, lastApplied: raft.lastApplied },
    log: {
      firstIndex: raft.firstIndex,
      lastIndex: raft.lastIndex,
      savedIndex: raft.savedIndex,
      bytes: raft.logBytes,
    },
    snapshot: raft.snapshot && {
      lastIncludedIndex: raft.snapshot.lastIncludedIndex,
      lastIncludedTerm: raft.snapshot.lastIncludedTerm,
      size: raft.snapshot.size,
    },
    recovering: raft.recovering,
    members,
    peers: raft.peers,
    membershipIndex: raft.configurationIndex,
    transferTarget: raft.transferTarget,
    ...rest,
  }
}

function problem(status: number, code: string, message: string): HttpAnswer {
  return { status, body: { code, message } }
}

function send(request: IncomingMessage, response: ServerResponse, found: HttpAnswer): void {
  const isText = typeof found.body === 'string'
  const body = isText ? String(found.body) : `${JSON.stringify(found.body)}\n`
  response.writeHead(found.status, {
    'content-type': found.type ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), 1000)
  await closed
  clearTimeout(cut)
}
