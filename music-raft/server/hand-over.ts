import type { Clock } from '../../common/clock.ts'
import type { NodeId } from '../raft/messages.ts'
import type { Leadership } from './leadership.ts'

export interface HandOverParts {
  readonly self: NodeId
  readonly leadership: Leadership
  readonly clock: Clock
  /** Who could lead in this node's place, the best first. */
  successors(): readonly NodeId[]
  /** Rejects where it came to nothing. */
  transfer(to: NodeId): Promise<unknown>
}

/**
 * Offers leadership to one after another until one takes it: the best may be stopping too, or have
 * a full disk itself, and says so. Resolves when this node no longer leads, when nobody is left, or
 * after this time; never rejects.
 */
export async function handOver(parts: HandOverParts, withinMs: number): Promise<void> {
  const { self, leadership, clock } = parts
  const until = clock.now() + withinMs
  const asked = new Set<NodeId>()
  while (leadership.role === 'leader' && clock.now() < until) {
    const to = parts.successors().find((id) => !asked.has(id))
    if (to === undefined) return
    asked.add(to)
    const lost = leadership.lost(self, until - clock.now())
    const taken = parts.transfer(to).then(
      () => lost,
      () => undefined,
    )
    await Promise.race([lost, taken])
  }
}
