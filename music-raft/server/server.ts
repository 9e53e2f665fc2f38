import { randomUUID } from 'node:crypto'
import { type Clock, machineClock } from '../../common/clock.ts'
import { CodedError } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import type { FileSystem } from '../../common/record-log/file-system.ts'
import type { QueueMachine } from '../queue/queue.ts'
import type { Entry, LogIndex, Request, Term } from '../raft/messages.ts'
import { RaftNode } from '../raft/node.ts'
import { DEFAULTS, type Options } from '../raft/options.ts'
import type { Input, RaftEvent, RequestId } from '../raft/ready.ts'
import type { Status } from '../raft/status.ts'
import { clusterBegun } from './bootstrap.ts'
import { growthFor } from './compaction.ts'
import type { RaftConfig } from './config.ts'
import { DiskGuard } from './disk-guard.ts'
import { Driver } from './driver.ts'
import { Teller } from './events.ts'
import { handOver } from './hand-over.ts'
import { type Identity, writeIdentityWhenRoom } from './identity.ts'
import { Leadership } from './leadership.ts'
import { Readiness } from './readiness.ts'
import { type Recovered, restartOf } from './recovered.ts'
import { CLUSTER } from './replica.ts'
import { type Done, Refused, Requests } from './requests.ts'
import { membersOf, type NodeStatus } from './status.ts'
import type { ClusterMembership } from './transport/membership-guard.ts'
import { Peers, type PeersParts } from './transport/peers.ts'
import { encodeEntry } from './wire/entry-codec.ts'

export interface ServerParts {
  readonly config: RaftConfig
  readonly log: Logger
  readonly recovered: Recovered
  readonly directory: string
  /** Other than the real ones where a test has its own world. */
  readonly host?: Partial<Host>
  /** Hears of each entry that is applied; must be cheap. */
  readonly applied?: (entry: Entry) => void
  fatal(error: unknown): void
}

/** What a node takes from the machine it runs on. */
export interface Host {
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly uuid: () => string
  readonly connect: (parts: PeersParts) => Peers
  /** undefined: the machine's. */
  readonly fileSystem: FileSystem | undefined
  /** What of the core is not configured from outside. */
  readonly options: Partial<Options>
}

const machine: Host = {
  clock: machineClock,
  random: Math.random,
  uuid: randomUUID,
  connect: (parts) => new Peers(parts),
  fileSystem: undefined,
  options: {},
}

const READINESS_MS = 200
/** What clients wait for where a leader stops: usually it is elected in a few milliseconds. */
const NEXT_LEADER_MS = 1000
/** A leader with a full disk that found nobody to lead asks again after this long. */
const GIVE_WAY_EVERY_MS = 5000
/** The log in memory may hold this many times what makes a snapshot due. */
const LOG_BYTES_FACTOR = 4

/** A member of the cluster: the core with its driver, disk and peers, once it may begin. */
export class Server {
  readonly leadership: Leadership
  readonly peers: Peers
  readonly membership: ClusterMembership
  readonly #parts: ServerParts
  readonly #host: Host
  readonly #requests: Requests
  readonly #teller: Teller
  readonly #readiness: Readiness
  readonly #guard: DiskGuard
  readonly #beginning = new AbortController()
  #driver: Driver | null = null
  #watchers: ((event: RaftEvent) => void)[] = []
  #tellReady: (ready: boolean) => void = () => undefined
  #stopChecks: () => void = () => undefined
  #draining = false
  #naming = false
  #givesWayFrom = 0
  /** Last index on disk at the start, until the core is there to say. */
  readonly #foundIndex: LogIndex

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#host = { ...machine, ...parts.host }
    const { clock, connect } = this.#host
    const { config, log, recovered, fatal } = parts
    const { storage, found } = recovered
    const snapshotIndex = storage.snapshots.current?.lastIncludedIndex ?? 0
    this.#foundIndex = Math.max(found.entries.at(-1)?.index ?? 0, snapshotIndex)
    this.leadership = new Leadership(found.hardState?.currentTerm ?? 0, clock)
    this.membership = {
      id: config.id,
      clusterId: () => storage.clusterId,
      isMember: (id) => this.#isMember(id),
      // Not while it is unknown whether the own cluster has begun: a stranger's name for it would
      // then be taken by all (bootstrap.ts asks those of PEERS).
      adoptCluster: (clusterId) => {
        if (this.#driver !== null) this.#adoptCluster(clusterId)
      },
    }
    this.peers = connect({
      ...{ self: config.id, configured: config.members, log },
      deadlineMs: config.ELECTION_TIMEOUT_MAX_MS,
      clusterId: () => storage.clusterId,
      openBytes: (snapshot) => storage.snapshots.openBytes(snapshot),
      submit: (input) => this.#driver?.submit(input),
    })
    const { REQUEST_TIMEOUT_MS: timeoutMs, MAX_PENDING_REQUESTS: most } = config
    this.#requests = new Requests(timeoutMs, most, clock)
    this.#teller = new Teller(log, config.id, clock)
    this.#readiness = new Readiness(this.leadership, () => this.read())
    this.#guard = new DiskGuard(storage, log, () => this.#giveWay(), fatal, clock)
  }

  /** Finds out whether the cluster has begun, where the disk does not say, and starts. */
  begin(): void {
    this.#begin().catch(this.#parts.fatal)
  }

  onEvent(watch: (event: RaftEvent) => void): void {
    this.#watchers.push(watch)
  }

  /** `tell` is called whenever the node becomes ready, or is no longer. */
  onReady(tell: (ready: boolean) => void): void {
    this.#tellReady = tell
  }

  get machine(): QueueMachine {
    return this.#parts.recovered.replica.machine
  }

  /** How long a write has been on its way to the disk, where that is not for want of space. */
  get stuckForMs(): number {
    return this.#guard.isFull ? 0 : (this.#driver?.savingForMs ?? 0)
  }

  /** Throws CodedError STARTING; or why leadership is not taken, so that another is asked. */
  receive(message: Request): void {
    if (this.#driver === null) throw new CodedError('STARTING')
    if (message.type === 'TimeoutNow') {
      if (this.#draining) throw new CodedError('STOPPING')
      if (this.#guard.isFull) throw new CodedError('DISK_FULL')
    }
    this.#driver.submit({ kind: 'receive', message })
  }

  position(): { term: Term; lastIndex: LogIndex } {
    const status = this.#driver?.status
    return { term: status?.currentTerm ?? 0, lastIndex: status?.lastIndex ?? this.#foundIndex }
  }

  /** Rejects with Refused or CodedError. */
  request(input: (requestId: RequestId) => Input): Promise<Done> {
    const driver = this.#driver
    if (driver === null) return Promise.reject(new Refused('starting', null))
    return this.#requests.open(driver.submit, input)
  }

  /** Nothing is acknowledged before the cluster has its name: bootstrap.ts counts on it. */
  propose(command: string, data: Uint8Array): Promise<Done> {
    if (this.membership.clusterId() === '') return Promise.reject(new Refused('starting', null))
    const run = () => this.request((requestId) => ({ kind: 'propose', requestId, command, data }))
    return this.leadership.role === 'leader' ? this.#guard.admit(data.length, run) : run()
  }

  /** Resolves when what `machine` shows is linearizable. */
  read(): Promise<Done> {
    return this.request((requestId) => ({ kind: 'read', requestId }))
  }

  /** Not ready from now on, and no leader of another term; what is under way goes on. */
  drain(): void {
    this.#draining = true
    this.#driver?.submit({ kind: 'retire' })
  }

  /** A leader that stops lets another lead first (L9). */
  async handOver(withinMs: number): Promise<void> {
    if (this.leadership.role !== 'leader') return
    await this.#passOn(withinMs)
    if (this.leadership.leaderId === null) await this.leadership.change(NEXT_LEADER_MS)
  }

  async stop(): Promise<void> {
    this.#beginning.abort()
    this.#guard.stop()
    this.#stopChecks()
    await this.#driver?.stop()
    this.#requests.rejectAll(new CodedError('STOPPING'))
    this.peers.close()
    await this.#parts.recovered.storage.close()
  }

  /** The core's own state. */
  get raft(): Status {
    return this.#driver?.status ?? idle(this.#parts.config)
  }

  status(): NodeStatus {
    const { config, recovered } = this.#parts
    const { storage, replica } = recovered
    const { machine } = replica
    const { raft } = this
    const { user, system } = process.cpuUsage()
    const because = this.#notReadyBecause()
    return {
      raft,
      members: membersOf(raft, config.tickMs),
      queueLength: machine.size,
      historyLength: machine.historySize,
      sessions: machine.sessionCount,
      stateHash: machine.stateHash(),
      clusterId: storage.clusterId,
      cpuMicros: user + system,
      residentBytes: process.memoryUsage.rss(),
      diskTrouble: this.#guard.isFull || this.stuckForMs > config.ELECTION_TIMEOUT_MAX_MS,
      diverged: replica.divergence !== null,
      ready: because === '',
      notReadyBecause: because,
      pendingRequests: this.#requests.size,
      forcedWrites: storage.forcedWrites,
      logBytesOnDisk: storage.sizeInBytes,
    }
  }

  async #begin(): Promise<void> {
    const { config, recovered, log, fatal, applied = () => undefined } = this.#parts
    const identity = recovered.identity ?? (await this.#newIdentity())
    if (identity === null || this.#beginning.signal.aborted) return
    const core = this.#core(identity)
    this.peers.reconfigure(core.status().configuration)
    const driver = new Driver({
      ...{ core, log, fatal, tickMs: config.tickMs, teller: this.#teller, applied },
      clock: this.#host.clock,
      ...{ storage: recovered.storage, replica: recovered.replica, requests: this.#requests },
      compaction: {
        entries: config.SNAPSHOT_ENTRIES,
        growth: growthFor(config.NODE_ID),
        bytes: config.SNAPSHOT_BYTES,
        intervalMs: config.SNAPSHOT_INTERVAL_MS,
      },
      send: (message) => this.peers.send(message),
      observe: (event) => this.#observe(event),
      clusterNamed: (clusterId) => this.#adoptCluster(clusterId),
    })
    this.#driver = driver
    driver.start()
    this.#guard.start()
    this.#stopChecks = this.#host.clock.every(READINESS_MS, () => this.#checkReady())
    const { currentTerm, lastIndex, recovering } = core.status()
    log.info(
      `Node ${config.id} begins in term ${currentTerm} with a log up to ${lastIndex}${recovering ? ', having lost its disk: it votes when it caught up' : ''}`,
    )
  }

  #isMember(id: number): boolean {
    const configured = this.#parts.config.members.some((member) => member.id === id)
    if (configured || this.#driver === null) return configured
    const { voters, learners } = this.#driver.status.configuration
    return [...voters, ...learners].some((member) => member.id === id)
  }

  /** null: the process stops before it is known. */
  async #newIdentity(): Promise<Identity | null> {
    const { config, log, recovered, directory } = this.#parts
    const { storage } = recovered
    const { initialConfiguration, id } = config
    const joins = initialConfiguration.voters.length === 0
    const { signal } = this.#beginning
    const { clock, fileSystem } = this.#host
    const clusterId = joins
      ? ''
      : await clusterBegun(id, initialConfiguration.voters, this.peers, clock, log, signal)
    if (signal.aborted) return null
    // One that joins may have been a member before, under this id: it is asked for no vote untried.
    const lostDisk = joins || clusterId !== ''
    if (clusterId !== '') this.#adoptCluster(clusterId)
    if (!lostDisk) recovered.found.hardState = await storage.begin()
    const identity = { nodeId: id, initialConfiguration, lostDisk }
    const options = { clock, fileSystem, signal }
    return (await writeIdentityWhenRoom(directory, identity, options)) ? identity : null
  }

  #core(identity: Identity): RaftNode {
    const { config, recovered, log } = this.#parts
    const { heartbeatTicks, electionTimeoutMinTicks, electionTimeoutMaxTicks } = config
    return new RaftNode(
      {
        ...{ id: config.id, random: this.#host.random, encodeEntry },
        ...{ heartbeatTicks, electionTimeoutMinTicks, electionTimeoutMaxTicks },
        trailingEntries: config.TRAILING_ENTRIES,
        maxPendingReads: config.MAX_PENDING_REQUESTS,
        maxLogBytes: Math.max(DEFAULTS.maxLogBytes, config.SNAPSHOT_BYTES * LOG_BYTES_FACTOR),
        ...this.#host.options,
      },
      restartOf(recovered, identity, log),
    )
  }

  #observe(event: RaftEvent): void {
    this.leadership.observe(event)
    this.#readiness.observe(event)
    if (event.kind === 'roleChanged') this.#nameCluster()
    if (event.kind === 'configChanged') this.peers.reconfigure(event.configuration)
    for (const watch of this.#watchers) watch(event)
  }

  /**
   * The first leader that commits something names the cluster, through the log (L12). Tried until it
   * has a name; of two entries that name it the first counts, on all nodes.
   */
  #nameCluster(): void {
    if (this.membership.clusterId() !== '' || this.leadership.role !== 'leader') return
    if (this.#naming) return
    this.#naming = true
    const named = this.read().then(async () => {
      if (this.membership.clusterId() !== '') return
      const data = Buffer.from(this.#host.uuid(), 'latin1')
      await this.request((requestId) => ({ kind: 'propose', requestId, command: CLUSTER, data }))
    })
    const over = () => {
      this.#naming = false
    }
    named.then(over, over)
  }

  #adoptCluster(clusterId: string): void {
    const { storage } = this.#parts.recovered
    if (storage.clusterId !== '') return
    storage.adoptCluster(clusterId)
    this.#parts.log.info({ clusterId }, `Node ${this.#parts.config.id} is of cluster ${clusterId}`)
  }

  #giveWay(): void {
    if (this.leadership.role !== 'leader' || this.#host.clock.now() < this.#givesWayFrom) return
    this.#givesWayFrom = this.#host.clock.now() + GIVE_WAY_EVERY_MS
    void this.#passOn(GIVE_WAY_EVERY_MS)
  }

  #passOn(withinMs: number): Promise<void> {
    const { leadership } = this
    return handOver(
      {
        ...{ self: this.#parts.config.id, leadership, clock: this.#host.clock },
        successors: () => this.#driver?.status.successors ?? [],
        transfer: (target) =>
          this.request((requestId) => ({ kind: 'transfer', requestId, target })),
      },
      withinMs,
    )
  }

  #checkReady(): void {
    this.#nameCluster()
    this.#readiness.prove()
    this.#tellReady(this.#notReadyBecause() === '')
  }

  #notReadyBecause(): string {
    if (this.#draining) return 'It is stopping.'
    if (this.#driver === null) return 'It does not know yet whether its cluster has begun.'
    if (this.#parts.recovered.replica.divergence !== null) return 'Its state has diverged.'
    if (this.#driver.isRestoring) return 'It is taking over a snapshot.'
    const { because } = this.#readiness
    if (because !== '') return because
    return this.membership.clusterId() === '' ? 'Its cluster has no name yet.' : '' // see propose
  }
}

/** What is shown of a core that is not there yet. */
function idle({ id, initialConfiguration }: RaftConfig) {
  const ghost = new RaftNode(
    { id, random: () => 0, encodeEntry },
    { hardState: null, snapshot: null, entries: [], initialConfiguration },
  )
  return ghost.status()
}
