import type { Scene } from '../model/scene.ts'
import { sceneOf } from '../model/scene.ts'
import { inDoubt, type Transaction } from '../model/transaction.ts'

/** Sizes in rem. */
export interface Sizes {
  readonly lane: number
  /** Above the lanes. */
  readonly top: number
  /** Below them. */
  readonly axis: number
}

export const COMPACT: Sizes = { lane: 1.5, top: 0.7, axis: 1.15 }
export const LARGE: Sizes = { lane: 3.1, top: 2, axis: 1.6 }

export function heightOf({ lane, top, axis }: Sizes, lanes: number): number {
  return top + lanes * lane + axis
}

/** Room at the ends, in percent of the width. */
const LEFT = 2.5
const RIGHT = 3.5
/** In units of the scene: what is not over leaves room for what comes. */
const TO_COME = 2.5

/** Where things of a scene are in a drawing that is as wide as there is room. */
export class Plot {
  readonly scene: Scene
  readonly lanes: readonly string[]
  readonly sizes: Sizes
  /** Something of it is still to come. */
  readonly open: boolean
  readonly #width: number

  constructor(transaction: Transaction, lanes: readonly string[], sizes: Sizes) {
    this.scene = sceneFor(transaction, sizes === LARGE)
    this.lanes = lanes
    this.sizes = sizes
    this.open = !transaction.over || inDoubt(transaction).length > 0
    this.#width = this.scene.width + (this.open ? TO_COME : 0)
  }

  /** In percent of the width. */
  at(x: number): number {
    return LEFT + ((100 - LEFT - RIGHT) * x) / this.#width
  }

  x(x: number): string {
    return `${this.at(x).toFixed(2)}%`
  }

  get end(): string {
    return this.open ? '100%' : this.x(this.scene.width)
  }

  /** In rem; null: it has no lane here. */
  row(node: string): number | null {
    const place = this.lanes.indexOf(node)
    return place < 0 ? null : this.sizes.top + (place + 0.5) * this.sizes.lane
  }

  get bottom(): number {
    return this.sizes.top + this.lanes.length * this.sizes.lane
  }
}

interface Made {
  readonly version: number
  readonly scene: Scene
}

const brief = new WeakMap<Transaction, Made>()
const whole = new WeakMap<Transaction, Made>()

/** Laid out once for each version. */
function sceneFor(transaction: Transaction, everything: boolean): Scene {
  const made = everything ? whole : brief
  const known = made.get(transaction)
  if (known?.version === transaction.version) return known.scene
  const scene = sceneOf(transaction, { everything })
  made.set(transaction, { version: transaction.version, scene })
  return scene
}
