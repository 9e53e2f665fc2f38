import assert from 'node:assert/strict'
import { crc32c } from '@node-rs/crc32'
import { frameEnd, MARK_BYTES, readHeader } from '../../../common/record-log/frame.ts'
import {
  decodeSegmentHeader,
  MAX_SEGMENT_BYTES,
  segmentName,
} from '../../../common/record-log/segment.ts'
import { MemoryDisk } from '../../../common/record-log/test/memory-disk.ts'
import { RecordLog } from '../../../common/record-log.ts'
import { CorruptLog } from '../../../common/storage-errors.ts'
import type { Random } from './random.ts'
import { REFUSED, type Target, unlessRejected } from './target.ts'

const SEGMENT_BYTES = 2048
const MOST_SEGMENTS = 3
const FOLDER = '/log'

/** A record whose bytes follow from its number and its log, so that a changed one shows. */
function record(log: number, sequence: number): Buffer {
  const bytes = Buffer.alloc(8 + ((log + sequence * 7) % 90), sequence & 0xff)
  bytes.writeUInt32LE(log, 0)
  bytes.writeUInt32LE(sequence, 4)
  return bytes
}

async function open(disk: MemoryDisk, onRecord: (sequence: number, bytes: Uint8Array) => void) {
  const options = { directory: FOLDER, segmentBytes: SEGMENT_BYTES, fileSystem: disk, onRecord }
  return await RecordLog.open(options)
}

const segments = (disk: MemoryDisk) => disk.paths.filter((path) => path.endsWith('.log')).sort()

/** The segments of a log, one behind the other. */
async function makeLog(random: Random): Promise<Buffer> {
  const disk = new MemoryDisk()
  const log = await open(disk, () => undefined)
  const name = random.below(2 ** 32)
  for (let batches = random.below(20); batches > 0; batches -= 1) {
    const first = log.nextSequence
    await log.append(
      Array.from({ length: 1 + random.below(4) }, (_, at) => record(name, first + at)),
    )
  }
  if (random.chance(0.5)) await log.close()
  const made = disk.kill()
  await log.close()
  return Buffer.concat(segments(made).map((path) => made.bytes(path)))
}

function diskOf(input: Buffer): MemoryDisk {
  const disk = new MemoryDisk()
  for (let number = 1; number <= MOST_SEGMENTS; number += 1) {
    const at = (number - 1) * SEGMENT_BYTES
    if (number > 1 && at >= input.length) break
    const bytes = Buffer.from(input.subarray(at, at + SEGMENT_BYTES))
    disk.put(`${FOLDER}/${segmentName(number)}`, bytes)
  }
  return disk
}

/** The records of a log that opens; null where it is refused. What it repairs stays repaired. */
async function records(disk: MemoryDisk): Promise<Buffer[] | null> {
  const found: Buffer[] = []
  const log = await unlessRejected([CorruptLog], () =>
    open(disk, (_, bytes) => void found.push(Buffer.from(bytes))),
  )
  await log?.close()
  return log === null ? null : found
}

/** Opens it, appends, and opens it again: what was there and what was appended is there. */
async function reopened(input: Buffer): Promise<Buffer[] | null> {
  const disk = diskOf(input)
  const found = await records(disk)
  if (found === null) return null
  const log = await open(disk, () => undefined)
  await log.append([Buffer.from('one more')])
  await log.close()
  assert.deepEqual(await records(disk), [...found, Buffer.from('one more')])
  return found
}

const log: Target = {
  name: 'record-log/segments',
  mostBytes: SEGMENT_BYTES * MOST_SEGMENTS,
  seed: makeLog,
  run: async (input) => {
    const found = await reopened(input)
    if (found === null) return REFUSED
    // The records of one log from its first on, each as it was written; never one in between lost.
    const name = found[0]?.readUInt32LE(0) ?? 0
    for (const [at, bytes] of found.entries()) assert.deepEqual(bytes, record(name, at + 1))
    return { accepted: true, value: found }
  },
}

const HEADER_CHECKED_BYTES = 24

/** Every frame that looks like one gets checksums that fit. */
function forge(input: Buffer): Buffer {
  const bytes = Buffer.from(input)
  for (let from = 0; from < bytes.length; from += SEGMENT_BYTES) {
    const segment = bytes.subarray(from, from + SEGMENT_BYTES)
    const header = decodeSegmentHeader(segment)
    if (header === null) continue
    for (let at = MARK_BYTES; at + MARK_BYTES <= segment.length; ) {
      const length = segment.readUInt32LE(at)
      const body = segment.subarray(at + 32, at + 32 + length)
      segment.writeUInt32LE(crc32c(body, header.key.salt), at + 20)
      const checksum = crc32c(segment.subarray(at, at + HEADER_CHECKED_BYTES), header.key.salt)
      segment.writeUInt32LE(checksum, at + HEADER_CHECKED_BYTES)
      const frame = readHeader(segment, header.key, at)
      if (frame === null) break
      at = frameEnd(frame)
    }
  }
  return bytes
}

/** Behind valid checksums: whatever a frame says, there are records or CorruptLog. */
const forged: Target = {
  name: 'record-log/forged',
  mostBytes: SEGMENT_BYTES * MOST_SEGMENTS,
  seed: makeLog,
  forge,
  run: async (input) => {
    const found = await reopened(input)
    return found === null ? REFUSED : { accepted: true, value: found }
  },
}

const LARGE_BYTES = 1 << 20

/** The header of a segment alone, with a checksum that fits. */
const header: Target = {
  name: 'record-log/segment-header',
  mostBytes: 512,
  seed: async (random) => (await makeLog(random)).subarray(0, 64),
  forge: (input) => {
    if (input.length < 64) return input
    const bytes = Buffer.from(input)
    bytes.write('RECLOG\r\n', 0, 'latin1')
    bytes.writeUInt32LE(1, 8)
    // Large segments take their time to be made whole, and are all the same.
    const capacity = bytes.readUInt32LE(12)
    if (capacity <= MAX_SEGMENT_BYTES) bytes.writeUInt32LE(capacity % LARGE_BYTES, 12)
    bytes.writeUInt32LE(crc32c(bytes.subarray(0, 60)), 60)
    return bytes
  },
  run: async (input) => {
    const found = await records(diskOf(input))
    return found === null ? REFUSED : { accepted: true, value: found }
  },
}

export const recordLog: readonly Target[] = [log, forged, header]
