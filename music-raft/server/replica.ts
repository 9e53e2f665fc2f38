import { randomInt } from 'node:crypto'
import { type Clock, machineClock, nextTurn } from '../../common/clock.ts'
import { CorruptLog } from '../../common/storage-errors.ts'
import { BATCH } from '../queue/batch.ts'
import { isWord } from '../queue/command.ts'
import { QueueError } from '../queue/errors.ts'
import type { Outcome } from '../queue/outcome.ts'
import { QueueMachine } from '../queue/queue.ts'
import { QueueRestore } from '../queue/restore.ts'
import { QueueState } from '../queue/state.ts'
import type { Entry, LogIndex } from '../raft/messages.ts'

/** The shell's own words in the log. */
export const CLUSTER = 'CLUSTER'
export const CHECK = 'CHECK'

/** Every replica remembers its state hash at indexes that are multiples of this. */
const HASH_EVERY = 1024
const HASHES_KEPT = 64

/** Two replicas that applied the same entries hold different states (R17). */
export interface Divergence {
  readonly index: LogIndex
  readonly own: string
  readonly leader: string
}

export interface Applied {
  /** null: an entry that is not the queue's. */
  readonly outcome: Outcome | null
  /** An entry CLUSTER: the id it names. */
  readonly clusterId: string | null
  readonly divergence: Divergence | null
}

const NOTHING: Applied = { outcome: null, clusterId: null, divergence: null }

/** The queue as this node has applied it, and the watch over whether all replicas have the same. */
export class Replica {
  readonly #clock: Clock
  /** Not the replicas' in common, and no part of the state: see ShardedMap. */
  readonly #seed = randomInt(2 ** 32)
  #machine = new QueueMachine(new QueueState(this.#seed))
  #hashes = new Map<LogIndex, string>()
  #divergence: Divergence | null = null

  constructor(clock: Clock = machineClock) {
    this.#clock = clock
  }

  get machine(): QueueMachine {
    return this.#machine
  }

  /** The first divergence found; null: none. Only a human can say who is right. */
  get divergence(): Divergence | null {
    return this.#divergence
  }

  apply(entry: Entry): Applied {
    const applied = this.#applyWord(entry)
    if (entry.index % HASH_EVERY === 0) this.#remember(entry.index)
    return applied
  }

  /** The hash to have compared by all, if this index is one of those; `encodeCheck` carries it. */
  hashAt(index: LogIndex): string | null {
    return this.#hashes.get(index) ?? null
  }

  /** Replaces the state by a snapshot's. Other work goes on between its pieces. Rejects with CorruptLog. */
  async restore(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const restore = new QueueRestore(this.#seed)
    try {
      for await (const piece of pieces) {
        restore.push(piece)
        await nextTurn(this.#clock)
      }
      this.#machine = restore.finish()
    } catch (error) {
      if (!(error instanceof QueueError)) throw error
      throw new CorruptLog('the snapshot of the queue', null, error.message)
    }
    this.#hashes.clear()
  }

  #applyWord(entry: Entry): Applied {
    if (isWord(entry.command) || entry.command === BATCH)
      return { ...NOTHING, outcome: this.#machine.apply(entry) }
    if (entry.command === CLUSTER) {
      return { ...NOTHING, clusterId: Buffer.from(entry.data).toString('latin1') }
    }
    return entry.command === CHECK ? { ...NOTHING, divergence: this.#compare(entry.data) } : NOTHING
  }

  #remember(index: LogIndex): void {
    this.#hashes.set(index, this.#machine.stateHash())
    this.#hashes.delete(index - HASH_EVERY * HASHES_KEPT)
  }

  #compare(data: Uint8Array): Divergence | null {
    const [index = '', leader = ''] = Buffer.from(data).toString('latin1').split(' ')
    const own = this.#hashes.get(Number(index))
    // Unknown where the state came by a snapshot taken later: the snapshot's own hash was checked.
    if (own === undefined || own === leader) return null
    const divergence = { index: Number(index), own, leader }
    this.#divergence ??= divergence
    return divergence
  }
}

/** The data of a CHECK: the leader's hash at an index it applied. */
export function encodeCheck(index: LogIndex, hash: string): Uint8Array {
  return Buffer.from(`${index} ${hash}`, 'latin1')
}
