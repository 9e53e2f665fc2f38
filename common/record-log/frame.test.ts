import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  batchBytes,
  encodeFrame,
  FRAME_OVERHEAD_BYTES,
  isBodyIntact,
  isTrailerIntact,
  readHeader,
  SECTOR_BYTES,
  segmentKey,
  takeRecords,
  trailerRange,
} from './frame.ts'

const key = segmentKey(Uint8Array.from({ length: 16 }, (_, i) => 17 * (i + 1) || 1))
const other = segmentKey(Uint8Array.from({ length: 16 }, (_, i) => 13 * (i + 2) || 1))

/** A segment's bytes with one batch at a position. */
function place(records: Uint8Array[], position: number, first = 7): Buffer {
  const length = batchBytes(records)
  const frame = Buffer.alloc(length)
  const written = encodeFrame(frame, key, { kind: 'batch', position, first, records })
  assert.equal(written, length)
  const segment = Buffer.alloc(position + length + 64)
  frame.copy(segment, position)
  return segment
}

const recordsArbitrary = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.nat({ max: 2000 }).map((length) => new Uint8Array(length)), // zeros
  ),
  { minLength: 1, maxLength: 8 },
)
const positionArbitrary = fc.nat({ max: 40 }).map((n) => 32 * n)

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(recordsArbitrary, positionArbitrary, fc.nat(), (records, position, first) => {
      const segment = place(records, position, first)
      const header = readHeader(segment, key, position)
      assert(header)
      assert.equal(header.first, first)
      assert(isBodyIntact(segment, key, header) && isTrailerIntact(segment, header))
      assert.deepEqual(
        takeRecords(segment, key, header)?.map(Buffer.from),
        records.map(Buffer.from),
      )
    }),
  )
})

test('the largest sequence number of 48 bits fits', () => {
  const last = 2 ** 48 - 1
  assert.equal(readHeader(place([Buffer.from('x')], 64, last), key, 64)?.first, last)
})

test('S5 no sector that a frame covers is zero or nearly so, whatever its records are', () => {
  fc.assert(
    fc.property(recordsArbitrary, positionArbitrary, (records, position) => {
      const segment = place(records, position)
      const header = readHeader(segment, key, position)
      assert(header)
      const [, end] = trailerRange(header)
      for (let at = position; at < end; at = at - (at % SECTOR_BYTES) + SECTOR_BYTES) {
        const sector = segment.subarray(at, Math.min(at - (at % SECTOR_BYTES) + SECTOR_BYTES, end))
        assert(sector.filter((byte) => byte !== 0).length >= 4)
      }
    }),
  )
})

test('a frame counts only where it was written, and only in its own segment', () => {
  const segment = place([Buffer.from('hello')], 96)
  assert(readHeader(segment, key, 96))
  assert.equal(readHeader(segment, other, 96), null)
  assert.equal(readHeader(segment.subarray(32), key, 64), null)
})

test('every changed byte of a header is noticed', () => {
  const segment = place([Buffer.from('hello')], 32)
  for (let at = 32; at < 64; at++) {
    for (const change of [0x01, 0x80, 0xff]) {
      const damaged = Buffer.from(segment)
      damaged.writeUInt8(damaged.readUInt8(at) ^ change, at)
      assert.equal(readHeader(damaged, key, 32), null, `byte ${at}`)
    }
  }
})

test('batchBytes counts the overhead exactly', () => {
  const full = new Uint8Array(512 - FRAME_OVERHEAD_BYTES - 4)
  assert.equal(batchBytes([full]), 512)
  assert.equal(batchBytes([new Uint8Array(full.length + 1)]), 544)
})
