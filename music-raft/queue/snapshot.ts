import { ByteWriter } from './bytes.ts'
import { WORDS, writeUuid } from './command.ts'
import type { CountedTree } from './counted-tree.ts'
import { Hasher } from './hash.ts'
import { OUTCOME_CODES } from './outcome.ts'
import type { Remembered } from './remembered.ts'
import type { Session } from './session.ts'
import type { FrozenState } from './state.ts'
import type { PlayedTrack, QueuedTrack, Track } from './track.ts'

/** No piece of a snapshot is larger. */
export const MAX_CHUNK_BYTES = 64 * 1024
export const SNAPSHOT_MAGIC = [0x4d, 0x51, 0x53, 0x4e] // MQSN
/** Of a state in which nothing came in a batch, as earlier builds wrote and read it; else 2. */
export const SNAPSHOT_FORMAT = 1
export const SNAPSHOT_FORMAT_BATCHES = 2
/** Above the largest record: a session that remembers 512 tracks, at most 11 bytes each. */
export const MAX_RECORD_BYTES = 8192

/** Elements read from a tree at a time. */
const BATCH = 256

/**
 * The state at one index. Later commands do not change it: they copy the tree nodes it shares.
 * Let go of it when it is written, since until then those old nodes stay in memory.
 *
 * Format 1, a sequence of records, each after its length (2 bytes, low first); fields as in
 * `ByteWriter`: one header (magic, format, lastApplied, numbers of tracks, played tracks and
 * sessions); the tracks in queue order; the played tracks in play order; the sessions, least
 * recently used first; one seal, a hash of header and state hash. Equal states are equal bytes.
 *
 * Format 2 adds to each track its place, and to each session a byte that says whether it remembers
 * tracks of batches, with them after a 1. It is written only where there is such a thing to say.
 */
export class Snapshot {
  readonly #state: FrozenState

  constructor(state: FrozenState) {
    this.#state = state
  }

  /** Log index of the last command in it. */
  get lastApplied(): number {
    return this.#state.lastApplied
  }

  /** `QueueMachine.stateHash()` at that index. */
  get stateHash(): string {
    return this.#state.hash
  }

  /**
   * The snapshot in pieces of at most 64 KiB, each made when it is asked for, in about a
   * millisecond: a caller that awaits between pieces never holds up the loop. May be called again;
   * the bytes are the same each time.
   */
  *chunks(): Generator<Uint8Array, void, undefined> {
    const chunk = new ByteWriter(MAX_CHUNK_BYTES)
    for (const record of this.#records()) {
      chunk.block(record)
      if (chunk.length > MAX_CHUNK_BYTES - MAX_RECORD_BYTES) {
        yield chunk.take()
        chunk.clear()
      }
    }
    yield chunk.take()
  }

  /** The same writer each time: a record lives until the next. */
  *#records(): Generator<ByteWriter, void, undefined> {
    const { lastApplied, queue, history, sessions, hash, hasBatches } = this.#state
    const record = new ByteWriter(MAX_RECORD_BYTES)
    for (const byte of SNAPSHOT_MAGIC) record.byte(byte)
    const format = hasBatches ? SNAPSHOT_FORMAT_BATCHES : SNAPSHOT_FORMAT
    record.varint(format).varint(lastApplied)
    yield record.varint(queue.size).varint(history.size).varint(sessions.size)
    for (const track of elements(queue)) yield writeQueued(record, track, hasBatches)
    for (const track of elements(history)) yield writePlayed(record, track)
    for (const session of elements(sessions)) yield writeSession(record, session, hasBatches)
    record.clear()
    const { a, b } = seal(lastApplied, [queue.size, history.size, sessions.size], hash)
    yield record.varint(a >>> 0).varint(b >>> 0)
  }
}

/** Hash of all that a snapshot says, so that every damaged byte shows. */
export function seal(lastApplied: number, sizes: readonly number[], stateHash: string): Hasher {
  const hasher = new Hasher().start(SNAPSHOT_FORMAT).int(lastApplied)
  for (const size of sizes) hasher.int(size)
  return hasher.text(stateHash).finish()
}

function* elements<T>(tree: CountedTree<T>): Generator<T, void, undefined> {
  for (let place = 0; place < tree.size; place += BATCH) yield* tree.page(place, BATCH)
}

function writeQueued(record: ByteWriter, track: QueuedTrack, hasBatches: boolean): ByteWriter {
  record.clear()
  writeTrack(record, track).varint(track.arrival)
  return hasBatches ? record.varint(track.place) : record
}

function writePlayed(record: ByteWriter, track: PlayedTrack): ByteWriter {
  record.clear()
  return writeTrack(record, track).varint(track.playedAt)
}

function writeSession(record: ByteWriter, session: Session, hasBatches: boolean): ByteWriter {
  const { clientId, requestId, lastUsed, request, outcome } = session
  record.clear()
  writeUuid(record, clientId)
  record
    .varint(requestId)
    .varint(lastUsed)
    .varint(request.a >>> 0)
    .varint(request.b >>> 0)
  record.byte(WORDS.indexOf(outcome.word))
  record.byte(OUTCOME_CODES.indexOf(outcome.code))
  record.varint(outcome.position).varint(outcome.total).text(outcome.id)
  if (outcome.track === null) record.byte(0)
  else writeTrack(record.byte(1), outcome.track)
  return hasBatches ? writeBatch(record, session.batch) : record
}

function writeBatch(record: ByteWriter, batch: Remembered | null): ByteWriter {
  if (batch === null) return record.byte(0)
  const { firstRequestId, offsets, checks, codes } = batch
  record.byte(1).varint(firstRequestId).varint(codes.length)
  for (const [place, code] of codes.entries()) {
    record.varint((offsets[place] ?? 0) - (offsets[place - 1] ?? 0))
    record.varint((checks[place] ?? 0) >>> 0).byte(code)
  }
  return record
}

function writeTrack(record: ByteWriter, track: Track): ByteWriter {
  record.text(track.id).text(track.title).text(track.artist)
  return record.signed(track.votes).varint(track.duration)
}
