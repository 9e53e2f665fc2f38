import { randomBytes } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { StorageFailure } from '../storage-errors.ts'
import type { FileSystem } from './file-system.ts'
import { MARK_BYTES, SECTOR_BYTES, type SegmentKey, segmentKey } from './frame.ts'

/**
 * A segment is one preallocated file: a header of 64 bytes, frames, zeros to the end. Files are
 * named by segment number (20 digits, from 1, without gaps) and end in `.log`; a file gets that
 * name only when its zeros and its header are durable.
 */
export const SEGMENT_HEADER_BYTES = 64
/** Kept free behind the last batch for the closing mark and the seal. */
export const MARKS_RESERVE_BYTES = 2 * MARK_BYTES
/** The preallocated segment that waits for its turn, or a leftover of an interrupted attempt. */
export const SPARE_NAME = 'spare.tmp'
const MAGIC = Buffer.from('RECLOG\r\n')
const VERSION = 1
/** No log has larger segments: a header that says so is not one of ours, whatever its checksum. */
export const MAX_SEGMENT_BYTES = 64 << 20
const PREALLOCATION_STEP_BYTES = 1 << 20

export interface SegmentHeader {
  readonly key: SegmentKey
  readonly number: number
  /** Sequence number of the first record the segment holds or will hold. */
  readonly firstSequence: number
  /** Size of the file in bytes, header included. */
  readonly capacity: number
}

export function segmentName(number: number): string {
  return `${String(number).padStart(20, '0')}.log`
}

/** The number in a segment's file name, or null if this is not the name of one. */
export function segmentNumber(name: string): number | null {
  return /^\d{20}\.log$/.test(name) ? Number.parseInt(name, 10) : null
}

/** The largest batch, framing included, that fits a segment of this many bytes. */
export function largestFrame(capacity: number): number {
  return capacity - SEGMENT_HEADER_BYTES - MARKS_RESERVE_BYTES
}

/** A fresh key: 16 random bytes without zeros, so that masking leaves no sector zero. */
export function randomKey(): SegmentKey {
  return segmentKey(randomBytes(16).map((byte) => byte || 0xff))
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES)
  MAGIC.copy(bytes, 0)
  bytes.writeUInt32LE(VERSION, 8)
  bytes.writeUInt32LE(header.capacity, 12)
  bytes.set(header.key.id, 16)
  bytes.writeBigUInt64LE(BigInt(header.number), 32)
  bytes.writeBigUInt64LE(BigInt(header.firstSequence), 40)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, SEGMENT_HEADER_BYTES - 4)), SEGMENT_HEADER_BYTES - 4)
  return bytes
}

/** The header at the start of a segment file, or null if it is damaged or of another format. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | null {
  if (bytes.byteLength < SEGMENT_HEADER_BYTES) return null
  const checksum = crc32c(bytes.subarray(0, SEGMENT_HEADER_BYTES - 4))
  if (bytes.readUInt32LE(SEGMENT_HEADER_BYTES - 4) !== checksum) return null
  if (!bytes.subarray(0, 8).equals(MAGIC) || bytes.readUInt32LE(8) !== VERSION) return null
  const capacity = bytes.readUInt32LE(12)
  if (capacity > MAX_SEGMENT_BYTES || largestFrame(capacity) <= 0) return null
  return {
    capacity,
    key: segmentKey(bytes.subarray(16, 32)),
    number: Number(bytes.readBigUInt64LE(32)),
    firstSequence: Number(bytes.readBigUInt64LE(40)),
  }
}

/** The configured size in bytes, made a whole number of sectors. */
export function roundCapacity(segmentBytes: number): number {
  return Math.ceil(segmentBytes / SECTOR_BYTES) * SECTOR_BYTES
}

/** Writes zeros over `[start, end)` and forces them, a step at a time. */
export async function writeZeros(
  fs: FileSystem,
  fd: number,
  range: { start: number; end: number },
  isWanted: () => boolean = () => true,
): Promise<void> {
  const zeros = Buffer.alloc(Math.min(PREALLOCATION_STEP_BYTES, range.end - range.start))
  for (let at = range.start; at < range.end && isWanted(); ) {
    const length = Math.min(zeros.byteLength, range.end - at)
    const written = await fs.write(fd, zeros.subarray(0, length), at)
    if (written <= 0) throw new StorageFailure('the system wrote nothing')
    at += written
    // Each step is forced by itself: an append meanwhile waits behind one step, not behind a segment.
    await fs.sync(fd)
  }
}

/**
 * Creates a file of durable zeros and opens it for forced writes. Throws the system's error (ENOSPC
 * among them) with the file removed. Gives up, returning null, when no longer wanted.
 */
export async function preallocate(
  fs: FileSystem,
  path: string,
  capacity: number,
  isWanted: () => boolean = () => true,
): Promise<number | null> {
  let fd: number | null = null
  try {
    fd = await fs.open(path, 'createNew')
    await writeZeros(fs, fd, { start: 0, end: capacity }, isWanted)
    await fs.close(fd)
    fd = null
    if (isWanted()) return await fs.open(path, 'forced')
    await fs.remove(path)
    return null
  } catch (error) {
    if (fd !== null) await fs.close(fd).catch(() => undefined)
    await fs.remove(path).catch(() => undefined)
    throw error
  }
}

/** One forced write; a short one is a failure, never continued (S6). */
export async function writeForced(
  fs: FileSystem,
  fd: number,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  const written = await fs.write(fd, bytes, position)
  if (written !== bytes.byteLength) {
    throw new StorageFailure(`only ${written} of ${bytes.byteLength} bytes were written`)
  }
}

/**
 * Turns a preallocated spare into the segment `header` describes: header, rename, fsync of the
 * directory. Complete before anything refers to it, whichever step a crash interrupts.
 */
export async function installSegment(
  fs: FileSystem,
  directory: { path: string; fd: number },
  spare: number,
  header: SegmentHeader,
): Promise<void> {
  await writeForced(fs, spare, encodeSegmentHeader(header), 0)
  const from = `${directory.path}/${SPARE_NAME}`
  await fs.rename(from, `${directory.path}/${segmentName(header.number)}`)
  await fs.sync(directory.fd)
}
