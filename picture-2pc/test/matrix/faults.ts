import type { Adversary } from '../simulation/adversary.ts'
import type { Process } from '../simulation/process.ts'
import type { World } from '../simulation/world.ts'
import type { Moment } from './moments.ts'

export const faults = ['crash', 'pause', 'cut in', 'cut out', 'duplicate', 'reorder'] as const
export type Fault = (typeof faults)[number]

/** Virtual milliseconds that a crash, a pause or a cut lasts: longer than every timeout. */
export const OUTAGE = 3_000
/** A second copy comes when its transaction is over. */
const COPY = 1_000
/** What is overtaken comes after the vote timeout. */
const OVERTAKEN = 700

/** One process suffers one fault at one moment. */
export class AtMoment implements Adversary {
  fired = false
  readonly #world: World
  readonly #moment: Moment
  readonly #victim: Process
  readonly #fault: Fault
  readonly #seen = { at: 0, passed: 0 }

  constructor(world: World, moment: Moment, victim: Process, fault: Fault) {
    this.#world = world
    this.#moment = moment
    this.#victim = victim
    this.#fault = fault
  }

  at(process: Process, label: string): void {
    this.#reach(process, label, 'at')
  }

  after(process: Process, label: string): void {
    this.#reach(process, label, 'passed')
  }

  #reach(process: Process, label: string, when: Moment['when']): void {
    const { node, label: awaited, count } = this.#moment
    if (this.fired || process.name !== node || label !== awaited) return
    this.#seen[when] += 1
    if (when !== this.#moment.when || this.#seen[when] !== count) return
    this.fired = true
    this.#strike()
  }

  #strike(): void {
    this.#world.history.count('strikes')
    const { network, scheduler, servers } = this.#world
    const victim = this.#victim
    const others = servers.map(({ name }) => name).filter((name) => name !== victim.name)
    const touches = (from: string, to: string) => from === victim.name || to === victim.name
    switch (this.#fault) {
      case 'crash':
        victim.crash()
        scheduler.after(OUTAGE, () => victim.start())
        return
      case 'pause':
        victim.pause()
        scheduler.after(OUTAGE, () => victim.resume())
        return
      case 'cut in':
        for (const other of others) network.cut(other, victim.name, OUTAGE)
        return
      case 'cut out':
        for (const other of others) network.cut(victim.name, other, OUTAGE)
        return
      case 'duplicate':
        network.meddle = (from, to) => (touches(from, to) ? [0, COPY] : null)
        return
      case 'reorder':
        network.meddle = (from, to, count) =>
          touches(from, to) && count % 2 === 1 ? [OVERTAKEN] : null
    }
  }
}
