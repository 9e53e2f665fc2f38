import { removeFolder, temporaryFolder } from '../../bench/leftovers.ts'
import { createLogger } from '../../common/logger.ts'
import { createClient } from '../../common/rpc-client.ts'
import { plainWording } from '../../common/rpc-log.ts'
import { eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import { pictureService } from '../shell/wire.ts'
import { forEach } from './for-each.ts'
import { PICTURE } from './picture.ts'
import { ServerProcess } from './server-process.ts'
import type { ForcedWrites, PictureSystem, Target } from './system.ts'

const NAMES = ['grpc-node1', 'grpc-node2', 'grpc-node3']
const PRELOADS = 32
/** A million pictures take a while to be found. */
const READY_MS = 600_000

/** Resident memory of the coordinator, and of a participant in the mean. */
export interface Memory {
  readonly coordinatorBytes: number
  readonly participantBytes: number
}

/** The shipped cluster as four processes, their logs in files as a container engine would keep them. */
export class BenchCluster implements PictureSystem {
  readonly name = 'picture-2pc'
  readonly version = `Node ${process.version}`
  readonly loadProcesses = 1
  readonly url: string
  readonly #ports: readonly number[]
  readonly #folder: string
  readonly #participants: readonly ServerProcess[]
  readonly #coordinator: ServerProcess

  private constructor(folder: string, [http = 0, grpc = 0, ...ports]: readonly number[]) {
    const peers = NAMES.map((name, index) => `${name}=127.0.0.1:${ports[index]}`)
    const list = peers.join(',')
    this.url = `http://127.0.0.1:${http}`
    this.#folder = folder
    this.#ports = ports
    this.#participants = NAMES.map(
      (name, index) =>
        new ServerProcess(folder, 'participant', {
          NODE_NAME: name,
          PORT: String(ports[index]),
          COORDINATORS: `http-node1=127.0.0.1:${grpc}`,
          PEERS: list,
        }),
    )
    this.#coordinator = new ServerProcess(folder, 'coordinator', {
      NODE_NAME: 'http-node1',
      PORT: String(http),
      GRPC_PORT: String(grpc),
      PARTICIPANTS: list,
    })
  }

  /** `prepare` makes the data directory of each participant. */
  static async start(
    prepare: (directory: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<BenchCluster> {
    const cluster = new BenchCluster(temporaryFolder('bench-2pc-'), await freePorts(5))
    for (const { dataDirectory } of cluster.#participants) await prepare(dataDirectory)
    for (const server of cluster.#all) server.start()
    await cluster.ready()
    return cluster
  }

  get #all(): readonly ServerProcess[] {
    return [...this.#participants, this.#coordinator]
  }

  /** Waits until a transaction begun now could commit. */
  async ready(): Promise<void> {
    const ask = async () => {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null)
      return answer?.status === 200
    }
    await eventually('the cluster is ready', ask, READY_MS)
  }

  /** Kills one participant and starts it again; until it takes connections, milliseconds. */
  async restartParticipant(): Promise<number> {
    const [server] = this.#participants
    const [port] = this.#ports
    if (server === undefined || port === undefined) throw new Error('no participant')
    await server.end('SIGKILL')
    server.start()
    const took = await server.listens(port)
    await this.ready()
    return took
  }

  get target(): Target {
    return { kind: 'picture-2pc', url: this.url }
  }

  pids(): readonly number[] {
    return this.#all.flatMap(({ pid }) => pid ?? [])
  }

  async preload(names: readonly string[]): Promise<void> {
    const { log } = createLogger({ node: 'bench', level: 'silent', format: 'json' })
    await Promise.all(
      this.#ports.map(async (port) => {
        const address = `127.0.0.1:${port}`
        const identity = { log, node: 'bench', peer: address, wording: plainWording }
        const client = createClient(pictureService, address, identity)
        await forEach(names, PRELOADS, async (filename) => {
          await client.unary('Upload', { filename, data: PICTURE }, { deadlineMs: 20_000 })
        })
        client.close()
      }),
    )
  }

  async forcedWrites(): Promise<ForcedWrites> {
    const [metric, mean] = await Promise.all([this.#metrics(), this.#statuses()])
    return { coordinator: metric('picture_forced_writes'), participant: mean('forced_writes') }
  }

  async memory(): Promise<Memory> {
    const [metric, mean] = await Promise.all([this.#metrics(), this.#statuses()])
    return {
      coordinatorBytes: metric('process_resident_memory_bytes'),
      participantBytes: mean('resident_bytes'),
    }
  }

  async #metrics(): Promise<(name: string) => number> {
    const metrics = await (await fetch(`${this.url}/metrics`)).text()
    return (name) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1])
  }

  async #statuses(): Promise<(name: string) => number> {
    const answer = await (await fetch(`${this.url}/participants`)).json()
    const list = (answer as { participants: Record<string, number>[] }).participants
    return (name) => list.reduce((sum, each) => sum + (each[name] ?? 0), 0) / list.length
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map((server) => server.end('SIGTERM')))
    removeFolder(this.#folder)
  }
}
