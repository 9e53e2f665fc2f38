import assert from 'node:assert/strict'
import { CountedTree } from './counted-tree.ts'
import { hashSession } from './elements.ts'
import type { Hasher, HashSum, Lanes } from './hash.ts'
import type { AppliedOutcome } from './outcome.ts'
import type { Remembered } from './remembered.ts'
import { ShardedMap } from './sharded-map.ts'

/** What is remembered of a client (dissertation §6.3, with one answer instead of many). */
export interface Session {
  /** UUID, lower case. */
  readonly clientId: string
  /** The highest request id applied. */
  readonly requestId: number
  /** Log index of the client's last command, a repeated one included. Unique: one entry, one client. */
  readonly lastUsed: number
  /** Hash of what that request asked for, to tell a retry from a reused id. */
  readonly request: { readonly a: number; readonly b: number }
  /** Its answer, `replayed` false. */
  readonly outcome: AppliedOutcome
  /** What came of its last tracks, where its last command was a batch; else null. */
  readonly batch: Remembered | null
}

/**
 * Sessions let go per command, so that a lowered bound takes effect over many commands rather than
 * in one long step. More than the one session a command can add, or the bound would not be reached.
 */
const EVICTED_AT_ONCE = 16

/** A client's session and what it adds to the hash, so that a change hashes only what is new. */
interface Kept extends Lanes {
  session: Session
}

/**
 * The last answer of each client (R16). Bounded; the client unheard of for longest, by log index and
 * therefore the same one on every replica, is forgotten first. A forgotten client that repeats its
 * last request would see it applied again: the bound is the number of *other* clients that must
 * have written in between.
 */
export class SessionTable {
  readonly #byClient: ShardedMap<Kept>
  readonly #byUse = new CountedTree<Session>((a, b) => a.lastUsed - b.lastUsed)
  readonly #hash: HashSum
  readonly #hasher: Hasher
  #batches = 0

  /**
   * @param hash the sum that the sessions are kept in.
   * @param seed see ShardedMap.
   */
  constructor(hash: HashSum, hasher: Hasher, seed: number) {
    this.#byClient = new ShardedMap(seed)
    this.#hash = hash
    this.#hasher = hasher
  }

  get size(): number {
    return this.#byUse.size
  }

  /** Whether a batch is remembered of some client. */
  get hasBatches(): boolean {
    return this.#batches > 0
  }

  get steps(): number {
    return this.#byUse.steps
  }

  get(clientId: string): Session | undefined {
    return this.#byClient.get(clientId)?.session
  }

  /** Sets the session of a client; it becomes the most recently used. */
  put(session: Session): void {
    const { a, b } = hashSession(this.#hasher, session)
    const known = this.#byClient.get(session.clientId)
    if (known === undefined) {
      this.#byClient.set(session.clientId, { session, a, b })
    } else {
      this.#leave(known)
      known.session = session
      known.a = a
      known.b = b
    }
    this.#byUse.insert(session)
    if (session.batch !== null) this.#batches += 1
    this.#hash.add(this.#hasher)
  }

  /** Forgets the least recently used while there are more than `maxSessions`. */
  evict(maxSessions: number): void {
    for (let i = 0; i < EVICTED_AT_ONCE && this.size > maxSessions; i++) {
      const oldest = this.#byUse.at(0)
      const kept = oldest && this.#byClient.get(oldest.clientId)
      assert(kept !== undefined, 'a session is in the order of use and with its client')
      this.#leave(kept)
      this.#byClient.delete(kept.session.clientId)
    }
  }

  /** The sessions as they are now, least recently used first, in O(1). */
  freeze(): CountedTree<Session> {
    return this.#byUse.clone()
  }

  #leave(kept: Kept): void {
    const { session } = kept
    this.#byUse.remove(session)
    if (session.batch !== null) this.#batches -= 1
    this.#hash.subtract(kept)
  }
}
