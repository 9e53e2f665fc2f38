import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Fault, MemoryDisk, type Operation } from './record-log/test/memory-disk.ts'
import { coin, openLog, record, segmentPath } from './record-log/test/open-log.ts'
import { DiskFull, StorageFailure } from './storage-errors.ts'

interface Progress {
  /** Records whose append resolved, and of the one under way. */
  acknowledged: number
  attempted: number
  /** Everything before this may be gone. */
  dropped: number
  disk: MemoryDisk
}

/** Appends across several rotations, drops segments twice, closes, reopens and appends again. */
async function life(progress: Progress): Promise<void> {
  const { disk } = progress
  for (let run = 0; run < 2; run++) {
    const { log } = await openLog(disk)
    for (let i = 0; i < 10; i++) {
      const next = log.nextSequence
      progress.attempted = next + 1
      await log.append([record(next, 330), record(next + 1, 130)])
      progress.acknowledged = next + 1
      if (i === 4) await log.tryReserve()
      if (i % 3 !== 2) continue
      progress.dropped = next - 4
      await log.dropBefore(progress.dropped)
    }
    await log.close()
  }
}

const start = (): Progress => ({
  acknowledged: 0,
  attempted: 0,
  dropped: 0,
  disk: new MemoryDisk(),
})

/** Runs `life` with a fault at one operation. */
async function interrupted(index: number, fault: Fault): Promise<Progress & { error: unknown }> {
  const progress = start()
  progress.disk.fault = (operation) => (operation.index === index ? fault : undefined)
  const error = await life(progress).then(
    () => null,
    (reason: unknown) => reason,
  )
  return { ...progress, error }
}

async function countOperations(): Promise<number> {
  const progress = start()
  await life(progress)
  return progress.disk.operations
}

/** What must hold after any crash: a contiguous log with all that was acknowledged, and no more. */
async function check(disk: MemoryDisk, expected: Progress, message: string): Promise<void> {
  const { log, records } = await openLog(disk)
  const last = log.nextSequence - 1
  assert(last === expected.acknowledged || last === expected.attempted, `${message}: ${last}`)
  assert(log.firstSequence <= Math.max(1, expected.dropped), message)
  for (let sequence = log.firstSequence; sequence <= last; sequence++) {
    const length = sequence % 2 === 1 ? 330 : 130
    assert.deepEqual(records.get(sequence), record(sequence, length), message)
  }
  const added = await log.append([record(last + 1, 330), record(last + 2, 130)])
  assert.equal(added.first, last + 1)
  const after = { ...expected, acknowledged: last + 2, attempted: last + 2 }
  const again = await openLog(disk.crash())
  assert.equal(again.log.nextSequence - 1, after.acknowledged, message)
}

test('S1 S3 S4 S10 power cut at every operation of opening, rotating, dropping, closing', async () => {
  const operations = await countOperations()
  assert(operations > 80)
  for (let index = 1; index <= operations; index++) {
    const progress = await interrupted(index, 'crash')
    await check(
      progress.disk.crash(() => false),
      progress,
      `${index}, all unforced lost`,
    )
    await check(
      progress.disk.crash(() => true),
      progress,
      `${index}, all kept`,
    )
    for (let seed = 0; seed < 6; seed++) {
      await check(progress.disk.crash(coin(seed)), progress, `${index}, seed ${seed}`)
    }
  }
})

test('S1 killed in the middle of a write, then a power cut: what the second start read survives', async () => {
  const operations = await countOperations()
  for (let index = 1; index <= operations; index++) {
    const progress = await interrupted(index, 'crash')
    const killed = progress.disk.kill()
    const { records } = await openLog(killed)
    const { records: later } = await openLog(killed.crash())
    assert.deepEqual(later, records, `operation ${index}`)
  }
})

test('S4 power cuts during recovery itself', async () => {
  const operations = await countOperations()
  for (let index = 1; index <= operations; index += 3) {
    const progress = await interrupted(index, 'crash')
    for (let step = 1; step < 12; step++) {
      const disk = progress.disk.crash(coin(index))
      disk.fault = (operation) => (operation.index === step ? 'crash' : undefined)
      await openLog(disk).catch(() => undefined)
      await check(disk.crash(coin(step)), progress, `operation ${index}, step ${step}`)
    }
  }
})

for (const fault of ['EIO', 'short'] as const) {
  test(`S6 one ${fault} at every operation: that call and all later ones fail`, async () => {
    const operations = await countOperations()
    for (let index = 1; index <= operations; index++) {
      const progress = await interrupted(index, fault)
      const { error, disk } = progress
      if (error !== null) assert(error instanceof StorageFailure, `${index}: ${String(error)}`)
      await check(disk.crash(coin(index)), progress, `operation ${index}`)
    }
  })
}

const isAppend = ({ name, path }: Operation): boolean => name === 'write' && path.endsWith('.log')

for (const fault of ['EIO', 'ENOSPC', 'short'] as const) {
  test(`S6 S7 one ${fault} while a batch is written is final, and nothing was counted`, async () => {
    const disk = new MemoryDisk()
    const { log } = await openLog(disk)
    await log.append([record(1, 20)])
    await log.tryReserve()
    let faults = 0
    disk.fault = (operation) => (isAppend(operation) && faults++ === 0 ? fault : undefined)
    const failed = log.append([record(2, 20)])
    await assert.rejects(failed, { code: 'STORAGE_FAILURE' })
    assert.equal(log.nextSequence, 2)
    assert(log.failure instanceof StorageFailure)
    const before = disk.operations
    await assert.rejects(log.append([record(2, 20)]), { code: 'STORAGE_FAILURE' })
    await assert.rejects(log.dropBefore(2), { code: 'STORAGE_FAILURE' })
    await log.close()
    assert.equal(disk.operations, before) // no retry, not even a closing mark
    assert.equal(disk.openFiles, 0)
    const { records } = await openLog(disk.crash())
    assert.deepEqual(records, new Map([[1, record(1, 20)]]))
  })
}

test('S6 a disk that fails in the background is final too', async () => {
  const disk = new MemoryDisk()
  const { log } = await openLog(disk)
  await log.tryReserve()
  disk.fault = ({ name, path }) => (name === 'sync' && path.endsWith('.tmp') ? 'EIO' : undefined)
  for (let i = 1; i <= 4; i++) await log.append([record(i, 450)]).catch(() => undefined)
  await log.tryReserve().catch(() => undefined)
  await assert.rejects(log.append([record(9, 1)]), { code: 'STORAGE_FAILURE' })
  await assert.rejects(log.tryReserve(), { code: 'STORAGE_FAILURE' })
})

test('S7 S11 S12 a full disk refuses before anything is written, and heals by itself', async () => {
  const disk = new MemoryDisk()
  disk.limit = 2048 * 2 + 100
  const { log } = await openLog(disk)
  assert.equal(await log.tryReserve(), true)
  assert.equal(log.hasReserve(10_000), true)
  const written: Buffer[] = []
  const append = async (bytes: Buffer): Promise<void> => {
    await log.append([bytes])
    written.push(bytes)
  }
  while (log.hasReserve(500)) await append(record(log.nextSequence, 450)) // also uses the spare
  assert.equal(await log.tryReserve(), false)
  assert.deepEqual(disk.paths, [segmentPath(1), segmentPath(2)]) // its attempt was cleaned up
  const image = disk.clone()
  for (let i = 0; i < 2; i++) {
    await assert.rejects(log.append([record(99, 1000)]), DiskFull)
    assert.equal(log.failure, null)
  }
  for (const path of disk.paths) assert.deepEqual(disk.bytes(path), image.bytes(path))
  const left = log.bytesLeft()
  assert(left > 32 && left < 1000)
  await append(record(100, left - 64)) // what fits is still taken
  disk.limit = 2048 * 3
  assert.equal(await log.tryReserve(), true)
  assert.equal(log.hasReserve(500), true)
  await append(record(101, 1000))
  await log.close()
  assert.equal(disk.openFiles, 0)
  const { records } = await openLog(disk)
  assert.deepEqual([...records.values()], written)
})

test('S11 space freed by dropping segments is enough to go on', async () => {
  const disk = new MemoryDisk()
  disk.limit = 2048 * 3
  const { log } = await openLog(disk)
  for (let i = 1; i <= 40; i++) {
    await log.tryReserve()
    await log.append([record(i, 450)])
    await log.dropBefore(i - 1)
  }
  assert.equal(log.nextSequence, 41)
})

test('a full disk refuses a new log and leaves nothing behind', async () => {
  const disk = new MemoryDisk()
  disk.limit = 1000
  await assert.rejects(openLog(disk), DiskFull)
  assert.deepEqual([disk.paths, disk.openFiles], [[], 0])
  disk.limit = 5000
  const { log } = await openLog(disk)
  assert.equal(log.nextSequence, 1)
})
