import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolder, temporaryFolder } from '../../bench/leftovers.ts'
import { createLogger } from '../../common/logger.ts'
import type { StatusReply__Output } from '../../protos/types/admin/StatusReply.ts'
import { eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import { Cluster } from '../client/cluster.ts'
import { askStatus } from '../client/status.ts'
import { NodeProcesses } from './node-processes.ts'
import { PLACES, type System, type Timers } from './system.ts'

const MAIN = join(import.meta.dirname, '../../../dist/music-raft/server/main.js')
/** For all nodes of a run: `NODE_ARGUMENTS="--cpu-prof --cpu-prof-dir=profiles" npm run bench -- raft`. */
const nodeArguments = (process.env['NODE_ARGUMENTS'] ?? '').split(' ').filter((word) => word !== '')

export const SHIPPED_TIMERS: Timers = {
  heartbeatMs: 1000,
  electionMinMs: 1500,
  electionMaxMs: 3000,
}

interface Parts {
  readonly folder: string
  readonly addresses: readonly string[]
  readonly httpPorts: readonly number[]
  readonly nodes: NodeProcesses
}

/** The shipped cluster as five processes. */
export class MusicRaft implements System {
  readonly name = 'music-raft'
  readonly version = packageVersion()
  readonly client = 'music-raft'
  readonly addresses: readonly string[]
  readonly #parts: Parts
  readonly #channels: Cluster

  private constructor(parts: Parts) {
    this.#parts = parts
    this.addresses = parts.addresses
    const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
    const endpoints = parts.addresses.map((address, at) => ({ id: at + 1, address }))
    this.#channels = new Cluster(endpoints, log)
  }

  static async start(timers: Timers): Promise<MusicRaft> {
    const folder = temporaryFolder('bench-raft-')
    const ports = await freePorts(3 * PLACES.length)
    const port = (at: number, kind: number) => ports[at * 3 + kind] ?? 0
    const peers = PLACES.map((at) => `${at + 1}=127.0.0.1:${port(at, 0)}`).join(',')
    const commands = PLACES.map((at) => ({
      name: `raft-node${at + 1}`,
      file: process.execPath,
      args: [...nodeArguments, MAIN],
      env: {
        HOST: '127.0.0.1',
        NODE_ID: String(at + 1),
        PEERS: peers,
        PORT: String(port(at, 1)),
        HTTP_PORT: String(port(at, 2)),
        DATA_DIR: dataFolder(folder, at),
        HEARTBEAT_INTERVAL_MS: String(timers.heartbeatMs),
        ELECTION_TIMEOUT_MIN_MS: String(timers.electionMinMs),
        ELECTION_TIMEOUT_MAX_MS: String(timers.electionMaxMs),
        // One more than a million fit, the benches of writes before them included.
        MAX_TRACKS: '10000000',
      },
    }))
    const cluster = new MusicRaft({
      folder,
      addresses: PLACES.map((at) => `127.0.0.1:${port(at, 1)}`),
      httpPorts: PLACES.map((at) => port(at, 2)),
      nodes: new NodeProcesses(folder, commands),
    })
    for (const at of PLACES) cluster.launch(at)
    await cluster.settled()
    return cluster
  }

  launch(at: number, env: Readonly<Record<string, string>> = {}): void {
    this.#parts.nodes.launch(at, env)
  }

  kill(at: number): Promise<void> {
    return this.#parts.nodes.end(at, 'SIGKILL')
  }

  pids(): readonly number[] {
    return this.#parts.nodes.pids()
  }

  /** Where a node tells its events. */
  httpUrl(at: number): string {
    return `http://127.0.0.1:${this.#parts.httpPorts[at]}`
  }

  pid(at: number): number {
    return this.#parts.nodes.pid(at)
  }

  /** Of every node that answers, by id. */
  async status(): Promise<readonly StatusReply__Output[]> {
    const nodes = await askStatus(this.#channels, 5000)
    return nodes.flatMap(({ status }) => (status === null ? [] : [status]))
  }

  /** One of the numbers that a node tells at /metrics. */
  async metric(at: number, name: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.#parts.httpPorts[at]}/metrics`)
    const line = new RegExp(`^${name} (\\S+)$`, 'm').exec(await answer.text())
    if (line === null) throw new Error(`/metrics tells no ${name}`)
    return Number(line[1])
  }

  /** Where it keeps what it must not lose. */
  dataFolder(at: number): string {
    return dataFolder(this.#parts.folder, at)
  }

  async settled(): Promise<number> {
    let leader = 0
    await eventually(
      'five nodes follow one leader',
      async () => {
        const all = await this.status()
        leader = all.find(({ role }) => role === 'leader')?.id ?? 0
        const applied = new Set(all.map(({ lastApplied }) => lastApplied))
        const together = all.length === PLACES.length && applied.size === 1
        return together && all.every(({ leaderId }) => leaderId === leader && leader !== 0)
      },
      120_000,
    )
    return leader - 1
  }

  async stop(): Promise<void> {
    this.#channels.close()
    await this.#parts.nodes.endAll('SIGTERM')
    removeFolder(this.#parts.folder)
  }
}

function dataFolder(folder: string, at: number): string {
  return join(folder, `raft-node${at + 1}`)
}

function packageVersion(): string {
  const file = join(import.meta.dirname, '../../../package.json')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
