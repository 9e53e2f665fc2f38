import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { BlobStore } from './blob-store.ts'
import { Staging } from './staging.ts'

let folder: string
let staging: Staging
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'staging-'))
  staging = new Staging(await BlobStore.open(folder))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function* chunks(...parts: readonly string[]) {
  for (const part of parts) yield Buffer.from(part)
}

const files = async () => (await readdir(join(folder, 'pictures'))).length
const gone = () => eventually('the file is removed', async () => (await files()) === 0)

/** A body that waits in its middle until it is let go on. */
function halted() {
  let go: () => void = () => undefined
  const waiting = new Promise<void>((resolve) => {
    go = resolve
  })
  const body = async function* () {
    yield Buffer.from('ab')
    await waiting
    yield Buffer.from('cd')
  }
  return { body: body(), go }
}

test('bytes are found once they have arrived wholly, not before', async () => {
  const { body, go } = halted()
  assert.equal(staging.find('t'), null)
  const received = staging.receive('t', body, 10, 0)
  assert.equal(staging.find('t'), null)
  go()
  const staged = await received
  assert.deepEqual(staging.find('t'), staged)
  assert.equal(staged.size, 4)
})

test('bytes for one transaction come once, at a time and after another', async () => {
  const { body, go } = halted()
  const received = staging.receive('t', body, 10, 0)
  await assert.rejects(staging.receive('t', chunks('x'), 10, 0), { code: 'INVALID_ARGUMENT' })
  go()
  await received
  await assert.rejects(staging.receive('t', chunks('x'), 10, 0), { code: 'INVALID_ARGUMENT' })
  assert.equal(await files(), 1)
})

test('what failed may be sent again', async () => {
  await assert.rejects(staging.receive('t', chunks('abc'), 2, 0), { code: 'PICTURE_TOO_LARGE' })
  assert.equal((await staging.receive('t', chunks('ab'), 2, 0)).size, 2)
})

test('the end of the transaction drops what came, and what is still coming', async () => {
  await staging.receive('t', chunks('ab'), 10, 0)
  staging.drop('t')
  assert.equal(staging.find('t'), null)
  await gone()
  const { body, go } = halted()
  const received = staging.receive('u', body, 10, 0)
  staging.drop('u')
  go()
  await assert.rejects(received, { code: 'TRANSACTION_ABORTED' })
  await gone()
  staging.drop('never heard of')
})

test('a prepared transaction owns its file: dropping the rest does not touch it', async () => {
  await staging.receive('t', chunks('ab'), 10, 0)
  staging.claim('t')
  staging.drop('t')
  staging.expire(1e9)
  assert.equal(staging.find('t'), null)
  assert.equal(await files(), 1)
})

test('what nobody asks a vote for is dropped after a quarter of an hour', async () => {
  await staging.receive('t', chunks('ab'), 10, 1000)
  staging.expire(1000 + 15 * 60_000)
  assert.notEqual(staging.find('t'), null)
  staging.expire(1001 + 15 * 60_000)
  assert.equal(staging.find('t'), null)
  await gone()
})
