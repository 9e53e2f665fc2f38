import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextWithin } from './idle.ts'

async function* items() {
  yield 1
  yield 2
}

test('what comes in time is passed on, the end too', async () => {
  const iterator = items()
  assert.deepEqual(await nextWithin(iterator, 1000), { value: 1, done: false })
  assert.deepEqual(await nextWithin(iterator, 1000), { value: 2, done: false })
  assert.equal((await nextWithin(iterator, 1000)).done, true)
})

test('T2 silence ends in REQUEST_TIMEOUT, an error passes through', async () => {
  const silent = { next: () => new Promise<never>(() => undefined) }
  await assert.rejects(nextWithin(silent, 10), { code: 'REQUEST_TIMEOUT' })
  const broken = { next: () => Promise.reject(new Error('broken')) }
  await assert.rejects(nextWithin(broken, 1000), /broken/)
})
