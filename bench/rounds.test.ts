import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuMicrosOfTrees } from './processes.ts'
import { interleaved } from './rounds.ts'
import { ratiosAt, spreadOf } from './summary.ts'

const nameOf = (name: string) => name

test('every system runs at every level in every round, in the opposite order every second time', async () => {
  const order: string[] = []
  const runs = await interleaved({
    ...{ systems: ['ours', 'theirs'], levels: [1, 32], rounds: 2, label: 'test', nameOf },
    run: (system, level, round) => {
      order.push(`${system} ${level}`)
      return Promise.resolve(level * round)
    },
  })
  assert.deepEqual(order, [
    ...['ours 1', 'theirs 1', 'ours 32', 'theirs 32'],
    ...['theirs 1', 'ours 1', 'theirs 32', 'ours 32'],
  ])
  const figures = runs.get('theirs')?.map(({ round, level, figures }) => [round, level, figures])
  assert.deepEqual(figures, [
    [1, 1, 1],
    [1, 32, 32],
    [2, 1, 2],
    [2, 32, 64],
  ])
})

test('a ratio is of runs of the same round and level; a spread has its extremes', () => {
  const run = (round: number, level: number, figures: number) => ({ round, level, figures })
  const ours = [run(1, 8, 10), run(2, 8, 30), run(1, 32, 7), run(3, 8, 99)]
  const theirs = [run(2, 8, 10), run(1, 8, 20), run(1, 32, 1)]
  const ratios = ratiosAt(8, ours, theirs, (figures) => figures)
  assert.deepEqual(ratios, [0.5, 3])
  assert.deepEqual(spreadOf([3, 0.5, 1.234], 2), { median: 1.23, min: 0.5, max: 3 })
})

test('CPU time counts this process, and comes in less than ticks', () => {
  const before = cpuMicrosOfTrees([process.pid])
  const until = process.cpuUsage().user + 3000
  while (process.cpuUsage().user < until);
  const used = cpuMicrosOfTrees([process.pid]) - before
  assert.ok(used > 2000, `${used} us`)
  assert.equal(cpuMicrosOfTrees([]), 0)
})
