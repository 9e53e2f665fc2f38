import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from '../check.ts'
import type { QueueInput, QueueOperation } from '../queue-history.ts'
import { queueModel } from '../queue-model.ts'
import { generate, seeded } from './generate.ts'
import { anyInput, OneQueue } from './queue-machine.ts'

interface Size {
  /** Tracks that half of the operations are about; the others are about three times as many. */
  readonly names: number
  readonly operations: number
  readonly clients: number
  readonly unknown: number
}

/** As torture and simulation record them: clients that never wait, about many tracks. */
function large(seed: number, { operations, clients, unknown, names }: Size): QueueOperation[] {
  const random = seeded(seed)
  const queue = new OneQueue()
  return generate({
    ...{ random, clients, operations, unknown },
    input: (from) => anyInput(from, from() < 0.5 ? names : names * 3),
    apply: (input: QueueInput) => queue.ask(input),
  })
}

const SIZES: readonly Size[] = [
  { operations: 5000, clients: 20, unknown: 0, names: 60 },
  { operations: 2000, clients: 10, unknown: 0.005, names: 60 },
  { operations: 500, clients: 10, unknown: 0.1, names: 60 },
  { operations: 1200, clients: 5, unknown: 0.06, names: 3 },
]

for (const size of SIZES) {
  const { operations, clients, unknown } = size
  test(`in time: ${operations} operations of ${clients} clients, ${unknown * 100} % unknown`, (t) => {
    const history = large(3, size)
    const began = performance.now()
    const verdict = check(queueModel(), history)
    const ms = Math.round(performance.now() - began)
    t.diagnostic(`${verdict.steps} steps, ${ms} ms`)
    assert.equal(verdict.kind, 'ok')
  })
}

test('O5 an acknowledged track that a later list does not hold is found in a large history', () => {
  const history = large(3, { operations: 3000, clients: 15, unknown: 0, names: 60 })
  const place = history.findIndex(
    ({ output }, i) =>
      i > 1000 && output !== null && 'tracks' in output && output.tracks.length > 5,
  )
  const victim = history[place]
  assert.ok(victim?.output && 'tracks' in victim.output)
  const { tracks, total } = victim.output
  const output = { tracks: tracks.toSpliced(3, 1), total: total - 1 }
  const verdict = check(queueModel(), history.with(place, { ...victim, output }))
  assert.equal(verdict.kind, 'violation')
  assert.deepEqual(verdict.window.blocked.output, output)
  assert.ok(verdict.window.operations.length < 100)
})

test('a history that is too hard for its budget is undecided, never guessed', () => {
  const history = large(3, { operations: 500, clients: 10, unknown: 0, names: 60 })
  const verdict = check(queueModel(), history, { budget: 100 })
  assert.equal(verdict.kind, 'undecided')
  assert.ok(verdict.steps < 200, 'it stops about there')
  assert.ok(verdict.longestPrefix.length > 0)
})
