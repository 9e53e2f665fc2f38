import type { NodeName } from '../../protocol/messages.ts'
import type { World } from '../simulation/world.ts'

interface Hold {
  since: number | null
  downSince: number | null
  total: number
}

/** How long each participant holds its lock: a picture that nothing else can change. */
export class Blocked {
  readonly #world: World
  readonly #holds = new Map<NodeName, Hold>()

  constructor(world: World) {
    this.#world = world
    for (const name of world.participants) {
      this.#holds.set(name, { since: null, downSince: null, total: 0 })
    }
  }

  /** Called before each event. */
  observe(): void {
    const { now } = this.#world.scheduler
    for (const process of this.#world.participantProcesses) {
      const hold = this.#holds.get(process.name)
      if (hold === undefined) continue
      // Whether what is down holds a lock is known when it is back.
      if (!process.isUp) hold.downSince ??= now
      else if (process.core.state.locks.size > 0) hold.since ??= hold.downSince ?? now
      else if (hold.since !== null) {
        hold.total += (hold.downSince ?? now) - hold.since
        hold.since = null
      }
      if (process.isUp) hold.downSince = null
    }
  }

  /** Virtual milliseconds by participant. */
  get totals(): ReadonlyMap<NodeName, number> {
    return new Map([...this.#holds].map(([name, { total }]) => [name, total]))
  }
}
