import { stat } from 'node:fs/promises'
import type { Metadata } from '@grpc/grpc-js'
import { openDataDirectory } from '../../common/data-directory.ts'
import { pages } from '../../common/http/pages.ts'
import type { Fatal, Running } from '../../common/lifecycle.ts'
import type { Logger } from '../../common/logger.ts'
import { type RpcServer, type Served, startServer } from '../../common/rpc-server.ts'
import type { Limits } from '../queue/validate.ts'
import { adminServed } from './admin-service.ts'
import { Answers, answerForwarded } from './answers.ts'
import type { RaftConfig } from './config.ts'
import { Watching } from './event-stream/watching.ts'
import { about } from './http/about.ts'
import { Calls } from './http/calls.ts'
import { startHttp } from './http.ts'
import { withBoundedLists } from './lists.ts'
import { Metrics } from './metrics.ts'
import { queueServed } from './queue-service.ts'
import { type RecoveryParts, recover } from './recovered.ts'
import { finishSwap } from './recovery/swap.ts'
import { Router } from './routing.ts'
import { Server } from './server.ts'
import { TrackStreams } from './streams/track-streams.ts'
import { Exchanges } from './transport/exchanges.ts'
import { raftServed } from './transport/raft-service.ts'

/** In-flight calls may finish within this when the process stops. */
const GRACE_MS = 3000
/** Shorter, so that each stream ends with a word to its client. */
const STREAMS_GRACE_MS = 2500
const HAND_OVER_MS = 3000
const PEER_GRACE_MS = 500

/** Opens the data directory, recovers, and serves; joins its cluster in the background. */
export async function openRaftNode(
  config: RaftConfig,
  log: Logger,
  fatal: Fatal,
  disk: Pick<RecoveryParts, 'fileSystem'> = {},
): Promise<Running> {
  const data = await openDataDirectory(config.DATA_DIR, `Node ${config.id}`)
  const kept = await finishSwap(data.path)
  if (kept !== null)
    log.info(`finished a recovery that was interrupted; the old data are in ${kept}`)
  const recovered = await recover(data.path, config, disk)
  const watching = new Watching({ config, log, status: () => server.status() })
  const { events } = watching
  const server = new Server({
    ...{ config, log, fatal, recovered, directory: data.path },
    host: { connect: watching.connect },
    applied: (entry) => events.applied(entry),
  })
  server.onEvent((event) => events.observe(event))
  const served = await startServers(config, log, server, watching)
  const { peerServer, clientServer, exchanges, calls, streams } = served
  const metrics = new Metrics(() => server.status())
  server.onEvent((event) => metrics.observe(event))
  const http = await startHttp({
    ...{ host: config.HOST, port: config.HTTP_PORT, log, metrics },
    ...{ calls, pages: pages('raft'), about: about(config) },
    status: () => server.status(),
    illness: () => illnessOf(server, data.path),
    events: (cluster) => watching.feed(cluster),
  })
  server.onReady((ready) => clientServer.setServing(ready))
  peerServer.setServing(true)
  server.begin()
  log.info(
    `Node ${config.id} serves clients on port ${clientServer.port}, peers on port ${peerServer.port}, HTTP on port ${http.port}`,
  )
  return {
    close: async () => {
      server.drain()
      clientServer.setServing(false)
      await server.handOver(HAND_OVER_MS)
      watching.close()
      // Both kinds of callers wait for what was taken: own clients, and those of other nodes.
      await Promise.all([
        ...[streams.stop(STREAMS_GRACE_MS), clientServer.close(GRACE_MS)],
        ...[calls.close(GRACE_MS), exchanges.settled(GRACE_MS)],
      ])
      exchanges.stop()
      await peerServer.close(PEER_GRACE_MS)
      await http.close()
      await server.stop()
      await data.close()
    },
  }
}

async function startServers(
  config: RaftConfig,
  log: Logger,
  server: Server,
  watching: Watching,
): Promise<{
  peerServer: RpcServer
  clientServer: RpcServer
  exchanges: Exchanges
  calls: Calls
  streams: TrackStreams
}> {
  const { id, HOST: host, MAX_PENDING_REQUESTS: most } = config
  const common = { host, node: String(id), log, wording: watching.wording }
  const answers = new Answers(() => server.machine)
  const exchanges = new Exchanges()
  const propose = (command: string, data: Uint8Array) => server.propose(command, data)
  const peerServer = await startServer({
    ...{ ...common, port: config.peerPort },
    served: [
      raftServed({
        membership: server.membership,
        calls: server.peers.calls,
        receive: (message) => {
          watching.events.received(message)
          server.receive(message)
        },
        position: () => server.position(),
        exchanges,
        write: (write) => answerForwarded({ answers, log, propose }, write),
        watch: (call) => watching.servePeer(call),
      }),
    ],
  })
  const router = new Router({
    ...{ self: id, timeoutMs: config.REQUEST_TIMEOUT_MS, maxForwarded: most },
    leader: () => server.leadership.leaderId,
    leaderChange: (withinMs) => server.leadership.change(withinMs),
    peer: (to) => server.peers.find(to),
    ...{ propose, answers },
  })
  const streams = new TrackStreams({
    ...{ limits: limitsOf(config), timeoutMs: config.REQUEST_TIMEOUT_MS },
    write: (write, withinMs) => router.anywhere(write, withinMs),
    queued: () => server.machine.size,
    describe: describe(server),
  })
  const services = {
    queue: queue(config, server, router, streams),
    admin: admin(config, server, watching),
  }
  const calls = new Calls({ ...common, ...services, describe: describe(server) })
  const clientServer = await startServer({
    ...{ ...common, port: config.PORT },
    served: Object.values(services),
  })
  return { peerServer, clientServer, exchanges, calls, streams }
}

function limitsOf(config: RaftConfig): Limits {
  return {
    maxTracks: config.MAX_TRACKS,
    maxHistory: config.MAX_HISTORY,
    maxSessions: config.MAX_SESSIONS,
  }
}

function queue(config: RaftConfig, server: Server, router: Router, streams: TrackStreams): Served {
  const served = queueServed({
    limits: limitsOf(config),
    addTracks: streams.serve,
    write: (write, withinMs) => router.anywhere(write, withinMs),
    read: async () => void (await server.read()),
    machine: () => server.machine,
    describe: describe(server),
  })
  return withBoundedLists(served, () => server.machine)
}

function admin(config: RaftConfig, server: Server, watching: Watching): Served {
  return adminServed({
    token: config.ADMIN_TOKEN,
    status: () => server.status(),
    change: (change) =>
      server.request((requestId) => ({ kind: 'changeMembership', requestId, change })),
    transfer: (target) => server.request((requestId) => ({ kind: 'transfer', requestId, target })),
    newLeader: async () => {
      const { leadership } = server
      if (leadership.leaderId === null) await leadership.change(HAND_OVER_MS)
      return leadership.leaderId
    },
    describe: describe(server),
    watch: (call) => watching.servePerson(call),
  })
}

/** Who leads, and since which term: with every answer (L14). */
function describe({ leadership }: Server) {
  return (trailer: Metadata) => {
    const { leaderId, term } = leadership
    if (leaderId !== null) trailer.set('x-leader', String(leaderId))
    trailer.set('x-term', String(term))
  }
}

const DEAD_DISK_MS = 30_000

/** A full disk is no illness: a restart would not cure it, and it cures itself. */
async function illnessOf(server: Server, directory: string): Promise<string | null> {
  if (server.stuckForMs > DEAD_DISK_MS) {
    return 'The disk does not finish a write.'
  }
  try {
    await stat(directory)
    return null
  } catch {
    return 'The data directory cannot be read.'
  }
}
