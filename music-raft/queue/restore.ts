import { MAX_BATCH_TRACKS } from './batch.ts'
import { ByteReader } from './bytes.ts'
import { readUuid, WORDS } from './command.ts'
import { QueueError } from './errors.ts'
import { Hasher } from './hash.ts'
import { OUTCOME_CODES } from './outcome.ts'
import { QueueMachine } from './queue.ts'
import { type Remembered, remember } from './remembered.ts'
import type { Session } from './session.ts'
import {
  MAX_RECORD_BYTES,
  SNAPSHOT_FORMAT,
  SNAPSHOT_FORMAT_BATCHES,
  SNAPSHOT_MAGIC,
  seal,
} from './snapshot.ts'
import { QueueState } from './state.ts'
import {
  comparePlayed,
  compareQueued,
  MAX_VOTES,
  MIN_VOTES,
  type PlayedTrack,
  playedTrack,
  type QueuedTrack,
  queuedTrack,
  type Track,
} from './track.ts'
import { checkId, checkNewTrack, LIMIT_CEILINGS } from './validate.ts'

const PREFIX = 2

/**
 * Builds a machine from the bytes of a snapshot, in pieces cut anywhere. A call takes time for the
 * piece alone (64 KiB: a few milliseconds at most), so the caller decides when to let the loop turn.
 * Memory follows what was read, never what a header announces.
 *
 * All methods throw QueueError CORRUPT_SNAPSHOT or UNSUPPORTED_SNAPSHOT. After an error, or to start
 * over when a transfer was cut, drop the object and make a new one: the machine in use is untouched.
 */
export class QueueRestore {
  readonly #state: QueueState
  #pending: Uint8Array = new Uint8Array(0)
  #header: { lastApplied: number; sizes: readonly [number, number, number] } | null = null
  #hasBatches = false
  #sealed = false
  #ended = false
  #lastQueued: QueuedTrack | null = null
  #lastPlayed: PlayedTrack | null = null
  #lastUsed = 0

  /** @param seed see ShardedMap. */
  constructor(seed = 0) {
    this.#state = new QueueState(seed)
  }

  /** Takes the next bytes of the snapshot. They may be changed afterwards. */
  push(chunk: Uint8Array): void {
    this.#guard(() => {
      const bytes = new Uint8Array(this.#pending.length + chunk.length)
      bytes.set(this.#pending)
      bytes.set(chunk, this.#pending.length)
      let offset = 0
      for (;;) {
        const length = (bytes[offset] ?? 0) + (bytes[offset + 1] ?? 0) * 256
        if (bytes.length < offset + PREFIX) break
        if (length > MAX_RECORD_BYTES) refuse(`a record of ${length} bytes`)
        const end = offset + PREFIX + length
        if (bytes.length < end) break
        this.#record(new ByteReader(bytes.subarray(offset + PREFIX, end), 'CORRUPT_SNAPSHOT'))
        offset = end
      }
      this.#pending = bytes.slice(offset)
    })
  }

  /** Ends the snapshot: checks that it was all there, and returns its machine. */
  finish(): QueueMachine {
    return this.#guard(() => {
      if (!this.#sealed || this.#pending.length > 0) refuse('it ends too early')
      this.#ended = true // the state is the machine's now
      return new QueueMachine(this.#state)
    })
  }

  #guard<R>(work: () => R): R {
    if (this.#ended) {
      throw new QueueError('CORRUPT_SNAPSHOT', 'This restore has ended; begin with a new one')
    }
    try {
      return work()
    } catch (error) {
      this.#ended = true
      if (!(error instanceof QueueError) || error.code === 'UNSUPPORTED_SNAPSHOT') throw error
      return refuse(error.message)
    }
  }

  #record(reader: ByteReader): void {
    if (this.#sealed) reader.fail('bytes follow its end')
    if (this.#header === null) this.#readHeader(reader)
    else {
      const [queue, history, sessions] = this.#header.sizes
      if (this.#state.queue.size < queue) this.#readQueued(reader)
      else if (this.#state.history.size < history) this.#readPlayed(reader)
      else if (this.#state.sessions.size < sessions) this.#readSession(reader)
      else this.#readSeal(reader)
    }
    reader.end()
  }

  #readHeader(reader: ByteReader): void {
    for (const byte of SNAPSHOT_MAGIC) {
      if (reader.byte() !== byte) reader.fail('it is not a snapshot of the queue')
    }
    const format = reader.varint()
    this.#hasBatches = format === SNAPSHOT_FORMAT_BATCHES
    if (format !== SNAPSHOT_FORMAT && !this.#hasBatches) {
      throw new QueueError(
        'UNSUPPORTED_SNAPSHOT',
        `The snapshot has format ${format}; this build reads ${SNAPSHOT_FORMAT} and ${SNAPSHOT_FORMAT_BATCHES}: run a newer build`,
      )
    }
    const { maxTracks, maxHistory, maxSessions } = LIMIT_CEILINGS
    this.#header = {
      lastApplied: reader.varint(),
      sizes: [
        bounded(reader, maxTracks),
        bounded(reader, maxHistory),
        bounded(reader, maxSessions),
      ],
    }
    this.#state.lastApplied = this.#header.lastApplied
  }

  #readQueued(reader: ByteReader): void {
    const read = readTrack(reader)
    const arrival = this.#readIndex(reader)
    const place = this.#hasBatches ? reader.varint() : 0
    if (place >= MAX_BATCH_TRACKS) reader.fail(`place ${place} is out of range`)
    const track = queuedTrack(read, read.votes, arrival, place)
    if (this.#lastQueued !== null && compareQueued(this.#lastQueued, track) >= 0) {
      reader.fail('the queue is out of order')
    }
    if (this.#state.queued(track.id) !== undefined) reader.fail('a track is there twice')
    this.#lastQueued = track
    this.#state.enqueue(track)
  }

  #readPlayed(reader: ByteReader): void {
    const track = playedTrack(readTrack(reader), this.#readIndex(reader))
    if (this.#lastPlayed !== null && comparePlayed(this.#lastPlayed, track) >= 0) {
      reader.fail('the history is out of order')
    }
    this.#lastPlayed = track
    this.#state.remember(track)
  }

  #readSession(reader: ByteReader): void {
    const clientId = readUuid(reader)
    const requestId = reader.varint()
    const lastUsed = this.#readIndex(reader)
    if (lastUsed <= this.#lastUsed) reader.fail('the sessions are out of order')
    if (this.#state.sessions.get(clientId) !== undefined) reader.fail('a client is there twice')
    this.#lastUsed = lastUsed
    const request = { a: readLane(reader), b: readLane(reader) }
    const outcome = readOutcome(reader)
    const batch = this.#hasBatches ? readBatch(reader) : null
    this.#state.sessions.put({ clientId, requestId, lastUsed, request, outcome, batch })
  }

  #readSeal(reader: ByteReader): void {
    const { lastApplied, sizes } = this.#header ?? reader.fail('it has no header')
    const { a, b } = seal(lastApplied, sizes, this.#state.hash)
    if (reader.varint() !== a >>> 0 || reader.varint() !== b >>> 0) {
      reader.fail('its content does not match its hash')
    }
    this.#sealed = true
  }

  /** A log index that the snapshot can have seen. */
  #readIndex(reader: ByteReader): number {
    const index = reader.varint()
    if (index < 1 || index > this.#state.lastApplied) reader.fail(`index ${index} is out of range`)
    return index
  }
}

function readTrack(reader: ByteReader): Track {
  const [id, title, artist] = [reader.text(), reader.text(), reader.text()]
  const votes = reader.signed()
  if (votes < MIN_VOTES || votes > MAX_VOTES) reader.fail('votes are out of range')
  const { duration } = checkNewTrack({ id, title, artist, duration: reader.varint() })
  return { id, title, artist, votes, duration }
}

function readOutcome(reader: ByteReader): Session['outcome'] {
  const word = WORDS[reader.byte()] ?? reader.fail('a word is unknown')
  const code = OUTCOME_CODES[reader.byte()] ?? reader.fail('an outcome is unknown')
  const position = reader.varint()
  const total = reader.varint()
  const id = reader.text()
  if (id !== '') checkId(id)
  const hasTrack = reader.byte()
  if (hasTrack > 1) reader.fail('a flag is neither 0 nor 1')
  const track = hasTrack === 1 ? readTrack(reader) : null
  return { word, code, id, track, position, total, detail: '', replayed: false }
}

function readBatch(reader: ByteReader): Remembered | null {
  const has = reader.byte()
  if (has > 1) reader.fail('a flag is neither 0 nor 1')
  if (has === 0) return null
  const firstRequestId = reader.varint()
  const count = reader.varint()
  if (count < 1 || count > MAX_BATCH_TRACKS) reader.fail(`a batch of ${count} tracks`)
  const offsets = new Uint32Array(count)
  const checks = new Int32Array(count)
  const codes = new Uint8Array(count)
  let offset = 0
  for (let place = 0; place < count; place++) {
    offset += reader.varint()
    if (offset >= 2 ** 32) reader.fail('the requests of a batch are too far apart')
    offsets[place] = offset
    checks[place] = readLane(reader)
    const code = reader.byte()
    if (OUTCOME_CODES[code] === undefined) reader.fail('an outcome is unknown')
    codes[place] = code
  }
  return remember(new Hasher(), null, { firstRequestId, offsets, checks, codes })
}

/** Half of a 64-bit hash, or a check: an int32. */
function readLane(reader: ByteReader): number {
  const lane = reader.varint()
  return lane < 2 ** 32 ? lane | 0 : reader.fail('a hash is out of range')
}

function bounded(reader: ByteReader, max: number): number {
  const size = reader.varint()
  return size <= max ? size : reader.fail(`it announces ${size} elements, at most ${max} can be`)
}

function refuse(reason: string): never {
  throw new QueueError('CORRUPT_SNAPSHOT', `The snapshot is damaged: ${reason}`)
}
