import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultBand } from '../../linearizability/words.ts'
import type { Node } from '../cluster.ts'
import type { Random } from '../simulation/random.ts'
import type { TortureNodes } from './nodes.ts'

/** Each has its turn; what matters most has two. */
const KINDS = [
  ...(['kill', 'isolate', 'pause', 'fullDisk', 'cutOneWay', 'slowDisk'] as const),
  ...(['kill', 'cut', 'slowNetwork', 'stuckDisk', 'reset', 'restart', 'killAll'] as const),
] as const
export type FaultKind = (typeof KINDS)[number]
/** How often each fault struck; `selfExits`: processes that gave up on a full disk, and came back. */
export type FaultCounts = Record<FaultKind | 'selfExits', number>

const OF_NETWORK: ReadonlySet<FaultKind> = new Set(['isolate', 'cutOneWay', 'cut', 'slowNetwork'])
/** Of five nodes these may suffer at a time, so that there is somebody left to be wrong. */
const MOST_STRUCK = 2
const LEADER_SHARE = 0.4
/** Writes acknowledged between two strikes, unless that takes longer than the patience. */
const LEAST_PROGRESS = 10
const PATIENCE_MS = 5000
const START_MS = 15_000
/** EX_IOERR: the disk failed, which a full one may do to a start. */
const EXIT_STORAGE = 74

/** What clients notice of the cluster. */
export interface Watched {
  /** Id of the leader as last heard of; 0: nobody was heard of. */
  readonly leader: number
  /** Writes acknowledged so far. */
  readonly progress: number
}

/**
 * Strikes processes, their network and their disks at random until the signal; whatever was struck
 * comes back by itself. All nodes at once die now and then.
 */
export class Faults {
  readonly counts: FaultCounts = {
    ...{ kill: 0, killAll: 0, restart: 0, pause: 0, isolate: 0, cut: 0, cutOneWay: 0, reset: 0 },
    ...{ slowNetwork: 0, fullDisk: 0, slowDisk: 0, stuckDisk: 0, selfExits: 0 },
  }
  readonly bands: FaultBand[] = []
  readonly #nodes: TortureNodes
  readonly #random: Random
  readonly #now: () => number
  readonly #watched: Watched
  #progress = 0
  readonly #struck = new Set<Node>()
  readonly #running = new Set<Promise<void>>()

  constructor(nodes: TortureNodes, random: Random, now: () => number, watched: Watched) {
    this.#nodes = nodes
    this.#random = random
    this.#now = now
    this.#watched = watched
  }

  /** @param struck is told of each fault as it strikes. */
  async strikeUntil(signal: AbortSignal, struck: (kind: FaultKind) => void): Promise<void> {
    const watch = setInterval(() => this.#restartTheDead(), 100)
    try {
      for (let count = 0; !signal.aborted; count += 1) {
        await sleep(this.#random.between(100, 1000), undefined, { signal }).catch(() => undefined)
        const kind = KINDS[count % KINDS.length] ?? 'kill'
        if (!signal.aborted && (await this.#strike(kind, signal))) struck(kind)
      }
      await Promise.all(this.#running)
    } finally {
      clearInterval(watch)
    }
  }

  /**
   * Waits until somebody may be struck, so that in a short run, too, each kind has its turn; and, for
   * a while, until clients got on since the last strike: a cluster that never works proves little.
   */
  async #strike(kind: FaultKind, signal: AbortSignal): Promise<boolean> {
    if (kind === 'fullDisk' && this.#nodes.disks.size === 0) return false
    const patience = this.#now() + PATIENCE_MS
    while (this.#watched.progress < this.#progress + LEAST_PROGRESS && this.#now() < patience) {
      if (signal.aborted) return false
      await sleep(20)
    }
    this.#progress = this.#watched.progress
    const most = kind === 'killAll' ? 0 : MOST_STRUCK - 1
    while (this.#struck.size > most) {
      if (signal.aborted) return false
      await Promise.race(this.#running)
    }
    const victims = kind === 'killAll' ? this.#nodes.nodes : this.#victim()
    const began = this.#now()
    for (const node of victims) this.#struck.add(node)
    this.counts[kind] += 1
    const suffering = this.#suffer(kind, victims, signal).finally(() => {
      for (const node of victims) this.#struck.delete(node)
      this.#running.delete(suffering)
      const who = kind === 'killAll' ? 'all nodes' : `node ${victims.map(({ id }) => id)}`
      this.bands.push({ from: began, to: this.#now(), label: `${who}: ${kind}` })
    })
    this.#running.add(suffering)
    return true
  }

  #victim(): readonly Node[] {
    const free = this.#nodes.nodes.filter((node) => !this.#struck.has(node))
    const leader = free.find(({ id }) => id === this.#watched.leader)
    const node = this.#random.chance(LEADER_SHARE) ? leader : undefined
    return [node ?? this.#random.any(free)].flatMap((victim) => victim ?? [])
  }

  async #suffer(kind: FaultKind, nodes: readonly Node[], signal: AbortSignal): Promise<void> {
    const random = this.#random
    const last = (least: number, most: number) =>
      sleep(random.between(least, most), undefined, { signal }).catch(() => undefined)
    const [node] = nodes
    if (node === undefined) return
    if (kind === 'kill' || kind === 'restart' || kind === 'killAll') {
      const end = kind === 'restart' ? 'SIGTERM' : 'SIGKILL'
      await Promise.all(nodes.map(({ child }) => child.end(end)))
      await last(0, 1500)
      await this.#startAll(nodes, signal)
    } else if (kind === 'pause') {
      node.child.signal('SIGSTOP')
      await last(200, 4000)
      node.child.signal('SIGCONT')
    } else if (kind === 'fullDisk') {
      const disk = this.#nodes.disks.get(node.id)
      disk?.fill()
      await last(300, 1000)
      if (random.chance(0.4)) {
        await node.child.end('SIGKILL')
        node.child.start()
      }
      await last(1000, 3000)
      disk?.free()
      await this.#startAll([node], signal)
    } else if (kind === 'slowDisk' || kind === 'stuckDisk') {
      const [least, most] = kind === 'slowDisk' ? [10, 200] : [1500, 4000]
      await this.#nodes.slow(node, Math.round(random.between(least, most)))
      await last(500, 4000)
      await this.#nodes.slow(node, 0)
    } else await this.#disturb(kind, node, () => last(500, 5000))
  }

  /** They are struck until they answer: a node that starts is one that is missing. */
  async #startAll(nodes: readonly Node[], signal: AbortSignal): Promise<void> {
    const until = this.#now() + START_MS
    for (const node of nodes) if (!node.child.running) node.child.start()
    for (const node of nodes) {
      while (!signal.aborted && this.#now() < until && (await node.statusOrNull()) === null) {
        await sleep(50)
      }
    }
  }

  async #disturb(kind: FaultKind, node: Node, last: () => Promise<void>): Promise<void> {
    const { mesh, nodes } = this.#nodes
    const random = this.#random
    const others = nodes.filter((each) => each !== node)
    const own = node.child.name
    // a cut separates it from some of the others, which is where majorities overlap in odd ways
    const some = kind === 'isolate' ? others : others.filter(() => random.chance(0.5))
    const names = (some.length > 0 ? some : others).map(({ child }) => child.name)
    const mute = random.chance(0.5)
    for (const name of names) {
      if (kind === 'reset') mesh.reset(own, name)
      if (kind === 'isolate' || kind === 'cut' || mute) if (isCut(kind)) mesh.cut(own, name)
      if (kind === 'isolate' || kind === 'cut' || !mute) if (isCut(kind)) mesh.cut(name, own)
      if (kind !== 'slowNetwork') continue
      mesh.slow(own, name, random.between(10, 400))
      mesh.slow(name, own, random.between(10, 400))
    }
    if (!OF_NETWORK.has(kind)) return
    await last()
    for (const name of names) mesh.heal(own, name)
  }

  /** As whoever runs them does. */
  #restartTheDead(): void {
    for (const node of this.#nodes.nodes) {
      if (!node.child.running && !this.#struck.has(node)) node.child.start()
    }
  }

  /** The process that ended by itself without a reason. Called when nothing is struck any more. */
  whoGaveUp(): Error | null {
    this.counts.selfExits = 0
    for (const { child } of this.#nodes.nodes) {
      for (const { code, signal } of child.exits) {
        // an order to stop may reach a process before it listens for orders
        if (signal === 'SIGKILL' || signal === 'SIGTERM' || code === 0) continue
        if (code !== EXIT_STORAGE || this.counts.fullDisk === 0) {
          const last = child.lines.slice(-20).join('\n')
          return new Error(`${child.name} ended by itself with ${code ?? signal}:\n${last}`)
        }
        this.counts.selfExits += 1
      }
    }
    return null
  }
}

function isCut(kind: FaultKind): boolean {
  return kind === 'isolate' || kind === 'cut' || kind === 'cutOneWay'
}
