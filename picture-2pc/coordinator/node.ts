import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { openDataDirectory } from '../../common/data-directory.ts'
import { tapped } from '../../common/event-stream/tapped.ts'
import { pages } from '../../common/http/pages.ts'
import type { Fatal, Running } from '../../common/lifecycle.ts'
import { cannotListen } from '../../common/listen-error.ts'
import type { Logger } from '../../common/logger.ts'
import { serve, startServer } from '../../common/rpc-server.ts'
import { Coordinator } from '../protocol/coordinator.ts'
import type { CoordinatorEvent, CoordinatorRecord } from '../protocol/coordinator-io.ts'
import { rpcTap } from '../shell/event-stream/rpc-events.ts'
import { Journal, type OpenedJournal } from '../shell/journal.ts'
import { decisionService, decodeQuery, encodeAnswer } from '../shell/wire.ts'
import { coordinatorWording } from '../shell/wording.ts'
import type { CoordinatorEnvironment } from './config.ts'
import { type CoordinatorSnapshot, Driver } from './driver.ts'
import { tell } from './events.ts'
import { History } from './history.ts'
import { httpApp } from './http/app.ts'
import { beginEpoch } from './identity.ts'
import { Metrics } from './metrics.ts'
import { Participants } from './participants.ts'
import { RequestKeys } from './request-keys.ts'
import { Watching } from './watching.ts'

const MAX_OPEN = 2048
const REDELIVERY = { first: 100, most: 5000 }
const GRACE_MS = 6000
const BODY_IDLE_MS = 15_000

type DecisionJournal = OpenedJournal<CoordinatorRecord, CoordinatorSnapshot>

/** What a test may replace. */
export interface CoordinatorSeams {
  openJournal?(directory: string): Promise<DecisionJournal>
  /** How long the body of an upload may pause, milliseconds. */
  readonly bodyIdleMs?: number
}

/** Opens the data directory, recovers, and serves. */
export async function openCoordinator(
  config: CoordinatorEnvironment,
  log: Logger,
  fatal: Fatal,
  {
    openJournal = (directory) => Journal.open(directory),
    bodyIdleMs = BODY_IDLE_MS,
  }: CoordinatorSeams = {},
): Promise<Running & { readonly port: number; readonly grpcPort: number }> {
  const node = config.NODE_NAME
  const data = await openDataDirectory(config.DATA_DIR, node)
  const identity = await beginEpoch(data.path, node, Date.now())
  const opened = await openJournal(data.path)
  const { core, history } = recover(config, identity, opened)
  const keys = new RequestKeys([...(opened.snapshot?.requests ?? []), ...opened.records], (id) =>
    driver.read((at) => at.outcome(id)),
  )
  const { journal } = opened
  const watching = new Watching({
    ...{ node, log, history, addresses: config.PARTICIPANTS },
    state: () => ({
      participants: participants
        .connected()
        .map(([name, connected]) => ({ node: name, connected })),
      ...{ stopping: driver.stopping, diskFull: !driver.enoughSpace },
      ...{ open: core.open, committing: core.committing, forcedWrites: journal.forcedWrites },
    }),
  })
  const wording = tapped(coordinatorWording, rpcTap(watching.log))
  const participants = new Participants(node, config.PARTICIPANTS, log, wording)
  const metrics = new Metrics({
    open: () => core.open,
    committing: () => core.committing,
    forcedWrites: () => journal.forcedWrites,
    connected: () => participants.connected(),
  })
  const driver = new Driver({
    ...{ core, journal, participants, log, fatal },
    voteTimeout: config.VOTE_TIMEOUT_MS,
    ackTimeout: config.ACK_TIMEOUT_MS,
    requests: () => keys.records(),
    observe: (event: CoordinatorEvent) => {
      history.observe(event, Date.now())
      metrics.observe(event)
      tell(log, event)
      watching.observe(event)
    },
    saved: (records, tookMs) => watching.saved(records, tookMs),
    answered: (...reply) => watching.answered(...reply),
    committed: (record) => keys.committed(record),
  })
  const rpc = await startServer({
    ...{ host: config.HOST, port: config.GRPC_PORT, node, log, wording },
    served: [
      serve(decisionService, {
        unary: {
          DecisionRequest: async (args) => {
            const answer = await driver.decisionOf(decodeQuery(args))
            return { decision: encodeAnswer(answer), nodeId: node }
          },
        },
      }),
    ],
  })
  const app = httpApp({
    ...{ node, log, driver, participants, history, keys, metrics, watching },
    maxPictureBytes: config.MAX_PICTURE_BYTES,
    pages: pages('pictures'),
    ...{ voteTimeoutMs: config.VOTE_TIMEOUT_MS, ackTimeoutMs: config.ACK_TIMEOUT_MS, bodyIdleMs },
    checkDisk: async () => void (await stat(data.path)),
  })
  const http = await listen(createServer(httpLimits, app), config.HOST, config.PORT)
  driver.start()
  rpc.setServing(true)
  participants.connected()
  const port = portOf(http)
  log.info(`Node ${node} serves on port ${port}: ${core.committing} commits to deliver`)
  return {
    port,
    grpcPort: rpc.port,
    close: async () => {
      rpc.setServing(false)
      driver.drain()
      watching.close()
      await closeHttp(http)
      await rpc.close(GRACE_MS / 2)
      await driver.stop()
      participants.close()
      await data.close()
    },
  }
}

function recover(
  config: CoordinatorEnvironment,
  identity: { disk: string; epoch: number; pastEpochs: readonly number[] },
  { snapshot, records }: DecisionJournal,
) {
  const names = config.PARTICIPANTS.map(({ name }) => name)
  const delivery = { ackTimeout: config.ACK_TIMEOUT_MS, ...REDELIVERY }
  const core = new Coordinator(
    {
      id: config.NODE_NAME,
      ...identity,
      participants: names,
      voteTimeout: config.VOTE_TIMEOUT_MS,
      delivery,
      maxOpen: MAX_OPEN,
    },
    performance.now(),
    [...(snapshot?.unfinished ?? []), ...records],
  )
  const history = new History()
  for (const record of core.unfinished()) {
    if (record.type !== 'commit') continue
    history.resume(record.transactionId, record.filename, record.operation.kind, Date.now())
  }
  return { core, history }
}

/** Every connection and request is bounded in time and size. */
const httpLimits = {
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 5_000,
}
const MAX_CONNECTIONS = 4096
const SILENT_SOCKET_MS = 120_000

async function listen(server: Server, host: string, port: number): Promise<Server> {
  server.maxConnections = MAX_CONNECTIONS
  server.setTimeout(SILENT_SOCKET_MS)
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw cannotListen(host, port, error)
  }
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Lets requests under way finish; what takes too long is cut. */
async function closeHttp(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearTimeout(cut)
}
