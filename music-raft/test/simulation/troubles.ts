import type { NodeId } from '../../raft/messages.ts'
import type { NodeProcess } from './node-process.ts'
import type { Trouble } from './plan.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

const STORM = { loss: 0.5, straggle: 0.3, slow: 3_000 }
const STALLS = [20, 100, 1_000] as const

/** Does to the cluster what its plan has in store, one thing after another, several at a time. */
export class Troubles {
  readonly #world: World
  readonly #random: Random

  constructor(world: World) {
    this.#world = world
    this.#random = new Random(world.plan.seed, 'troubles')
  }

  start(): void {
    const { scheduler, plan } = this.#world
    if (plan.troubles.length === 0) return
    scheduler.after(this.#random.waiting(plan.troubleEvery), () => {
      if (this.#world.isHealed) return
      const trouble = this.#random.any(plan.troubles)
      if (trouble !== undefined) this.#make(trouble)
      this.start()
    })
  }

  /** A leader that has just won is struck before, while or after what it appended first gets around. */
  elected(node: NodeProcess): void {
    const { scheduler, network, plan, isHealed } = this.#world
    if (isHealed || !this.#random.chance(plan.strikeLeader)) return
    // Half of them before anybody heard that they won.
    const soon = this.#random.chance(0.5) ? 0 : this.#random.between(0, 4 * network.model.delay[1])
    const trouble = this.#random.pick(['crash', 'isolate', 'isolate', 'isolate'] as const)
    scheduler.after(soon, () => {
      if (this.#world.isHealed || !node.isUp) return
      this.#happens(trouble, node)
    })
  }

  get #lasting(): number {
    const { strikeLeader, outage } = this.#world.plan
    // Long enough, where leaders are struck, for the next one to win meanwhile.
    return this.#random.between(strikeLeader > 0.8 ? outage / 2 : 0, outage)
  }

  /** A node, the leader more often than its share. */
  #victim(): NodeProcess | undefined {
    const up = this.#world.nodes.filter(({ isUp }) => isUp)
    const leader = up.find(({ server }) => server?.leadership.role === 'leader')
    return leader !== undefined && this.#random.chance(0.3) ? leader : this.#random.any(up)
  }

  #make(trouble: Trouble): void {
    const victim = this.#victim()
    if (victim !== undefined) this.#happens(trouble, victim)
  }

  #happens(trouble: Trouble, victim: NodeProcess): void {
    const happened = this.#onNode(trouble, victim) ?? this.#onNetwork(trouble, victim)
    if (!happened) return
    const { now } = this.#world.scheduler
    this.#world.bands.push({ from: now, to: now, label: `n${victim.id}: ${trouble}` })
    this.#world.count(trouble)
    this.#world.trace(() => `trouble: ${trouble} n${victim.id}`)
  }

  /** null: it is none of a node. */
  #onNode(trouble: Trouble, victim: NodeProcess): boolean | null {
    switch (trouble) {
      case 'crash':
        victim.crash('process')
        return true
      case 'powerCut':
        victim.crash('power')
        return true
      case 'stop':
        victim.stop()
        return true
      case 'pause':
        return this.#pause(victim)
      case 'stall':
      case 'full':
      case 'failedWrite':
        return this.#onDisk(trouble, victim)
      case 'rot':
      case 'wipe':
        return this.#loseDisk(trouble, victim)
      default:
        return null
    }
  }

  #pause({ life }: NodeProcess): boolean {
    if (life === null || life.isPaused) return false
    life.isPaused = true
    this.#world.scheduler.after(this.#lasting, () => life.resume())
    return true
  }

  #onDisk(trouble: 'stall' | 'full' | 'failedWrite', victim: NodeProcess): boolean {
    const { scheduler } = this.#world
    if (trouble === 'failedWrite') {
      if (victim.life !== null) victim.life.disk.failNext = this.#random.pick(['write', 'sync'])
    } else if (trouble === 'full') {
      victim.fill(this.#random.pick([0, 300, 5_000]))
      scheduler.after(this.#lasting, () => victim.empty())
    } else {
      victim.slowness = this.#random.pick(STALLS)
      scheduler.after(this.#lasting, () => {
        victim.slowness = 1
      })
    }
    return true
  }

  /** Only where the cluster is made to survive it. */
  #loseDisk(trouble: 'rot' | 'wipe', victim: NodeProcess): boolean {
    if (!this.#world.operator.mayLoseDisk(victim)) return false
    if (this.#random.chance(0.5)) return this.#loseWhatOthersLack(victim)
    victim.crash(this.#random.pick(['process', 'power']))
    if (trouble === 'rot') return victim.rot()
    victim.wipe()
    return true
  }

  /**
   * As in raft/recovery.ts: a minority is cut off and falls behind; then the victim, which was counted
   * for what was committed meanwhile, loses its disk, and those that have it are out of reach.
   */
  #loseWhatOthersLack(victim: NodeProcess): boolean {
    const { nodes, scheduler, operator } = this.#world
    const [lasting, behind] = [this.#lasting, this.#random.between(500, 3_000)]
    const leads = ({ server }: NodeProcess) => server?.leadership.role === 'leader'
    const others = nodes.filter((node) => node !== victim && !leads(node))
    const slow = others.slice(0, Math.floor((nodes.length - 1) / 2))
    for (const { id } of slow) {
      for (const other of nodes) if (other.id !== id) this.#cutPair(id, other.id, behind)
    }
    scheduler.after(behind, () => {
      if (!operator.mayLoseDisk(victim)) return
      this.#world.count('wipe')
      victim.crash('process')
      victim.wipe()
      victim.start()
      for (const node of nodes.filter(leads)) this.#happens('isolate', node)
      for (const { id } of nodes) {
        const known = slow.some((each) => each.id === id) || id === victim.id
        if (!known) this.#cutPair(id, victim.id, lasting)
      }
    })
    return false
  }

  #onNetwork(trouble: Trouble, victim: NodeProcess): boolean {
    const { network, scheduler, plan } = this.#world
    const lasting = this.#lasting
    const all = this.#world.nodes.map(({ id }) => id)
    const others = all.filter((id) => id !== victim.id)
    const cutBoth = (some: readonly NodeId[], rest: readonly NodeId[]) => {
      for (const a of some) for (const b of rest) if (a !== b) this.#cutPair(a, b, lasting)
    }
    const half = (of: readonly NodeId[]) => of.filter(() => this.#random.chance(0.5))
    switch (trouble) {
      case 'oneWay':
        for (const to of this.#random.chance(0.5) ? others : half(others)) {
          const [a, b] = this.#random.chance(0.5) ? [victim.id, to] : [to, victim.id]
          network.cut(a, b, lasting)
        }
        return true
      case 'isolate':
        cutBoth([victim.id], others)
        return true
      case 'partition': {
        const some = half(all)
        cutBoth(
          some,
          all.filter((id) => !some.includes(id)),
        )
        return true
      }
      case 'bridge': {
        const some = half(others)
        cutBoth(
          some,
          others.filter((id) => !some.includes(id)),
        )
        return true
      }
      default:
        network.model = { ...plan.network, ...STORM }
        scheduler.after(lasting, () => {
          if (!this.#world.isHealed) network.model = plan.network
        })
        return true
    }
  }

  #cutPair(a: NodeId, b: NodeId, lasting: number): void {
    this.#world.network.cut(a, b, lasting)
    this.#world.network.cut(b, a, lasting)
  }
}
