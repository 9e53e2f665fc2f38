import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FileSystem, nodeFileSystem } from './file-system.ts'
import { ForcedWriter } from './forced-writer.ts'

/** A disk whose every write takes `latencyMs` of a clock that only it moves. */
class SlowDisk {
  latencyMs = 0.1
  nowMs = 0
  readonly ways: string[] = []
  readonly fs: FileSystem = {
    ...nodeFileSystem,
    write: async (_fd, bytes) => this.#take('threaded', bytes),
    writeBlocking: (_fd, bytes) => this.#take('blocking', bytes),
  }

  #take(way: string, bytes: Uint8Array): number {
    this.ways.push(way)
    this.nowMs += this.latencyMs
    return bytes.byteLength
  }
}

test('blocks while the disk is fast, uses threads after a stall, and finds back', async () => {
  const disk = new SlowDisk()
  const writer = new ForcedWriter(disk.fs, { now: () => disk.nowMs })
  const write = (bytes = 160): Promise<void> => writer.write(3, new Uint8Array(bytes), 0)
  for (let i = 0; i < 10; i++) await write()
  assert.deepEqual(new Set(disk.ways.splice(0)), new Set(['blocking']))
  disk.latencyMs = 100
  for (let i = 0; i < 10; i++) await write()
  assert.deepEqual(disk.ways.splice(0), ['blocking', ...Array(9).fill('threaded')])
  disk.latencyMs = 0.1
  for (let i = 0; i < 100; i++) await write()
  assert.equal(disk.ways.splice(0).at(-1), 'blocking')
  await write(1 << 20)
  assert.deepEqual(disk.ways.splice(0), ['threaded'])
})

test('blocks for no batch above the limit it is given', async () => {
  const disk = new SlowDisk()
  const writer = new ForcedWriter(disk.fs, { blockingLimitBytes: 1024, now: () => disk.nowMs })
  for (const bytes of [160, 1024, 1025, 4096]) await writer.write(3, new Uint8Array(bytes), 0)
  assert.deepEqual(disk.ways, ['blocking', 'blocking', 'threaded', 'threaded'])
})
