import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { removeFolder, temporaryFolder } from '../../../bench/leftovers.ts'
import type { RpcClient } from '../../../common/rpc-client.ts'
import { eventually } from '../../../test/child.ts'
import { freePorts } from '../../../test/ports.ts'
import { nodeAt } from '../load/client.ts'
import { NodeProcesses } from '../node-processes.ts'
import { PLACES, type System, type Timers } from '../system.ts'
import { etcdChannel } from './channel.ts'
import type { EtcdMethods } from './service.ts'

/** What etcd ships with. */
export const ETCD_TIMERS: Timers = { heartbeatMs: 100, electionMinMs: 1000, electionMaxMs: 2000 }

export const INSTALL_ETCD =
  'etcd is not on the PATH. On Debian or Ubuntu: apt-get install etcd-server; or put an etcd 3.4+ binary on the PATH.'

/** The version of the etcd on the PATH; null: there is none. */
export function etcdVersion(): string | null {
  try {
    const said = execFileSync('etcd', ['--version'], { encoding: 'utf8', stdio: 'pipe' })
    return /etcd Version: (\S+)/.exec(said)?.[1] ?? 'unknown'
  } catch {
    return null
  }
}

interface Parts {
  readonly folder: string
  readonly version: string
  readonly addresses: readonly string[]
  readonly nodes: NodeProcesses
}

/** Five etcd nodes on loopback with its own default, durable settings. */
export class Etcd implements System {
  readonly name = 'etcd'
  readonly version: string
  readonly client = 'etcd'
  readonly addresses: readonly string[]
  readonly #parts: Parts
  readonly #channels: readonly RpcClient<EtcdMethods>[]

  private constructor(parts: Parts) {
    this.#parts = parts
    this.version = parts.version
    this.addresses = parts.addresses
    this.#channels = parts.addresses.map(etcdChannel)
  }

  /**
   * Throws where no etcd is installed, saying how to get one. etcd draws its election timeout between
   * once and twice the one it is given, which has to be five heartbeats or more.
   */
  static async start(timers: Timers): Promise<Etcd> {
    const version = etcdVersion()
    if (version === null) throw new Error(INSTALL_ETCD)
    const folder = temporaryFolder('bench-etcd-')
    const ports = await freePorts(2 * PLACES.length)
    const peers = PLACES.map((at) => `http://127.0.0.1:${ports[2 * at]}`)
    const addresses = PLACES.map((at) => `127.0.0.1:${ports[2 * at + 1]}`)
    const members = peers.map((peer, at) => `n${at}=${peer}`).join(',')
    const commands = PLACES.map((at) => ({
      name: `n${at}`,
      file: 'etcd',
      args: [
        ...['--name', `n${at}`, '--data-dir', join(folder, `n${at}`)],
        ...['--listen-peer-urls', nodeAt(peers, at)],
        ...['--initial-advertise-peer-urls', nodeAt(peers, at)],
        ...['--listen-client-urls', `http://${addresses[at]}`],
        ...['--advertise-client-urls', `http://${addresses[at]}`],
        ...['--initial-cluster', members, '--initial-cluster-state', 'new'],
        ...['--heartbeat-interval', String(timers.heartbeatMs)],
        ...['--election-timeout', String(timers.electionMinMs)],
      ],
      env: {},
    }))
    const nodes = new NodeProcesses(folder, commands)
    const system = new Etcd({ folder, version, addresses, nodes })
    for (const at of PLACES) system.launch(at)
    await system.settled()
    return system
  }

  launch(at: number): void {
    this.#parts.nodes.launch(at)
  }

  kill(at: number): Promise<void> {
    return this.#parts.nodes.end(at, 'SIGKILL')
  }

  pids(): readonly number[] {
    return this.#parts.nodes.pids()
  }

  async settled(): Promise<number> {
    let leader = -1
    await eventually(
      'five etcd nodes follow one leader',
      async () => {
        const all = await Promise.all(this.#channels.map(statusOf))
        if (all.some((each) => each === null)) return false
        leader = all.findIndex((each) => each?.member === each?.leader)
        const followed = all[leader]?.leader
        return leader !== -1 && all.every((each) => each?.leader === followed)
      },
      120_000,
    )
    return leader
  }

  async stop(): Promise<void> {
    for (const channel of this.#channels) channel.close()
    await this.#parts.nodes.endAll('SIGKILL')
    removeFolder(this.#parts.folder)
  }
}

/** Ids are 64 bits wide and only compared: as numbers they are rounded, each the same way. */
async function statusOf(
  node: RpcClient<EtcdMethods>,
): Promise<{ leader: number; member: number } | null> {
  try {
    const answer = await node.unary('Status', {}, { deadlineMs: 2000 })
    const header = answer['header'] as Readonly<Record<string, unknown>> | null
    const leader = Number(answer['leader'])
    return leader === 0 ? null : { leader, member: Number(header?.['memberId']) }
  } catch {
    return null
  }
}
