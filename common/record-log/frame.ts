import { crc32c } from '@node-rs/crc32'

/**
 * A frame is one batch of records, or a mark, as it lies in a segment. All numbers little-endian.
 *
 * | at | bytes | |
 * |---|---|---|
 * | 0 | 4 | length of the body, a multiple of 4 |
 * | 4 | 4 | number of records |
 * | 8 | 6 | sequence number of the first record (of a mark: of the next record) |
 * | 14 | 2 | kind |
 * | 16 | 4 | the frame's own position in the segment |
 * | 20 | 4 | CRC32C of the body |
 * | 24 | 4 | CRC32C of bytes 0–23 |
 * | 28 | 4 | end of header, no byte zero |
 * | 32 | length | body: per record its length (4 bytes) and its bytes; masked |
 * | 32 + length | 4 | trailer, no byte zero |
 *
 * Frames start at multiples of 32, so a header never crosses a 512-byte sector, the unit that a
 * disk writes wholly or not at all; the trailer, at a multiple of 4, does not either. Checksums
 * start from the segment's random id, and the body is XORed with it. Hence no byte string that a
 * user can choose looks like a frame, and no sector that was written is zero: a zero sector inside
 * a frame is proof that it never reached the disk.
 */
export const FRAME_HEADER_BYTES = 32
export const SECTOR_BYTES = 512
const ALIGNMENT = 32
const TRAILER_BYTES = 4
const RECORD_PREFIX_BYTES = 4
const HEADER_END = 0xb5e3c96d
const TRAILER = 0x7d9ac3b1

/** What a batch takes besides its records and their lengths, before rounding. */
export const FRAME_OVERHEAD_BYTES = FRAME_HEADER_BYTES + TRAILER_BYTES

/** Bytes that a mark (a frame without records) takes. */
export const MARK_BYTES = 64

/** `seal`: nothing follows in this segment. `close`: the log was closed in good order here. */
export type FrameKind = 'batch' | 'seal' | 'close'
const kinds: readonly FrameKind[] = ['batch', 'seal', 'close']

/** What makes the frames of one segment unlike those of any other. Made by `segmentKey`. */
export interface SegmentKey {
  readonly id: Uint8Array
  readonly words: Int32Array
  readonly salt: number
}

/** `id`: 16 random bytes, none of them zero. */
export function segmentKey(id: Uint8Array): SegmentKey {
  const own = Uint8Array.from(id)
  return { id: own, words: new Int32Array(own.buffer), salt: crc32c(own) }
}

export interface FrameHeader {
  readonly kind: FrameKind
  readonly position: number
  /** Of the body. */
  readonly length: number
  readonly count: number
  readonly first: number
  readonly bodyChecksum: number
}

const bodyLength = (records: readonly Uint8Array[]): number => {
  let length = 0
  for (const record of records) length += RECORD_PREFIX_BYTES + record.byteLength
  return (length + 3) & ~3
}

const paddedLength = (body: number): number =>
  Math.ceil((body + FRAME_OVERHEAD_BYTES) / ALIGNMENT) * ALIGNMENT

/** Bytes that a batch takes in a segment. */
export function batchBytes(records: readonly Uint8Array[]): number {
  return paddedLength(bodyLength(records))
}

/** Where the frame after this one starts. */
export function frameEnd(header: FrameHeader): number {
  return header.position + paddedLength(header.length)
}

/** Where the trailer of this frame starts, and where it ends. */
export function trailerRange(header: FrameHeader): readonly [start: number, end: number] {
  const start = header.position + FRAME_HEADER_BYTES + header.length
  return [start, start + TRAILER_BYTES]
}

/** The four bytes that end every frame. */
export function trailerBytes(): Uint8Array {
  const bytes = Buffer.alloc(TRAILER_BYTES)
  bytes.writeUInt32LE(TRAILER)
  return bytes
}

/**
 * Writes a frame to the start of `target` (whose memory must be 4-byte aligned), to be stored at
 * `position` of the segment. Returns its length in bytes, a multiple of 32.
 */
export function encodeFrame(
  target: Buffer,
  key: SegmentKey,
  frame: { kind: FrameKind; position: number; first: number; records: readonly Uint8Array[] },
): number {
  const length = bodyLength(frame.records)
  const bodyEnd = FRAME_HEADER_BYTES + length
  const end = paddedLength(length)
  let at = FRAME_HEADER_BYTES
  for (const record of frame.records) {
    target.writeUInt32LE(record.byteLength, at)
    target.set(record, at + RECORD_PREFIX_BYTES)
    at += RECORD_PREFIX_BYTES + record.byteLength
  }
  target.fill(0, at, end)
  mask(target, FRAME_HEADER_BYTES, length, key)
  target.writeUInt32LE(length, 0)
  target.writeUInt32LE(frame.records.length, 4)
  target.writeUIntLE(frame.first, 8, 6)
  target.writeUInt16LE(kinds.indexOf(frame.kind) + 1, 14)
  target.writeUInt32LE(frame.position, 16)
  target.writeUInt32LE(crc32c(target.subarray(FRAME_HEADER_BYTES, bodyEnd), key.salt), 20)
  target.writeUInt32LE(crc32c(target.subarray(0, 24), key.salt), 24)
  target.writeUInt32LE(HEADER_END, 28)
  target.writeUInt32LE(TRAILER, bodyEnd)
  return end
}

function mask(bytes: Uint8Array, start: number, length: number, key: SegmentKey): void {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, length / 4)
  for (let i = 0; i < words.length; i++) words[i] = (words[i] ?? 0) ^ (key.words[i & 3] ?? 0)
}

/** The frame header at `position` of a segment, or null if there is none that this segment wrote. */
export function readHeader(segment: Buffer, key: SegmentKey, position: number): FrameHeader | null {
  if (position + MARK_BYTES > segment.byteLength) return null
  if (segment.readUInt32LE(position + 28) !== HEADER_END) return null
  const checksum = crc32c(segment.subarray(position, position + 24), key.salt)
  if (segment.readUInt32LE(position + 24) !== checksum) return null
  const kind = kinds[segment.readUInt16LE(position + 14) - 1]
  const length = segment.readUInt32LE(position)
  const fits = position + paddedLength(length) <= segment.byteLength
  if (kind === undefined || !fits || segment.readUInt32LE(position + 16) !== position) return null
  return {
    kind,
    position,
    length,
    count: segment.readUInt32LE(position + 4),
    first: segment.readUIntLE(position + 8, 6),
    bodyChecksum: segment.readUInt32LE(position + 20),
  }
}

export function isBodyIntact(segment: Buffer, key: SegmentKey, header: FrameHeader): boolean {
  const start = header.position + FRAME_HEADER_BYTES
  return crc32c(segment.subarray(start, start + header.length), key.salt) === header.bodyChecksum
}

export function isTrailerIntact(segment: Buffer, header: FrameHeader): boolean {
  return segment.readUInt32LE(trailerRange(header)[0]) === TRAILER
}

/**
 * The records of a frame whose body is intact, as copies; null if the body does not divide into
 * them. Unmasks the body in `segment`, so it works once per frame.
 */
export function takeRecords(
  segment: Buffer,
  key: SegmentKey,
  header: FrameHeader,
): Uint8Array[] | null {
  const start = header.position + FRAME_HEADER_BYTES
  mask(segment, start, header.length, key)
  const end = start + header.length
  const records: Uint8Array[] = []
  let at = start
  for (let i = 0; i < header.count; i++) {
    if (at + RECORD_PREFIX_BYTES > end) return null
    const next = at + RECORD_PREFIX_BYTES + segment.readUInt32LE(at)
    if (next > end) return null
    records.push(new Uint8Array(segment.subarray(at + RECORD_PREFIX_BYTES, next)))
    at = next
  }
  return end - at < RECORD_PREFIX_BYTES ? records : null
}
