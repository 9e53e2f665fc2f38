import { isAscii, isUtf8 } from 'node:buffer'
import { ByteWriter } from '../../queue/bytes.ts'
import { QueueError } from '../../queue/errors.ts'
import {
  checkNewTrack,
  checkRequestId,
  MAX_DURATION,
  MAX_ID_BYTES,
  MAX_TEXT_BYTES,
} from '../../queue/validate.ts'
import { MalformedMessage } from './protobuf.ts'

// queue.AddTracksRequest, by hand: a track goes from here into a log entry as the bytes that it came
// in, and no object is made for it.

/** Tracks in one message: far more than a log entry takes. */
export const MAX_MESSAGE_TRACKS = 4096
/** Streams hold some messages each; those of calls may have 4 MiB. */
export const MAX_TRACKS_BYTES = 1024 * 1024

/** A message, each track checked and encoded as in a batch (`writeBatchTrack`). */
export interface ReceivedTracks {
  readonly requestIds: readonly number[]
  /** The tracks, one after the other; nothing for one that is refused. */
  readonly bytes: Uint8Array
  /** Where in `bytes` each track ends. */
  readonly ends: readonly number[]
  /** Why a track is refused, by its place in the message. */
  readonly refused: ReadonlyMap<number, string>
}

const TRACKS = 1
const REQUEST_ID = 1
const TRACK = 2
const [ID, TITLE, ARTIST, VOTES, DURATION] = [1, 2, 3, 4, 5]
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5]
const NOBODY: ReadonlyMap<number, string> = new Map()

const writer = new ByteWriter(64 * 1024)

/** Never throws: what a deserializer throws is answered with INTERNAL, and the fault is the sender's. */
export function decodeTracks(bytes: Buffer): ReceivedTracks | MalformedMessage {
  try {
    return new TracksReader(bytes).read()
  } catch (error) {
    if (error instanceof MalformedMessage) return error
    throw error
  }
}

class TracksReader {
  readonly #bytes: Buffer
  readonly #isAscii: boolean
  #at = 0
  // The track being read: where its texts lie, and its numbers.
  #idFrom = 0
  #idTo = 0
  #titleFrom = 0
  #titleTo = 0
  #artistFrom = 0
  #artistTo = 0
  #duration = 0
  #requestId = 0

  constructor(bytes: Buffer) {
    if (bytes.length > MAX_TRACKS_BYTES) {
      throw new MalformedMessage(`it is larger than ${MAX_TRACKS_BYTES} bytes`)
    }
    this.#bytes = bytes
    this.#isAscii = isAscii(bytes)
  }

  read(): ReceivedTracks {
    const requestIds: number[] = []
    const ends: number[] = []
    let refused: Map<number, string> | null = null
    writer.clear()
    while (this.#at < this.#bytes.length) {
      const tag = this.#tag()
      if (tag !== TRACKS * 8 + BYTES) {
        this.#skip(tag, TRACKS, this.#bytes.length)
        continue
      }
      if (ends.length === MAX_MESSAGE_TRACKS) {
        throw new MalformedMessage(`it holds more than ${MAX_MESSAGE_TRACKS} tracks`)
      }
      this.#readNumbered(this.#endOfBlock(this.#bytes.length))
      const problem = this.#problem()
      if (problem === null) this.#write()
      else {
        refused ??= new Map()
        refused.set(ends.length, problem)
      }
      requestIds.push(this.#requestId)
      ends.push(writer.length)
    }
    return { requestIds, bytes: writer.take(), ends, refused: refused ?? NOBODY }
  }

  #readNumbered(end: number): void {
    this.#requestId = 0
    this.#forget()
    while (this.#at < end) {
      const tag = this.#tag()
      if (tag === REQUEST_ID * 8 + VARINT) this.#requestId = this.#varint()
      else if (tag === TRACK * 8 + BYTES) this.#readTrack(this.#endOfBlock(end))
      else this.#skip(tag, TRACK, end)
    }
    if (this.#at > end) throw new MalformedMessage('a track ends too early')
  }

  #forget(): void {
    this.#duration = this.#idFrom = this.#idTo = this.#titleFrom = this.#titleTo = 0
    this.#artistFrom = this.#artistTo = 0
  }

  #readTrack(end: number): void {
    this.#forget() // of two the last counts, as the library has it
    while (this.#at < end) {
      const tag = this.#tag()
      if (tag === DURATION * 8 + VARINT) this.#duration = this.#int32()
      else if (tag === VOTES * 8 + VARINT) this.#int32()
      else if (tag % 8 !== BYTES || tag > ARTIST * 8 + BYTES) this.#skip(tag, DURATION, end)
      else this.#text(Math.floor(tag / 8), this.#endOfBlock(end))
    }
    if (this.#at > end) throw new MalformedMessage('a track ends too early')
  }

  #text(field: number, to: number): void {
    const from = this.#at
    this.#at = to
    if (field === ID) {
      this.#idFrom = from
      this.#idTo = to
    } else if (field === TITLE) {
      this.#titleFrom = from
      this.#titleTo = to
    } else if (field === ARTIST) {
      this.#artistFrom = from
      this.#artistTo = to
    }
  }

  /** Why the track just read is refused; null: it is not. */
  #problem(): string | null {
    const ofId = this.#idTo - this.#idFrom
    const fits =
      Number.isSafeInteger(this.#requestId) &&
      ofId > 0 &&
      ofId <= MAX_ID_BYTES &&
      this.#titleTo - this.#titleFrom <= MAX_TEXT_BYTES &&
      this.#artistTo - this.#artistFrom <= MAX_TEXT_BYTES &&
      this.#duration >= 0 &&
      this.#duration <= MAX_DURATION
    if (fits && (this.#isAscii || this.#isUtf8())) return null
    // The rules that every other write is held to say what is wrong, in their own words.
    try {
      checkRequestId(this.#requestId)
      checkNewTrack({
        id: this.#textOf(this.#idFrom, this.#idTo),
        title: this.#textOf(this.#titleFrom, this.#titleTo),
        artist: this.#textOf(this.#artistFrom, this.#artistTo),
        duration: this.#duration,
      })
    } catch (error) {
      if (error instanceof QueueError) return error.message
      throw error
    }
    throw new Error('a track that is refused breaks no rule')
  }

  #isUtf8(): boolean {
    const bytes = this.#bytes
    return (
      isUtf8(bytes.subarray(this.#idFrom, this.#idTo)) &&
      isUtf8(bytes.subarray(this.#titleFrom, this.#titleTo)) &&
      isUtf8(bytes.subarray(this.#artistFrom, this.#artistTo))
    )
  }

  #textOf(from: number, to: number): string | undefined {
    const bytes = this.#bytes.subarray(from, to)
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined
  }

  #write(): void {
    writer.varint(this.#idTo - this.#idFrom).varint(this.#titleTo - this.#titleFrom)
    writer.varint(this.#artistTo - this.#artistFrom).varint(this.#duration)
    writer.copy(this.#bytes, this.#idFrom, this.#idTo)
    writer.copy(this.#bytes, this.#titleFrom, this.#titleTo)
    writer.copy(this.#bytes, this.#artistFrom, this.#artistTo)
  }

  #tag(): number {
    const tag = this.#varint()
    if (tag < 8 || tag >= 2 ** 32) throw new MalformedMessage('a field has no such number')
    return tag
  }

  /** Of at most 10 bytes; above 2^53 it is not exact, and no safe integer. */
  #varint(): number {
    let value = 0
    for (let scale = 1, left = 10; left > 0; scale *= 0x80, left--) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new MalformedMessage('it ends too early')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw new MalformedMessage('a number is too long')
  }

  /** As protobuf reads it: the low 32 bits, with their sign. */
  #int32(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new MalformedMessage('it ends too early')
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new MalformedMessage('a number is too long')
  }

  /** Reads a length; where what has it ends. */
  #endOfBlock(within: number): number {
    const end = this.#varint() + this.#at
    if (end > within) throw new MalformedMessage('it ends too early')
    return end
  }

  /** A field beyond the last that is known: one below has the wrong type. */
  #skip(tag: number, lastKnown: number, within: number): void {
    const type = tag % 8
    if (tag < (lastKnown + 1) * 8) throw new MalformedMessage('a field has the type of another')
    if (type === VARINT) this.#varint()
    else if (type === FIXED64) this.#at += 8
    else if (type === BYTES) this.#at = this.#endOfBlock(within)
    else if (type === FIXED32) this.#at += 4
    else throw new MalformedMessage(`a field has the unknown type ${type}`)
    if (this.#at > within) throw new MalformedMessage('it ends too early')
  }
}
