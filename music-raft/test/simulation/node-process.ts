import { ConfigError } from '../../../common/config.ts'
import { MemoryDisk } from '../../../common/record-log/test/memory-disk.ts'
import { CorruptLog, DiskFull, StorageFailure } from '../../../common/storage-errors.ts'
import type { Message, NodeId } from '../../raft/messages.ts'
import { type RaftConfig, readRaftConfig } from '../../server/config.ts'
import type { Step } from './disk.ts'
import { Life } from './life.ts'
import { addressOf, MOST_NODES } from './plan.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

/** Between a death by the process's own decision and its restart, in milliseconds. */
const SUPERVISOR_MS = 500
/** A process that was asked to stop has this long. */
const STOP_MS = 9_000
/** How much likelier a crash is where names change. */
const NAME_CRASHES = 10
/** Longer than any timeout, shorter than the patience of the liveness phase. */
const LONGEST_STALL_MS = 15_000

/** A node: its disk, which outlives every process, and the process, while there is one. */
export class NodeProcess {
  readonly id: NodeId
  readonly world: World
  readonly random: Random
  readonly directory: string
  config: RaftConfig
  life: Life | null = null
  /** Bits on the disk changed by themselves since it was last wiped. */
  isRotten = false
  /** Why it may not remember all it promised. */
  damage: 'rotten' | 'wiped' | null = null
  /** Its disk knows the name of its cluster, and all that it promised. */
  hasBegun = false
  /** Operations take so many times as long. */
  slowness = 1
  #disk = new MemoryDisk()
  #roomLeft = Number.POSITIVE_INFINITY
  #hasFailed = false

  constructor(world: World, id: NodeId, joins: boolean) {
    this.world = world
    this.id = id
    this.directory = `/n${id}`
    this.random = new Random(world.plan.seed, `node ${id}`)
    this.config = configOf(world, id, joins)
  }

  /** It does not count as one that has what the cluster has. */
  get isDamaged(): boolean {
    return this.damage !== null || !this.hasBegun
  }

  get isUp(): boolean {
    return this.life !== null
  }

  get server() {
    return this.life?.server ?? null
  }

  start(): void {
    if (this.life !== null) return
    this.world.trace(() => `n${this.id} starts`)
    this.#disk.limit = this.#roomLeft
    this.#hasFailed = false
    this.life = new Life(this, this.#disk)
    this.life.disk.onFailure = () => {
      this.#hasFailed = true
      this.world.count('failed writes')
    }
    this.life.begin()
  }

  /** The process is killed, or the whole machine loses power. */
  crash(how: 'process' | 'power'): void {
    const { life } = this
    if (life === null) return
    this.world.trace(() => `n${this.id} dies (${how})`)
    life.isDead = true
    this.life = null
    const keeps = this.random.pick([0, 0.5, 1])
    const keep = () => this.random.chance(keeps)
    // What a failed fsync was to make durable may be gone though the machine runs on.
    const loses = how === 'power' || this.#hasFailed
    this.#disk = loses ? this.#disk.crash(keep) : this.#disk.kill()
    this.world.checks.stopped(this.id)
    this.world.restartLater(this)
  }

  /** SIGTERM: hands over, finishes, and is gone. */
  stop(): void {
    const { life } = this
    const server = life?.server
    if (life == null || server == null) return
    this.world.trace(() => `n${this.id} is asked to stop`)
    const gone = () => {
      if (!life.isDead) this.crash('process')
    }
    server.drain()
    server
      .handOver(3_000)
      .then(() => server.stop())
      .then(gone, (error: unknown) => life.fatal(error))
    this.world.scheduler.after(STOP_MS, gone)
  }

  /** An error ended the process: a disk that fails is none of its faults, all else is. */
  stops(error: unknown, isAssertion: boolean): void {
    const { world, life } = this
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    world.trace(() => `n${this.id} stops: ${what.split('\n')[0]}`)
    const atStart = life?.server == null
    const mayFill = this.#roomLeft < Number.POSITIVE_INFINITY
    const corrupt = error instanceof CorruptLog || error instanceof ConfigError
    const expected =
      !isAssertion &&
      ((corrupt && this.isRotten) ||
        (error instanceof StorageFailure && (this.#hasFailed || mayFill)) ||
        (error instanceof DiskFull && mayFill))
    if (!expected) world.fail(`n${this.id} stopped: ${what}`)
    world.count('stops by itself')
    this.crash('process')
    if (corrupt && atStart) {
      world.count('rot found')
      this.wipe()
    }
  }

  /** Somebody puts an empty disk in. Only while it is down. */
  wipe(): void {
    this.world.trace(() => `n${this.id} gets an empty disk`)
    this.#disk = new MemoryDisk()
    this.isRotten = false
    this.damage = 'wiped'
    this.hasBegun = false
    this.world.checks.wiped(this.id)
    // Who replaces a disk says where the cluster is now; the members it was born with may be gone.
    if (this.world.hasChanged) this.join()
  }

  /** Somebody makes it a node that is added to a cluster that runs. */
  join(): void {
    this.config = configOf(this.world, this.id, true)
  }

  /** Flips bits in one sector of one file. False: there is nothing to damage. */
  rot(): boolean {
    const path = this.random.any(this.#disk.paths)
    const held = path === undefined ? null : this.#disk.bytes(path)
    if (path === undefined || held === null || held.length === 0) return false
    const bytes = Buffer.from(held)
    const at = this.random.below(bytes.length)
    const end = Math.min(bytes.length, at - (at % 512) + 512)
    const flips = 1 + this.random.below(20)
    for (let flip = 0; flip < flips; flip += 1) {
      const place = at + this.random.below(end - at)
      bytes[place] = (bytes[place] ?? 0) ^ (1 << this.random.below(8))
    }
    this.#disk.put(path, bytes)
    this.isRotten = true
    this.damage = 'rotten'
    this.world.trace(() => `n${this.id} ${path} rots at ${at}`)
    return true
  }

  /** Leaves so many bytes on the disk. */
  fill(room: number): void {
    const used = this.#disk.paths.reduce((sum, path) => sum + this.#disk.bytes(path).length, 0)
    this.#roomLeft = used + room
    this.#disk.limit = this.#roomLeft
  }

  empty(): void {
    this.#roomLeft = Number.POSITIVE_INFINITY
    this.#disk.limit = this.#roomLeft
  }

  latency(): number {
    const { latency, writeMode } = this.world.plan.disk
    if (this.world.isHealed) return writeMode === 'blocking' ? 0.1 : 0.5
    return Math.min(this.random.between(...latency) * this.slowness, LONGEST_STALL_MS)
  }

  diesAt(step: Step): 'before' | 'within' | 'after' | null {
    const { crashAtStep } = this.world.plan.disk
    const probability = step === 'name' ? crashAtStep * NAME_CRASHES : crashAtStep
    if (this.world.isHealed || !this.random.chance(probability)) return null
    return this.random.pick(['before', 'within', 'after'])
  }

  receive(message: Message, clusterId: string): boolean {
    return this.life?.receive(message, clusterId) ?? false
  }

  /** What it says to one that asks whether the cluster has begun; null: nothing. */
  position(): { clusterId: string; lastIndex: number } | null {
    const { life, server } = this
    if (server === null || life?.isPaused) return null
    return { clusterId: server.membership.clusterId(), lastIndex: server.position().lastIndex }
  }

  /** Starts again soon after it stopped by itself. */
  static readonly restartAfter = SUPERVISOR_MS
}

function configOf(world: World, id: NodeId, joins: boolean): RaftConfig {
  const { cluster } = world.plan
  const members = Array.from({ length: joins ? MOST_NODES : cluster.voters }, (_, i) => i + 1)
  const config = readRaftConfig({
    NODE_ID: String(id),
    PEERS: members.map((each) => `${each}=${addressOf(each)}`).join(','),
    DATA_DIR: `/n${id}`,
    JOIN: joins ? 'true' : 'false',
    PORT: '1000',
    HTTP_PORT: '1001',
  })
  const [least, most] = cluster.electionTicks
  return {
    ...config,
    ...{ tickMs: cluster.tickMs, heartbeatTicks: cluster.heartbeatTicks },
    ...{ electionTimeoutMinTicks: least, electionTimeoutMaxTicks: most },
    ELECTION_TIMEOUT_MAX_MS: most * cluster.tickMs,
    REQUEST_TIMEOUT_MS: cluster.requestTimeoutMs,
    SNAPSHOT_ENTRIES: cluster.snapshotEntries,
    SNAPSHOT_INTERVAL_MS: cluster.snapshotIntervalMs,
    TRAILING_ENTRIES: cluster.trailingEntries,
  }
}
