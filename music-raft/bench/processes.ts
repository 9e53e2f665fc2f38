import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '../../common/logger.ts'
import type { StatusReply__Output } from '../../protos/types/admin/StatusReply.ts'
import { eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import { Cluster } from '../client/cluster.ts'
import { askStatus } from '../client/status.ts'

const MAIN = join(import.meta.dirname, '../../../dist/music-raft/server/main.js')
export const NODES = [1, 2, 3, 4, 5]
/** For all nodes of a run: `NODE_ARGUMENTS="--cpu-prof --cpu-prof-dir=profiles" npm run bench -- raft`. */
const nodeArguments = (process.env['NODE_ARGUMENTS'] ?? '').split(' ').filter((word) => word !== '')

/** Timers of the nodes; the shipped ones unless a run says otherwise. */
export interface Timers {
  readonly heartbeatMs: number
  readonly electionMinMs: number
  readonly electionMaxMs: number
}

export const SHIPPED_TIMERS: Timers = {
  heartbeatMs: 1000,
  electionMinMs: 1500,
  electionMaxMs: 3000,
}

/** The shipped cluster as five processes, their logs in files as a container engine would keep them. */
export class BenchCluster {
  readonly channels: Cluster
  readonly #folder: string
  readonly #environments: ReadonlyMap<number, Readonly<Record<string, string>>>
  readonly #children = new Map<number, ChildProcess>()

  private constructor(
    channels: Cluster,
    folder: string,
    environments: ReadonlyMap<number, Readonly<Record<string, string>>>,
  ) {
    this.channels = channels
    this.#folder = folder
    this.#environments = environments
  }

  static async start(timers: Timers): Promise<BenchCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'bench-raft-'))
    const ports = await freePorts(3 * NODES.length)
    const port = (id: number, kind: number) => ports[(id - 1) * 3 + kind] ?? 0
    const peers = NODES.map((id) => `${id}=127.0.0.1:${port(id, 0)}`).join(',')
    const environments = new Map(
      NODES.map((id) => [
        id,
        {
          PATH: process.env['PATH'] ?? '',
          HOST: '127.0.0.1',
          NODE_ID: String(id),
          PEERS: peers,
          PORT: String(port(id, 1)),
          HTTP_PORT: String(port(id, 2)),
          DATA_DIR: join(folder, `raft-node${id}`),
          HEARTBEAT_INTERVAL_MS: String(timers.heartbeatMs),
          ELECTION_TIMEOUT_MIN_MS: String(timers.electionMinMs),
          ELECTION_TIMEOUT_MAX_MS: String(timers.electionMaxMs),
          // One more than a million fit, the benches of writes before them included.
          MAX_TRACKS: '10000000',
        },
      ]),
    )
    const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
    const endpoints = NODES.map((id) => ({ id, address: `127.0.0.1:${port(id, 1)}` }))
    const cluster = new BenchCluster(new Cluster(endpoints, log), folder, environments)
    for (const id of NODES) cluster.launch(id)
    await cluster.settled()
    return cluster
  }

  launch(id: number): void {
    const log = openSync(join(this.#folder, `raft-node${id}.log`), 'a')
    const env = this.#environments.get(id) ?? {}
    this.#children.set(
      id,
      spawn(process.execPath, [...nodeArguments, MAIN], { env, stdio: ['ignore', log, log] }),
    )
    closeSync(log)
  }

  async end(id: number, signal: NodeJS.Signals): Promise<void> {
    const child = this.#children.get(id)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  /** Of every node that answers, by id. */
  async status(): Promise<readonly StatusReply__Output[]> {
    const nodes = await askStatus(this.channels, 5000)
    return nodes.flatMap(({ status }) => (status === null ? [] : [status]))
  }

  /** Resolves with the leader's id when all five follow it and have applied the same. */
  async settled(): Promise<number> {
    let leader = 0
    await eventually(
      'five nodes follow one leader',
      async () => {
        const all = await this.status()
        leader = all.find(({ role }) => role === 'leader')?.id ?? 0
        const applied = new Set(all.map(({ lastApplied }) => lastApplied))
        const together = all.length === NODES.length && applied.size === 1
        return together && all.every(({ leaderId }) => leaderId === leader && leader !== 0)
      },
      120_000,
    )
    return leader
  }

  /** CPU time of all five since they started, microseconds. */
  async cpuMicros(): Promise<number> {
    return (await this.status()).reduce((total, { cpuMicros }) => total + cpuMicros, 0)
  }

  async stop(): Promise<void> {
    this.channels.close()
    await Promise.all(NODES.map((id) => this.end(id, 'SIGTERM')))
    await rm(this.#folder, { recursive: true, force: true })
  }
}
