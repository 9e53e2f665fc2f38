import { crc32c } from '@node-rs/crc32'
import { isConfiguration } from '../../raft/configuration.ts'
import type { SnapshotMetadata } from '../../raft/messages.ts'

/** What is known of a snapshot, as a small file: a checksum, a line break, JSON. */
export function encodeMetadata(snapshot: SnapshotMetadata): Uint8Array {
  const body = Buffer.from(JSON.stringify(snapshot))
  return Buffer.concat([Buffer.from(`${headOf(body)}\n`), body])
}

/** null: damaged. */
export function decodeMetadata(bytes: Uint8Array): SnapshotMetadata | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const body = text.subarray(9)
  if (text.toString('latin1', 0, 9) !== `${headOf(body)}\n`) return null
  try {
    const value = JSON.parse(body.toString()) as SnapshotMetadata
    const { lastIncludedIndex, lastIncludedTerm, size, checksum, configuration } = value
    const counts = [lastIncludedIndex, lastIncludedTerm, size, checksum]
    return counts.every(isCount) && isConfiguration(configuration) ? value : null
  } catch {
    return null
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function headOf(body: Buffer): string {
  return crc32c(body).toString(16).padStart(8, '0')
}
