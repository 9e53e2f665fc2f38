import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RemovalThread } from './removal-thread.ts'

const folder = await mkdtemp(join(tmpdir(), 'removal-'))
after(() => rm(folder, { recursive: true, force: true }))

test('lists are removed one after the other', async () => {
  const thread = new RemovalThread()
  for (const name of ['one', 'two']) {
    await writeFile(join(folder, name), 'x')
    assert.deepEqual(await thread.remove([join(folder, name)]), [])
  }
  assert.deepEqual(await readdir(folder), [])
  await thread.close()
})

test('a thread that ends with a list in hand says that it did not do it, and does no other', async () => {
  const thread = new RemovalThread()
  const underWay = thread.remove([join(folder, 'absent')])
  await thread.close()
  assert.equal(await underWay, null)
  assert.equal(await thread.remove([join(folder, 'absent')]), null)
})
