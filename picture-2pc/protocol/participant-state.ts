import { strict as assert } from 'node:assert'
import {
  isBefore,
  type NodeName,
  type Order,
  type TransactionId,
  type TransactionRef,
} from './messages.ts'
import type { ParticipantRecord, Picture, Prepared, Tombstone } from './participant-records.ts'

/** Everything a participant knows, as plain data: what a checkpoint holds. */
export interface ParticipantSnapshot {
  readonly pictures: readonly (readonly [string, Picture])[]
  readonly prepared: readonly Prepared[]
  readonly tombstones: readonly Tombstone[]
  readonly finishedBefore: readonly (readonly [string, Order])[]
  readonly epochs: readonly (readonly [NodeName, CoordinatorEpoch])[]
  readonly forgetful: readonly string[]
}

/** The latest run of a coordinator that this participant has prepared for. */
export interface CoordinatorEpoch {
  readonly epoch: number
  readonly disk: string
}

/** So many changes of names are remembered at least; with more, an order is made anew. */
const MIN_NAMES_CHANGED = 10_000

/** Tombstones of coordinators that never say what is finished are kept by number. */
const MAX_UNORDERED_TOMBSTONES = 10_000

/**
 * The fold of the vote log. `apply` is the only way to change it, for a record being written and for
 * one being replayed alike, so that a restart cannot see another state than the one that answered.
 */
export class ParticipantState {
  readonly pictures = new Map<string, Picture>()
  readonly prepared = new Map<TransactionId, Prepared>()
  readonly epochs = new Map<NodeName, CoordinatorEpoch>()
  /** Owner of each locked picture: exactly the pictures of `prepared`. */
  readonly locks = new Map<string, TransactionId>()
  #namesVersion = 0
  /** Names that came or went last, each as often as it did. */
  #namesChanged: string[] = []
  /**
   * By coordinator and its disk, in the order in which its transactions ended here. As many disks as
   * configured coordinators ever had, a few hundred bytes each. They are never dropped: a tombstone may
   * be a promise to a peer, and forgetting one could let a late VoteRequest break it.
   */
  readonly #tombstones = new Map<string, Map<TransactionId, Tombstone>>()
  readonly #finishedBefore = new Map<string, Order>()
  /** Coordinators that do not number their transactions and of which some were forgotten. */
  readonly #forgetful = new Set<string>()

  constructor(snapshot: ParticipantSnapshot | null) {
    if (snapshot === null) return
    for (const [filename, picture] of snapshot.pictures) this.pictures.set(filename, picture)
    // Before it is known what is finished: some tombstones outlive that word for a while (see
    // `learnFinished`), and a restart must remember all that the run before it did.
    for (const tombstone of snapshot.tombstones) this.#bury(tombstone)
    for (const transaction of snapshot.prepared) this.#prepare(transaction)
    for (const [key, order] of snapshot.finishedBefore) this.#finishedBefore.set(key, order)
    for (const key of snapshot.forgetful) this.#forgetful.add(key)
    for (const [coordinator, epoch] of snapshot.epochs) this.epochs.set(coordinator, epoch)
  }

  snapshot(): ParticipantSnapshot {
    return {
      pictures: [...this.pictures],
      prepared: [...this.prepared.values()],
      tombstones: [...this.#tombstones.values()].flatMap((ended) => [...ended.values()]),
      finishedBefore: [...this.#finishedBefore],
      epochs: [...this.epochs],
      forgetful: [...this.#forgetful],
    }
  }

  /** Names of files that no picture and no prepared upload needs any more because of the record. */
  apply(record: ParticipantRecord): readonly string[] {
    switch (record.type) {
      case 'prepare':
        this.#prepare(record.transaction)
        return []
      case 'commit':
        return this.#commit(record.transactionId)
      case 'abort':
        return this.#abort(record.tombstone)
      case 'upload':
        return this.#store(record.filename, record.picture)
      case 'delete':
        return this.#remove(record.filename)
      case 'like':
        this.#like(record.filename)
        return []
    }
  }

  /** Changes whenever a name comes or goes, so that an order of names can be kept. */
  get namesVersion(): number {
    return this.#namesVersion
  }

  /** The names that came or went since that version; null: there were too many. */
  namesChangedSince(version: number): readonly string[] | null {
    const changes = this.#namesVersion - version
    if (changes === 0) return []
    return changes <= this.#namesChanged.length ? this.#namesChanged.slice(-changes) : null
  }

  /** What is remembered of a transaction that ended here. */
  tombstone(ref: EndedRef): Tombstone | undefined {
    return this.#tombstones.get(keyOf(ref))?.get(ref.transactionId)
  }

  /** Whether the coordinator has said that this transaction is finished on every participant. */
  isFinished(ref: EndedRef): boolean {
    const before = this.#finishedBefore.get(keyOf(ref))
    return ref.order !== null && before !== undefined && isBefore(ref.order, before)
  }

  /** Whether a transaction of which nothing is known may have ended here all the same. */
  mayBeForgotten(ref: EndedRef): boolean {
    return ref.order === null ? this.#forgetful.has(keyOf(ref)) : this.isFinished(ref)
  }

  /** Takes the coordinator's word on what is finished, and forgets the tombstones of it. */
  learnFinished(ref: CoordinatorRef, before: Order | null): void {
    if (before === null) return
    const key = keyOf(ref)
    const known = this.#finishedBefore.get(key)
    if (known !== undefined && !isBefore(known, before)) return
    this.#finishedBefore.set(key, before)
    const ended = this.#tombstones.get(key)
    if (ended === undefined) return
    for (const tombstone of ended.values()) {
      // The order of ends is nearly that of begins: what is left behind a transaction that is still
      // open goes with a later word.
      if (!this.isFinished(tombstone)) break
      ended.delete(tombstone.transactionId)
    }
  }

  #prepare(transaction: Prepared): void {
    const { transactionId, filename, coordinatorId, coordinatorDisk, order } = transaction
    assert(!this.locks.has(filename), `${filename} is locked already`)
    assert(!this.prepared.has(transactionId), `${transactionId} is prepared already`)
    this.prepared.set(transactionId, transaction)
    this.locks.set(filename, transactionId)
    const latest = this.epochs.get(coordinatorId)
    if (order !== null && (latest === undefined || order.epoch > latest.epoch)) {
      this.epochs.set(coordinatorId, { epoch: order.epoch, disk: coordinatorDisk })
    }
    this.learnFinished(transaction, transaction.finishedBefore)
  }

  #commit(transactionId: TransactionId): readonly string[] {
    const transaction = this.prepared.get(transactionId)
    assert(transaction !== undefined, `${transactionId} commits without being prepared`)
    const { operation, filename, blob } = transaction
    this.#release(transaction)
    const { coordinatorId, coordinatorDisk, order } = transaction
    this.#bury({
      transactionId,
      coordinatorId,
      coordinatorDisk,
      order,
      decision: 'commit',
      reason: null,
    })
    switch (operation.kind) {
      case 'delete':
        return this.#remove(filename)
      case 'like':
        this.#like(filename)
        return []
      case 'upload': {
        assert(blob !== null, 'an upload is prepared with its bytes')
        const { size, sha256, uploadTime } = operation
        return this.#store(filename, { size, sha256, blob, likes: 0, uploadTime })
      }
    }
  }

  #abort(tombstone: Tombstone): readonly string[] {
    const known = this.tombstone(tombstone)
    assert(known?.decision !== 'commit', `${tombstone.transactionId} is committed, it cannot abort`)
    const transaction = this.prepared.get(tombstone.transactionId)
    if (transaction !== undefined) this.#release(transaction)
    this.#bury(tombstone)
    return transaction?.blob == null ? [] : [transaction.blob]
  }

  #release({ transactionId, filename }: Prepared): void {
    assert(this.locks.get(filename) === transactionId, 'a lock is released by its owner alone')
    this.locks.delete(filename)
    this.prepared.delete(transactionId)
  }

  #bury(tombstone: Tombstone): void {
    if (this.isFinished(tombstone)) return
    const key = keyOf(tombstone)
    const ended = this.#tombstones.get(key) ?? new Map<TransactionId, Tombstone>()
    this.#tombstones.set(key, ended)
    ended.set(tombstone.transactionId, tombstone)
    if (tombstone.order !== null || ended.size <= MAX_UNORDERED_TOMBSTONES) return
    this.#forgetful.add(key)
    for (const oldest of ended.keys()) {
      ended.delete(oldest)
      break
    }
  }

  #store(filename: string, picture: Picture): readonly string[] {
    const replaced = this.pictures.get(filename)
    this.pictures.set(filename, picture)
    if (replaced === undefined) this.#noteName(filename)
    return replaced === undefined ? [] : [replaced.blob]
  }

  #remove(filename: string): readonly string[] {
    const picture = this.pictures.get(filename)
    assert(picture !== undefined, `${filename} is deleted but not there`)
    this.pictures.delete(filename)
    this.#noteName(filename)
    return [picture.blob]
  }

  #noteName(filename: string): void {
    this.#namesVersion += 1
    this.#namesChanged.push(filename)
    if (this.#namesChanged.length < 2 * MIN_NAMES_CHANGED) return
    this.#namesChanged = this.#namesChanged.slice(-MIN_NAMES_CHANGED)
  }

  #like(filename: string): void {
    const picture = this.pictures.get(filename)
    assert(picture !== undefined, `${filename} is liked but not there`)
    this.pictures.set(filename, { ...picture, likes: nextLikes(picture) })
  }
}

type CoordinatorRef = Pick<TransactionRef, 'coordinatorId' | 'coordinatorDisk'>
type EndedRef = Omit<TransactionRef, 'filename'>

function keyOf({ coordinatorId, coordinatorDisk }: CoordinatorRef): string {
  return `${coordinatorId}/${coordinatorDisk}`
}

/** The part of a transaction that its tombstone keeps. */
export function refOf({
  transactionId,
  coordinatorId,
  coordinatorDisk,
  order,
}: EndedRef): EndedRef {
  return { transactionId, coordinatorId, coordinatorDisk, order }
}

/** One more like; the wire's int32 is the limit. */
export function nextLikes(picture: Picture): number {
  return Math.min(picture.likes + 1, 2 ** 31 - 1)
}
