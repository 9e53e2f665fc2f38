import assert from 'node:assert/strict'
import { test } from 'node:test'
import { History } from './history.ts'

const began = (transactionId: string) =>
  ({ kind: 'began', transactionId, filename: 'a', operation: 'delete' }) as const

test('a transaction is seen from its beginning to its end, with times', () => {
  const history = new History()
  history.observe(began('t'), 1)
  const of = { transactionId: 't', from: 'n1' }
  history.observe({ kind: 'voted', ...of, vote: { vote: 'commit', likes: 3 } }, 2)
  history.observe({ kind: 'decided', transactionId: 't', decision: 'commit' }, 3)
  history.observe({ kind: 'deliveryFailed', ...of, reason: 'silent' }, 4)
  assert.equal(history.get('t')?.participants[0]?.lastFailure, 'silent')
  history.observe({ kind: 'acknowledged', ...of }, 5)
  history.observe({ kind: 'forgotten', transactionId: 't', complete: true }, 6)
  const view = history.get('t')
  assert.deepEqual(view?.participants, [
    {
      node: 'n1',
      vote: { vote: 'commit', likes: 3 },
      votedAt: 2,
      acknowledgedAt: 5,
      lastFailure: null, // a failure made good is none
    },
  ])
  assert.deepEqual(
    [view?.beganAt, view?.decision, view?.decidedAt, view?.endedAt],
    [1, 'commit', 3, 6],
  )
})

test('what was never seen to begin is passed over', () => {
  const history = new History()
  history.observe({ kind: 'decided', transactionId: 'old', decision: 'abort' }, 1)
  assert.equal(history.get('old'), undefined)
  assert.deepEqual(history.latest(10), [])
})

test('a commit found at start is known, without its votes', () => {
  const history = new History()
  history.resume('t', 'a', 'delete', 7)
  const view = history.get('t')
  assert.deepEqual([view?.decision, view?.filename, view?.endedAt], ['commit', 'a', null])
})

test('the last thousand that ended are kept, and whatever is under way', () => {
  const history = new History()
  history.observe(began('open'), 0)
  for (let index = 0; index < 1500; index++) {
    history.observe(began(`t${index}`), index)
    history.observe({ kind: 'forgotten', transactionId: `t${index}`, complete: true }, index)
  }
  assert.equal(history.get('t499'), undefined)
  assert.notEqual(history.get('t500'), undefined)
  assert.notEqual(history.get('open'), undefined)
  const ids = history.latest(2).map(({ transactionId }) => transactionId)
  assert.deepEqual(ids, ['t1499', 't1498'])
  assert.equal(history.latest(5000).length, 1001)
})
