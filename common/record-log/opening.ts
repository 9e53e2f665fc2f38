import assert from 'node:assert/strict'
import type { FileSystem } from './file-system.ts'
import { type ReplayedSegment, repairLog, replayLog } from './replay.ts'
import {
  installSegment,
  preallocate,
  randomKey,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  SPARE_NAME,
  segmentName,
} from './segment.ts'

export interface Segment {
  readonly path: string
  readonly firstSequence: number
  /** Where the next frame goes: bytes in use. */
  end: number
}

/** The segment that batches are appended to. */
export interface ActiveSegment extends Segment {
  /** Open for forced writes. */
  readonly fd: number
  readonly header: SegmentHeader
}

/** A log that was replayed and made ready for appending. */
export interface OpenedLog {
  readonly directory: { readonly path: string; readonly fd: number }
  readonly sealed: Segment[]
  readonly active: ActiveSegment
  readonly nextSequence: number
  /** The last frame is a closing mark. */
  readonly isClosed: boolean
}

export interface OpeningOptions {
  readonly directory: string
  readonly capacity: number
  readonly firstSequence: number
  readonly onRecord: (sequence: number, record: Uint8Array) => void
}

/** Replays and repairs the log of a directory, or creates its first segment. */
export async function openSegments(fs: FileSystem, options: OpeningOptions): Promise<OpenedLog> {
  const path = options.directory
  const replayed = await replayLog(fs, path, options.onRecord)
  const directory = { path, fd: await fs.open(path, 'directory') }
  try {
    const fd = await repairLog(fs, directory.fd, replayed)
    if ((await fs.list(path)).includes(SPARE_NAME)) await fs.remove(`${path}/${SPARE_NAME}`)
    const last = replayed.at(-1)
    if (fd === null || last === undefined) return await createFirst(fs, directory, options)
    const active = activeSegment(path, fd, last.header, last.scan.end)
    const { nextSequence, isClosed } = last.scan
    return { directory, sealed: replayed.slice(0, -1).map(sealed), active, nextSequence, isClosed }
  } catch (error) {
    await fs.close(directory.fd).catch(() => undefined)
    throw error
  }
}

async function createFirst(
  fs: FileSystem,
  directory: { path: string; fd: number },
  { capacity, firstSequence }: OpeningOptions,
): Promise<OpenedLog> {
  const fd = await preallocate(fs, `${directory.path}/${SPARE_NAME}`, capacity)
  assert(fd !== null)
  const header = { key: randomKey(), number: 1, firstSequence, capacity }
  await installSegment(fs, directory, fd, header)
  const active = activeSegment(directory.path, fd, header, SEGMENT_HEADER_BYTES)
  return { directory, sealed: [], active, nextSequence: firstSequence, isClosed: false }
}

export function activeSegment(
  directory: string,
  fd: number,
  header: SegmentHeader,
  end: number,
): ActiveSegment {
  const path = `${directory}/${segmentName(header.number)}`
  return { path, firstSequence: header.firstSequence, end, fd, header }
}

function sealed({ path, header, scan }: ReplayedSegment): Segment {
  return { path, firstSequence: header.firstSequence, end: scan.end }
}
