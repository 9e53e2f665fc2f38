import type { LogIndex } from '../../raft/messages.ts'
import type { HardState } from '../../raft/ready.ts'
import { ENTRY_FIRST_BYTE } from '../wire/entry-codec.ts'

/**
 * What a record of the Raft log on disk is. An entry is its `raft.LogEntry` bytes and nothing else,
 * so nothing is copied to write it; every other record begins with a byte that no entry begins with.
 */
export type ControlRecord =
  | { readonly kind: 'hardState'; readonly hardState: HardState }
  /** This index and all after it are gone; what follows replaces them. */
  | { readonly kind: 'truncate'; readonly from: LogIndex }
  /** The whole log is gone; the next entry follows the snapshot that ends here. */
  | { readonly kind: 'discard'; readonly snapshotIndex: LogIndex }
  /** The cluster this disk belongs to, for good. */
  | { readonly kind: 'cluster'; readonly clusterId: string }

const CONTROL = 0
const HARD_STATE = 1
const TRUNCATE = 2
const DISCARD = 3
const CLUSTER = 4

export function isEntry(record: Uint8Array): boolean {
  return record[0] === ENTRY_FIRST_BYTE
}

export function encodeControl(record: ControlRecord): Uint8Array {
  switch (record.kind) {
    case 'hardState': {
      const { currentTerm, votedFor, recovering } = record.hardState
      return numbers(HARD_STATE, [currentTerm, votedFor ?? 0, recovering])
    }
    case 'truncate':
      return numbers(TRUNCATE, [record.from])
    case 'discard':
      return numbers(DISCARD, [record.snapshotIndex])
    case 'cluster':
      return Buffer.concat([Buffer.of(CONTROL, CLUSTER), Buffer.from(record.clusterId, 'latin1')])
  }
}

/** null: not a record of this build. */
export function decodeControl(record: Uint8Array): ControlRecord | null {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.length)
  if (bytes[0] !== CONTROL) return null
  const [a, b, c] = [0, 1, 2].map((place) => numberAt(bytes, place))
  switch (bytes[1]) {
    case HARD_STATE: {
      if (a == null || b == null || c == null) return null
      const hardState = { currentTerm: a, votedFor: b === 0 ? null : b, recovering: c }
      return { kind: 'hardState', hardState }
    }
    case TRUNCATE:
      return a == null ? null : { kind: 'truncate', from: a }
    case DISCARD:
      return a == null ? null : { kind: 'discard', snapshotIndex: a }
    case CLUSTER:
      return { kind: 'cluster', clusterId: bytes.toString('latin1', 2) }
    default:
      return null
  }
}

function numbers(kind: number, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 + 8 * values.length)
  bytes[0] = CONTROL
  bytes[1] = kind
  for (const [place, value] of values.entries()) bytes.writeDoubleLE(value, 2 + 8 * place)
  return bytes
}

function numberAt(bytes: Buffer, place: number): number | null {
  const at = 2 + 8 * place
  if (bytes.length < at + 8) return null
  const value = bytes.readDoubleLE(at)
  return Number.isSafeInteger(value) && value >= 0 ? value : null
}
