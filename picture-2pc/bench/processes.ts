import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'

const DIST = join(import.meta.dirname, '../../../dist')
const NAMES = ['grpc-node1', 'grpc-node2', 'grpc-node3']

/** CPU time and forced writes of all four processes since they started, and their memory now. */
export interface Usage {
  readonly cpuMicros: number
  readonly coordinatorCpuMicros: number
  readonly coordinatorForced: number
  readonly participantForced: number
  readonly coordinatorBytes: number
  readonly participantBytes: number
}

/** The shipped cluster as four processes, their logs in files as a container engine would keep them. */
export class BenchCluster {
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
    const folder = await mkdtemp(join(tmpdir(), 'bench-2pc-'))
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

  async usage(): Promise<Usage> {
    const metrics = await (await fetch(`${this.url}/metrics`)).text()
    const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1])
    const answer = await (await fetch(`${this.url}/participants`)).json()
    const list = (answer as { participants: Record<string, number>[] }).participants
    const sum = (name: string) => list.reduce((total, each) => total + (each[name] ?? 0), 0)
    const coordinatorCpuMicros = metric('process_cpu_seconds_total') * 1e6
    return {
      coordinatorCpuMicros,
      cpuMicros: sum('cpu_micros') + coordinatorCpuMicros,
      coordinatorForced: metric('picture_forced_writes'),
      participantForced: sum('forced_writes') / list.length,
      coordinatorBytes: metric('process_resident_memory_bytes'),
      participantBytes: sum('resident_bytes') / list.length,
    }
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        child.kill('SIGTERM')
        if (child.exitCode === null) await once(child, 'exit')
      }),
    )
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function run(folder: string, role: string, env: Record<string, string>): ChildProcess {
  const name = env['NODE_NAME'] ?? role
  const log = openSync(join(folder, `${name}.log`), 'a')
  const child = spawn(process.execPath, [join(DIST, 'picture-2pc', role, 'main.js')], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      DATA_DIR: join(folder, name),
      ...env,
    },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.once('exit', (code, signal) => {
    if (code === 0) return
    const lines = readFileSync(join(folder, `${name}.log`), 'utf8')
      .trimEnd()
      .split('\n')
    console.error(`${name} ended with ${code ?? signal}:\n${lines.slice(-5).join('\n')}`)
  })
  return child
}
