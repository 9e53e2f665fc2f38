import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { MemoryDisk } from '../../../common/record-log/test/memory-disk.ts'
import { DiskFull } from '../../../common/storage-errors.ts'
import { eventually } from '../../../test/child.ts'
import type { Entry, SnapshotMetadata } from '../../raft/messages.ts'
import type { HardState, Save } from '../../raft/ready.ts'
import { Disk, checksum as memoryChecksum } from '../../raft/test/disk.ts'
import { RaftStorage } from './raft-storage.ts'
import { configuration, crc, metadata, positions, run, save } from './test/build.ts'

const SEGMENT_BYTES = 4096
/** What a storage must do, whatever it is made of: memory in the core's tests, files here. */
interface Storage {
  save(save: Save): Promise<void>
  release(index: number): Promise<void>
  keep(snapshot: SnapshotMetadata, bytes: Uint8Array): Promise<void>
  /** Stops without ceremony, by default with all the machine, and starts again. */
  reopen(dies?: 'machine' | 'process'): Promise<{
    hardState: HardState | null
    entries: readonly Entry[]
    snapshot: SnapshotMetadata | null
    staged: { bytesStored: number } | null
  }>
}

function memory(): Promise<Storage> {
  const disk = new Disk()
  return Promise.resolve({
    save: async (each) => disk.write(each),
    release: async (index) => disk.release(index),
    keep: async (snapshot, bytes) => disk.keep(snapshot, bytes),
    reopen: async () => {
      const { hardState, entries, snapshot, staged = null } = disk.restart(configuration)
      return { hardState, entries, snapshot, staged }
    },
  })
}

async function files(directory: string): Promise<Storage> {
  let disk = new MemoryDisk()
  const open = () => RaftStorage.open({ directory, segmentBytes: SEGMENT_BYTES, fileSystem: disk })
  let { storage } = await open()
  return {
    save: (each) => storage.save([each]),
    release: (index) => storage.release(index),
    keep: async (snapshot, bytes) => void (await storage.snapshots.write(snapshot, [bytes])),
    reopen: async (dies = 'machine') => {
      disk = dies === 'machine' ? disk.crash() : disk.kill()
      await storage.snapshots.close()
      const opened = await open()
      storage = opened.storage
      const { hardState, entries } = opened.found
      const { current: snapshot, staged } = storage.snapshots
      return { hardState, entries, snapshot, staged }
    },
  }
}

for (const kind of ['memory', 'file'] as const) {
  describe(`storage: ${kind}`, () => {
    let folder: string
    let count = 0
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'raft-storage-'))
    })
    after(() => rm(folder, { recursive: true }))
    const open = async (): Promise<Storage> => {
      if (kind === 'memory') return memory()
      count += 1
      const directory = join(folder, String(count))
      await import('node:fs/promises').then(({ mkdir }) => mkdir(directory))
      return files(directory)
    }

    test('is empty at first', async () => {
      const storage = await open()
      const found = await storage.reopen()
      assert.deepEqual(found, { hardState: null, entries: [], snapshot: null, staged: null })
    })

    test('holds hard state and entries, truncates and appends', async () => {
      const storage = await open()
      const hardState = { currentTerm: 3, votedFor: 2, recovering: 0 }
      await storage.save(save({ hardState, entries: run(1, 9, 1) }))
      await storage.save(save({ truncateFrom: 5, entries: run(5, 6, 3) }))
      const found = await storage.reopen()
      assert.deepEqual(found.hardState, hardState)
      assert.deepEqual(positions(found.entries), [
        ...positions(run(1, 4, 1)),
        ...positions(run(5, 6, 3)),
      ])
      assert.deepEqual(
        found.entries.map(({ encoded }) => Buffer.from(encoded).toString('hex')),
        [...run(1, 4, 1), ...run(5, 6, 3)].map(({ encoded }) =>
          Buffer.from(encoded).toString('hex'),
        ),
      )
    })

    test('a vote for nobody and a recovery nonce survive', async () => {
      const storage = await open()
      const hardState = { currentTerm: 7, votedFor: null, recovering: 2 ** 40 + 1 }
      await storage.save(save({ hardState }))
      assert.deepEqual((await storage.reopen()).hardState, hardState)
    })

    test('a snapshot that arrives in chunks replaces the log, and may be resumed', async () => {
      const storage = await open()
      await storage.save(save({ entries: run(1, 3, 1) }))
      const bytes = Buffer.alloc(1000, 7)
      const snapshot = metadata(20, bytes, kind === 'memory' ? memoryChecksum : crc)
      const chunk = (offset: number, end: number) => {
        return { snapshot, offset, data: bytes.subarray(offset, end) }
      }
      await storage.save(save({ chunks: [chunk(0, 300)] }))
      await storage.save(save({ chunks: [chunk(300, 600)] }))
      const half = await storage.reopen('process')
      assert.equal(half.staged?.bytesStored, 600)
      assert.equal(half.entries.length, 3)
      await storage.save(
        save({
          ...{ chunks: [chunk(600, 1000)], snapshot, discardLog: true },
          entries: run(21, 22, 1),
        }),
      )
      const found = await storage.reopen()
      assert.deepEqual(found.snapshot, snapshot)
      assert.equal(found.staged, null)
      assert.deepEqual(positions(found.entries), positions(run(21, 22, 1)))
    })

    test('S8 a snapshot taken here stands beside the log until that is released', async () => {
      const storage = await open()
      const hardState = { currentTerm: 1, votedFor: 1, recovering: 0 }
      await storage.save(save({ hardState, entries: run(1, 200, 1) }))
      await storage.keep(metadata(150, Buffer.of(1)), Buffer.of(1))
      assert.equal((await storage.reopen()).entries.length, 200)
      await storage.release(140)
      await storage.save(save({ entries: run(201, 202, 1) }))
      const found = await storage.reopen()
      assert.deepEqual(found.hardState, hardState, 'what is said once does not go with the log')
      assert.deepEqual(positions(found.entries.slice(-62)), positions(run(141, 202, 1)))
    })

    test('any sequence of saves is what is found', { skip: kind === 'memory' }, async () => {
      const step = fc.record({
        grow: fc.integer({ min: 0, max: 30 }),
        cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
        vote: fc.boolean(),
        release: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
        reopen: fc.boolean(),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const storage = await open()
          const model = new Disk()
          let released = 0
          for (const [place, { grow, cut, vote, release, reopen }] of steps.entries()) {
            const term = place + 1
            const last = model.entries.at(-1)?.index ?? released
            const from =
              cut === null || last === released
                ? null
                : released + 1 + Math.floor(cut * (last - released))
            const first = Math.min(from ?? last + 1, last + 1)
            const each = save({
              hardState: vote ? { currentTerm: term, votedFor: place + 1, recovering: 0 } : null,
              truncateFrom: from !== null && from <= last ? from : null,
              entries: run(first, first + grow - 1, term),
            })
            await storage.save(each)
            model.write(each)
            if (release !== null) {
              const end = model.entries.at(-1)?.index ?? released
              const to = released + Math.floor(release * Math.max(0, end - 1 - released))
              await storage.release(to)
              model.release(to)
              released = Math.max(released, to)
              model.snapshot = { ...metadata(released, Buffer.of()), lastIncludedIndex: released }
            }
            if (!reopen) continue
            const found = await storage.reopen()
            assert.deepEqual(found.hardState, model.hardState)
            const kept = found.entries.filter(({ index }) => index > released)
            assert.deepEqual(positions(kept), positions(model.entries))
          }
        }),
        { numRuns: 60 },
      )
    })
  })
}

describe('storage on files', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raft-storage-'))
  })
  after(() => rm(folder, { recursive: true }))
  const open = (disk: MemoryDisk) =>
    RaftStorage.open({ directory: folder, segmentBytes: SEGMENT_BYTES, fileSystem: disk })

  test('R9 a crash at any operation leaves what was confirmed, and whole saves', async () => {
    const saves = [
      save({ hardState: { currentTerm: 1, votedFor: 1, recovering: 0 }, entries: run(1, 10, 1) }),
      save({ entries: run(11, 40, 1) }),
      save({ hardState: { currentTerm: 2, votedFor: null, recovering: 0 }, truncateFrom: 30 }),
      save({ entries: run(30, 60, 2) }),
      save({ truncateFrom: 45, entries: run(45, 80, 2) }),
      save({ hardState: { currentTerm: 3, votedFor: 2, recovering: 0 } }),
    ]
    const model = new Disk()
    const states = ['null ']
    for (const each of saves) {
      model.write(each)
      states.push(stateOf(model.hardState, model.entries))
    }
    for (let at = 1; ; at += 1) {
      const disk = new MemoryDisk()
      disk.fault = ({ index }) => (index === at ? 'crash' : undefined)
      let confirmed = 0
      let crashed = false
      try {
        const { storage } = await open(disk)
        for (const each of saves) {
          await storage.save([each])
          confirmed += 1
        }
        await storage.close()
      } catch {
        crashed = true
      }
      const { storage, found } = await open(disk.crash())
      const state = stateOf(found.hardState, found.entries)
      const place = states.lastIndexOf(state)
      assert(place >= confirmed, `operation ${at}: ${state} after ${confirmed} saves`)
      await storage.close()
      if (!crashed) break
      assert(at < 1000)
    }
  })

  test('several saves that wait are one forced write', async () => {
    const { storage } = await open(new MemoryDisk())
    const before = storage.forcedWrites
    await storage.save([
      save({ entries: run(1, 5, 1) }),
      save({ truncateFrom: 4, entries: run(4, 6, 2) }),
      save({ hardState: { currentTerm: 2, votedFor: 1, recovering: 0 } }),
    ])
    assert.equal(storage.forcedWrites, before + 1)
    await storage.close()
  })

  test('a save larger than a segment is written in parts', async () => {
    const disk = new MemoryDisk()
    const { storage } = await open(disk)
    await storage.save([save({ entries: run(1, 500, 1) })])
    await storage.close()
    const { storage: again, found } = await open(disk.crash())
    assert.equal(found.entries.length, 500)
    await again.close()
  })

  test('S11 S12 a full disk is waited for, and heals', async () => {
    const disk = new MemoryDisk()
    const { storage } = await open(disk)
    disk.limit = SEGMENT_BYTES * 2
    let saved = false
    const saving = storage.save([save({ entries: run(1, 300, 1) })]).then(() => {
      saved = true
    })
    await eventually('it waits for space', () => storage.waitsForSpace)
    assert.equal(saved, false)
    assert.equal(storage.hasReserve(1), false)
    disk.limit = Number.POSITIVE_INFINITY
    await saving
    assert.equal(storage.waitsForSpace, false)
    await storage.close()
    const { storage: again, found } = await open(disk.crash())
    assert.equal(found.entries.length, 300)
    await again.close()
  })

  test('closing does not wait for a full disk', async () => {
    const disk = new MemoryDisk()
    const { storage } = await open(disk)
    disk.limit = SEGMENT_BYTES * 2
    const saving = storage.save([save({ entries: run(1, 300, 1) })])
    saving.catch(() => undefined)
    await eventually('it waits for space', () => storage.waitsForSpace)
    await storage.close()
    await assert.rejects(saving, DiskFull)
  })

  test('the cluster it belongs to goes before what is saved next, and outlives the log', async () => {
    const disk = new MemoryDisk()
    const { storage } = await open(disk)
    storage.adoptCluster('one')
    await storage.save([save({ entries: run(1, 200, 1) })])
    await storage.release(190)
    const { storage: again, found } = await open(disk.crash())
    assert.equal(found.clusterId, 'one')
    assert((found.entries[0]?.index ?? 0) > 1, 'segments were deleted')
    await again.close()
  })

  test('L12 the cluster it belongs to is on disk before a snapshot, its own or one that came', async () => {
    const bytes = Buffer.from('the state')
    const own = new MemoryDisk()
    const { storage } = await open(own)
    storage.adoptCluster('one')
    await storage.named()
    const { storage: again, found } = await open(own.crash())
    assert.equal(found.clusterId, 'one')
    await again.close()

    let disk = new MemoryDisk()
    const { storage: other } = await open(disk)
    const snapshot = metadata(9, bytes)
    await other.save([save({ chunks: [{ snapshot, offset: 0, data: bytes }] })])
    other.adoptCluster('two')
    disk.fault = ({ name }) => (name === 'rename' ? 'crash' : undefined)
    await assert.rejects(other.save([save({ snapshot, discardLog: true })]))
    disk = disk.crash()
    const { storage: last, found: kept } = await open(disk)
    assert.equal(kept.clusterId, 'two')
    await last.close()
  })

  test('S18 entries that leave a gap are never written', async () => {
    const disk = new MemoryDisk()
    const { storage } = await open(disk)
    await storage.save([save({ entries: run(1, 3, 1) })])
    await assert.rejects(storage.save([save({ entries: run(5, 6, 1) })]), /S18/)
    const { storage: again, found } = await open(disk.crash())
    assert.equal(found.entries.length, 3)
    await again.close()
  })
})

function stateOf(hardState: HardState | null, entries: readonly Entry[]): string {
  const vote = hardState === null ? null : `${hardState.currentTerm}:${hardState.votedFor}`
  return `${vote} ${positions(entries).join(' ')}`
}
