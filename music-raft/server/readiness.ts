import type { NodeId } from '../raft/messages.ts'
import type { RaftEvent } from '../raft/ready.ts'
import type { Leadership } from './leadership.ts'

/**
 * Whether this node serves what its leader has: once in each leadership a linearizable read must
 * have come through, which needs a leader, a majority, and a state machine that caught up.
 */
export class Readiness {
  readonly #leadership: Leadership
  readonly #read: () => Promise<unknown>
  #provenFor: { readonly leaderId: NodeId; readonly term: number } | null = null
  #proving = false

  constructor(leadership: Leadership, read: () => Promise<unknown>) {
    this.#leadership = leadership
    this.#read = read
  }

  /** '': ready. */
  get because(): string {
    const { leaderId, term } = this.#leadership
    if (leaderId === null) return 'No leader is known.'
    const proven = this.#provenFor?.leaderId === leaderId && this.#provenFor.term === term
    return proven ? '' : 'It has not caught up with its leader yet.'
  }

  observe(event: RaftEvent): void {
    if (event.kind === 'roleChanged' || event.kind === 'leaderChanged') this.prove()
  }

  /** Tries once; called again as long as it is not ready. */
  prove(): void {
    const { leaderId, term } = this.#leadership
    if (this.#proving || leaderId === null || this.because === '') return
    this.#proving = true
    this.#read().then(
      () => {
        this.#proving = false
        this.#provenFor = { leaderId, term }
      },
      () => {
        this.#proving = false
      },
    )
  }
}
