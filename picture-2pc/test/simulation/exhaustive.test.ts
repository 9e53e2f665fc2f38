import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { type Conditions, doubling, plain, runSingle, type Scenario } from './single.ts'
import type { Action } from './strikes.ts'

const participants = ['n1', 'n2', 'n3'] as const
const nodes = ['c', ...participants] as const

const singles: readonly (readonly [Action, Conditions])[] = [
  ['crash briefly', plain],
  ['crash briefly', { ...plain, keeps: 'all' }],
  ['crash briefly', { ...plain, network: doubling }],
  ['crash long', plain],
  ['crash long', { ...plain, keeps: 'all' }],
  ['crash long', { ...plain, network: doubling }],
  ['pause', plain],
  ['pause', { ...plain, network: doubling }],
  ['cut out', plain],
  ['cut in', plain],
]

/** For the one that fails first, and the one that fails after it. */
const pairs: readonly (readonly [Action, Action])[] = [
  ['crash long', 'crash briefly'],
  ['crash briefly', 'crash long'],
]

/** Runs every place at which one process may die, stop or be cut off. */
function runSingles(scenario: Scenario): number {
  let runs = 0
  for (const [action, conditions] of singles) {
    const { points } = runSingle(scenario, [], conditions)
    for (const node of nodes) {
      for (let point = 1; point <= (points.get(node) ?? 0); point += 1) {
        runSingle(scenario, [{ node, point, action }], conditions)
        runs += 1
      }
    }
  }
  return runs
}

/** Runs every pair of places at which the coordinator and one participant may die, in both orders. */
function runPairs(scenario: Scenario): number {
  let runs = 0
  const undisturbed = runSingle(scenario, []).points
  for (const [first, second] of pairs) {
    for (const node of nodes) {
      for (let point = 1; point <= (undisturbed.get(node) ?? 0); point += 1) {
        const strike = { node, point, action: first }
        const { points, passed } = runSingle(scenario, [strike])
        for (const other of node === 'c' ? participants : ['c']) {
          const most = points.get(other) ?? 0
          for (let place = (passed.get(other) ?? 0) + 1; place <= most; place += 1) {
            runSingle(scenario, [strike, { node: other, point: place, action: second }])
            runs += 1
          }
        }
      }
    }
  }
  return runs
}

/**
 * Places in an undisturbed run, at the coordinator and at each participant, and the runs they make. A
 * change of what the cores owe changes the numbers; a run that was left out does too.
 */
const expected: readonly (readonly [Scenario, readonly number[], number, number])[] = [
  [{ operation: 'delete', votes: 'all yes' }, [17, 9, 9, 9], 467, 1710],
  [{ operation: 'delete', votes: 'one no' }, [14, 7, 7, 6], 445, 812],
  [{ operation: 'upload', votes: 'all yes' }, [17, 10, 10, 10], 617, 1809],
  [{ operation: 'upload', votes: 'one no' }, [14, 9, 9, 6], 509, 929],
  [{ operation: 'like', votes: 'all yes' }, [17, 8, 8, 8], 446, 1608],
  [{ operation: 'like', votes: 'one no' }, [14, 7, 7, 6], 445, 812],
]

describe('D6 one transaction, every place at which something can go wrong', () => {
  for (const [scenario, places, single, paired] of expected) {
    const { operation, votes } = scenario
    test(`${operation}, ${votes}: nothing goes wrong`, () => {
      const { points, decision } = runSingle(scenario, [])
      assert.equal(decision, votes === 'all yes' ? 'commit' : 'abort', 'AC4')
      assert.deepEqual(
        nodes.map((node) => points.get(node)),
        places,
      )
    })
    test(`${operation}, ${votes}: one process fails`, () => {
      assert.equal(runSingles(scenario), single)
    })
    test(`${operation}, ${votes}: the coordinator and a participant fail`, () => {
      assert.equal(runPairs(scenario), paired)
    })
  }
})
