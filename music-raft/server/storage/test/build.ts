import { crc32c } from '@node-rs/crc32'
import type { Entry, SnapshotMetadata } from '../../../raft/messages.ts'
import type { Save } from '../../../raft/ready.ts'
import { encodeEntry } from '../../wire/entry-codec.ts'

export const configuration = { voters: [{ id: 1, address: 'a:1' }], learners: [] }

function entry(index: number, term: number, size = 20): Entry {
  const given = { index, term, command: 'ADD', data: Buffer.alloc(size, index) }
  return { ...given, encoded: encodeEntry(given) }
}

let nextId = 0
/** A save with nothing in it but these parts. */
export function save(parts: Partial<Save>): Save {
  nextId += 1
  return {
    ...{ id: nextId, hardState: null, chunks: [], snapshot: null },
    ...{ discardLog: false, truncateFrom: null, entries: [] },
    ...parts,
  }
}

/** Entries from one index to another, of one term. */
export const run = (from: number, to: number, term: number) =>
  Array.from({ length: to - from + 1 }, (_, place) => entry(from + place, term))

export const crc = (bytes: Uint8Array) => crc32c(Buffer.from(bytes))

export function metadata(index: number, bytes: Uint8Array, sum = crc): SnapshotMetadata {
  const checksum = sum(bytes)
  const at = { lastIncludedIndex: index, lastIncludedTerm: 1 }
  return { ...at, configuration, size: bytes.length, checksum }
}

/** For comparing. */
export const positions = (entries: readonly Entry[]) =>
  entries.map(({ index, term }) => `${index}/${term}`)
