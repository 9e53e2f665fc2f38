import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type FileSystem, nodeFileSystem } from './record-log/file-system.ts'
import { RecordLog } from './record-log.ts'

/** The machine's file system, on which every rename takes a while. */
const slowRename: FileSystem = {
  ...nodeFileSystem,
  rename: async (from, to) => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    await nodeFileSystem.rename(from, to)
  },
}

test('S7 S11 a reserve asked for while a segment is being installed leaves that segment alone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'record-log-'))
  try {
    const open = (seen: string[]) =>
      RecordLog.open({
        directory,
        segmentBytes: 4096,
        fileSystem: slowRename,
        onRecord: (_, record) => seen.push(Buffer.from(record).toString()),
      })
    const log = await open([])
    const written: string[] = []
    // What a process does once a second, at every moment of every rotation.
    const reserving = setInterval(() => void log.tryReserve().catch(() => undefined), 1).unref()
    for (let number = 0; number < 60; number += 1) {
      const record = `record ${number} `.padEnd(700, '.')
      await log.append([Buffer.from(record)])
      written.push(record)
    }
    clearInterval(reserving)
    assert.equal(log.failure, null)
    await log.close()
    const seen: string[] = []
    await (await open(seen)).close()
    assert.deepEqual(seen, written)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
