import { CountedTree } from './counted-tree.ts'
import { hashPlayed, hashQueued } from './elements.ts'
import { Hasher, HashSum } from './hash.ts'
import { type Session, SessionTable } from './session.ts'
import { ShardedMap } from './sharded-map.ts'
import { comparePlayed, compareQueued, type PlayedTrack, type QueuedTrack } from './track.ts'

/** The state at one log index, which later commands do not change. */
export interface FrozenState {
  /** Log index of the last command applied. */
  readonly lastApplied: number
  readonly queue: CountedTree<QueuedTrack>
  readonly history: CountedTree<PlayedTrack>
  readonly sessions: CountedTree<Session>
  readonly hash: string
  /** Whether something in it came in a batch: see `Snapshot`. */
  readonly hasBatches: boolean
}

/**
 * What is replicated: queue, history, sessions, and their hash, which every change keeps up to date.
 * The rules are in `queue.ts`; here is only what holds the parts together.
 */
export class QueueState {
  /** Log index of the last command applied, 0 at first. Not in the hash: it changes nothing. */
  lastApplied = 0
  readonly #queue = new CountedTree(compareQueued)
  readonly #byId: ShardedMap<QueuedTrack>
  readonly #history = new CountedTree(comparePlayed)
  readonly #hash = new HashSum()
  readonly #hasher = new Hasher()
  readonly sessions: SessionTable
  /** Queued tracks with a place other than 0. */
  #placed = 0

  /** @param seed see ShardedMap. */
  constructor(seed = 0) {
    this.#byId = new ShardedMap(seed)
    this.sessions = new SessionTable(this.#hash, this.#hasher, seed)
  }

  get queue(): Pick<CountedTree<QueuedTrack>, 'size' | 'at' | 'rank' | 'page'> {
    return this.#queue
  }

  get history(): Pick<CountedTree<PlayedTrack>, 'size' | 'at' | 'page'> {
    return this.#history
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return this.#hash.toString()
  }

  get steps(): number {
    return this.#queue.steps + this.#history.steps + this.sessions.steps
  }

  queued(id: string): QueuedTrack | undefined {
    return this.#byId.get(id)
  }

  enqueue(track: QueuedTrack): void {
    this.#queue.insert(track)
    if (track.place > 0) this.#placed += 1
    this.#byId.set(track.id, track)
    this.#hash.add(hashQueued(this.#hasher, track))
  }

  dequeue(track: QueuedTrack): void {
    this.#queue.remove(track)
    if (track.place > 0) this.#placed -= 1
    this.#byId.delete(track.id)
    this.#hash.subtract(hashQueued(this.#hasher, track))
  }

  remember(track: PlayedTrack): void {
    this.#history.insert(track)
    this.#hash.add(hashPlayed(this.#hasher, track))
  }

  forgetOldest(): void {
    const oldest = this.#history.at(0)
    if (oldest === undefined) return
    this.#history.remove(oldest)
    this.#hash.subtract(hashPlayed(this.#hasher, oldest))
  }

  /** In O(1): see CountedTree for what it costs later. */
  freeze(): FrozenState {
    return {
      lastApplied: this.lastApplied,
      queue: this.#queue.clone(),
      history: this.#history.clone(),
      sessions: this.sessions.freeze(),
      hash: this.hash,
      hasBatches: this.#placed > 0 || this.sessions.hasBatches,
    }
  }
}
