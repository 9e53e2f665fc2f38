import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child, eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import { RelayMesh } from '../../test/proof/relay-mesh.ts'

export interface ClusterOptions {
  readonly participants?: number
  /** Added to every process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Compiled mains to run in place of the shipped ones. */
  readonly coordinatorMain?: string
  readonly participantMain?: string
  /** Puts a relay on every way between two processes. */
  readonly relayed?: boolean
}

/** An answer of the coordinator, with its JSON. */
export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Headers
}

const COORDINATOR = 'http-node1'

/** A coordinator and its participants as real processes on this machine, with fresh data. */
export class PictureCluster {
  readonly folder: string
  readonly coordinator: Child
  readonly participants: readonly Child[]
  readonly url: string
  readonly participantPorts: readonly number[]
  readonly coordinatorGrpcPort: number
  /** Null where the processes are connected directly. */
  readonly mesh: RelayMesh | null

  private constructor(
    folder: string,
    coordinator: Child,
    participants: readonly Child[],
    ports: { http: number; grpc: number; participants: readonly number[] },
    mesh: RelayMesh | null,
  ) {
    this.mesh = mesh
    this.folder = folder
    this.coordinator = coordinator
    this.participants = participants
    this.url = `http://127.0.0.1:${ports.http}`
    this.participantPorts = ports.participants
    this.coordinatorGrpcPort = ports.grpc
  }

  /** Makes the processes without starting them. */
  static async create(options: ClusterOptions = {}): Promise<PictureCluster> {
    const { participants: count = 3, env = {} } = options
    const folder = await mkdtemp(join(tmpdir(), 'picture-2pc-'))
    const [http = 0, grpc = 0, ...ports] = await freePorts(2 + count)
    const names = ports.map((_, index) => `grpc-node${index + 1}`)
    const listeners = [
      ...names.map((name, index) => ({ name, port: ports[index] ?? 0 })),
      { name: COORDINATOR, port: grpc },
    ]
    const mesh = options.relayed
      ? await RelayMesh.between([...names, COORDINATOR], listeners)
      : null
    const address = (from: string, to: string) =>
      mesh !== null && from !== to
        ? mesh.address(from, to)
        : `127.0.0.1:${listeners.find(({ name }) => name === to)?.port}`
    const peersOf = (from: string) => names.map((to) => `${to}=${address(from, to)}`).join(',')
    const common = { HOST: '127.0.0.1', LOG_FORMAT: 'pretty', ...env }
    const participants = names.map(
      (name, index) =>
        new Child(name, options.participantMain ?? 'picture-2pc/participant/main.js', {
          NODE_NAME: name,
          PORT: String(ports[index]),
          COORDINATORS: `${COORDINATOR}=${address(name, COORDINATOR)}`,
          PEERS: peersOf(name),
          DATA_DIR: join(folder, name),
          ...common,
        }),
    )
    const coordinator = new Child(
      COORDINATOR,
      options.coordinatorMain ?? 'picture-2pc/coordinator/main.js',
      {
        NODE_NAME: COORDINATOR,
        PORT: String(http),
        GRPC_PORT: String(grpc),
        PARTICIPANTS: peersOf(COORDINATOR),
        DATA_DIR: join(folder, COORDINATOR),
        ...common,
      },
    )
    const all = { http, grpc, participants: ports }
    return new PictureCluster(folder, coordinator, participants, all, mesh)
  }

  /** Makes the processes, starts them and waits until transactions can commit. */
  static async start(options: ClusterOptions = {}): Promise<PictureCluster> {
    const cluster = await PictureCluster.create(options)
    try {
      for (const child of cluster.all) child.start()
      await cluster.ready()
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  get all(): readonly Child[] {
    return [...this.participants, this.coordinator]
  }

  participant(name: string): Child {
    const found = this.participants.find((child) => child.name === name)
    if (found === undefined) throw new Error(`no participant ${name}`)
    return found
  }

  async ready(): Promise<void> {
    await eventually('the coordinator is ready', async () => {
      try {
        return (await this.get('/readyz')).status === 200
      } catch {
        return false
      }
    })
  }

  async stop(): Promise<void> {
    for (const child of this.all) child.signal('SIGCONT')
    await Promise.all(
      this.all.filter((child) => child.running).map((child) => child.end('SIGKILL')),
    )
    await this.mesh?.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  get(path: string): Promise<Answer> {
    return this.request('GET', path)
  }

  async request(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.url + path, { method, ...init })
    const text = await response.text()
    const body = parse(text)
    return { status: response.status, body, headers: response.headers }
  }

  /** Uploads to all participants as a transaction, or to one. */
  upload(filename: string, bytes: Uint8Array | string, node?: string): Promise<Answer> {
    const form = new FormData()
    form.set(
      'file',
      new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)]),
      filename,
    )
    const query = node === undefined ? '' : `?node=${node}`
    return this.request('POST', `/upload${query}`, { body: form })
  }

  deleteEverywhere(filename: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request('DELETE', `/delete-2pc/${encodeURIComponent(filename)}`, { headers })
  }

  like(filename: string): Promise<Answer> {
    return this.request('POST', `/like/${encodeURIComponent(filename)}`)
  }

  /** Which participants hold a picture. */
  async holders(filename: string): Promise<readonly string[]> {
    const { body } = await this.get(`/search/${encodeURIComponent(filename)}`)
    return Array.isArray(body['nodes']) ? body['nodes'].map(String) : []
  }

  /** How many transactions all participants together are in doubt about; null: one did not answer. */
  async inDoubt(): Promise<number | null> {
    const { body } = await this.get('/participants')
    const list = body['participants'] as { reachable: boolean; in_doubt_total?: number }[]
    if (list.some(({ reachable }) => !reachable)) return null
    return list.reduce((sum, { in_doubt_total = 0 }) => sum + in_doubt_total, 0)
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return { text }
  }
}
