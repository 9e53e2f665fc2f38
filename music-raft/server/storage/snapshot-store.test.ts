import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CorruptLog } from '../../../common/storage-errors.ts'
import type { SnapshotMetadata } from '../../raft/messages.ts'
import { SnapshotStore } from './snapshot-store.ts'
import { metadata } from './test/build.ts'

describe('snapshots on files', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raft-snapshots-'))
  })
  after(() => rm(folder, { recursive: true }))
  const open = () => SnapshotStore.open(folder)
  const read = async (store: Awaited<ReturnType<typeof open>>, of: SnapshotMetadata) => {
    const pieces: Uint8Array[] = []
    for await (const piece of store.read(of)) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  test('the newest is kept, and only that', async () => {
    const store = await open()
    for (const index of [5, 9]) {
      const bytes = Buffer.alloc(200_000, index)
      const written = await store.write(metadata(index, bytes), [bytes])
      assert.deepEqual(written, metadata(index, bytes))
    }
    const old = await store.write(metadata(7, Buffer.of(1)), [Buffer.of(1)])
    assert.equal(old, null, 'one that was overtaken is dropped')
    const again = await open()
    assert.equal(again.current?.lastIncludedIndex, 9)
    assert(again.current !== null)
    assert.deepEqual(await read(again, again.current), Buffer.alloc(200_000, 9))
    assert.deepEqual((await readdir(join(folder, 'snapshots'))).length, 2)
  })

  test('a file being read stays readable when a newer one takes its place', async () => {
    const store = await open()
    const { current } = store
    assert(current !== null)
    const file = await store.openBytes(current)
    assert(file !== null)
    await store.write(metadata(12, Buffer.of(1)), [Buffer.of(1)])
    assert.equal(await file.readAt(Buffer.alloc(10), 0), 10)
    await file.close()
    assert.equal(await store.openBytes(current), null)
  })

  test('S2 a damaged snapshot, or one that is gone, is never used', async () => {
    const store = await open()
    const bytes = Buffer.alloc(1000, 3)
    const snapshot = await store.write(metadata(20, bytes), [bytes])
    assert(snapshot !== null)
    const [name = ''] = (await readdir(join(folder, 'snapshots'))).filter((each) =>
      each.endsWith('.snapshot'),
    )
    const path = join(folder, 'snapshots', name)
    bytes[500] = 4
    await writeFile(path, bytes)
    await assert.rejects(read(store, snapshot), CorruptLog)
    await writeFile(path, bytes.subarray(0, 999))
    await assert.rejects(read(store, snapshot), CorruptLog)
    await rm(path)
    await assert.rejects(read(store, snapshot), CorruptLog)
    await writeFile(join(folder, 'snapshots', 'current.json'), 'no such checksum\n{}')
    await assert.rejects(open(), CorruptLog)
  })

  test('S16 a snapshot that arrived wrong is not installed and begun anew', async () => {
    await rm(join(folder, 'snapshots'), { recursive: true })
    const store = await open()
    const snapshot = { ...metadata(30, Buffer.of(1, 2, 3)), checksum: 1 }
    await store.stage([{ snapshot, offset: 0, data: Buffer.of(1, 2, 3) }])
    await assert.rejects(store.install(snapshot), CorruptLog)
    const again = await open()
    assert.deepEqual([again.current, again.staged], [null, null])
  })
})
