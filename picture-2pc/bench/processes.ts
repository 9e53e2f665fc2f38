import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolder, temporaryFolder, watchProcess } from '../../bench/leftovers.ts'
import { createLogger } from '../../common/logger.ts'
import { createClient } from '../../common/rpc-client.ts'
import { plainWording } from '../../common/rpc-log.ts'
import { eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import { pictureService } from '../shell/wire.ts'
import { forEach } from './for-each.ts'
import { PICTURE } from './picture.ts'
import type { ForcedWrites, PictureSystem, Target } from './system.ts'

const DIST = join(import.meta.dirname, '../../../dist')
const NAMES = ['grpc-node1', 'grpc-node2', 'grpc-node3']

/** For all processes of a run: `NODE_ARGUMENTS="--cpu-prof --cpu-prof-dir=profiles" npm run bench -- 2pc`. */
const nodeArguments = (process.env['NODE_ARGUMENTS'] ?? '').split(' ').filter((word) => word !== '')
const PRELOADS = 32

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
  readonly participants: readonly string[]
  readonly #folder: string
  readonly #children: readonly ChildProcess[]

  private constructor(
    url: string,
    participants: readonly string[],
    folder: string,
    children: ChildProcess[],
  ) {
    this.url = url
    this.participants = participants
    this.#folder = folder
    this.#children = children
  }

  static async start(): Promise<BenchCluster> {
    const folder = temporaryFolder('bench-2pc-')
    const [http = 0, grpc = 0, ...ports] = await freePorts(5)
    const peers = NAMES.map((name, index) => `${name}=127.0.0.1:${ports[index]}`)
    const list = peers.join(',')
    const children = NAMES.map((name, index) =>
      run(folder, 'participant', {
        NODE_NAME: name,
        PORT: String(ports[index]),
        COORDINATORS: `http-node1=127.0.0.1:${grpc}`,
        PEERS: list,
      }),
    )
    children.push(
      run(folder, 'coordinator', {
        NODE_NAME: 'http-node1',
        PORT: String(http),
        GRPC_PORT: String(grpc),
        PARTICIPANTS: list,
      }),
    )
    const url = `http://127.0.0.1:${http}`
    await eventually('the cluster is ready', async () => {
      const answer = await fetch(`${url}/readyz`).catch(() => null)
      return answer?.status === 200
    })
    const addresses = ports.map((port) => `127.0.0.1:${port}`)
    return new BenchCluster(url, addresses, folder, children)
  }

  get target(): Target {
    return { kind: 'picture-2pc', url: this.url }
  }

  pids(): readonly number[] {
    return this.#children.flatMap(({ pid }) => pid ?? [])
  }

  async preload(names: readonly string[]): Promise<void> {
    const { log } = createLogger({ node: 'bench', level: 'silent', format: 'json' })
    await Promise.all(
      this.participants.map(async (address) => {
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
    const [metric, mean] = await Promise.all([this.#metrics(), this.#participants()])
    return { coordinator: metric('picture_forced_writes'), participant: mean('forced_writes') }
  }

  async memory(): Promise<Memory> {
    const [metric, mean] = await Promise.all([this.#metrics(), this.#participants()])
    return {
      coordinatorBytes: metric('process_resident_memory_bytes'),
      participantBytes: mean('resident_bytes'),
    }
  }

  async #metrics(): Promise<(name: string) => number> {
    const metrics = await (await fetch(`${this.url}/metrics`)).text()
    return (name) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1])
  }

  async #participants(): Promise<(name: string) => number> {
    const answer = await (await fetch(`${this.url}/participants`)).json()
    const list = (answer as { participants: Record<string, number>[] }).participants
    return (name) => list.reduce((sum, each) => sum + (each[name] ?? 0), 0) / list.length
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        child.kill('SIGTERM')
        if (child.exitCode === null) await once(child, 'exit')
      }),
    )
    removeFolder(this.#folder)
  }
}

function run(folder: string, role: string, env: Record<string, string>): ChildProcess {
  const name = env['NODE_NAME'] ?? role
  const log = openSync(join(folder, `${name}.log`), 'a')
  const child = spawn(
    process.execPath,
    [...nodeArguments, join(DIST, 'picture-2pc', role, 'main.js')],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOST: '127.0.0.1',
        DATA_DIR: join(folder, name),
        // A machine too busy to answer in time makes a slow figure, not a vote of no.
        VOTE_TIMEOUT_MS: '20000',
        ACK_TIMEOUT_MS: '20000',
        ...env,
      },
      stdio: ['ignore', log, log],
    },
  )
  closeSync(log)
  watchProcess(child)
  child.once('exit', (code, signal) => {
    if (code === 0) return
    const lines = readFileSync(join(folder, `${name}.log`), 'utf8')
      .trimEnd()
      .split('\n')
    console.error(`${name} ended with ${code ?? signal}:\n${lines.slice(-5).join('\n')}`)
  })
  return child
}
