import type { NodeName } from './messages.ts'

/** Milliseconds. */
export interface DeliveryTiming {
  /** How long an acknowledgement may take before the decision is sent again. */
  readonly ackTimeout: number
  /** Delay after the first failure; doubles up to `most`. */
  readonly first: number
  readonly most: number
}

interface Attempt {
  failures: number
  /** When to send (again) if nothing is heard before. */
  nextAt: number
}

/** Who has yet to acknowledge one decision, and when each is told again. */
export class Delivery {
  readonly #timing: DeliveryTiming
  readonly #open = new Map<NodeName, Attempt>()

  constructor(participants: readonly NodeName[], now: number, timing: DeliveryTiming) {
    this.#timing = timing
    for (const node of participants) this.#open.set(node, { failures: 0, nextAt: now })
  }

  get complete(): boolean {
    return this.#open.size === 0
  }

  /** Whether this participant has acknowledged. */
  has(node: NodeName): boolean {
    return !this.#open.has(node)
  }

  /** False when it had acknowledged before. */
  acknowledge(node: NodeName): boolean {
    return this.#open.delete(node)
  }

  /** The call failed: try again after the back-off, not when the call would have timed out. */
  fail(node: NodeName, now: number): boolean {
    const attempt = this.#open.get(node)
    if (attempt === undefined) return false
    attempt.nextAt = now + Math.min(this.#timing.first * 2 ** attempt.failures, this.#timing.most)
    attempt.failures += 1
    return true
  }

  /** Attempts that have failed with the participant that failed most. */
  get failures(): number {
    return Math.max(0, ...[...this.#open.values()].map(({ failures }) => failures))
  }

  /** Whom to send to now. Whoever is named is taken to be sent to. */
  due(now: number): readonly NodeName[] {
    const nodes: NodeName[] = []
    for (const [node, attempt] of this.#open) {
      if (attempt.nextAt > now) continue
      // The call itself fails at the ack timeout; this is for the case that nothing is heard at all.
      attempt.nextAt = now + this.#timing.ackTimeout * 1.5
      nodes.push(node)
    }
    return nodes
  }
}
