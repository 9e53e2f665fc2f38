import assert from 'node:assert/strict'
import { test } from 'node:test'
import { indexedPng, png } from '../png.ts'
import { toPalette } from './palette.ts'
import { readPng } from './read-png.ts'

test('what is written as PNG is read as it was', () => {
  const file = png(7, 5, (x, y) => [Math.floor(x * 255), Math.floor(y * 255), 9])
  const { width, height, channels, data } = readPng(file)
  assert.deepEqual([width, height, channels, data.length], [7, 5, 3, 105])
  assert.deepEqual([...data.subarray(3, 6)], [Math.floor((1 / 7) * 255), 0, 9])
})

test('a picture of few colours keeps them all; of many, the common ones, and none is far off', () => {
  const few = toPalette({
    width: 2,
    height: 1,
    channels: 3,
    data: new Uint8Array([1, 2, 3, 4, 5, 6]),
  })
  assert.deepEqual(
    [few.palette[few.indexes[0] ?? -1], few.palette[few.indexes[1] ?? -1]],
    [0x010203, 0x040506],
  )
  const size = 128
  const data = new Uint8Array(size * size * 4)
  for (let at = 0; at < size * size; at += 1) {
    const flat = at < (size * size) / 2
    data.set(flat ? [250, 250, 250, 255] : [at % size, Math.floor(at / size), 40, 255], at * 4)
  }
  const many = toPalette({ width: size, height: size, channels: 4, data })
  assert.equal(many.palette.length, 256)
  assert.equal(many.palette[many.indexes[0] ?? -1], 0xfafafa)
  let worst = 0
  for (const [at, index] of many.indexes.entries()) {
    const color = many.palette[index] ?? 0
    for (const [part, shift] of [16, 8, 0].entries())
      worst = Math.max(worst, Math.abs(((color >> shift) & 255) - (data[at * 4 + part] ?? 0)))
  }
  assert.ok(worst <= 16, `a colour is ${worst} off`)
  assert.ok(indexedPng(size, size, many.palette, many.indexes).length > 100)
})
