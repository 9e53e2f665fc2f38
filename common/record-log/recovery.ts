import { CorruptLog } from '../storage-errors.ts'
import {
  FRAME_HEADER_BYTES,
  type FrameHeader,
  frameEnd,
  isBodyIntact,
  isTrailerIntact,
  readHeader,
  SECTOR_BYTES,
  takeRecords,
  trailerRange,
} from './frame.ts'
import { SEGMENT_HEADER_BYTES, type SegmentHeader } from './segment.ts'

/** What a segment was found to hold. */
export interface SegmentScan {
  /** Where the last whole frame ends: the next frame goes here. */
  readonly end: number
  /** Sequence number after the last record. */
  readonly nextSequence: number
  /**
   * `sealed`: the last frame is a seal; `clean`: only zeros follow; `torn`: the remains of a batch
   * that was being written, never acknowledged, follow and must be zeroed.
   */
  readonly ending: 'sealed' | 'clean' | 'torn'
  /** The last frame is a closing mark. */
  readonly isClosed: boolean
  /** Positions of trailers to write again. */
  readonly lostTrailers: readonly number[]
}

/** A segment's bytes, padded with zeros to its capacity, and the name to complain about. */
export interface LoadedSegment {
  readonly file: string
  readonly header: SegmentHeader
  readonly bytes: Buffer
}

/**
 * Reads the frames of one segment in order and hands every record to `onRecord`. Appends are one at
 * a time and durable before the next begins, so only the last frame can be unfinished. At the first
 * position p without an intact frame (missing bytes of the file count as zeros):
 *
 * | | found at p | so | ending |
 * |---|---|---|---|
 * | 1 | zeros to the end of the segment | nothing was written here | clean |
 * | 2 | a valid frame header at a later multiple of 32 (in a later segment: the caller looks) | p was durable before that frame was begun | corrupt |
 * | 3 | header and body valid, trailer not | all that counts is there | accepted; trailer to rewrite |
 * | 4a | header valid, body not; zeros from inside the frame to the end of the segment | cut off while being written | torn |
 * | 4b | header valid, body not; a sector of the frame wholly zero | that sector was never written | torn |
 * | 4c | header valid, body not, neither of these | every sector was written, so it was durable | corrupt |
 * | 5a | header wholly zero, something behind it | the header's sector was never written | torn |
 * | 5b | header invalid, zeros behind it | cut off inside the header | torn |
 * | 5c | header invalid, something behind it | a sector is written wholly or not at all | corrupt |
 *
 * A sector that was written is never zero (see `frame.ts`), which is what makes 4b safe. What stays
 * undecidable is rot that zeroes a whole sector of the very last frame; after a clean close the
 * closing mark is that frame, and rule 2 protects every record.
 * Throws `CorruptLog`.
 */
export function scanSegment(
  segment: LoadedSegment,
  onRecord: (sequence: number, record: Uint8Array) => void,
): SegmentScan {
  const { bytes, header } = segment
  const lostTrailers: number[] = []
  let end = SEGMENT_HEADER_BYTES
  let nextSequence = header.firstSequence
  let isClosed = false
  for (;;) {
    const frame = readHeader(bytes, header.key, end)
    if (frame === null || !isBodyIntact(bytes, header.key, frame)) break
    if (frame.first !== nextSequence) {
      const found = `it holds record ${frame.first} where ${nextSequence} belongs`
      throw new CorruptLog(segment.file, end, found)
    }
    if (!isTrailerIntact(bytes, frame)) lostTrailers.push(trailerRange(frame)[0])
    nextSequence = replay(segment, frame, onRecord)
    end = frameEnd(frame)
    isClosed = frame.kind === 'close'
    if (frame.kind === 'seal')
      return { end, nextSequence, ending: 'sealed', isClosed, lostTrailers }
  }
  const ending = classifyEnd(segment, end)
  return { end, nextSequence, ending, isClosed, lostTrailers }
}

function replay(
  segment: LoadedSegment,
  frame: FrameHeader,
  onRecord: (sequence: number, record: Uint8Array) => void,
): number {
  const records = takeRecords(segment.bytes, segment.header.key, frame)
  if (records === null) {
    throw new CorruptLog(segment.file, frame.position, 'a batch does not divide into records')
  }
  let sequence = frame.first
  for (const record of records) onRecord(sequence++, record)
  return sequence
}

/** Rules 1, 2, 4 and 5 of `scanSegment`, for the first position without an intact frame. */
function classifyEnd(segment: LoadedSegment, position: number): 'clean' | 'torn' {
  const { bytes, header, file } = segment
  const capacity = bytes.byteLength
  if (isZero(bytes, position, capacity)) return 'clean' // 1
  const later = findFrame(segment, position + FRAME_HEADER_BYTES)
  if (later !== null) {
    const what = `no valid batch there, but one was written after it, at byte ${later}` // 2
    throw new CorruptLog(file, position, what)
  }
  const frame = readHeader(bytes, header.key, position)
  if (frame !== null) {
    const trailerEnd = trailerRange(frame)[1]
    if (isZero(bytes, trailerEnd - 1, capacity)) return 'torn' // 4a
    if (hasZeroSector(bytes, position, trailerEnd)) return 'torn' // 4b
    throw new CorruptLog(file, position, 'the checksum of a completely written batch is wrong') // 4c
  }
  const headerEnd = Math.min(position + FRAME_HEADER_BYTES, capacity)
  if (isZero(bytes, position, headerEnd) || isZero(bytes, headerEnd, capacity)) return 'torn' // 5a, 5b
  throw new CorruptLog(file, position, 'the header of a batch is wrong') // 5c
}

function findFrame(segment: LoadedSegment, from: number): number | null {
  for (let at = from; at < segment.bytes.byteLength; at += FRAME_HEADER_BYTES) {
    if (readHeader(segment.bytes, segment.header.key, at) !== null) return at
  }
  return null
}

function hasZeroSector(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const next = Math.min(at - (at % SECTOR_BYTES) + SECTOR_BYTES, end)
    if (isZero(bytes, at, next)) return true
    at = next
  }
  return false
}

const zeros = Buffer.alloc(4096)

/** Whether `[start, end)` holds nothing but zeros. */
export function isZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += zeros.byteLength) {
    const part = bytes.subarray(at, Math.min(at + zeros.byteLength, end))
    if (!part.equals(zeros.subarray(0, part.byteLength))) return false
  }
  return true
}
