import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Calls } from './calls.ts'

test('a call is settled once, by its own id', async () => {
  const calls = new Calls<string>()
  const ids: number[] = []
  const [first, second] = [calls.open((id) => ids.push(id)), calls.open((id) => ids.push(id))]
  const [one = 0, two = 0] = ids
  assert.notEqual(one, two)
  calls.settle(two, 'second')
  calls.settle(one, 'first')
  calls.settle(one, 'again')
  calls.fail(two, new Error('late'))
  calls.settle(999, 'nobody')
  assert.deepEqual(await Promise.all([first, second]), ['first', 'second'])
})

test('an answer given while the call is being submitted is not lost', async () => {
  const calls = new Calls<string>()
  assert.equal(await calls.open((id) => calls.settle(id, 'at once')), 'at once')
})

test('all that wait are refused together, and room is made', async () => {
  const calls = new Calls<string>()
  const waiting = Array.from({ length: 10_000 }, () => calls.open(() => undefined))
  assert.equal(calls.isFull, true)
  calls.rejectAll(new Error('stopping'))
  assert.equal(calls.isFull, false)
  const results = await Promise.allSettled(waiting)
  assert.ok(results.every(({ status }) => status === 'rejected'))
})
