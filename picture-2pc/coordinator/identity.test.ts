import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { beginEpoch } from './identity.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('P2 the disk keeps its name; every start begins a later epoch, also with a clock set back', async () => {
  const first = await beginEpoch(folder, 'http-node1', 1000)
  assert.deepEqual([first.epoch, first.pastEpochs], [1000, []])
  const later = await beginEpoch(folder, 'http-node1', 5000)
  assert.deepEqual([later.disk, later.epoch, later.pastEpochs], [first.disk, 5000, [1000]])
  const back = await beginEpoch(folder, 'http-node1', 10)
  assert.deepEqual([back.disk, back.epoch, back.pastEpochs], [first.disk, 5001, [1000, 5000]])
})

test('a new disk is another one, and begins above what the lost one had', async () => {
  const lost = await beginEpoch(folder, 'http-node1', 1000)
  await rm(join(folder, 'identity.json'))
  const fresh = await beginEpoch(folder, 'http-node1', 2000)
  assert.notEqual(fresh.disk, lost.disk)
  assert.ok(fresh.epoch > lost.epoch)
})

test('P2 another name over the same disk is refused, and changes nothing', async () => {
  const { epoch } = await beginEpoch(folder, 'http-node1', 1000)
  await assert.rejects(beginEpoch(folder, 'http-node2', 2000), {
    name: 'ConfigError',
    message: /NODE_NAME is "http-node2".*belongs to http-node1/,
  })
  const { pastEpochs } = await beginEpoch(folder, 'http-node1', 3000)
  assert.deepEqual(pastEpochs, [epoch])
})

test('a file that names nobody is damage, never a reason to begin anew', async () => {
  const path = join(folder, 'identity.json')
  for (const text of [
    '',
    '{',
    '[]',
    '{"name":"http-node1"}',
    '{"name":"http-node1","disk":"","epochs":[]}',
  ]) {
    await writeFile(path, text)
    await assert.rejects(beginEpoch(folder, 'http-node1', 1), { code: 'CORRUPT_LOG' }, text)
  }
})
