import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readIfExists, removeLeftovers, replaceFile, replaceFileInParts } from './durable-file.ts'
import { MemoryDisk } from './record-log/test/memory-disk.ts'
import { coin } from './record-log/test/open-log.ts'

const PATH = 'data/state'
const old = Buffer.alloc(1300, 'a')
const fresh = Buffer.alloc(2000, 'b')

async function withOld(): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  disk.put(PATH, old)
  return disk
}

test('S10 a power cut at every step of replaceFile leaves the old or the new content, whole', async () => {
  for (let index = 1; index <= 7; index++) {
    for (let seed = 0; seed < 16; seed++) {
      const disk = await withOld()
      disk.fault = (operation) => (operation.index === index ? 'crash' : undefined)
      const isDone = await replaceFile(PATH, fresh, disk).then(
        () => true,
        () => false,
      )
      assert.equal(isDone, index === 7)
      const after = disk.crash(coin(seed))
      const found = Buffer.from((await readIfExists(PATH, after)) ?? [])
      assert(found.equals(fresh) || (found.equals(old) && !isDone))
      await removeLeftovers('data', after)
      assert.deepEqual(after.paths, [PATH])
    }
  }
})

test('S10 a power cut while a file is replaced in parts leaves the old or the new one, whole', async () => {
  const content = {
    parts: [fresh.subarray(8, 1000), fresh.subarray(1000)],
    headBytes: 8,
    head: () => fresh.subarray(0, 8),
  }
  let isDone = false
  let steps = 0
  while (!isDone) {
    steps += 1
    for (let seed = 0; seed < 16; seed++) {
      const disk = await withOld()
      disk.fault = (operation) => (operation.index === steps ? 'crash' : undefined)
      isDone = await replaceFileInParts(PATH, content, disk).then(
        () => true,
        () => false,
      )
      const found = Buffer.from((await readIfExists(PATH, disk.crash(coin(seed)))) ?? [])
      assert(found.equals(fresh) || (found.equals(old) && !isDone))
    }
  }
  assert.equal(steps, 9, 'two writes more than of a file in one')
})

test('S10 what replaceFile has done, no power cut takes back', async () => {
  const disk = await withOld()
  await replaceFile(PATH, fresh, disk)
  const found = Buffer.from((await readIfExists(PATH, disk.crash())) ?? [])
  assert(found.equals(fresh), 'the old content is back')
})

test('S1 what readIfExists returned after a kill survives a power cut', async () => {
  const disk = await withOld()
  disk.fault = ({ name }) => (name === 'rename' ? 'crash' : undefined)
  await assert.rejects(replaceFile(PATH, fresh, disk))
  const killed = disk.kill()
  assert.deepEqual(await readIfExists(PATH, killed), fresh)
  assert.deepEqual(await readIfExists(PATH, killed.crash()), fresh)
})

test('a failure before the rename leaves the old file alone and no other', async () => {
  for (const fault of ['EIO', 'ENOSPC'] as const) {
    for (let index = 1; index <= 4; index++) {
      const disk = await withOld()
      disk.fault = (operation) => (operation.index === index ? fault : undefined)
      const code = fault === 'EIO' ? 'STORAGE_FAILURE' : 'DISK_FULL'
      await assert.rejects(replaceFile(PATH, fresh, disk), { code })
      assert.deepEqual([disk.paths, disk.bytes(PATH), disk.openFiles], [[PATH], old, 0])
    }
  }
})

test('a short write is continued: the file has no name yet', async () => {
  const disk = await withOld()
  disk.fault = ({ name, index }) => (name === 'write' && index < 4 ? 'short' : undefined)
  await replaceFile(PATH, fresh, disk)
  assert.deepEqual(await readIfExists(PATH, disk.crash()), fresh)
})

test('a failed fsync of the directory is a failure, though the name is new', async () => {
  const disk = await withOld()
  disk.fault = ({ index }) => (index === 6 ? 'ENOSPC' : undefined)
  await assert.rejects(replaceFile(PATH, fresh, disk), { code: 'STORAGE_FAILURE' })
})

test('on the real file system', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'durable-file-'))
  const path = join(directory, 'state')
  try {
    assert.equal(await readIfExists(path), null)
    await writeFile(`${path}.tmp`, 'the leftover of a crash, longer than what follows')
    await replaceFile(path, Buffer.from('one'))
    await replaceFile(path, Buffer.from('two'))
    assert.equal(Buffer.from((await readIfExists(path)) ?? []).toString(), 'two')
    assert.equal(await readFile(path, 'utf8'), 'two')
    assert.deepEqual(await readdir(directory), ['state'])
    const nowhere = join(directory, 'absent', 'state')
    await assert.rejects(replaceFile(nowhere, fresh), { code: 'STORAGE_FAILURE' })
  } finally {
    await rm(directory, { recursive: true })
  }
})
