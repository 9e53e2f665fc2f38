import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryDisk } from './record-log/test/memory-disk.ts'
import { openLog, record, SEGMENT_BYTES, segmentPath } from './record-log/test/open-log.ts'
import { RecordLog } from './record-log.ts'

test('random batches come back the same, over many segments and restarts', async () => {
  const batches = fc.array(
    fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(batches, { maxLength: 4 }), fc.boolean(), async (runs, cleanly) => {
      let disk = new MemoryDisk()
      const expected: Buffer[] = []
      for (const run of runs) {
        const { log, records } = await openLog(disk)
        assert.deepEqual([...records.values()], expected)
        for (const batch of run) {
          const first = log.nextSequence
          const range = await log.append(batch)
          expected.push(...batch.map((record) => Buffer.from(record)))
          assert.deepEqual(range, { first, last: expected.length })
        }
        if (cleanly) await log.close()
        disk = cleanly ? disk : disk.crash()
      }
      assert.deepEqual([...(await openLog(disk)).records.values()], expected)
    }),
    { numRuns: 60 },
  )
})

test('numbers start where a new log is told to, and are never used again', async () => {
  const disk = new MemoryDisk()
  const { log } = await openLog(disk, { firstSequence: 1000 })
  assert.deepEqual([log.firstSequence, log.nextSequence], [1000, 1000])
  assert.deepEqual(await log.append([record(1, 10), record(2, 10)]), { first: 1000, last: 1001 })
  await log.close()
  const { log: again } = await openLog(disk) // the option counts only for a new log
  assert.deepEqual([again.firstSequence, again.nextSequence], [1000, 1002])
})

test('dropBefore deletes whole segments, oldest first, never the one in use', async () => {
  const disk = new MemoryDisk()
  const { log } = await openLog(disk)
  for (let i = 1; i <= 10; i++) await log.append([record(i, 450)]) // three to a segment
  const segments = (): string[] => disk.paths.filter((path) => path.endsWith('.log'))
  assert.equal(segments().length, 4)
  await log.dropBefore(6)
  assert.deepEqual([log.firstSequence, segments().length], [4, 3])
  await log.dropBefore(7)
  assert.deepEqual([log.firstSequence, segments()[0]], [7, segmentPath(3)])
  const before = log.sizeInBytes
  await Promise.all([log.dropBefore(100), log.dropBefore(100), log.append([record(11, 10)])])
  assert.deepEqual(segments(), [segmentPath(4)])
  assert(log.sizeInBytes < before)
  const { records } = await openLog(disk.crash())
  assert.deepEqual([...records.keys()], [10, 11])
})

test('an empty last segment keeps the number when all before it is dropped', async () => {
  const disk = new MemoryDisk()
  const { log } = await openLog(disk)
  for (let i = 1; i <= 3; i++) await log.append([record(i, 450)])
  await log.tryReserve()
  let writes = 0 // header of the new segment, seal, then the batch: lose that
  disk.fault = ({ name, path }) =>
    name === 'write' && path.endsWith('.log') && ++writes === 2 ? 'crash' : undefined
  await assert.rejects(log.append([record(4, 450)]))
  const after = disk.crash()
  const { log: again } = await openLog(after)
  await again.dropBefore(100)
  assert.deepEqual([again.firstSequence, again.nextSequence], [4, 4])
  assert.deepEqual((await openLog(after.crash())).log.nextSequence, 4)
})

test('batches up to exactly the limit fit; one byte more is refused and changes nothing', async () => {
  const disk = new MemoryDisk()
  const { log } = await openLog(disk)
  const largest = log.maxBatchBytes - 4
  for (const length of [largest, largest - 1, 0, largest]) await log.append([Buffer.alloc(length)])
  const refused = log.append([Buffer.alloc(largest + 1)])
  await assert.rejects(refused, { code: 'BATCH_TOO_LARGE' })
  assert.equal(log.nextSequence, 5)
  await log.append([record(5, 10)])
  await log.close()
  const { records } = await openLog(disk)
  assert.deepEqual(
    [...records.values()].map((each) => each.byteLength),
    [largest, largest - 1, 0, largest, 10],
  )
})

test('every size around the end of a segment', async () => {
  for (let first = 1500; first <= SEGMENT_BYTES - 64 - 128 - 40; first += 3) {
    const disk = new MemoryDisk()
    const { log } = await openLog(disk)
    await log.append([record(1, first)])
    await log.append([record(2, 60)])
    await log.close()
    const { log: again, records } = await openLog(disk)
    assert.deepEqual([...records.values()], [record(1, first), record(2, 60)])
    await again.append([record(3, 100)])
    await again.close()
    assert.equal((await openLog(disk)).records.size, 3)
  }
})

test('opening and closing without writing does not fill the log', async () => {
  const disk = new MemoryDisk()
  const sizes = new Set<number>()
  for (let i = 0; i < 100; i++) {
    const { log } = await openLog(disk)
    if (i === 0) await log.append([record(1, 10)])
    await log.close()
    sizes.add(log.sizeInBytes)
  }
  assert.equal(sizes.size, 1)
})

test('opening, writing and closing many times crosses segments', async () => {
  const disk = new MemoryDisk()
  for (let i = 1; i <= 60; i++) {
    const { log, records } = await openLog(disk)
    assert.equal(records.size, i - 1)
    await log.append([record(i, 10 + i)])
    await log.close()
  }
  assert(disk.paths.length > 3)
})

test('the size of segments may be changed between starts', async () => {
  const disk = new MemoryDisk()
  for (const [i, segmentBytes] of [2048, 8192, 1024, 4000].entries()) {
    const { log } = await openLog(disk, { segmentBytes })
    for (let j = 0; j < 9; j++) await log.append([record(i * 9 + j, 700)])
    await log.close()
  }
  const { records } = await openLog(disk)
  assert.deepEqual(
    [...records.values()].map((each) => each.readUInt32LE(0)),
    Array.from({ length: 36 }, (_, i) => i),
  )
})

test('S1 one batch is one forced write', async () => {
  const disk = new MemoryDisk()
  const { log } = await openLog(disk, { segmentBytes: 1 << 16 })
  await log.tryReserve()
  const before = disk.operations
  await log.append(Array.from({ length: 100 }, (_, i) => record(i, 50)))
  assert.deepEqual([log.forcedWrites, disk.operations - before], [1, 1])
})

test('a second append while one is in flight, or after close, is a bug of the caller', async () => {
  const { log } = await openLog(new MemoryDisk(), { writeMode: 'threaded' })
  const first = log.append([record(1, 10)])
  await assert.rejects(log.append([record(2, 10)]), { code: 'ERR_ASSERTION' })
  await first
  await log.close()
  await log.close()
  await assert.rejects(log.append([record(2, 10)]), { code: 'ERR_ASSERTION' })
})

test('on the real file system, in every mode of writing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'record-log-'))
  try {
    for (const [run, writeMode] of (['blocking', 'threaded', 'adaptive'] as const).entries()) {
      let replayed = 0
      const onRecord = (sequence: number, bytes: Uint8Array): void => {
        assert.deepEqual(Buffer.from(bytes), record(sequence, 300))
        replayed++
      }
      await using log = await RecordLog.open({ directory, segmentBytes: 8192, onRecord, writeMode })
      assert.equal(replayed, run * 60)
      for (let i = 0; i < 60; i++) await log.append([record(log.nextSequence, 300)])
    }
    const names = await readdir(directory)
    assert(names.filter((name) => name.endsWith('.log')).length > 6)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('P17 ten thousand records replay', async () => {
  const disk = new MemoryDisk()
  const { log } = await openLog(disk, { segmentBytes: 1 << 18 })
  for (let i = 0; i < 100; i++) {
    await log.append(Array.from({ length: 100 }, (_, j) => record(i * 100 + j + 1, 160)))
  }
  const { records } = await openLog(disk.crash())
  assert.equal(records.size, 10_000)
  assert.deepEqual(records.get(10_000), record(10_000, 160))
})
