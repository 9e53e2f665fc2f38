import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeWhole } from './snapshot-store.ts'

/** A disk with this much room, which takes what fits and refuses only the write after that. */
function fileOn(room: number) {
  const held = Buffer.alloc(100)
  let left = room
  const write = async (bytes: Uint8Array, from: number, length: number, position: number) => {
    if (left === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    const bytesWritten = Math.min(length, left, 7)
    left -= bytesWritten
    held.set(bytes.subarray(from, from + bytesWritten), position)
    return { bytesWritten, buffer: bytes }
  }
  return { held, file: { write } as unknown as Parameters<typeof writeWhole>[0] }
}

test('S7 S11 what a disk takes in parts is written whole', async () => {
  const { held, file } = fileOn(100)
  const bytes = Buffer.from('a snapshot that is longer than one write')
  await writeWhole(file, bytes, 5)
  assert.deepEqual(held.subarray(5, 5 + bytes.length), bytes)
})

test('S7 S11 a disk that fills up within a piece is told of, not taken for done', async () => {
  const { file } = fileOn(20)
  await assert.rejects(writeWhole(file, Buffer.alloc(40), 0), { code: 'ENOSPC' })
})
