import { CorruptLog } from '../storage-errors.ts'
import type { FileSystem } from './file-system.ts'
import { encodeFrame, MARK_BYTES, trailerBytes } from './frame.ts'
import { isZero, type LoadedSegment, type SegmentScan, scanSegment } from './recovery.ts'
import {
  decodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
  segmentNumber,
  writeForced,
  writeZeros,
} from './segment.ts'

/** A segment that has been read and found sound. */
export interface ReplayedSegment {
  readonly path: string
  readonly header: SegmentHeader
  readonly scan: SegmentScan
  /** Bytes the file really has; fewer than the capacity if it was cut. */
  readonly fileBytes: number
}

/**
 * Reads a log: all segments, oldest first, every record to `onRecord`. Changes nothing on disk.
 * The numbers must have no gap and every segment but the last must be sealed (S4). One exception is
 * a crash in the middle of a rotation: the last segment exists, empty, and the seal of the one
 * before it is missing or torn; `repair` then writes it.
 * Throws `CorruptLog`, or the system's own error.
 */
export async function replayLog(
  fs: FileSystem,
  directory: string,
  onRecord: (sequence: number, record: Uint8Array) => void,
): Promise<ReplayedSegment[]> {
  const names = await fs.list(directory)
  const numbers = names.map(segmentNumber).filter((number) => number !== null)
  numbers.sort((a, b) => a - b)
  const replayed: ReplayedSegment[] = []
  for (const number of numbers) {
    const loaded = await load(fs, directory, number)
    const previous = replayed.at(-1)
    if (previous) checkSuccession(directory, previous, loaded, number === numbers.at(-1))
    const scan = scanSegment(loaded.segment, onRecord)
    const { file: path, header } = loaded.segment
    replayed.push({ path, header, scan, fileBytes: loaded.fileBytes })
  }
  const last = replayed.at(-1)
  if (last?.scan.ending === 'sealed') {
    throw new CorruptLog(last.path, last.scan.end, 'it is sealed but the next segment is missing')
  }
  return replayed
}

async function load(
  fs: FileSystem,
  directory: string,
  number: number,
): Promise<{ segment: LoadedSegment; fileBytes: number }> {
  const file = `${directory}/${segmentName(number)}`
  const read = await fs.read(file)
  const found = Buffer.from(read.buffer, read.byteOffset, read.byteLength)
  const header = decodeSegmentHeader(found)
  if (header === null) throw new CorruptLog(file, 0, 'the segment header is wrong')
  if (header.number !== number) {
    throw new CorruptLog(file, 0, `it is segment ${header.number}, not what its name says`)
  }
  const bytes = Buffer.alloc(header.capacity) // of its own memory, as unmasking needs alignment
  found.copy(bytes)
  const fileBytes = Math.min(found.byteLength, header.capacity)
  return { segment: { file, header, bytes }, fileBytes }
}

function checkSuccession(
  directory: string,
  previous: ReplayedSegment,
  { segment }: { segment: LoadedSegment },
  isLast: boolean,
): void {
  const { header, file, bytes } = segment
  if (header.number !== previous.header.number + 1) {
    const missing = `${directory}/${segmentName(previous.header.number + 1)}`
    throw new CorruptLog(missing, 0, 'this segment is missing between two others')
  }
  const { ending, end, nextSequence } = previous.scan
  const isEmpty = isZero(bytes, SEGMENT_HEADER_BYTES, bytes.byteLength)
  if (ending !== 'sealed' && !(isLast && isEmpty)) {
    throw new CorruptLog(
      previous.path,
      end,
      'it ends here without a seal, but a later segment is in use',
    )
  }
  if (header.firstSequence !== nextSequence) {
    const what = `records ${nextSequence} to ${header.firstSequence - 1} of it are missing`
    throw new CorruptLog(header.firstSequence > nextSequence ? previous.path : file, end, what)
  }
}

/**
 * Makes what was replayed durable, and fit for appending: torn tails zeroed, cut files extended,
 * lost trailers and a seal that a crash prevented written. Also forces what looks right already: a
 * process killed in the middle of a write leaves bytes that can be read but not yet survive a power
 * cut, and from here on somebody acts on them.
 * Returns the last segment opened for forced writes, or null for an empty log.
 */
export async function repairLog(
  fs: FileSystem,
  directoryFd: number,
  replayed: readonly ReplayedSegment[],
): Promise<number | null> {
  const [before, last] = [replayed.at(-2), replayed.at(-1)]
  await fs.sync(directoryFd)
  if (before) {
    const fd = await repairSegment(fs, before)
    if (before.scan.ending !== 'sealed') await writeSeal(fs, fd, before)
    await fs.close(fd)
  }
  return last ? await repairSegment(fs, last) : null
}

async function repairSegment(fs: FileSystem, segment: ReplayedSegment): Promise<number> {
  const { header, scan, fileBytes } = segment
  const fd = await fs.open(segment.path, 'forced')
  const start = scan.ending === 'torn' ? scan.end : Math.max(scan.end, fileBytes)
  await writeZeros(fs, fd, { start, end: header.capacity })
  for (const position of scan.lostTrailers) await writeForced(fs, fd, trailerBytes(), position)
  await fs.sync(fd)
  return fd
}

async function writeSeal(fs: FileSystem, fd: number, segment: ReplayedSegment): Promise<void> {
  const bytes = Buffer.alloc(MARK_BYTES)
  const { end, nextSequence } = segment.scan
  const seal = { kind: 'seal', position: end, first: nextSequence, records: [] } as const
  encodeFrame(bytes, segment.header.key, seal)
  await writeForced(fs, fd, bytes, end)
}
