import type { LogIndex, NodeId } from './messages.ts'
import type { RequestId } from './ready.ts'

export interface LocalRead {
  readonly requestId: RequestId
  readonly deadlineTick: number
}

/** A follower's question; `sequence` is its own, to be repeated in the response. */
export interface RemoteRead {
  readonly from: NodeId
  readonly sequence: number
}

/** One batch on its way to be confirmed. Whatever comes later waits for the next (R11). */
export type Attempt =
  /** On the leader: confirmed once a majority answers something sent after `sequence`. */
  | {
      readonly kind: 'quorum'
      readonly sequence: number
      readonly readIndex: LogIndex
      readonly locals: readonly LocalRead[]
      readonly remotes: readonly RemoteRead[]
    }
  /** On a follower: confirmed by the response to `sequence`. */
  | {
      readonly kind: 'asked'
      readonly sequence: number
      readonly sinceTick: number
      readonly locals: readonly LocalRead[]
    }

/** Linearizable reads on their way (§6.4): waiting → attempt → confirmed → answered. */
export class PendingReads {
  #waiting: LocalRead[] = []
  /** At most one per follower: a newer question replaces its older one. */
  #remotes = new Map<NodeId, RemoteRead>()
  attempt: Attempt | null = null
  #confirmed: { readonly readIndex: LogIndex; locals: readonly LocalRead[] }[] = []
  #confirmedCount = 0

  /** Local reads held. */
  get size(): number {
    return this.#waiting.length + (this.attempt?.locals.length ?? 0) + this.#confirmedCount
  }

  get waiting(): number {
    return this.#waiting.length + this.#remotes.size
  }

  add(read: LocalRead): void {
    this.#waiting.push(read)
  }

  addRemote(read: RemoteRead): void {
    this.#remotes.set(read.from, read)
  }

  takeWaiting(): { locals: LocalRead[]; remotes: RemoteRead[] } {
    const taken = { locals: this.#waiting, remotes: [...this.#remotes.values()] }
    this.#waiting = []
    this.#remotes = new Map()
    return taken
  }

  /** The attempt under way succeeded: its local reads wait for the state machine. */
  confirm(readIndex: LogIndex): void {
    const locals = this.attempt?.locals ?? []
    this.attempt = null
    if (locals.length === 0) return
    this.#confirmed.push({ readIndex, locals })
    this.#confirmedCount += locals.length
  }

  /**
   * Role, term or leader changed, or no response came: start over, never on the old answer (R12).
   * Followers ask again by themselves.
   */
  restart(): void {
    this.#waiting = [...(this.attempt?.locals ?? []), ...this.#waiting]
    this.#remotes = new Map()
    this.attempt = null
  }

  /** Confirmed reads the state machine has caught up with. */
  takeApplied(lastApplied: LogIndex): { readIndex: LogIndex; requestId: RequestId }[] {
    const ready = this.#confirmed.filter((batch) => batch.readIndex <= lastApplied)
    if (ready.length === 0) return []
    this.#confirmed = this.#confirmed.filter((batch) => batch.readIndex > lastApplied)
    const taken = ready.flatMap(({ readIndex, locals }) =>
      locals.map(({ requestId }) => ({ readIndex, requestId })),
    )
    this.#confirmedCount -= taken.length
    return taken
  }

  /** Reads whose time is up, wherever they stand. */
  takeExpired(tick: number): RequestId[] {
    const expired: RequestId[] = []
    const live = (reads: readonly LocalRead[]) => {
      if (reads.every((read) => read.deadlineTick > tick)) return reads
      for (const read of reads) if (read.deadlineTick <= tick) expired.push(read.requestId)
      return reads.filter((read) => read.deadlineTick > tick)
    }
    this.#waiting = [...live(this.#waiting)]
    if (this.attempt !== null) this.attempt = { ...this.attempt, locals: live(this.attempt.locals) }
    for (const batch of this.#confirmed) {
      const before = batch.locals.length
      batch.locals = live(batch.locals)
      this.#confirmedCount -= before - batch.locals.length
    }
    return expired
  }
}
