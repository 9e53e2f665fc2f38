import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeFrame, segmentKey } from './record-log/frame.ts'
import { MemoryDisk } from './record-log/test/memory-disk.ts'
import { coin, openLog, record, SEGMENT_BYTES, segmentPath } from './record-log/test/open-log.ts'
import { CorruptLog } from './storage-errors.ts'

const FIRST = segmentPath(1)

interface Batch {
  records: Buffer[]
  start: number
}

/** A log as a crash leaves it, and where its batches lie. */
async function written(
  batches: Buffer[][],
  { closed = false, segmentBytes = SEGMENT_BYTES } = {},
): Promise<{ disk: MemoryDisk; placed: Batch[]; records: Map<number, Buffer> }> {
  const disk = new MemoryDisk()
  const { log } = await openLog(disk, { segmentBytes })
  const placed: Batch[] = []
  for (const batch of batches) {
    placed.push({ records: batch, start: log.sizeInBytes })
    await log.append(batch)
  }
  await log.tryReserve()
  if (closed) await log.close()
  const records = new Map(batches.flat().map((bytes, i) => [i + 1, bytes]))
  return { disk: closed ? disk.clone() : disk.crash(), placed, records }
}

const mixed = [
  [record(1, 40), record(2, 0)],
  [record(3, 700, 0)], // zeros over a whole sector
  [record(4, 5), record(5, 100), record(6, 33)],
  [record(7, 300)],
]

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0)

for (const closed of [false, true]) {
  for (const how of ['truncated', 'zeroed'] as const) {
    test(`S3 S4 ${closed ? 'closed' : 'crashed'} log ${how} at every byte`, async () => {
      const { disk: sound, placed } = await written(mixed, { closed })
      const original = Buffer.from(sound.bytes(FIRST))
      for (let cut = 64; cut <= SEGMENT_BYTES; cut++) {
        const disk = sound.clone()
        const rest = Buffer.alloc(how === 'zeroed' ? SEGMENT_BYTES - cut : 0)
        disk.put(FIRST, Buffer.concat([original.subarray(0, cut), rest]))
        const whole = placed.filter(({ records, start }) => {
          const length = records.reduce((sum, each) => sum + 4 + each.byteLength, 0)
          const bodyEnd = start + 32 + Math.ceil(length / 4) * 4
          return isZero(original.subarray(cut, Math.max(cut, bodyEnd)))
        })
        const expected = whole.flatMap(({ records }) => records)
        const first = await openLog(disk)
        assert.deepEqual([...first.records.values()], expected, `cut at ${cut}`)
        await first.log.append([record(99, 20)])
        expected.push(record(99, 20))
        const second = await openLog(disk.crash()) // power cut: the removal must have been durable
        assert.deepEqual([...second.records.values()], expected, `cut at ${cut}, second start`)
        assert.equal(disk.bytes(FIRST).byteLength, SEGMENT_BYTES)
      }
    })
  }
}

test('S2 a log cut inside the segment header is refused, not taken for an empty one', async () => {
  const { disk: sound } = await written(mixed)
  for (let cut = 0; cut < 64; cut++) {
    const disk = sound.clone()
    disk.put(FIRST, sound.bytes(FIRST).subarray(0, cut))
    await assert.rejects(openLog(disk), CorruptLog)
  }
})

const patterns: [string, (byte: number) => number][] = [
  ['lowest bit', (byte) => byte ^ 0x01],
  ['highest bit', (byte) => byte ^ 0x80],
  ['all bits', (byte) => byte ^ 0xff],
  ['zero', () => 0],
  ['ones', () => 0xff],
]

async function flipEverywhere(
  sound: MemoryDisk,
  path: string,
  records: Map<number, Buffer>,
  chosen = patterns,
): Promise<number> {
  let refused = 0
  for (const [name, pattern] of chosen) {
    for (let at = 0; at < SEGMENT_BYTES; at++) {
      const disk = sound.clone()
      const bytes = disk.bytes(path)
      const byte = bytes.readUInt8(at)
      if (pattern(byte) === byte) continue
      bytes.writeUInt8(pattern(byte), at)
      const before = disk.clone()
      try {
        const opened = await openLog(disk)
        assert.deepEqual(opened.records, records, `${name} at ${at}`)
        assert.deepEqual((await openLog(disk.crash())).records, records)
      } catch (error) {
        if (!(error instanceof CorruptLog)) throw error
        refused++
        for (const each of before.paths) assert.deepEqual(disk.bytes(each), before.bytes(each))
      }
    }
  }
  return refused
}

test('S2 S5 P13 every byte of a crashed log flipped: intact or refused, never wrong', async () => {
  const { disk, records } = await written(mixed)
  const refused = await flipEverywhere(disk, FIRST, records)
  assert(refused > 3000) // nearly all of the 1400 bytes in use, times the patterns
})

test('S2 S5 every byte of a closed log flipped', async () => {
  const { disk, records } = await written(mixed, { closed: true })
  await flipEverywhere(disk, FIRST, records)
})

test('S2 S4 every byte of each of three segments flipped', async () => {
  const batches = Array.from({ length: 10 }, (_, i) => [record(i + 1, 450)])
  const { disk, records } = await written(batches)
  assert.equal(disk.paths.filter((path) => path.endsWith('.log')).length, 4)
  const chosen = patterns.filter(([name]) => name === 'highest bit' || name === 'zero')
  for (const number of [1, 2, 4]) {
    await flipEverywhere(disk, segmentPath(number), records, chosen)
  }
})

test('S4 a segment that is not the last, cut at every byte: intact or refused', async () => {
  const batches = Array.from({ length: 6 }, (_, i) => [record(i + 1, 450)])
  const { disk: sound, records } = await written(batches)
  for (let cut = 0; cut < SEGMENT_BYTES; cut++) {
    const disk = sound.clone()
    disk.put(FIRST, sound.bytes(FIRST).subarray(0, cut))
    const outcome = await openLog(disk).catch((error: unknown) => error)
    if (outcome instanceof CorruptLog) continue
    assert('records' in (outcome as object))
    assert.deepEqual((outcome as { records: unknown }).records, records)
  }
})

test('S4 a missing segment in the middle, or at the end, is corruption', async () => {
  const batches = Array.from({ length: 10 }, (_, i) => [record(i + 1, 450)])
  const { disk: sound } = await written(batches)
  for (const number of [2, 3, 4]) {
    const disk = sound.clone()
    disk.lose(segmentPath(number))
    await assert.rejects(openLog(disk), CorruptLog, `segment ${number}`)
  }
})

test('S4 a seal that vanished, when the next segment is in use, is corruption', async () => {
  const batches = Array.from({ length: 4 }, (_, i) => [record(i + 1, 450)]) // three to a segment
  const { disk } = await written(batches)
  const bytes = disk.bytes(FIRST)
  const used = bytes.findLastIndex((byte) => byte !== 0) + 1
  bytes.fill(0, used - 36, used)
  await assert.rejects(openLog(disk), CorruptLog)
})

test('S5 after every clean close, even a lost sector of the last batch is noticed', async () => {
  const disk = new MemoryDisk()
  for (let run = 1; run <= 3; run++) {
    const { log } = await openLog(disk, { segmentBytes: 8192 })
    const start = log.sizeInBytes
    await log.append([record(run, 1500)])
    await log.close()
    const damaged = disk.clone()
    const sector = start - (start % 512) + 512
    damaged.bytes(FIRST).fill(0, sector, sector + 512) // without the mark: torn, by rule 4b
    await assert.rejects(openLog(damaged, { segmentBytes: 8192 }), CorruptLog)
  }
})

test('S3 a lost trailer is written again, durably', async () => {
  const { disk, records } = await written([[record(1, 4)]])
  const original = Buffer.from(disk.bytes(FIRST))
  disk.bytes(FIRST).fill(0, 64 + 32 + 8, 64 + 32 + 12)
  assert.notDeepEqual(disk.bytes(FIRST), original)
  assert.deepEqual((await openLog(disk)).records, records)
  assert.deepEqual(disk.crash().bytes(FIRST), original)
})

test('S4 segments exchanged, or of another log, are corruption', async () => {
  const batches = Array.from({ length: 10 }, (_, i) => [record(i + 1, 450)])
  const { disk } = await written(batches)
  const { disk: other } = await written(batches)
  const swapped = disk.clone()
  swapped.put(segmentPath(2), disk.bytes(segmentPath(3)))
  await assert.rejects(openLog(swapped), CorruptLog)
  const { disk: longer } = await written([[record(0, 10)], ...batches])
  const mixedUp = other.clone()
  mixedUp.put(segmentPath(3), longer.bytes(segmentPath(3)))
  await assert.rejects(openLog(mixedUp), CorruptLog)
})

test('S3 S5 every subset of the sectors of the last batch lost: torn, never rot', async () => {
  for (const [earlier, filler] of [
    [30, 0],
    [400, 7],
    [441, 0],
    [455, 0],
  ] as const) {
    for (let subset = 0; subset < 256; subset++) {
      const disk = new MemoryDisk()
      const { log } = await openLog(disk, { segmentBytes: 8192 })
      await log.tryReserve()
      await log.append([record(1, earlier)])
      const batch = [record(2, 3300, filler), record(3, 0)]
      disk.fault = ({ name }) => (name === 'write' ? 'crash' : undefined)
      await assert.rejects(log.append(batch))
      let bit = 0
      const after = disk.crash(() => ((subset >> bit++) & 1) === 1)
      assert(bit >= 6 && bit <= 8)
      const isWhole = subset % 2 ** bit === 2 ** bit - 1
      const { records, log: again } = await openLog(after, { segmentBytes: 8192 })
      // The sector that a lost trailer leaves out may be all that is missing: then the batch counts.
      const without = [record(1, earlier)]
      if (isWhole || records.size > 1) assert.deepEqual([...records.values()].slice(1), batch)
      else assert.deepEqual([...records.values()], without)
      const appended = await again.append([record(9, 50)])
      const second = await openLog(after.crash(), { segmentBytes: 8192 })
      assert.deepEqual(second.records, new Map(records).set(appended.first, record(9, 50)))
    }
  }
})

test('S4 a torn tail that is torn again while being removed is still only torn', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const disk = new MemoryDisk()
    const { log } = await openLog(disk, { segmentBytes: 8192 })
    await log.tryReserve()
    await log.append([record(1, 100)])
    disk.fault = ({ name }) => (name === 'write' ? 'crash' : undefined)
    await assert.rejects(log.append([record(2, 3000)]))
    let torn = disk.crash(coin(seed))
    for (let step = 1; step < 6; step++) {
      torn.fault = ({ index }) => (index === step ? 'crash' : undefined)
      await openLog(torn, { segmentBytes: 8192 }).catch(() => undefined)
      torn = torn.crash(coin(seed * 7 + step))
    }
    const { records } = await openLog(torn, { segmentBytes: 8192 })
    assert.deepEqual(records.get(1), record(1, 100))
  }
})

test('a record that contains frames, of any kind and for every place, is only a record', async () => {
  const key = segmentKey(Buffer.alloc(16, 0x5a))
  const frames = Array.from({ length: 20 }, (_, i) => {
    const target = Buffer.alloc(64)
    const records = [Buffer.from('evil')]
    encodeFrame(target, key, { kind: 'batch', position: 64 + 32 * i, first: 2, records })
    return target
  })
  const evil = Buffer.concat(frames)
  const { disk, placed } = await written([[record(1, 20)], [evil]])
  const copied = Buffer.from(disk.bytes(FIRST)) // frames of this very log, as a user might get them
  const { disk: second, records } = await written([
    [record(1, 20)],
    [evil],
    [copied.subarray(0, 700)],
  ])
  assert.deepEqual((await openLog(second.clone())).records, records)
  const torn = disk.clone()
  torn.bytes(FIRST).fill(0, placed[1]?.start, 512) // header lost, the frames in the record are not
  assert.deepEqual((await openLog(torn)).records, new Map([[1, record(1, 20)]]))
})
