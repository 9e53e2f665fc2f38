import { LISTED, type QueueAnswer } from '../../queue/queue.ts'
import type { Track } from '../../queue/track.ts'
import { lengthOfBlock, lengthOfNumber, number } from './append-codec.ts'
import { BYTES, Writer } from './protobuf.ts'

// queue.QueueResponse and queue.Track, by hand: an answer lists the first tracks of the queue, nearly
// always the same as the answer before.

const MESSAGE = 1
const QUEUE = 2
const POSITION = 3
const TOTAL = 4
const CODE = 5

const NOTHING = new Uint8Array(0)

/** Encodes answers, and keeps the list at the head of the queue as bytes while it does not change. */
export class AnswerEncoder {
  #head: readonly Track[] = []
  #headBytes: Uint8Array = NOTHING

  /** queue.QueueResponse. */
  response({ message, queue, position, total }: QueueAnswer, code: string): Buffer {
    // A brief answer must not take the place of the head.
    const listed = queue.length > 1 ? LISTED : 0
    const headBytes = listed === 0 ? NOTHING : this.#headOf(queue)
    const rest = queue.slice(listed)
    let length = headBytes.length + lengthOfList(rest) + lengthOfText(message)
    length += lengthOfText(code) + lengthOfNumber(position) + lengthOfNumber(total)
    const writer = new Writer(length)
    text(writer, MESSAGE, message)
    writer.raw(headBytes)
    writeList(writer, rest)
    number(writer, POSITION, position)
    number(writer, TOTAL, total)
    text(writer, CODE, code)
    return writer.bytes
  }

  #headOf(queue: readonly Track[]): Uint8Array {
    const head = queue.length > LISTED ? queue.slice(0, LISTED) : queue
    if (!sameTracks(head, this.#head)) {
      this.#head = head
      this.#headBytes = encodeList(head)
    }
    return this.#headBytes
  }
}

export function encodeTrack(track: Track): Buffer {
  const writer = new Writer(lengthOfTrack(track))
  writeTrack(writer, track)
  return writer.bytes
}

function encodeList(tracks: readonly Track[]): Buffer {
  const writer = new Writer(lengthOfList(tracks))
  writeList(writer, tracks)
  return writer.bytes
}

function lengthOfList(tracks: readonly Track[]): number {
  return tracks.reduce((sum, track) => sum + lengthOfBlock(lengthOfTrack(track)), 0)
}

function writeList(writer: Writer, tracks: readonly Track[]): void {
  for (const track of tracks) {
    writer.tag(QUEUE, BYTES).varint(lengthOfTrack(track))
    writeTrack(writer, track)
  }
}

function lengthOfTrack({ id, title, artist, votes, duration }: Track): number {
  const numbers = lengthOfInt32(votes) + lengthOfInt32(duration)
  return lengthOfText(id) + lengthOfText(title) + lengthOfText(artist) + numbers
}

function writeTrack(writer: Writer, { id, title, artist, votes, duration }: Track): void {
  text(writer, 1, id)
  text(writer, 2, title)
  text(writer, 3, artist)
  int32(writer, 4, votes)
  int32(writer, 5, duration)
}

/** Ten bytes for what is below 0: its 64-bit two's complement. */
const NEGATIVE_LENGTH = 10

function lengthOfInt32(value: number): number {
  return value < 0 ? 1 + NEGATIVE_LENGTH : lengthOfNumber(value)
}

function int32(writer: Writer, field: number, value: number): void {
  if (value >= 0) return number(writer, field, value)
  writer.tag(field, 0)
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes = new Uint8Array(NEGATIVE_LENGTH)
  for (let at = 0; at < NEGATIVE_LENGTH; at += 1) {
    bytes[at] = Number(rest & 0x7fn) | (at < NEGATIVE_LENGTH - 1 ? 0x80 : 0)
    rest >>= 7n
  }
  writer.raw(bytes)
}

function lengthOfText(value: string): number {
  return value === '' ? 0 : lengthOfBlock(Buffer.byteLength(value))
}

function text(writer: Writer, field: number, value: string): void {
  if (value === '') return
  const length = Buffer.byteLength(value)
  writer.tag(field, BYTES).varint(length).text(value)
}

function sameTracks(a: readonly Track[], b: readonly Track[]): boolean {
  return a.length === b.length && a.every((track, at) => track === b[at])
}
