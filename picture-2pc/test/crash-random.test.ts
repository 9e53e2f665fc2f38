import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { assertWorked, soak } from './soak-run.ts'

test('S1 P1 P4 P5 D6 processes die, pause and restart at random while clients work', async (t) => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))
  console.log(`SEED=${seed}   again: SEED=${seed} npm test -- crash-random`)
  const figures = await soak(seed, { rounds: 1, roundMs: 12_000 })
  t.diagnostic(JSON.stringify(figures))
  assertWorked(figures)
})
