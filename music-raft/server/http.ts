import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { CodedError } from '../../common/errors.ts'
import type { Feed } from '../../common/event-stream/feed.ts'
import { serveEvents } from '../../common/event-stream/sse.ts'
import type { Pages } from '../../common/http/pages.ts'
import type { Logger } from '../../common/logger.ts'
import { type HttpAnswer, problem, refusal, send } from './http/answer.ts'
import type { Calls } from './http/calls.ts'
import type { Metrics } from './metrics.ts'
import type { NodeStatus } from './status.ts'

export interface HttpParts {
  readonly host: string
  readonly port: number
  readonly log: Logger
  readonly metrics: Metrics
  readonly pages: Pages
  readonly calls: Calls
  /** What pages need to know and does not change. */
  readonly about: object
  status(): NodeStatus
  /** Why the process should be restarted; null: it should not (L8). */
  illness(): Promise<string | null>
  /** Events of this node, or of all that it can hear. */
  events(cluster: boolean): Feed
}

/** For people, probes, Prometheus and the page. */
export async function startHttp(
  parts: HttpParts,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer(limits, (request, response) => {
    respond(parts, request, response).catch((error: unknown) => {
      const coded = error instanceof CodedError ? error : new CodedError('INTERNAL')
      if (coded !== error) parts.log.error({ err: error }, 'a handler failed')
      send(request, response, refusal(coded))
    })
  })
  server.maxConnections = 1024
  server.setTimeout(SILENT_SOCKET_MS)
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
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
}
/** Events have a sign of life every 15 s. */
const SILENT_SOCKET_MS = 120_000

/** Rejects with what is to be answered in place of an answer. */
async function respond(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request)
  const method = parts.calls.find(path)
  if (method !== null) {
    const isCall = request.method === 'POST'
    const call = () => parts.calls.answer(method, request, response)
    send(request, response, isCall ? await call() : notAllowed('POST'))
    return
  }
  const route = ROUTES[path]
  if (!isRead(request)) {
    if (route === undefined && path !== '/events' && path !== '/') throw new CodedError('NO_ROUTE')
    send(request, response, notAllowed('GET, HEAD'))
  } else if (path === '/events') {
    const query = new URLSearchParams(request.url?.split('?')[1])
    serveEvents(request, response, parts.events(query.get('cluster') === '1'))
  } else if (route !== undefined) {
    send(request, response, await route(parts))
  } else {
    parts.pages(request, response, (error) => send(request, response, refusal(error)))
  }
}

function notAllowed(allow: string): HttpAnswer {
  return { ...refusal(new CodedError('METHOD_NOT_ALLOWED')), headers: { allow } }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/'
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

const ROUTES: Readonly<Record<string, (parts: HttpParts) => Promise<HttpAnswer>>> = {
  '/about': async ({ about }) => ({ status: 200, body: about }),
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

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), 1000)
  await closed
  clearTimeout(cut)
}
