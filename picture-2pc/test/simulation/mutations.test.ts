import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { mutations } from './mutations.ts'
import { runSeed } from './run-seed.ts'

/** Seeds in which each defect must show. */
const SEEDS = 200

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 150)
}

describe('known bugs, put in on purpose, are seen by the checkers', () => {
  for (const [name, mutation, promise] of mutations) {
    test(name, (context) => {
      const seen = new Set<string>()
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        for (const found of runSeed(seed, mutation).found) {
          if (promise.test(found)) return context.diagnostic(`seed ${seed}: ${firstLine(found)}`)
          seen.add(firstLine(found))
        }
      }
      assert.fail(`not seen in ${SEEDS} seeds; but ${[...seen].join('; ')}`)
    })
  }
})
