import { z } from 'zod'
import {
  ConfigError,
  commonShape,
  directory,
  integer,
  namedAddresses,
  namedUrls,
  oneOf,
  pageUrl,
  port,
  readConfig,
} from '../../common/config.ts'
import type { Configuration, Member, NodeId } from '../raft/messages.ts'

const shape = {
  ...commonShape,
  NODE_ID: integer(1, 2 ** 31 - 1),
  PEERS: namedAddresses(),
  PORT: port(50051),
  HTTP_PORT: port(8080),
  DATA_DIR: directory(),
  /** Where a browser finds the pages of the nodes: links, nothing else. */
  PAGES: namedUrls(),
  GATEWAY_PAGE: pageUrl(),
  /**
   * `true`: this node is no member from birth but is added to a cluster that runs
   * (`member add`). PEERS then names those members that it may meet, and itself.
   */
  JOIN: oneOf(['true', 'false'], 'false'),
  HEARTBEAT_INTERVAL_MS: integer(10, 60_000, 1000),
  ELECTION_TIMEOUT_MIN_MS: integer(20, 300_000, 1500),
  ELECTION_TIMEOUT_MAX_MS: integer(30, 600_000, 3000),
  /** A snapshot is taken after this many entries (and when they are worth it, see compaction.ts). */
  SNAPSHOT_ENTRIES: integer(1, 10_000_000, 10_000),
  /** ... or after entries of this many bytes. */
  SNAPSHOT_BYTES: integer(1024, 1024 ** 3, 64 * 1024 * 1024),
  /** ... or after this long, if anything was applied since the last. */
  SNAPSHOT_INTERVAL_MS: integer(1000, 7 * 86_400_000, 3_600_000),
  /** Kept before a snapshot for followers just behind. */
  TRAILING_ENTRIES: integer(0, 10_000_000, 1000),
  /** A write that is not answered after this has an unknown outcome. */
  REQUEST_TIMEOUT_MS: integer(100, 300_000, 5000),
  /** Client calls under way at this node; more are refused at once. */
  MAX_PENDING_REQUESTS: integer(1, 1_000_000, 10_000),
  MAX_TRACKS: integer(1, 10_000_000, 1_000_000),
  MAX_HISTORY: integer(1, 10_000_000, 100_000),
  MAX_SESSIONS: integer(1, 1_000_000, 10_000),
  /** Where set, the changing calls of AdminService need it. */
  ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{8,256}$/, 'allowed are 8 to 256 visible ASCII characters without spaces')
    .optional(),
}

type Environment = ReturnType<typeof readConfig<typeof shape>>

export interface RaftConfig extends Environment {
  readonly id: NodeId
  /** Everybody PEERS names, this node included. */
  readonly members: readonly Member[]
  readonly peerPort: number
  /** The configuration of a cluster that is born now; empty where JOIN is true. */
  readonly initialConfiguration: Configuration
  readonly tickMs: number
  readonly heartbeatTicks: number
  readonly electionTimeoutMinTicks: number
  readonly electionTimeoutMaxTicks: number
}

/** Short enough that a timeout of a few ticks is still random, long enough to cost nothing. */
const MOST_TICK_MS = 50
const LEAST_TICK_MS = 5
const TICKS_PER_HEARTBEAT = 20

/** Throws ConfigError naming each variable that is wrong. */
export function readRaftConfig(
  environment: Readonly<Record<string, string | undefined>>,
): RaftConfig {
  const read = readConfig(environment, shape)
  const problems = [...timeoutProblems(read), ...peerProblems(read)]
  if (problems.length > 0) throw new ConfigError(problems)
  const members = read.PEERS.map(({ name, address }) => ({ id: Number(name), address }))
  const own = members.find(({ id }) => id === read.NODE_ID)
  const voters = [...members].sort((a, b) => a.id - b.id)
  const tickMs = Math.min(
    MOST_TICK_MS,
    Math.max(LEAST_TICK_MS, Math.round(read.HEARTBEAT_INTERVAL_MS / TICKS_PER_HEARTBEAT)),
  )
  const heartbeatTicks = Math.max(1, Math.round(read.HEARTBEAT_INTERVAL_MS / tickMs))
  const least = Math.round(read.ELECTION_TIMEOUT_MIN_MS / tickMs)
  const electionTimeoutMinTicks = Math.max(heartbeatTicks + 1, least)
  const most = Math.round(read.ELECTION_TIMEOUT_MAX_MS / tickMs)
  return {
    ...read,
    id: read.NODE_ID,
    members,
    peerPort: Number(own?.address.slice(own.address.lastIndexOf(':') + 1)),
    initialConfiguration: { voters: read.JOIN === 'true' ? [] : voters, learners: [] },
    ...{ tickMs, heartbeatTicks, electionTimeoutMinTicks },
    electionTimeoutMaxTicks: Math.max(electionTimeoutMinTicks + 1, most),
  }
}

/** L7: with these a healthy leader would be voted out, or votes would split again and again. */
function timeoutProblems(read: Environment): string[] {
  const { HEARTBEAT_INTERVAL_MS: beat, ELECTION_TIMEOUT_MIN_MS: least } = read
  const problems: string[] = []
  if (least <= beat) {
    problems.push(
      `ELECTION_TIMEOUT_MIN_MS is "${least}": allowed is more than HEARTBEAT_INTERVAL_MS, which is ${beat}.`,
    )
  }
  if (read.ELECTION_TIMEOUT_MAX_MS <= least) {
    problems.push(
      `ELECTION_TIMEOUT_MAX_MS is "${read.ELECTION_TIMEOUT_MAX_MS}": allowed is more than ELECTION_TIMEOUT_MIN_MS, which is ${least}.`,
    )
  }
  return problems
}

function peerProblems({ PEERS, NODE_ID, PORT, HTTP_PORT }: Environment): string[] {
  const given = PEERS.map(({ name, address }) => `${name}=${address}`).join(',')
  const problem = (allowed: string) => [`PEERS is "${given}": allowed is ${allowed}.`]
  if (PEERS.some(({ name }) => !/^[1-9]\d{0,9}$/.test(name) || Number(name) > 2 ** 31 - 1)) {
    return problem('a list like 1=host:50050,2=host:50050 with node ids from 1 to 2147483647')
  }
  if (new Set(PEERS.map(({ address }) => address)).size < PEERS.length) {
    return problem('a list with an address of its own for each node')
  }
  const own = PEERS.find(({ name }) => Number(name) === NODE_ID)
  if (own === undefined) return problem(`a list that names this node, ${NODE_ID}, too`)
  const ports = [Number(own.address.slice(own.address.lastIndexOf(':') + 1)), PORT, HTTP_PORT]
  return new Set(ports).size < ports.length
    ? [`PORT is "${PORT}": PORT, HTTP_PORT and the port of this node in PEERS must differ.`]
    : []
}
