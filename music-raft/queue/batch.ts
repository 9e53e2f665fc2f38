import { ByteReader, ByteWriter, utf8Length } from './bytes.ts'
import { readUuid, writeUuid } from './command.ts'
import { QueueError } from './errors.ts'
import { type QueuedTrack, queuedTrack } from './track.ts'
import {
  checkClientId,
  checkLimit,
  checkNewTrack,
  checkRequestId,
  MAX_DURATION,
  MAX_ID_BYTES,
  MAX_TEXT_BYTES,
  type NewTrack,
} from './validate.ts'

/** The word of a log entry that carries several ADDs of one client, applied one after the other. */
export const BATCH = 'ADDS'

/** Part of the format, as it bounds what is remembered of a client. */
export const MAX_BATCH_TRACKS = 512
/** The request ids of one batch are within so much of each other. */
const MAX_SPAN = 2 ** 32 - 1
const FORMAT = 2
/** Of FNV-1a. */
const PRIME = 0x01000193

/** What all tracks of a batch share. */
export interface BatchHead {
  /** UUID, lower case. */
  readonly clientId: string
  readonly maxSessions: number
  readonly maxTracks: number
}

/** A batch as it is applied. */
export interface Batch extends BatchHead {
  /** Of the first track. */
  readonly firstRequestId: number
  /** Of each track, its request id less the first one's. Ascending from 0. */
  readonly offsets: Uint32Array
  /** As they are queued, if they are. */
  readonly tracks: readonly QueuedTrack[]
  /** `checkOf` each. */
  readonly checks: Int32Array
}

/**
 * Encodes a batch, once, at the node that accepts it. Layout: format byte 2; client id 16 bytes;
 * varint maxSessions, maxTracks, number of tracks; for each track: varint request id, or from the
 * second on its distance from the one before, at least 1; then what `writeBatchTrack` writes.
 */
export class BatchWriter {
  readonly #tracks = new ByteWriter(64 * 1024)
  readonly #whole = new ByteWriter(64 * 1024)
  #count = 0
  #first = 0
  #last = 0

  get count(): number {
    return this.#count
  }

  /** Bytes so far, but for the head. */
  get bytes(): number {
    return this.#tracks.length
  }

  clear(): void {
    this.#tracks.clear()
    this.#count = 0
  }

  /** Whether a track of this request id may be the next. */
  takes(requestId: number): boolean {
    if (this.#count === 0) return true
    const fits = this.#count < MAX_BATCH_TRACKS && requestId - this.#first <= MAX_SPAN
    return fits && requestId > this.#last
  }

  /** `bytes` holds, from one place to another, what `writeBatchTrack` wrote. */
  add(requestId: number, bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.#tracks.varint(this.#count === 0 ? requestId : requestId - this.#last)
    this.#tracks.copy(bytes, from, to)
    if (this.#count === 0) this.#first = requestId
    this.#last = requestId
    this.#count += 1
  }

  /** The batch as the data of a log entry. */
  take(head: BatchHead): Uint8Array {
    this.#whole.clear()
    writeUuid(this.#whole.byte(FORMAT), checkClientId(head.clientId))
    this.#whole.varint(checkLimit('maxSessions', head.maxSessions))
    this.#whole.varint(checkLimit('maxTracks', head.maxTracks)).varint(this.#count)
    return this.#whole.append(this.#tracks).take()
  }
}

/**
 * One track within a batch: varint bytes of id, of title and of artist; varint duration; the three
 * texts in UTF-8.
 * @throws QueueError INVALID_ARGUMENT
 */
export function writeBatchTrack(writer: ByteWriter, track: NewTrack): void {
  const { id, title, artist, duration } = checkNewTrack(track)
  const lengths = [utf8Length(id), utf8Length(title), utf8Length(artist)] as const
  for (const length of lengths) writer.varint(length)
  writer.varint(duration)
  writer.utf8(id, lengths[0]).utf8(title, lengths[1]).utf8(artist, lengths[2])
}

/** Tracks in an encoded batch, as its head says; 0: it is none. */
export function batchCount(bytes: Uint8Array): number {
  try {
    return readHead(new ByteReader(bytes, 'MALFORMED_COMMAND')).count
  } catch (error) {
    if (error instanceof QueueError) return 0
    throw error
  }
}

/**
 * Decodes a batch for the log entry at `index`; bytes that `BatchWriter` does not make are refused,
 * all of them.
 * @throws QueueError MALFORMED_COMMAND saying why.
 */
export function decodeBatch(bytes: Uint8Array, index: number): Batch {
  const reader = new ByteReader(bytes, 'MALFORMED_COMMAND')
  const { count, ...head } = readHead(reader)
  const offsets = new Uint32Array(count)
  const tracks: QueuedTrack[] = []
  const checks = new Int32Array(count)
  let firstRequestId = 0
  let requestId = 0
  for (let place = 0; place < count; place++) {
    const distance = reader.varint()
    if (place === 0) firstRequestId = distance
    else if (distance === 0) reader.fail('a request id is there twice')
    requestId += distance
    if (requestId - firstRequestId > MAX_SPAN) reader.fail('its request ids are too far apart')
    offsets[place] = requestId - firstRequestId
    checks[place] = readTrack(reader, index, place, tracks)
  }
  reader.end()
  if (!Number.isSafeInteger(requestId)) reader.fail('a request id is above 2^53−1')
  return { ...head, firstRequestId, offsets, tracks, checks }
}

function readHead(reader: ByteReader): BatchHead & { readonly count: number } {
  const format = reader.byte()
  if (format !== FORMAT) reader.fail(`its format is ${format}, this build knows ${FORMAT}`)
  const clientId = readUuid(reader)
  const maxSessions = bounded(reader, 'maxSessions')
  const maxTracks = bounded(reader, 'maxTracks')
  const count = reader.varint()
  if (count < 1 || count > MAX_BATCH_TRACKS) reader.fail(`it holds ${count} tracks`)
  return { clientId, maxSessions, maxTracks, count }
}

function bounded(reader: ByteReader, field: 'maxSessions' | 'maxTracks'): number {
  try {
    return checkLimit(field, reader.varint())
  } catch (error) {
    if (error instanceof QueueError) return reader.fail(error.message)
    throw error
  }
}

/** Puts the next track at the end of `tracks`; returns its check. */
function readTrack(
  reader: ByteReader,
  arrival: number,
  place: number,
  tracks: QueuedTrack[],
): number {
  const ofId = reader.varint()
  const ofTitle = reader.varint()
  const ofArtist = reader.varint()
  const duration = reader.varint()
  if (ofId < 1 || ofId > MAX_ID_BYTES) reader.fail(`an id of ${ofId} bytes`)
  if (ofTitle > MAX_TEXT_BYTES) reader.fail(`a title of ${ofTitle} bytes`)
  if (ofArtist > MAX_TEXT_BYTES) reader.fail(`an artist of ${ofArtist} bytes`)
  if (duration > MAX_DURATION) reader.fail(`a duration of ${duration} seconds`)
  const bytes = reader.raw(ofId + ofTitle + ofArtist)
  const all = reader.decode(bytes)
  // As many units as bytes: it is ASCII, and one decoding does for three texts.
  const ascii = all.length === bytes.length
  const text = (from: number, to: number) =>
    ascii ? all.slice(from, to) : reader.decode(bytes.subarray(from, to))
  const id = text(0, ofId)
  const title = text(ofId, ofId + ofTitle)
  const artist = text(ofId + ofTitle, bytes.length)
  tracks.push(queuedTrack({ id, title, artist, duration }, 0, arrival, place))
  return check(bytes, ofId, ofTitle, duration)
}

/**
 * What tells a track that is sent again from another one under its request id: FNV-1a over its bytes.
 * Not the hash of a request that came alone, which costs several times as much.
 */
export function checkOf({ id, title, artist, duration }: NewTrack): number {
  const writer = new ByteWriter()
  const [ofId, ofTitle] = [utf8Length(id), utf8Length(title)]
  writer.utf8(id, ofId).utf8(title, ofTitle).utf8(artist, utf8Length(artist))
  return check(writer.take(), ofId, ofTitle, duration)
}

function check(texts: Uint8Array, ofId: number, ofTitle: number, duration: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < texts.length; i++) hash = Math.imul(hash ^ (texts[i] ?? 0), PRIME)
  for (const number of [ofId, ofTitle, duration]) hash = Math.imul(hash ^ number, PRIME)
  return hash ^ (hash >>> 15)
}

/** For those who encode from texts: tests, simulations. @throws QueueError INVALID_ARGUMENT */
export function encodeBatch(
  head: BatchHead,
  tracks: readonly (NewTrack & { readonly requestId: number })[],
): Uint8Array {
  const batch = new BatchWriter()
  const writer = new ByteWriter()
  for (const track of tracks) {
    const requestId = checkRequestId(track.requestId)
    if (!batch.takes(requestId)) {
      throw new QueueError('INVALID_ARGUMENT', 'no batch takes these request ids', 'requestId')
    }
    writer.clear()
    writeBatchTrack(writer, track)
    batch.add(requestId, writer.take())
  }
  return batch.take(head)
}
