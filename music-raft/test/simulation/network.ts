import type { NodeId } from '../../raft/messages.ts'
import { calmNetwork, type NetworkModel } from './plan.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** Carries anything from one to another: lost, delayed, doubled and overtaken, each copy on its own. */
export class Network {
  model: NetworkModel
  /** Until when nothing passes from one node to another. */
  readonly #cuts = new Map<string, number>()
  readonly #random: Random
  readonly #world: World

  constructor(world: World, model: NetworkModel, random: Random) {
    this.#world = world
    this.model = model
    this.#random = random
  }

  /** Nothing passes in this direction for so many milliseconds. */
  cut(from: NodeId, to: NodeId, duration: number): void {
    this.#cuts.set(`${from}>${to}`, this.#world.scheduler.now + duration)
  }

  heal(): void {
    this.#cuts.clear()
    this.model = calmNetwork
  }

  /** A call between nodes that nothing on the way repeats. */
  sendOnce(from: NodeId, to: NodeId, arrive: () => void): void {
    if (this.#isCut(from, to) || this.#isLost()) return
    this.#world.scheduler.after(this.#delay(), () => {
      if (!this.#isCut(from, to)) arrive()
    })
  }

  /** Between nodes. `lost` may be told that it did not arrive. */
  send(from: NodeId, to: NodeId, arrive: () => boolean, lost: () => void): void {
    const copies = this.#random.chance(this.model.duplicate) ? 2 : 1
    if (copies === 2) this.#world.count('duplicated')
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#isCut(from, to) || this.#isLost()) this.#tell(lost)
      else {
        this.#world.scheduler.after(this.#delay(), () => {
          if (this.#isCut(from, to) || !arrive()) this.#tell(lost)
        })
      }
    }
  }

  /** Between a client and a node: lost or late, never cut off for long. */
  carry(arrive: () => void): void {
    if (!this.#isLost()) this.#world.scheduler.after(this.#delay(), arrive)
  }

  #isLost(): boolean {
    if (!this.#random.chance(this.model.loss)) return false
    this.#world.count('lost')
    return true
  }

  #delay(): number {
    const { straggle, slow, delay } = this.model
    if (!this.#random.chance(straggle)) return this.#random.between(...delay)
    this.#world.count('delayed')
    return this.#random.between(0, slow)
  }

  #tell(lost: () => void): void {
    if (!this.#random.chance(this.model.told)) return
    this.#world.scheduler.after(this.#delay(), lost)
  }

  #isCut(from: NodeId, to: NodeId): boolean {
    return (this.#cuts.get(`${from}>${to}`) ?? 0) > this.#world.scheduler.now
  }
}
