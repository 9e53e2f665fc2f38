import assert from 'node:assert/strict'
import { RecordLog, type RecordLogOptions } from '../../record-log.ts'
import type { MemoryDisk } from './memory-disk.ts'

export const DIRECTORY = 'log'
export const SEGMENT_BYTES = 2048

export interface OpenedLog {
  log: RecordLog
  /** Replayed records by sequence number. */
  records: Map<number, Buffer>
}

/** Opens a log of small segments on a disk in memory and checks that sequence numbers have no gap. */
export async function openLog(
  disk: MemoryDisk,
  options: Partial<RecordLogOptions> = {},
): Promise<OpenedLog> {
  const records = new Map<number, Buffer>()
  let previous: number | null = null
  const log = await RecordLog.open({
    directory: DIRECTORY,
    segmentBytes: SEGMENT_BYTES,
    fileSystem: disk,
    onRecord: (sequence, record) => {
      if (previous !== null) assert.equal(sequence, previous + 1)
      previous = sequence
      records.set(sequence, Buffer.from(record))
    },
    ...options,
  })
  if (previous !== null) assert.equal(log.nextSequence, previous + 1)
  return { log, records }
}

export function segmentPath(number: number): string {
  return `${DIRECTORY}/${String(number).padStart(20, '0')}.log`
}

/** A reproducible coin: each call is true about half of the time. */
export function coin(seed: number): () => boolean {
  let state = Math.imul(seed + 1, 2654435761) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state & 0x100) !== 0
  }
}

/** A record that can be recognised: its number, then filler. */
export function record(number: number, length: number, filler = number & 0xff): Buffer {
  const bytes = Buffer.alloc(Math.max(4, length), filler)
  bytes.writeUInt32LE(number, 0)
  return bytes
}
