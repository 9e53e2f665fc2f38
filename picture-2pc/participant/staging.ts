import { CodedError } from '../../common/errors.ts'
import type { TransactionId } from '../protocol/messages.ts'
import type { Staged } from '../protocol/participant-io.ts'
import type { BlobStore } from './blob-store.ts'

/** Bytes staged for a vote that never was asked for are dropped after this. */
const UNCLAIMED_MS = 15 * 60_000
const MAX_STAGED = 1024

type Entry =
  | { readonly state: 'receiving' | 'over' }
  | { readonly state: 'staged'; readonly staged: Staged; readonly since: number }
  /** The vote will say why. */
  | { readonly state: 'noRoom'; readonly since: number }

/**
 * Bytes that arrive for uploads before the vote on them. Not durable knowledge: after a restart the
 * files are swept and the vote is no.
 */
export class Staging {
  readonly #blobs: BlobStore
  readonly #entries = new Map<TransactionId, Entry>()

  constructor(blobs: BlobStore) {
    this.#blobs = blobs
  }

  /** Receives the bytes of one transaction, once. Rejects as BlobStore.receive does. */
  async receive(
    transactionId: TransactionId,
    chunks: AsyncIterable<Uint8Array>,
    maxBytes: number,
    now: number,
  ): Promise<Staged> {
    if (this.#entries.has(transactionId)) {
      throw new CodedError('INVALID_ARGUMENT', 'bytes for this transaction came before')
    }
    if (this.#entries.size >= MAX_STAGED) throw new CodedError('OVERLOADED')
    const entry: Entry = { state: 'receiving' }
    this.#entries.set(transactionId, entry)
    try {
      const staged = await this.#blobs.receive(chunks, maxBytes)
      if (this.#entries.get(transactionId) !== entry) {
        // The transaction ended while its bytes were still coming.
        await this.#blobs.remove(staged.blob)
        throw new CodedError('TRANSACTION_ABORTED')
      }
      this.#entries.set(transactionId, { state: 'staged', staged, since: now })
      return staged
    } catch (error) {
      if (this.#entries.get(transactionId) === entry) this.#entries.delete(transactionId)
      if (error instanceof CodedError && error.code === 'DISK_FULL') {
        this.#entries.set(transactionId, { state: 'noRoom', since: now })
      }
      throw error
    }
  }

  /** What is there for a vote; null when the bytes did not arrive, or not yet. */
  find(transactionId: TransactionId): Staged | null {
    const entry = this.#entries.get(transactionId)
    return entry?.state === 'staged' ? entry.staged : null
  }

  /** Whether there was no room for the bytes. */
  hadNoRoom(transactionId: TransactionId): boolean {
    return this.#entries.get(transactionId)?.state === 'noRoom'
  }

  /** The prepared transaction owns the file now. */
  claim(transactionId: TransactionId): void {
    this.#entries.delete(transactionId)
  }

  /** The transaction is over: what came for it goes. */
  drop(transactionId: TransactionId): void {
    const entry = this.#entries.get(transactionId)
    this.#entries.delete(transactionId)
    if (entry?.state === 'staged') this.#remove(entry.staged)
  }

  /** Drops what nobody asked a vote for. */
  expire(now: number): void {
    for (const [id, entry] of this.#entries) {
      if ('since' in entry && now - entry.since > UNCLAIMED_MS) this.drop(id)
    }
  }

  #remove({ blob }: Staged): void {
    // A file that stays is swept at the next start.
    this.#blobs.remove(blob).catch(() => undefined)
  }
}
