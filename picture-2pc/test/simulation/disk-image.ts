import { encodeFrame, SECTOR_BYTES, segmentKey } from '../../../common/record-log/frame.ts'
import { scanSegment } from '../../../common/record-log/recovery.ts'
import { SEGMENT_HEADER_BYTES } from '../../../common/record-log/segment.ts'
import type { Random } from './random.ts'

const key = segmentKey(Uint8Array.from({ length: 16 }, (_, index) => index + 1))

/**
 * What a crash leaves of a log: the bytes of one segment, written and read by the shipped code. Each
 * batch is a frame, as one forced write makes it.
 */
export class DiskImage {
  #bytes: Buffer
  /** Behind the last frame that was durable. */
  readonly #end: number

  /** `torn`: the batch that was being written; each of its sectors reached the disk or did not. */
  constructor(
    durable: readonly (readonly Uint8Array[])[],
    torn: readonly Uint8Array[],
    random: Random | null,
  ) {
    const batches = [...durable, ...(torn.length > 0 ? [torn] : [])]
    const frames: Buffer[] = []
    let position = SEGMENT_HEADER_BYTES
    let first = 1
    let end = position
    for (const [index, records] of batches.entries()) {
      const size = records.reduce((sum, record) => sum + record.byteLength + 4, 128)
      const frame = Buffer.alloc(size)
      const length = encodeFrame(frame, key, { kind: 'batch', position, first, records })
      frames.push(frame.subarray(0, length))
      position += length
      first += records.length
      if (index < durable.length) end = position
    }
    this.#bytes = Buffer.alloc(roundUp(position) + SECTOR_BYTES)
    Buffer.concat(frames).copy(this.#bytes, SEGMENT_HEADER_BYTES)
    this.#end = end
    if (torn.length > 0 && random !== null) this.#tear(position, random)
  }

  #tear(end: number, random: Random): void {
    for (let at = this.#end; at < end; ) {
      const next = Math.min(roundUp(at + 1), end)
      if (random.chance(0.5)) this.#bytes.fill(0, at, next)
      at = next
    }
  }

  /** Changes a few bytes of one sector that was durable. False: nothing was. */
  rot(random: Random): boolean {
    const written = this.#end - SEGMENT_HEADER_BYTES
    if (written === 0) return false
    for (;;) {
      const at = SEGMENT_HEADER_BYTES + random.below(written)
      const byte = this.#bytes[at] ?? 0
      if (byte === 0) continue // what only pads a frame is read by nobody
      this.#bytes[at] = byte === 0xff ? 0x7f : byte + 1
      return true
    }
  }

  /** Every record that recovery finds. Throws CorruptLog. */
  records(): readonly Uint8Array[] {
    const found: Uint8Array[] = []
    const bytes = Buffer.from(Uint8Array.from(this.#bytes).buffer) // recovery changes what it reads
    const header = { key, number: 1, firstSequence: 1, capacity: bytes.byteLength }
    scanSegment({ file: 'the log', header, bytes }, (_sequence, record) => found.push(record))
    return found
  }
}

function roundUp(position: number): number {
  return Math.ceil(position / SECTOR_BYTES) * SECTOR_BYTES
}
