import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { loadService } from '../../common/rpc.ts'
import type { AdminServiceDefinition } from '../../protos/types/admin/AdminService.ts'
import type { StatusReply__Output } from '../../protos/types/admin/StatusReply.ts'
import type { QueueList__Output } from '../../protos/types/queue/QueueList.ts'
import type { QueueResponse__Output } from '../../protos/types/queue/QueueResponse.ts'
import type { QueueServiceDefinition } from '../../protos/types/queue/QueueService.ts'
import { Child, eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'

const queueService = loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService')
const adminService = loadService<AdminServiceDefinition>('admin.proto', 'admin.AdminService')
const services = { queue: queueService.definition, admin: adminService.definition }

export interface ClusterOptions {
  readonly size?: number
  /** Added to every process's environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** Metadata of a call. */
export type Sent = Readonly<Record<string, string>>

/** A member as a real process, and a client of it. */
export class Node {
  readonly id: number
  readonly child: Child
  readonly port: number
  readonly httpPort: number
  readonly peerAddress: string
  readonly dataDir: string
  #client: grpc.Client | null = null

  constructor(
    id: number,
    ports: { client: number; http: number; peerAddress: string },
    dataDir: string,
    env: Readonly<Record<string, string>>,
    main = 'music-raft/server/main.js',
  ) {
    this.id = id
    this.port = ports.client
    this.httpPort = ports.http
    this.peerAddress = ports.peerAddress
    this.dataDir = dataDir
    this.child = new Child(`raft-node${id}`, main, {
      NODE_ID: String(id),
      PORT: String(ports.client),
      HTTP_PORT: String(ports.http),
      DATA_DIR: dataDir,
      ...env,
    })
  }

  /** A call of QueueService or AdminService; `trailer` is filled in, if given. */
  call<T>(
    service: keyof typeof services,
    method: string,
    request: object = {},
    { sent = {}, deadlineMs = 5000 }: { sent?: Sent; deadlineMs?: number } = {},
  ): Promise<{ reply: T; trailer: grpc.Metadata }> {
    this.#client ??= new grpc.Client(
      `127.0.0.1:${this.port}`,
      grpc.credentials.createInsecure(),
      clientOptions,
    )
    const client = this.#client
    const definition = (services[service] as grpc.ServiceDefinition)[method]
    if (definition === undefined) throw new Error(`no method ${method}`)
    const metadata = new grpc.Metadata()
    for (const [key, value] of Object.entries(sent)) metadata.set(key, value)
    return new Promise((resolve, reject) => {
      let trailer = new grpc.Metadata()
      let reply: T | undefined
      const call = client.makeUnaryRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        request,
        metadata,
        { deadline: Date.now() + deadlineMs },
        (error, answer) => {
          if (error !== null) reject(error)
          else reply = answer as T
        },
      )
      call.on('status', (status) => {
        trailer = status.metadata
        if (status.code === grpc.status.OK) resolve({ reply: reply as T, trailer })
      })
    })
  }

  async add(id: string, options: { sent?: Sent; deadlineMs?: number } = {}) {
    const track = { id, title: `T ${id}`, artist: 'A', duration: 100 }
    return (await this.call<QueueResponse__Output>('queue', 'AddTrack', track, options)).reply
  }

  /** The ids queued, or played, in order. */
  async ids(method: 'GetQueue' | 'GetHistory' = 'GetQueue', sent: Sent = {}): Promise<string[]> {
    const { reply } = await this.call<QueueList__Output>('queue', method, {}, { sent })
    return reply.queue.map(({ id }) => id)
  }

  async status(): Promise<StatusReply__Output> {
    return (await this.call<StatusReply__Output>('admin', 'Status', {}, { deadlineMs: 2000 })).reply
  }

  /** null: it does not answer. */
  async statusOrNull(): Promise<StatusReply__Output | null> {
    if (!this.child.running) return null
    return this.status().catch(() => null)
  }

  async http(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`http://127.0.0.1:${this.httpPort}${path}`)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, body: isJson ? JSON.parse(text) : { text } }
  }

  closeClient(): void {
    this.#client?.close()
    this.#client = null
  }
}

const clientOptions: grpc.ChannelOptions = {
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 200,
  'grpc.use_local_subchannel_pool': 1,
}

/** Short, so that tests are; the proportions are the shipped ones. */
const TIMERS = {
  HEARTBEAT_INTERVAL_MS: '150',
  ELECTION_TIMEOUT_MIN_MS: '500',
  ELECTION_TIMEOUT_MAX_MS: '1000',
}

/** Long enough that nobody is elected only because the machine is at work. */
export const PATIENT = {
  HEARTBEAT_INTERVAL_MS: '300',
  ELECTION_TIMEOUT_MIN_MS: '1500',
  ELECTION_TIMEOUT_MAX_MS: '2500',
}

/** For tests that fail at any election: a node must miss eight heartbeats before it begins one. */
export const CALM = {
  HEARTBEAT_INTERVAL_MS: '500',
  ELECTION_TIMEOUT_MIN_MS: '4000',
  ELECTION_TIMEOUT_MAX_MS: '5000',
}

/** Real processes on this machine, with fresh data. */
export class RaftCluster implements AsyncDisposable {
  readonly folder: string
  readonly nodes: Node[]
  readonly #env: Readonly<Record<string, string>>

  private constructor(folder: string, nodes: Node[], env: Readonly<Record<string, string>>) {
    this.folder = folder
    this.nodes = nodes
    this.#env = env
  }

  /** Makes the processes without starting them. */
  static async create({ size = 5, env = {} }: ClusterOptions = {}): Promise<RaftCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'music-raft-'))
    const ports = await freePorts(size * 3)
    const at = (place: number) => ports[place] ?? 0
    const members = Array.from({ length: size }, (_, place) => ({
      id: place + 1,
      client: at(place * 3),
      http: at(place * 3 + 1),
      peerAddress: `127.0.0.1:${at(place * 3 + 2)}`,
    }))
    const common = {
      ...{ HOST: '127.0.0.1', LOG_FORMAT: 'pretty', ...TIMERS },
      PEERS: members.map(({ id, peerAddress }) => `${id}=${peerAddress}`).join(','),
      ...env,
    }
    const nodes = members.map(
      ({ id, ...rest }) => new Node(id, rest, join(folder, `node${id}`), common),
    )
    return new RaftCluster(folder, nodes, common)
  }

  /** Makes the processes, starts them and waits for a leader that serves. */
  static async start(options: ClusterOptions = {}): Promise<RaftCluster> {
    const cluster = await RaftCluster.create(options)
    try {
      for (const { child } of cluster.nodes) child.start()
      await cluster.leader()
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  /** A further process that is no member yet. */
  async newcomer(id: number): Promise<Node> {
    const [client = 0, http = 0, peer = 0] = await freePorts(3)
    const peerAddress = `127.0.0.1:${peer}`
    const node = new Node(id, { client, http, peerAddress }, join(this.folder, `node${id}`), {
      ...this.#env,
      PEERS: `${this.#env['PEERS']},${id}=${peerAddress}`,
      JOIN: 'true',
    })
    this.nodes.push(node)
    return node
  }

  node(id: number): Node {
    const found = this.nodes.find((node) => node.id === id)
    if (found === undefined) throw new Error(`no node ${id}`)
    return found
  }

  get running(): Node[] {
    return this.nodes.filter(({ child }) => child.running)
  }

  /** Waits until one node leads and its term is the highest, and every running node says so. */
  async leader(among: readonly Node[] = this.running): Promise<Node> {
    let leader: Node | undefined
    await eventually('all nodes agree on a leader that is ready', async () => {
      const all = await Promise.all(among.map((node) => node.statusOrNull()))
      const ids = new Set(all.map((status) => status?.leaderId ?? 0))
      const terms = new Set(all.map((status) => status?.term ?? 0))
      const [id = 0] = ids
      leader = among.find((node) => node.id === id)
      if (ids.size !== 1 || terms.size !== 1 || leader === undefined) return false
      return (await leader.http('/readyz').catch(() => null))?.status === 200
    })
    if (leader === undefined) throw new Error('no leader')
    return leader
  }

  followers(leader: Node): Node[] {
    return this.running.filter((node) => node !== leader)
  }

  /** Waits until all hold the same state up to the same index. */
  async agree(among: readonly Node[] = this.running): Promise<void> {
    await eventually('all nodes hold the same state', async () => {
      const all = await Promise.all(among.map((node) => node.statusOrNull()))
      const states = all.map((status) => `${status?.lastApplied} ${status?.stateHash}`)
      return new Set(states).size === 1 && all.every((status) => status !== null)
    })
  }

  async stop(): Promise<void> {
    for (const { child } of this.nodes) child.signal('SIGCONT')
    await Promise.all(this.running.map(({ child }) => child.end('SIGKILL')))
    for (const node of this.nodes) node.closeClient()
    await rm(this.folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
