import assert from 'node:assert/strict'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RoundFigures } from './round.ts'
import { slowDisk } from './slow-disk.ts'
import { assertWorked } from './torture.ts'

const faults = {
  ...{ kill: 6, killAll: 2, restart: 2, pause: 3, isolate: 3, cut: 3, cutOneWay: 3, reset: 3 },
  ...{ slowNetwork: 3, fullDisk: 3, slowDisk: 3, stuckDisk: 3, selfExits: 0 },
}
const sound: RoundFigures = {
  ...{
    seed: 1,
    workedMs: 60_000,
    faults,
    smallDisks: true,
    operations: 900,
    acknowledged: 800,
    unknown: 20,
  },
  ...{
    refused: 10,
    lost: 0,
    duplicated: 0,
    longestUnavailableMs: 4000,
    unavailableDuring: [],
    checkedInSteps: 3000,
  },
}

test('a run in which nothing could go wrong fails', () => {
  assertWorked(sound)
  assert.throws(() => assertWorked({ ...sound, operations: 5 }), /only 5 operations/)
  assert.throws(() => assertWorked({ ...sound, acknowledged: 5 }), /only 5 acknowledged/)
  const calm = Object.fromEntries(Object.keys(faults).map((kind) => [kind, 0]))
  assert.throws(() => assertWorked({ ...sound, faults: { ...faults, ...calm } }), /only 0 faults/)
  assert.throws(() => assertWorked({ ...sound, faults: { ...faults, isolate: 0 } }), /isolate/)
  const without = { ...sound, faults: { ...faults, fullDisk: 0 } }
  assert.throws(() => assertWorked(without), /fullDisk/)
  assertWorked({ ...without, smallDisks: false })
})

test('a slow disk takes at least as long as ordered, blocking and not, and then no longer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slow-disk-'))
  const orders = join(folder, 'orders')
  const file = await open(join(folder, 'file'), 'w')
  try {
    const disk = slowDisk(orders)
    assert.equal(disk.writeBlocking(file.fd, Buffer.from('abc'), 0), 3, 'no orders: as it is')
    await writeFile(orders, '60')
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (const write of [
      () => disk.write(file.fd, Buffer.from('abc'), 3),
      () => disk.writeBlocking(file.fd, Buffer.from('abc'), 6),
      () => disk.sync(file.fd),
    ]) {
      const began = performance.now()
      await write()
      assert.ok(performance.now() - began >= 58)
    }
  } finally {
    await file.close()
    await rm(folder, { recursive: true })
  }
})
