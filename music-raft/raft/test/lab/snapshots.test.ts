import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ids } from '../build.ts'
import { type Lab, lab } from './lab.ts'

const SNAPSHOT_ENTRIES = 10
/** The lab's MAXLOGSIZE. */
const MAX_LOG_BYTES = 2000
const WORLD = {
  servers: 3,
  snapshotEntries: SNAPSHOT_ENTRIES,
  seeds: 3,
  options: { trailingEntries: 0, snapshotChunkBytes: 512 },
}

interface Faults {
  readonly disconnect?: boolean
  readonly crash?: boolean
}

/** The largest log of any server that is up. */
function logBytes(world: Lab): number {
  return Math.max(...world.alive.map(({ status }) => status.logBytes))
}

/** The lab's snapcommon: thirty rounds, in each a victim is away while the others go on. */
function snapshots(world: Lab, { disconnect = false, crash = false }: Faults): void {
  world.one(3, { retry: true })
  let leader = world.checkOneLeader()
  for (let round = 0; round < 30; round += 1) {
    let [victim, sender] = [(leader % 3) + 1, leader]
    if (round % 3 === 1) [victim, sender] = [sender, victim]
    const expected = disconnect || crash ? 2 : 3
    if (disconnect) {
      world.disconnect(victim)
      world.one(2, { retry: true })
    }
    if (crash) {
      world.crash(victim)
      world.one(2, { retry: true })
    }
    // Perhaps enough for a snapshot, and not always.
    const several = SNAPSHOT_ENTRIES / 2 + world.below(SNAPSHOT_ENTRIES)
    for (let i = 0; i < several; i += 1) world.start(sender, world.text())
    world.one(expected, { retry: true })
    assert(logBytes(world) < MAX_LOG_BYTES, `a log of ${logBytes(world)} bytes`)
    if (disconnect) {
      world.connect(victim)
      world.one(3, { retry: true })
      leader = world.checkOneLeader()
    }
    if (crash) {
      world.restart(victim)
      world.one(3, { retry: true })
      leader = world.checkOneLeader()
    }
  }
  assert(world.committed > 150, `only ${world.committed} entries`)
  const taken = Math.min(
    ...world.alive.map(({ status }) => status.snapshot?.lastIncludedIndex ?? 0),
  )
  assert(taken > world.committed - 3 * SNAPSHOT_ENTRIES, 'every server takes snapshots')
}

function needsInstalls(world: Lab): void {
  assert(world.installed > 3, `only ${world.installed} snapshots were installed`)
}

describe('MIT 6.5840 3D snapshots', () => {
  test('TestSnapshotBasic3D snapshots are taken and the log is trimmed', () => {
    lab(WORLD, (world) => {
      snapshots(world, {})
      assert.equal(world.installed, 0, 'nobody lacked anything')
    })
  })

  test('TestSnapshotInstall3D a follower that was cut off is sent a snapshot', () => {
    lab(WORLD, (world) => {
      snapshots(world, { disconnect: true })
      needsInstalls(world)
    })
  })

  test('TestSnapshotInstallUnreliable3D the same on a network that loses', () => {
    lab({ ...WORLD, unreliable: true }, (world) => {
      snapshots(world, { disconnect: true })
      needsInstalls(world)
    })
  })

  test('TestSnapshotInstallCrash3D a server that was down is sent a snapshot', () => {
    lab(WORLD, (world) => {
      snapshots(world, { crash: true })
      needsInstalls(world)
    })
  })

  test('TestSnapshotInstallUnCrash3D the same on a network that loses', () => {
    lab({ ...WORLD, unreliable: true }, (world) => {
      snapshots(world, { crash: true })
      needsInstalls(world)
    })
  })

  test('TestSnapshotAllCrash3D all crash: what was applied is applied again, and further', () => {
    lab(WORLD, (world) => {
      world.one(3, { retry: true })
      for (let round = 0; round < 5; round += 1) {
        const several = SNAPSHOT_ENTRIES / 2 + world.below(SNAPSHOT_ENTRIES)
        for (let i = 0; i < several; i += 1) world.one(3, { retry: true })
        const before = world.one(3, { retry: true })
        for (const id of ids(3)) world.crash(id)
        for (const id of ids(3)) world.restart(id)
        const next = world.one(3, { retry: true })
        assert(next > before, `${next} after ${before}: the index went back`)
      }
    })
  })

  test('TestSnapshotInit3D after two restarts in a row snapshot and log fit each other', () => {
    lab(WORLD, (world) => {
      world.one(3, { retry: true })
      for (let i = 0; i <= SNAPSHOT_ENTRIES; i += 1) world.one(3, { retry: true })
      assert(world.alive.every(({ status }) => status.snapshot !== null))
      for (const id of ids(3)) world.crash(id)
      for (const id of ids(3)) world.restart(id)
      // A single append, so that something is saved after the start from a snapshot.
      world.one(3, { retry: true })
      for (const id of ids(3)) world.crash(id)
      for (const id of ids(3)) world.restart(id)
      world.one(3, { retry: true })
      for (const { commands } of world.servers) assert.equal(commands.length, SNAPSHOT_ENTRIES + 4)
    })
  })
})
