import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../../../test/child.ts'
import type { Random } from '../simulation/random.ts'
import type { TortureNodes } from './nodes.ts'

const KINDS = [
  ...(['kill', 'cutOneWay', 'pause', 'fullDisk', 'isolate'] as const),
  ...(['slowDisk', 'kill', 'reset', 'restart', 'slowNetwork'] as const),
] as const
export type FaultKind = (typeof KINDS)[number]

/** How often each fault struck; `selfExits`: processes that gave up on a full disk, and came back. */
export type FaultCounts = Record<FaultKind | 'selfExits', number>

export function noFaults(): FaultCounts {
  return {
    ...{ kill: 0, pause: 0, restart: 0, cutOneWay: 0, isolate: 0, reset: 0 },
    ...{ slowNetwork: 0, fullDisk: 0, slowDisk: 0, selfExits: 0 },
  }
}

/** Ends that were given, some of them to processes that do not listen for signals yet. */
const ORDERED = new Set<NodeJS.Signals | null>(['SIGKILL', 'SIGTERM', 'SIGUSR2'])
/** What a start on a full disk may end with: it could not begin its run, or the disk failed. */
const FULL_DISK = new Set<number | null>([1, 74])

/**
 * Strikes processes, their network and their disks at random until the signal: each kind has its turn,
 * several things can be wrong at a time, and whatever was struck comes back by itself.
 */
export class Faults {
  readonly counts = noFaults()
  readonly #nodes: TortureNodes
  readonly #random: Random
  /** What suffers now, so that no fault ends another one of its kind. */
  readonly #struck = new Set<string>()
  readonly #running = new Set<Promise<void>>()

  constructor(nodes: TortureNodes, random: Random) {
    this.#nodes = nodes
    this.#random = random
  }

  async strikeUntil(signal: AbortSignal): Promise<void> {
    const strike = async () => {
      for (let count = 0; !signal.aborted; count += 1) {
        await sleep(this.#random.between(200, 1500), undefined, { signal }).catch(() => undefined)
        const kind = KINDS[count % KINDS.length] ?? 'kill'
        if (!signal.aborted) this.#strike(kind, count)
      }
      await Promise.all(this.#running)
    }
    // Whoever is struck comes back by itself.
    await this.#nodes.keepingAlive(strike, ({ name }) => this.#struck.has(name))
  }

  #strike(kind: FaultKind, count: number): void {
    const { all, disks } = this.#nodes
    if (kind === 'fullDisk' && disks.size === 0) return
    // Every role has its turn also in a short run: the coordinator is last.
    const keyOf = ({ name }: Child) => (isOfNetwork(kind) ? `network ${name}` : name)
    const free = all.filter((each) => !this.#struck.has(keyOf(each)))
    const child = count % 4 === 0 ? free.at(-1) : free[this.#random.below(free.length)]
    const others = all.filter((each) => each !== child)
    const other = others[this.#random.below(others.length)]
    if (child === undefined || other === undefined) return
    const what = keyOf(child)
    this.#struck.add(what)
    this.counts[kind] += 1
    const suffering = this.#suffer(kind, child, other).finally(() => {
      this.#struck.delete(what)
      this.#running.delete(suffering)
    })
    this.#running.add(suffering)
  }

  async #suffer(kind: FaultKind, child: Child, other: Child): Promise<void> {
    const random = this.#random
    switch (kind) {
      case 'kill':
      case 'restart':
        await child.end(kind === 'kill' ? 'SIGKILL' : 'SIGTERM')
        await sleep(random.between(0, 800))
        if (!child.running) child.start()
        // On a busy machine a start takes seconds: who is struck again at once would never work.
        await this.#nodes.serving(child)
        await sleep(random.between(0, 1500))
        return
      case 'pause':
        child.signal('SIGSTOP')
        await sleep(random.between(200, 3000))
        child.signal('SIGCONT')
        return
      case 'fullDisk':
        return this.#fill(child)
      case 'slowDisk':
        await this.#nodes.slowDisk(child, Math.round(random.between(20, 400)))
        await sleep(random.between(500, 3000))
        if (child.running) await this.#nodes.slowDisk(child, 0)
        return
      default:
        return this.#disturb(kind, child, other)
    }
  }

  async #fill(child: Child): Promise<void> {
    const disk = this.#nodes.disks.get(child.name)
    disk?.fill()
    await sleep(this.#random.between(1000, 4000))
    disk?.free()
    // Whatever met the full disk last may still be on its way out.
    await sleep(300)
  }

  async #disturb(kind: FaultKind, child: Child, other: Child): Promise<void> {
    const { mesh } = this.#nodes.cluster
    assert.ok(mesh !== null, 'the nodes are relayed')
    const random = this.#random
    const others = this.#nodes.all.filter((each) => each !== child)
    if (kind === 'reset') {
      for (const { name } of others) mesh.reset(child.name, name)
      return
    }
    if (kind === 'cutOneWay') {
      if (random.chance(0.5)) mesh.cut(child.name, other.name)
      else mesh.cut(other.name, child.name)
    }
    for (const { name } of kind === 'isolate' ? others : []) {
      mesh.cut(child.name, name)
      mesh.cut(name, child.name)
    }
    for (const { name } of kind === 'slowNetwork' ? others : []) {
      mesh.slow(child.name, name, random.between(20, 400))
      mesh.slow(name, child.name, random.between(20, 400))
    }
    await sleep(random.between(300, 4000))
    for (const { name } of others) mesh.heal(child.name, name)
  }

  /** Fails when a process ended by itself without a reason. Called when nothing is struck any more. */
  assertNobodyGaveUp(): void {
    for (const { name, exits, lines } of this.#nodes.all) {
      for (const { code, signal } of exits) {
        if (code === 0 || ORDERED.has(signal)) continue
        const last = lines.slice(-30).join('\n')
        const excused = this.counts.fullDisk > 0 && FULL_DISK.has(code)
        assert.ok(excused, `${name} ended by itself with ${code ?? signal}:\n${last}`)
        this.counts.selfExits += 1
      }
    }
  }
}

function isOfNetwork(kind: FaultKind): boolean {
  return (['cutOneWay', 'isolate', 'reset', 'slowNetwork'] as FaultKind[]).includes(kind)
}
