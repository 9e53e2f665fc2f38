import { strict as assert } from 'node:assert'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { violations } from './checkers/all.ts'
import { planOf } from './plan.ts'
import { World } from './world.ts'

const FIXED = 150
const FRESH = 30

function seeds(): readonly number[] {
  const { SEED, SEEDS } = process.env
  if (SEED !== undefined) return [Number(SEED)]
  const fresh = Array.from({ length: Number(SEEDS ?? FRESH) }, () => randomInt(1_000, 2 ** 31))
  return [...Array.from({ length: FIXED }, (_, index) => index + 1), ...fresh]
}

/** Runs one seed. Null: all promises were kept. */
function failure(seed: number, counts: Map<string, number>): string | null {
  const world = new World(planOf(seed), process.env['SEED'] !== undefined)
  const again = `SEED=${seed} npm test -- simulation`
  try {
    world.run()
  } catch (error) {
    return `${again}\n${error instanceof Error ? error.stack : error}`
  } finally {
    if (world.lines !== null) console.log(world.lines.join('\n'))
  }
  for (const [what, times] of world.history.counts) {
    counts.set(what, (counts.get(what) ?? 0) + times)
  }
  const found = violations(world)
  return found.length === 0 ? null : `${again}\n${found.join('\n')}`
}

test('AC1–AC5 P16 P18 clusters by seed: safe while all goes wrong, live once it is repaired', () => {
  const counts = new Map<string, number>()
  const failures = seeds().flatMap((seed) => failure(seed, counts) ?? [])
  console.log(Object.fromEntries(counts))
  assert.deepEqual(failures, [])
})
