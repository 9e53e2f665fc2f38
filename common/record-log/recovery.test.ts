import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CorruptLog } from '../storage-errors.ts'
import { encodeFrame, type FrameKind, segmentKey } from './frame.ts'
import { type LoadedSegment, type SegmentScan, scanSegment } from './recovery.ts'
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from './segment.ts'

const CAPACITY = 8192
const key = segmentKey(Uint8Array.from({ length: 16 }, (_, i) => i + 1))

interface Placed {
  start: number
  end: number
}

/** A segment under construction; `damage` is done to `bytes`. */
class Builder {
  readonly bytes = Buffer.alloc(CAPACITY)
  readonly #header = { key, number: 1, firstSequence: 1, capacity: CAPACITY }
  #end = SEGMENT_HEADER_BYTES
  #next = 1

  constructor() {
    encodeSegmentHeader(this.#header).copy(this.bytes)
  }

  add(records: Buffer[], kind: FrameKind = 'batch', first = this.#next): Placed {
    const start = this.#end
    const target = Buffer.alloc(CAPACITY)
    const length = encodeFrame(target, key, { kind, position: start, first, records })
    target.copy(this.bytes, start, 0, length)
    this.#end += length
    this.#next = first + records.length
    return { start, end: this.#end }
  }

  scan(): SegmentScan & { records: string[] } {
    const records: string[] = []
    const segment: LoadedSegment = {
      file: 'the-file',
      header: this.#header,
      bytes: Buffer.from(Uint8Array.from(this.bytes).buffer),
    }
    const scan = scanSegment(segment, (sequence, record) => {
      records.push(`${sequence}:${Buffer.from(record).toString('latin1').slice(0, 3)}`)
    })
    return { ...scan, records }
  }

  assertCorrupt(offset: number, what: RegExp): void {
    assert.throws(
      () => this.scan(),
      (error) => {
        assert(error instanceof CorruptLog)
        assert.match(error.message, /^the-file is damaged at byte .*restore this node/)
        assert.match(error.message, new RegExp(`byte ${offset}:`))
        assert.match(error.message, what)
        return true
      },
    )
  }
}

const text = (value: string): Buffer => Buffer.from(value)
const long = (letter: string): Buffer => Buffer.alloc(2500, letter)

describe('recovery rules', () => {
  test('S3 rule 1: zeros after the last frame are a clean end', () => {
    const log = new Builder()
    const { end } = log.add([text('one'), text('two')])
    const { records, ...scan } = log.scan()
    assert.deepEqual(records, ['1:one', '2:two'])
    assert.deepEqual(scan, {
      end,
      nextSequence: 3,
      ending: 'clean',
      isClosed: false,
      lostTrailers: [],
    })
  })

  for (const kind of ['batch', 'close', 'seal'] as const) {
    test(`S5 rule 2: damage with a later valid ${kind} frame is corruption`, () => {
      const log = new Builder()
      log.add([text('one')])
      const { start } = log.add([text('two')])
      log.add(kind === 'batch' ? [text('three')] : [], kind)
      log.bytes.fill(0, start, start + 32) // alone, this would look torn by rule 5a
      log.assertCorrupt(start, /one was written after it/)
    })
  }

  test('rule 2: the later frame need not be whole', () => {
    const log = new Builder()
    const { start } = log.add([text('one')])
    const later = log.add([long('b')])
    log.bytes.fill(0, start, start + 32)
    log.bytes.fill(0, later.start + 512, later.end)
    log.assertCorrupt(start, /one was written after it/)
  })

  test('S3 rule 3: only the trailer is missing: the batch counts and the trailer is named', () => {
    const log = new Builder()
    const { start } = log.add([text('four')]) // body of 8 bytes
    log.bytes.fill(0, start + 40, start + 44)
    const scan = log.scan()
    assert.deepEqual(scan.records, ['1:fou'])
    assert.deepEqual(scan.lostTrailers, [start + 40])
    assert.equal(scan.ending, 'clean')
  })

  test('S3 rule 4a: body cut off, zeros to the end: torn', () => {
    const log = new Builder()
    log.add([text('one')])
    const { start, end } = log.add([text('two-two-two')])
    log.bytes.fill(0, start + 40, end)
    const scan = log.scan()
    assert.deepEqual([scan.records, scan.ending, scan.end], [['1:one'], 'torn', start])
  })

  test('S3 rule 4b: a sector in the middle never reached the disk: torn', () => {
    const log = new Builder()
    log.add([text('one')])
    const { start } = log.add([long('b')])
    log.bytes.fill(0, 1024, 1536)
    const scan = log.scan()
    assert.deepEqual([scan.records, scan.ending, scan.end], [['1:one'], 'torn', start])
  })

  test('S3 rule 4b: the last sector, which holds only the trailer, may be the missing one', () => {
    const log = new Builder()
    const { start } = log.add([Buffer.alloc(1536 - 64 - 32 - 4, 'a')]) // trailer starts a sector
    log.bytes.fill(0, 700, 701) // and rot, so that rule 3 does not apply
    log.bytes.fill(0, 1536, 1540)
    assert.deepEqual([log.scan().ending, log.scan().end], ['torn', start])
  })

  test('S5 rule 4c: every sector was written and the checksum is wrong: corruption', () => {
    const log = new Builder()
    const { start } = log.add([long('b')])
    log.bytes.writeUInt8(log.bytes.readUInt8(1000) ^ 1, 1000)
    log.assertCorrupt(start, /checksum/)
  })

  test('S5 rule 4c: a record of zeros is not mistaken for a lost sector', () => {
    const log = new Builder()
    const { start } = log.add([Buffer.alloc(3000)])
    log.bytes.writeUInt8(log.bytes.readUInt8(1000) ^ 1, 1000)
    log.assertCorrupt(start, /checksum/)
  })

  test('S3 rule 5a: the sector with the header never reached the disk: torn', () => {
    const log = new Builder()
    const { start } = log.add([long('b')])
    log.bytes.fill(0, start, 512)
    assert.deepEqual([log.scan().ending, log.scan().end], ['torn', start])
  })

  test('S3 rule 5b: cut off inside the header: torn', () => {
    const log = new Builder()
    const { start } = log.add([long('b')])
    log.bytes.fill(0, start + 9)
    assert.deepEqual([log.scan().ending, log.scan().end], ['torn', start])
  })

  test('S5 rule 5c: a wrong header with its body behind it: corruption', () => {
    const log = new Builder()
    const { start } = log.add([text('one')])
    log.bytes.writeUInt8(log.bytes.readUInt8(start + 1) ^ 4, start + 1)
    log.assertCorrupt(start, /header of a batch/)
  })

  test('marks: a close is passed over, a seal ends the segment', () => {
    const log = new Builder()
    log.add([text('one')])
    log.add([], 'close')
    assert.equal(log.scan().isClosed, true)
    log.add([text('two')])
    assert.equal(log.scan().isClosed, false)
    log.add([], 'seal')
    assert.deepEqual([log.scan().ending, log.scan().records], ['sealed', ['1:one', '2:two']])
  })

  test('a valid frame with the wrong sequence number is corruption', () => {
    const log = new Builder()
    log.add([text('one')])
    const { start } = log.add([text('two')], 'batch', 3)
    log.assertCorrupt(start, /record 3 where 2 belongs/)
  })
})
