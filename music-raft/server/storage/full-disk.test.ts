import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32c } from '@node-rs/crc32'
import { DiskFull } from '../../../common/storage-errors.ts'
import { RaftStorage } from './raft-storage.ts'
import { writeWhole } from './snapshot-store.ts'

/** A disk with this much room, which takes what fits and refuses only the write after that. */
function diskWith(room: number) {
  const held = Buffer.alloc(100)
  let left = room
  const write = async (_fd: number, bytes: Uint8Array, position: number) => {
    if (left === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    const bytesWritten = Math.min(bytes.length, left, 7)
    left -= bytesWritten
    held.set(bytes.subarray(0, bytesWritten), position)
    return bytesWritten
  }
  return { held, disk: { write } }
}

test('S7 S11 what a disk takes in parts is written whole', async () => {
  const { held, disk } = diskWith(100)
  const bytes = Buffer.from('a snapshot that is longer than one write')
  await writeWhole(disk, 3, bytes, 5)
  assert.deepEqual(held.subarray(5, 5 + bytes.length), bytes)
})

test('S7 S11 a disk that fills up within a piece is told of, not taken for done', async () => {
  const { disk } = diskWith(20)
  await assert.rejects(writeWhole(disk, 3, Buffer.alloc(40), 0), { code: 'ENOSPC' })
})

test('S11 S12 a disk full at the last step of a snapshot changes nothing, and the next try goes on', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'full-'))
  const { storage } = await RaftStorage.open({ directory })
  try {
    /** The small file that makes a snapshot count finds no room, once. */
    const fill = () => symlink('/dev/full', join(directory, 'snapshots', 'current.json.tmp'))
    const bytes = Buffer.from('the state')
    const configuration = { voters: [{ id: 1, address: 'one:1' }], learners: [] }
    const at = { lastIncludedIndex: 9, lastIncludedTerm: 2, configuration }
    await fill()
    await assert.rejects(storage.snapshots.write(at, [bytes]), DiskFull)
    assert.deepEqual(await readdir(join(directory, 'snapshots')), [])
    await fill()
    const snapshot = { ...at, size: bytes.length, checksum: crc32c(bytes) }
    const chunks = [{ snapshot, offset: 0, data: bytes }]
    const nothing = { hardState: null, truncateFrom: null, entries: [] }
    await storage.save([{ ...nothing, id: 1, chunks, snapshot, discardLog: true }])
    const pieces: Uint8Array[] = []
    for await (const piece of storage.snapshots.read(snapshot)) pieces.push(piece)
    assert.deepEqual(Buffer.concat(pieces), bytes)
  } finally {
    await storage.close()
    await rm(directory, { recursive: true })
  }
})
