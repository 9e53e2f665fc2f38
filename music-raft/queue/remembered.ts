import { MAX_BATCH_TRACKS } from './batch.ts'
import type { Hasher } from './hash.ts'
import { OUTCOME_CODES, type OutcomeCode } from './outcome.ts'

/** So many answers are remembered of a client whose tracks come in batches. */
const MOST = MAX_BATCH_TRACKS
const MAX_SPAN = 2 ** 32 - 1
const REMEMBERED = 5

/**
 * What came of the last tracks of a client that came in batches, up to 512 of them. Of what each asked
 * for only a check is kept, of its answer only the code.
 */
export interface Remembered {
  readonly firstRequestId: number
  /** Request ids less the first, ascending. */
  readonly offsets: Uint32Array
  /** `checkOf` each track. */
  readonly checks: Int32Array
  /** Places in OUTCOME_CODES. */
  readonly codes: Uint8Array
  /** The hash of all this, as the sum of the hashes of its parts. */
  readonly a: number
  readonly b: number
}

/** A part of it, as it is found. */
export interface RememberedTrack {
  readonly check: number
  readonly code: OutcomeCode
}

/** `before`, and after it tracks with greater request ids; as many of the oldest go as must. */
export function remember(
  hasher: Hasher,
  before: Remembered | null,
  added: Pick<Remembered, 'firstRequestId' | 'offsets' | 'checks' | 'codes'>,
): Remembered {
  const count = added.codes.length
  const last = added.firstRequestId + (added.offsets[count - 1] ?? 0)
  const kept = before === null ? 0 : keptOf(before, MOST - count, last)
  if (before === null || kept === 0) return { ...added, ...sumOf(hasher, added, 0, count) }
  const from = before.codes.length - kept
  const firstRequestId = before.firstRequestId + (before.offsets[from] ?? 0)
  const offsets = new Uint32Array(kept + count)
  const checks = new Int32Array(kept + count)
  const codes = new Uint8Array(kept + count)
  const base = before.offsets[from] ?? 0
  for (let i = 0; i < kept; i++) offsets[i] = (before.offsets[from + i] ?? 0) - base
  const distance = added.firstRequestId - firstRequestId
  for (let i = 0; i < count; i++) offsets[kept + i] = distance + (added.offsets[i] ?? 0)
  checks.set(before.checks.subarray(from))
  checks.set(added.checks, kept)
  codes.set(before.codes.subarray(from))
  codes.set(added.codes, kept)
  const gone = sumOf(hasher, before, 0, from)
  const more = sumOf(hasher, added, 0, count)
  const a = (before.a - gone.a + more.a) | 0
  const b = (before.b - gone.b + more.b) | 0
  return { firstRequestId, offsets, checks, codes, a, b }
}

/** null: it is not remembered. */
export function recall(
  { firstRequestId, offsets, checks, codes }: Remembered,
  requestId: number,
): RememberedTrack | null {
  let low = 0
  let high = offsets.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (firstRequestId + (offsets[middle] ?? 0) < requestId) low = middle + 1
    else high = middle
  }
  const offset = offsets[low]
  if (offset === undefined || firstRequestId + offset !== requestId) return null
  return { check: checks[low] ?? 0, code: OUTCOME_CODES[codes[low] ?? 0] ?? 'OK' }
}

export function lastRequestId({ firstRequestId, offsets }: Remembered): number {
  return firstRequestId + (offsets[offsets.length - 1] ?? 0)
}

/** How many of the last of `before` stay, of at most `most`, where `last` is the last that is added. */
function keptOf(before: Remembered, most: number, last: number): number {
  const { firstRequestId, offsets } = before
  let from = Math.max(0, offsets.length - most)
  while (from < offsets.length && last - firstRequestId - (offsets[from] ?? 0) > MAX_SPAN) from++
  return offsets.length - from
}

function sumOf(
  hasher: Hasher,
  { firstRequestId, offsets, checks, codes }: Omit<Remembered, 'a' | 'b'>,
  from: number,
  to: number,
): { a: number; b: number } {
  let [a, b] = [0, 0]
  for (let i = from; i < to; i++) {
    hasher.start(REMEMBERED).int(firstRequestId + (offsets[i] ?? 0))
    hasher
      .int(checks[i] ?? 0)
      .int(codes[i] ?? 0)
      .finish()
    a = (a + hasher.a) | 0
    b = (b + hasher.b) | 0
  }
  return { a, b }
}
