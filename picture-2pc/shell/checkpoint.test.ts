import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { crc32c } from '@node-rs/crc32'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'))
  path = join(folder, 'checkpoint.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function checked(body: string): Buffer {
  const bytes = Buffer.from(body)
  const head = Buffer.from(`${crc32c(bytes).toString(16).padStart(8, '0')}\n`)
  return Buffer.concat([head, bytes])
}

const many = Array.from({ length: 3500 }, (_, index) => [`p-${index}\n\u2028é`, { size: index }])

test('S8 long lists are written in slices and read back whole', async () => {
  const state = { pictures: many, prepared: [1, 2], epochs: [], name: 'x', none: null }
  const bytes = await writeCheckpoint(path, { sequence: 7, state })
  assert.deepEqual(await readCheckpoint(path), { sequence: 7, state, bytes })
  assert.equal((await readFile(path)).byteLength, bytes + 9)
  assert.equal((await readFile(path, 'utf8')).trimEnd().split('\n').length, 2 + 4)
})

test('S14 the event loop turns while a large state is written', async () => {
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 0)
  const pictures = Array.from({ length: 100 }, () => many).flat()
  await writeCheckpoint(path, { sequence: 1, state: { pictures } })
  clearInterval(timer)
  assert.ok(turns >= 10, `${turns} turns`)
})

test('a state in one text, as it was written once, is read', async () => {
  await writeFile(path, checked('{"sequence":3,"state":{"pictures":[["a",{}]]}}'))
  const state = { pictures: [['a', {}]] }
  assert.deepEqual(await readCheckpoint(path), { sequence: 3, state, bytes: 46 })
})

test('S8 what is whole and yet no checkpoint is refused', async () => {
  const first = '{"sequence":3,"state":{"pictures":[],"name":"x"}}'
  for (const body of [
    ...['', '\n', 'x', 'null', '{}', '{"sequence":-1,"state":{}}', `${first}\nx`, `${first}\n\n`],
    ...[`${first}\n{"list":"other","elements":[]}`, `${first}\n{"list":"name","elements":[]}`],
    ...[`${first}\n{"list":"pictures"}`, '{"sequence":1,"state":null}\n{"list":"a","elements":[]}'],
    '{"sequence":1,"state":{}}\n{"list":"constructor","elements":[]}',
  ]) {
    await writeFile(path, checked(body))
    await assert.rejects(readCheckpoint(path), { code: 'CORRUPT_LOG' }, body)
  }
  await writeFile(path, 'short')
  await assert.rejects(readCheckpoint(path), { code: 'CORRUPT_LOG' })
  await rm(path)
  assert.equal(await readCheckpoint(path), null)
})
