import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeId } from '../messages.ts'
import { isUpToDate, majorityIndex, quorum, tally } from '../quorum.ts'
import { ids } from './build.ts'

test('quorum: any two majorities share a server, and no fewer do, up to nine servers', () => {
  assert.deepEqual(ids(9).map(quorum), [1, 2, 2, 3, 3, 4, 4, 5, 5])
  for (const n of ids(9)) {
    assert(quorum(n) * 2 > n, 'two quorums overlap')
    assert((quorum(n) - 1) * 2 <= n, 'one less would not be a majority')
  }
})

test('majorityIndex: numbers, not text: [20, 3, 10] → 10', () => {
  const table: [number[], number][] = [
    [[], 0],
    [[7], 7],
    [[7, 3], 3],
    [[20, 3, 10], 10],
    [[9, 10, 100, 1000], 10],
    [[5, 5, 0, 0, 0], 0],
    [[5, 5, 5, 0, 0], 5],
  ]
  for (const [matched, index] of table) assert.equal(majorityIndex(matched), index, `${matched}`)
})

test('majorityIndex: every state of up to five servers agrees with the definition', () => {
  const definition = (matched: number[]) => {
    let best = 0
    for (const n of matched) {
      const holders = matched.filter((m) => m >= n).length
      if (holders >= quorum(matched.length)) best = Math.max(best, n)
    }
    return best
  }
  const states = (size: number): number[][] =>
    size === 0 ? [[]] : states(size - 1).flatMap((rest) => [0, 1, 2, 10].map((n) => [...rest, n]))
  for (const size of ids(5)) {
    for (const matched of states(size)) {
      assert.equal(majorityIndex(matched), definition(matched), `${matched}`)
    }
  }
})

test('tally: every combination of yes, no and silence of up to five voters', () => {
  const votes = (size: number): (boolean | null)[][] =>
    size === 0
      ? [[]]
      : votes(size - 1).flatMap((rest) => [true, false, null].map((vote) => [...rest, vote]))
  for (const size of ids(5)) {
    for (const given of votes(size)) {
      const map = new Map<NodeId, boolean>([[99, true]]) // no voter: never counted
      for (const [i, vote] of given.entries()) if (vote !== null) map.set(i + 1, vote)
      const yes = given.filter((vote) => vote === true).length
      const no = given.filter((vote) => vote === false).length
      const need = quorum(size)
      const expected = yes >= need ? 'won' : size - no < need ? 'lost' : 'pending'
      assert.equal(tally(map, ids(size)), expected, `${given}`)
    }
  }
  assert.equal(tally(new Map([[1, true]]), []), 'lost', 'nobody wins where nobody votes')
})

test('isUpToDate: later last term wins, same term the longer log (§3.6.1)', () => {
  const positions = [0, 1, 2].flatMap((term) => [0, 1, 2].map((index) => ({ term, index })))
  for (const candidate of positions) {
    for (const own of positions) {
      const expected =
        candidate.term > own.term || (candidate.term === own.term && candidate.index >= own.index)
      assert.equal(isUpToDate(candidate, own), expected)
    }
  }
})
