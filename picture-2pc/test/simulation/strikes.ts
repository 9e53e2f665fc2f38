import type { NodeName } from '../../protocol/messages.ts'
import type { Adversary } from './adversary.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

/** What goes wrong. A late return comes after all timeouts, so that the others must act. */
export type Action = 'crash briefly' | 'crash long' | 'pause' | 'cut out' | 'cut in'

/** Something that goes wrong at one place: the n-th at which this process may die, from 1. */
export interface Strike {
  readonly node: NodeName
  readonly point: number
  readonly action: Action
}

const BRIEF = 30
const LONG = 3_000

/** Strikes exactly where it is told to, and counts the places there are. */
export class Strikes implements Adversary {
  readonly points = new Map<NodeName, number>()
  /** How many there had been when the first strike fell: what it can still change lies behind. */
  passed: ReadonlyMap<NodeName, number> = new Map()
  readonly #world: World
  readonly #pending: Set<Strike>

  constructor(world: World, strikes: readonly Strike[]) {
    this.#world = world
    this.#pending = new Set(strikes)
  }

  get allFired(): boolean {
    return this.#pending.size === 0
  }

  at(process: Process): void {
    const point = (this.points.get(process.name) ?? 0) + 1
    this.points.set(process.name, point)
    for (const strike of this.#pending) {
      if (strike.node !== process.name || strike.point !== point) continue
      if (this.passed.size === 0) this.passed = new Map(this.points)
      this.#pending.delete(strike)
      this.#act(process, strike.action)
    }
  }

  #act(process: Process, action: Action): void {
    const { scheduler, servers, network, history } = this.#world
    history.count('strikes')
    const others = servers.map(({ name }) => name).filter((name) => name !== process.name)
    switch (action) {
      case 'crash briefly':
      case 'crash long':
        process.crash()
        scheduler.after(action === 'crash long' ? LONG : BRIEF, () => process.start())
        return
      case 'pause':
        process.pause()
        scheduler.after(LONG, () => process.resume())
        return
      case 'cut out':
        for (const other of others) network.cut(process.name, other, LONG)
        return
      case 'cut in':
        for (const other of others) network.cut(other, process.name, LONG)
    }
  }
}
