import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { Journal } from './journal.ts'

interface Fact {
  readonly text: string
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = () => Journal.open<Fact, readonly Fact[]>(folder)
const fact = (text: string) => ({ text })

test('what was appended is read back in order, without a checkpoint', async () => {
  const { journal, snapshot, records } = await open()
  assert.deepEqual([snapshot, records], [null, []])
  await journal.append([fact('a'), fact('é\n\0🙂')])
  await journal.append([])
  await journal.append([fact('c')])
  await journal.close()
  const again = await open()
  assert.deepEqual(again.records, [fact('a'), fact('é\n\0🙂'), fact('c')])
  await again.journal.close()
})

test('records too many for one batch are split, and none is lost', async () => {
  const { journal } = await open()
  const many = Array.from({ length: 300 }, (_, index) => fact(`${index} ${'x'.repeat(10_000)}`))
  await journal.append(many)
  await journal.close()
  const again = await open()
  assert.deepEqual(again.records, many)
  await again.journal.close()
})

test('a checkpoint stands for the records before it, and they are dropped', async () => {
  const { journal } = await open()
  assert.equal(journal.checkpointDue, false)
  for (let round = 0; round < 6; round++) {
    await journal.append(Array.from({ length: 10 }, () => fact('y'.repeat(90_000))))
  }
  assert.equal(journal.checkpointDue, true)
  const before = (await readdir(folder)).length
  await journal.checkpoint([fact('state')])
  assert.equal(journal.checkpointDue, false)
  assert.ok((await readdir(folder)).length < before)
  await journal.append([fact('after')])
  await journal.close()
  const again = await open()
  assert.deepEqual([again.snapshot, again.records], [[fact('state')], [fact('after')]])
  await again.journal.close()
})

test('S8 a checkpoint that rotted is refused, not passed over', async () => {
  const { journal } = await open()
  await journal.append([fact('a')])
  await journal.checkpoint([fact('state')])
  await journal.close()
  const path = join(folder, 'checkpoint.json')
  const bytes = await readFile(path)
  for (const at of [0, 9, bytes.length - 2]) {
    const rotten = Buffer.from(bytes)
    rotten[at] = (rotten[at] ?? 0) ^ 1
    await writeFile(path, rotten)
    await assert.rejects(open(), { code: 'CORRUPT_LOG' }, `byte ${at}`)
  }
})

test('S10 what an interrupted checkpoint left is removed', async () => {
  const { journal } = await open()
  await journal.append([fact('a')])
  await journal.close()
  await writeFile(join(folder, 'checkpoint.json.tmp'), 'half')
  const again = await open()
  assert.deepEqual([again.snapshot, again.records], [null, [fact('a')]])
  assert.ok(!(await readdir(folder)).includes('checkpoint.json.tmp'))
  await again.journal.close()
})
