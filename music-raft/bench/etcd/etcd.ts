import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync, type MethodDefinition } from '@grpc/proto-loader'
import { createLogger } from '../../../common/logger.ts'
import { createClient, type RpcClient } from '../../../common/rpc-client.ts'
import { plainWording } from '../../../common/rpc-log.ts'
import { eventually } from '../../../test/child.ts'
import { freePorts } from '../../../test/ports.ts'
import { PLACES, type System, type Timers, type Worker } from '../system.ts'

const PROTO = join(import.meta.dirname, '../../../../music-raft/bench/etcd/etcd.proto')
const DEADLINE_MS = 30_000
const REPEAT_AFTER_MS = 50
/** As much as our track with its title and artist. */
const VALUE = Buffer.alloc(100, 'v')

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

interface Node {
  readonly client: RpcClient<Methods>
  readonly args: readonly string[]
  child: ChildProcess | null
}

type Answer = Readonly<Record<string, unknown>>

/** Five etcd nodes on loopback with its own default, durable settings. */
export class Etcd implements System {
  readonly name = 'etcd'
  readonly version: string
  readonly #folder: string
  readonly #nodes: readonly Node[]

  private constructor(version: string, folder: string, nodes: readonly Node[]) {
    this.version = version
    this.#folder = folder
    this.#nodes = nodes
  }

  /**
   * Throws where no etcd is installed, saying how to get one. etcd draws its election timeout between
   * once and twice the one it is given, which has to be five heartbeats or more.
   */
  static async start({ heartbeatMs, electionMinMs }: Timers): Promise<Etcd> {
    const version = etcdVersion()
    if (version === null) throw new Error(INSTALL_ETCD)
    const folder = await mkdtemp(join(tmpdir(), 'bench-etcd-'))
    const ports = await freePorts(2 * PLACES.length)
    const peer = (at: number) => `http://127.0.0.1:${ports[2 * at]}`
    const members = PLACES.map((at) => `n${at}=${peer(at)}`).join(',')
    const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
    const nodes = PLACES.map((at) => {
      const address = `127.0.0.1:${ports[2 * at + 1]}`
      const args = [
        ...['--name', `n${at}`, '--data-dir', join(folder, `n${at}`)],
        ...['--listen-peer-urls', peer(at), '--initial-advertise-peer-urls', peer(at)],
        ...['--listen-client-urls', `http://${address}`],
        ...['--advertise-client-urls', `http://${address}`],
        ...['--initial-cluster', members, '--initial-cluster-state', 'new'],
        ...['--heartbeat-interval', String(heartbeatMs)],
        ...['--election-timeout', String(electionMinMs)],
      ]
      const identity = { log, node: '0', peer: `n${at}`, wording: plainWording }
      // etcd hangs up on clients that ask more often than every five seconds whether it is there.
      const channel = { 'grpc.keepalive_time_ms': 3_600_000 }
      const client = createClient<Methods>(SERVICE, address, { ...identity, channel })
      return { client, args, child: null }
    })
    const system = new Etcd(version, folder, nodes)
    for (const at of PLACES) system.launch(at)
    try {
      await system.settled()
    } catch (error) {
      await system.stop()
      throw error
    }
    return system
  }

  launch(at: number): void {
    const node = this.#node(at)
    const log = openSync(join(this.#folder, `n${at}.log`), 'a')
    const env = { PATH: process.env['PATH'] ?? '' }
    node.child = spawn('etcd', node.args, { env, stdio: ['ignore', log, log] })
    closeSync(log)
  }

  async kill(at: number): Promise<void> {
    await end(this.#node(at), 'SIGKILL')
  }

  pids(): readonly number[] {
    return this.#nodes.flatMap(({ child }) => (isAlive(child) ? (child.pid ?? []) : []))
  }

  async settled(): Promise<number> {
    let leader = -1
    await eventually(
      'five etcd nodes follow one leader',
      async () => {
        const all = await Promise.all(PLACES.map((at) => this.#status(at)))
        if (all.some((each) => each === null)) return false
        leader = all.findIndex((each) => each?.member === each?.leader)
        const followed = all[leader]?.leader
        return leader !== -1 && all.every((each) => each?.leader === followed)
      },
      120_000,
    )
    return leader
  }

  async write(at: number, worker: Worker, index: number): Promise<void> {
    const until = performance.now() + DEADLINE_MS
    while (!(await this.tryWrite(at, worker, index))) {
      if (performance.now() > until) throw new Error('etcd acknowledged no write')
      await sleep(REPEAT_AFTER_MS)
    }
  }

  async tryWrite(at: number, { name }: Worker, index: number): Promise<boolean> {
    try {
      const put = { key: Buffer.from(`${name}-${index}`), value: VALUE }
      await this.#node(at).client.unary('Put', put, { deadlineMs: DEADLINE_MS })
      return true
    } catch {
      return false
    }
  }

  async read(at: number, _worker: Worker, index: number): Promise<void> {
    const range = { key: Buffer.from(`absent-${index}`) }
    await this.#node(at).client.unary('Range', range, { deadlineMs: DEADLINE_MS })
  }

  async stop(): Promise<void> {
    for (const { client } of this.#nodes) client.close()
    await Promise.all(this.#nodes.map((node) => end(node, 'SIGKILL')))
    await rm(this.#folder, { recursive: true, force: true })
  }

  #node(at: number): Node {
    const node = this.#nodes[at]
    if (node === undefined) throw new Error(`no node ${at}`)
    return node
  }

  /** Ids are 64 bits wide and only compared: as numbers they are rounded, each the same way. */
  async #status(at: number): Promise<{ leader: number; member: number } | null> {
    try {
      const answer = await this.#node(at).client.unary('Status', {}, { deadlineMs: 2000 })
      const header = answer['header'] as Answer | null
      const leader = Number(answer['leader'])
      return leader === 0 ? null : { leader, member: Number(header?.['memberId']) }
    } catch {
      return null
    }
  }
}

/** The methods of both services that are used; a channel does not mind whose they are. */
interface Methods {
  readonly Put: MethodDefinition<object, object, object, Answer>
  readonly Range: MethodDefinition<object, object, object, Answer>
  readonly Status: MethodDefinition<object, object, object, Answer>
}

const loaded = loadSync(PROTO, { longs: Number, defaults: true })
const SERVICE = {
  definition: {
    ...(loaded['etcdserverpb.KV'] as object),
    ...(loaded['etcdserverpb.Maintenance'] as object),
  } as ServiceDefinition & Methods,
  packageDefinition: loaded,
}

async function end({ child }: Node, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(child)) return
  child.kill(signal)
  await once(child, 'exit')
}

function isAlive(child: ChildProcess | null): child is ChildProcess {
  return child !== null && child.exitCode === null && child.signalCode === null
}
