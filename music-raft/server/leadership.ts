import { type Clock, machineClock } from '../../common/clock.ts'
import type { NodeId, Term } from '../raft/messages.ts'
import type { RaftEvent, RoleKind } from '../raft/ready.ts'

/** Who leads, as this node knows it from the core's events; asked by every call. */
export class Leadership {
  role: RoleKind = 'follower'
  leaderId: NodeId | null = null
  term: Term = 0
  readonly #clock: Clock
  #watchers = new Set<(leaderId: NodeId | null) => void>()

  constructor(term: Term, clock: Clock = machineClock) {
    this.#clock = clock
    this.term = term
  }

  observe(event: RaftEvent): void {
    if (event.kind !== 'roleChanged' && event.kind !== 'leaderChanged') return
    if (event.kind === 'roleChanged') this.role = event.role
    this.term = event.term
    this.leaderId = event.leaderId
    for (const watch of [...this.#watchers]) watch(this.leaderId)
  }

  /** Resolves when another node than now leads, or after this time. */
  change(withinMs: number): Promise<void> {
    const before = this.leaderId
    return this.#until((leaderId) => leaderId !== null && leaderId !== before, withinMs)
  }

  /** Resolves when this node no longer leads, or after this time. */
  lost(self: NodeId, withinMs: number): Promise<void> {
    return this.#until((leaderId) => leaderId !== self, withinMs)
  }

  #until(isReached: (leaderId: NodeId | null) => boolean, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        this.#watchers.delete(watch)
        resolve()
      }
      const watch = (leaderId: NodeId | null) => {
        if (isReached(leaderId)) done()
      }
      const cancel = this.#clock.after(Math.max(0, withinMs), done)
      this.#watchers.add(watch)
    })
  }
}
