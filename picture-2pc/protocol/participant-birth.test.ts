import assert from 'node:assert/strict'
import { test } from 'node:test'
import { participant, query } from './test/build.ts'

/** What a participant that never heard of the transaction answers a peer that voted at 1,000. */
function answerOfOneBornAt(bornAt: number): unknown {
  const outputs = participant([], { bornAt }).step({ kind: 'query', callId: 3, query: query() }, 0)
  return outputs.find(({ kind }) => kind === 'answer')
}

test('P16 a disk older than the transaction never voted on it: abort', () => {
  assert.deepEqual(answerOfOneBornAt(999), { kind: 'answer', callId: 3, answer: 'abort' })
})

test('P16 a disk younger than the transaction may have replaced one that voted: unknown', () => {
  assert.deepEqual(answerOfOneBornAt(1_001), { kind: 'answer', callId: 3, answer: 'unknown' })
})
