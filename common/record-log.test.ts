import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryDisk } from './record-log/test/memory-disk.ts'
import { RecordLog, type RecordLogOptions } from './record-log.ts'

interface Opened {
  log: RecordLog
  records: Buffer[]
}

async function open(disk: MemoryDisk, options: Partial<RecordLogOptions> = {}): Promise<Opened> {
  const records: Buffer[] = []
  const log = await RecordLog.open({
    directory: 'log',
    segmentBytes: 2048,
    fileSystem: disk,
    onRecord: (sequence, record) => {
      assert.equal(sequence, records.length + (options.firstSequence ?? 1))
      records.push(Buffer.from(record))
    },
    ...options,
  })
  return { log, records }
}

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
        const { log, records } = await open(disk)
        assert.deepEqual(records, expected)
        for (const batch of run) {
          const first = log.nextSequence
          const range = await log.append(batch)
          expected.push(...batch.map((record) => Buffer.from(record)))
          assert.deepEqual(range, { first, last: expected.length })
        }
        if (cleanly) await log.close()
        disk = cleanly ? disk : disk.crash()
      }
      assert.deepEqual((await open(disk)).records, expected)
    }),
    { numRuns: 60 },
  )
})
