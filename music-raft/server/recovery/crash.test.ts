import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Fault, MemoryDisk } from '../../../common/record-log/test/memory-disk.ts'
import { DiskFull } from '../../../common/storage-errors.ts'
import { seeded } from '../../raft/test/random.ts'
import { recoverDirectory } from './command.ts'
import { readSurvivor } from './survivor.ts'
import { finishSwap } from './swap.ts'
import { configOf, OLD_CLUSTER, oldDisk, SEGMENT_BYTES } from './test/disks.ts'

const DIRECTORY = '/no-such-place/data'
const config = configOf(DIRECTORY)
const order = { understood: true, despiteLostDisk: false }

const recoverOn = (fileSystem: MemoryDisk, uuid = 'new') =>
  recoverDirectory(DIRECTORY, config, order, {
    ...{ fileSystem, segmentBytes: SEGMENT_BYTES, out: () => undefined, uuid: () => uuid },
  })

/** The process dies in its so many-th step that changes something. */
function dieAt(disk: MemoryDisk, step: number): void {
  let changes = 0
  disk.fault = ({ name }): Fault => {
    if (name !== 'read') changes += 1
    return changes >= step ? 'crash' : undefined
  }
}

/** What a node that starts on this disk finds. */
async function started(disk: MemoryDisk) {
  await finishSwap(DIRECTORY, disk)
  const found = await readSurvivor(DIRECTORY, config, disk)
  assert(found !== null)
  const { clusterId, machine, last, configuration } = found
  return { clusterId, hash: machine.stateHash(), last, voters: configuration.voters.length }
}

/** What a disk holds; the LOCK is not in play here. */
const contents = (disk: MemoryDisk, folder: string) =>
  disk.paths
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => [path.slice(folder.length), disk.bytes(path).toString('latin1')])
    .filter(([path]) => !/^.(recovery.new|before-recovery)/.test(String(path)))

async function oldOne() {
  const disk = new MemoryDisk()
  const { machine } = await oldDisk(DIRECTORY, { fileSystem: disk, snapshotAt: 5 })
  const whole = disk.clone()
  const last = { index: 13, term: 3 }
  const hash = machine.stateHash()
  return {
    whole,
    old: { clusterId: OLD_CLUSTER, hash, last, voters: 5 },
    recovered: { clusterId: 'new', hash, last, voters: 1 },
  }
}

const leftovers = {
  'a kill': (disk: MemoryDisk) => disk.kill(),
  'a power cut that loses what was not forced': (disk: MemoryDisk) => disk.crash(),
  'a power cut that loses some of it': (disk: MemoryDisk, random: () => number) =>
    disk.crash(() => random() < 0.5),
}

for (const [what, left] of Object.entries(leftovers)) {
  test(`L10 S8 after ${what} at any step there is the old set or the new, whole`, async () => {
    const { whole, old, recovered } = await oldOne()
    const random = seeded(7)
    const seen = { old: 0, new: 0, kept: 0 }
    for (let step = 1, over = false; !over; step += 1) {
      const disk = whole.clone()
      dieAt(disk, step)
      over = await recoverOn(disk).then(
        () => true,
        () => false,
      )
      const remains = left(disk, random)
      const found = await started(remains)
      assert.deepEqual(found, found.clusterId === 'new' ? recovered : old, `step ${step}`)
      seen[found.clusterId === 'new' ? 'new' : 'old'] += 1
      // Again, and this time to the end.
      await recoverOn(remains)
      assert.deepEqual(await started(remains), recovered, `step ${step}, again`)
      const kept = join(DIRECTORY, 'before-recovery-1')
      assert.deepEqual(contents(remains, kept), contents(whole, DIRECTORY), `step ${step}, kept`)
      seen.kept += 1
    }
    assert(seen.old > 10 && seen.new > 10, `old ${seen.old}, new ${seen.new}`)
  })
}

test('L10 a kill while the start of the node finishes it is no other', async () => {
  const { whole, recovered } = await oldOne()
  /** Killed as soon as the order is given, then at every step of each start. */
  const isOrder = (path: string) => path === join(DIRECTORY, 'recovery.json')
  const disk = whole.clone()
  disk.fault = ({ path }): Fault => (isOrder(path) ? 'crash' : undefined)
  await assert.rejects(recoverOn(disk))
  let ordered = disk.kill()
  assert(ordered.paths.some(isOrder))
  let interrupted = 0
  for (let step = 1, over = false; !over; step += 1) {
    dieAt(ordered, step)
    over = await finishSwap(DIRECTORY, ordered).then(
      () => true,
      () => false,
    )
    if (!over) interrupted += 1
    ordered = ordered.kill()
  }
  assert(interrupted > 3)
  assert.deepEqual(await started(ordered), recovered)
})

test('S11 a full disk changes nothing and says so', async () => {
  const { whole, old, recovered } = await oldOne()
  const size = whole.paths.reduce((sum, path) => sum + whole.bytes(path).byteLength, 0)
  const full = whole.clone()
  full.limit = size + 100
  await assert.rejects(recoverOn(full), DiskFull)
  assert.deepEqual(await started(full), old)
  full.limit = size * 4
  await recoverOn(full)
  assert.deepEqual(await started(full), recovered)
})
