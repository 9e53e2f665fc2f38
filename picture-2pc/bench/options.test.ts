import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTwoPhaseCommitOptions as read } from './options.ts'

test('without words: deletes, ours alone, repeated', () => {
  assert.deepEqual(read([]), {
    ...{ quick: false, out: '', versus: false, parts: ['deletes'] },
    ...{ seconds: 8, rounds: 5, concurrencies: [1, 8, 32, 128], pictures: 1_000_000 },
  })
})

test('words replace what is usual', () => {
  const words = '--vs postgres --quick --only deletes,scale --seconds 0.5 --concurrency 4 --out f'
  assert.deepEqual(read(words.split(' ')), {
    ...{ quick: true, out: 'f', versus: true, parts: ['deletes', 'scale'] },
    ...{ seconds: 0.5, rounds: 1, concurrencies: [4], pictures: 10_000 },
  })
})

test('what makes no sense is refused, with the word', () => {
  assert.throws(() => read(['--vs', 'mysql']), /--vs takes postgres, not mysql/)
  assert.throws(() => read(['--only', 'reads']), /--only takes deletes, memory, scale, not reads/)
  assert.throws(() => read(['--concurrency', '1,x']), /--concurrency takes a number above 0, not x/)
  assert.throws(() => read(['--rounds', '1.5']), /--rounds takes a whole number, not 1.5/)
  assert.throws(() => read(['--memory']), /Unknown option/)
})
