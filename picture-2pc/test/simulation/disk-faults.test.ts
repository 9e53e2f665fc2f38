import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { CorruptLog } from '../../../common/storage-errors.ts'
import { Disk } from './disk.ts'
import { Random } from './random.ts'

interface Note {
  readonly text: string
}

function written(count: number, synced: number): { disk: Disk<Note, null>; texts: string[] } {
  const disk = new Disk<Note, null>(null, () => undefined)
  const texts = Array.from({ length: count }, (_, index) => `${index}`.repeat(1 + index * 40))
  for (const [index, text] of texts.entries()) {
    disk.append({ text })
    if (index < synced) disk.sync(index + 1)
  }
  return { disk, texts }
}

function read(disk: Disk<Note, null>): string[] {
  return disk.read().records.map(({ text }) => text)
}

describe('the simulated disk', () => {
  test('S3 a crash leaves all that was synced, and a torn batch wholly or not at all', () => {
    const found = new Set<number>()
    for (let seed = 1; seed <= 200; seed += 1) {
      const { disk, texts } = written(12, 4)
      const torn = disk.crash(() => seed % 3, new Random(seed, 'tears'))
      const records = read(disk)
      assert.deepEqual(records, texts.slice(0, records.length))
      assert.ok(records.length === 4 + (seed % 3) || (!torn && records.length === 12))
      found.add(records.length)
    }
    assert.deepEqual([...found].sort(), [12, 4, 5, 6])
  })

  test('S4 whatever byte is damaged, the log is refused or nothing is missing', () => {
    let refused = 0
    for (let seed = 1; seed <= 500; seed += 1) {
      const { disk, texts } = written(12, 12)
      disk.crash(() => 0, null)
      assert.ok(disk.rot(new Random(seed, 'rot')))
      try {
        assert.deepEqual(read(disk), texts)
      } catch (error) {
        if (!(error instanceof CorruptLog)) throw error
        refused += 1
      }
      disk.repair()
      assert.deepEqual(read(disk), texts)
    }
    assert.ok(refused > 400)
  })
})
