import assert from 'node:assert/strict'
import type { Message, NodeId } from '../messages.ts'
import type { Answer, Input, MembershipChange } from '../ready.ts'
import { bytes, configuration, ids, type TestOptions } from './build.ts'
import { Server } from './server.ts'

export interface ClusterSetup extends TestOptions {
  readonly voters?: readonly NodeId[]
  readonly size?: number
  readonly perServer?: Readonly<Record<NodeId, TestOptions>>
}

/** Servers and the messages between them, delivered in the order sent, when asked to. */
export class Cluster {
  readonly servers = new Map<NodeId, Server>()
  readonly #setup: ClusterSetup
  readonly #voters: readonly NodeId[]
  network: Message[] = []
  /** Directed links that lose everything, as "from>to". */
  readonly #cut = new Set<string>()
  /** False: this message is lost. */
  filter: (message: Message) => boolean = () => true
  observe: (message: Message) => void = () => undefined
  afterStep: () => void = () => undefined
  #requestId = 0

  constructor(setup: ClusterSetup = {}) {
    this.#setup = setup
    this.#voters = setup.voters ?? ids(setup.size ?? 3)
    for (const id of this.#voters) this.add(id)
  }

  /** A further process. `joining`: it knows no configuration. */
  add(id: NodeId, joining = false): Server {
    const { voters: _, size: __, perServer, ...given } = this.#setup
    const server = new Server({
      id,
      initialConfiguration: configuration(joining ? [] : this.#voters),
      options: { ...given, ...perServer?.[id] },
    })
    this.servers.set(id, server)
    return server
  }

  server(id: NodeId): Server {
    const server = this.servers.get(id)
    assert(server !== undefined, `there is no n${id}`)
    return server
  }

  get alive(): Server[] {
    return [...this.servers.values()].filter((server) => server.alive)
  }

  /** The leader of the highest term. */
  get leader(): Server | null {
    const leaders = this.alive.filter(({ status }) => status.role === 'leader')
    leaders.sort((a, b) => b.status.currentTerm - a.status.currentTerm)
    return leaders[0] ?? null
  }

  cut(from: NodeId, to: NodeId): void {
    this.#cut.add(`${from}>${to}`)
  }

  /** Both ways, from everybody. */
  isolate(...isolated: NodeId[]): void {
    this.partition(
      isolated,
      [...this.servers.keys()].filter((id) => !isolated.includes(id)),
    )
  }

  partition(...groups: readonly (readonly NodeId[])[]): void {
    for (const group of groups) {
      for (const other of groups) {
        if (group !== other) for (const a of group) for (const b of other) this.cut(a, b)
      }
    }
  }

  heal(): void {
    this.#cut.clear()
    this.filter = () => true
  }

  isCut(message: Message): boolean {
    return this.#cut.has(`${message.from}>${message.to}`)
  }

  step(id: NodeId, ...inputs: Input[]): void {
    this.server(id).step(...inputs)
    this.collect()
  }

  /** Puts what servers sent on the wire. */
  collect(): void {
    for (const server of this.alive) {
      for (const message of server.takeOutbox()) {
        if (this.isCut(message) || !this.filter(message)) continue
        this.network.push(message)
      }
    }
    this.afterStep()
  }

  deliver(message: Message): void {
    const server = this.servers.get(message.to)
    if (server === undefined || !server.alive || this.isCut(message)) return
    this.observe(message)
    server.step({ kind: 'receive', message })
    this.collect()
  }

  /** Delivers until the wire is empty. */
  settle(limit = 100_000): void {
    this.collect()
    for (let delivered = 0; this.network.length > 0; delivered += 1) {
      assert(delivered < limit, 'the cluster does not come to rest')
      const message = this.network.shift()
      if (message !== undefined) this.deliver(message)
    }
  }

  /** Time passes for everybody, or those given, and messages arrive in between. */
  tick(times = 1, only?: readonly NodeId[]): void {
    for (let i = 0; i < times; i += 1) {
      for (const { id } of this.alive) {
        if (only === undefined || only.includes(id)) this.step(id, { kind: 'tick' })
      }
      this.settle()
    }
  }

  /** Lets this one's election time out, and waits for the outcome. */
  elect(id: NodeId): void {
    this.step(id, { kind: 'campaign' })
    this.settle()
  }

  /** Ticks until there is a leader. */
  waitForLeader(ticks = 400): Server {
    for (let i = 0; i < ticks && this.leader === null; i += 1) this.tick()
    const { leader } = this
    assert(leader !== null, `no leader after ${ticks} ticks`)
    return leader
  }

  propose(id: NodeId, data: string): number {
    this.#requestId += 1
    const requestId = this.#requestId
    this.step(id, { kind: 'propose', requestId, command: 'ADD', data: bytes(data) })
    return requestId
  }

  read(id: NodeId): number {
    this.#requestId += 1
    this.step(id, { kind: 'read', requestId: this.#requestId })
    return this.#requestId
  }

  change(id: NodeId, change: MembershipChange): number {
    this.#requestId += 1
    this.step(id, { kind: 'changeMembership', requestId: this.#requestId, change })
    return this.#requestId
  }

  transfer(id: NodeId, target: NodeId | null): number {
    this.#requestId += 1
    this.step(id, { kind: 'transfer', requestId: this.#requestId, target })
    return this.#requestId
  }

  answer(id: NodeId, requestId: number): Answer | undefined {
    return this.server(id).answers.findLast((answer) => answer.requestId === requestId)
  }

  crash(id: NodeId): void {
    this.server(id).crash()
    this.network = this.network.filter(({ from, to }) => from !== id && to !== id)
  }

  restart(id: NodeId): void {
    this.server(id).start()
    this.collect()
  }

  /** The process comes back with an empty disk, and knows that it was not always empty. */
  wipe(id: NodeId): void {
    this.server(id).crash()
    this.server(id).disk.wipe()
    this.server(id).start(true)
    this.collect()
  }
}
