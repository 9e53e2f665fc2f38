import type { Clock } from '../../../common/clock.ts'
import type { Entry } from '../../raft/messages.ts'
import { type Applied, Replica } from '../../server/replica.ts'
import type { Life } from './life.ts'

/** The product's replica, with everybody looking on. */
export class ObservedReplica extends Replica {
  readonly #life: Life

  constructor(clock: Clock, life: Life) {
    super(clock)
    this.#life = life
  }

  override apply(entry: Entry): Applied {
    const applied = super.apply(entry)
    const { node, world, isDead } = this.#life
    if (!isDead) world.checks.applies(node.id, entry, applied, this.machine.stateHash())
    return applied
  }

  override async restore(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await super.restore(pieces)
    const { node, world, isDead } = this.#life
    if (isDead) return
    world.checks.restores(node.id, this.machine.lastApplied, this.machine.stateHash())
  }
}
