import { strict as assert } from 'node:assert'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { runSeed } from './run-seed.ts'
import { storyOf } from './story.ts'

const FIXED = 150
const FRESH = 50

/** One seed by `SEED`, else a fixed list and fresh ones, as many as `SEEDS`. */
function seeds(): readonly number[] {
  const { SEED, SEEDS } = process.env
  if (SEED !== undefined) return [Number(SEED)]
  const fresh = Array.from({ length: Number(SEEDS ?? FRESH) }, () => randomInt(1_000, 2 ** 31))
  return [...Array.from({ length: FIXED }, (_, index) => index + 1), ...fresh]
}

/** Where a known bug was put in: the words in which it must be seen. Else a run stops for nothing. */
const { MUTATION_SEES, MUTATION_STORY } = process.env

function isWanted(found: readonly string[]): boolean {
  return MUTATION_SEES !== undefined && new RegExp(MUTATION_SEES).test(found.join('\n'))
}

function retold(seed: number, found: readonly string[]): string {
  return storyOf(runSeed(seed, true).world.lines ?? [], found)
}

test('AC1–AC5 P16 P18 clusters by seed: safe while all goes wrong, live once it is repaired', (context) => {
  const repeats = process.env['SEED'] !== undefined
  const totals = new Map<string, number>()
  const failures: string[] = []
  for (const seed of seeds()) {
    const { world, found } = runSeed(seed, repeats)
    if (world.lines !== null) console.log(world.lines.join('\n'))
    for (const [what, times] of world.history.counts) {
      totals.set(what, (totals.get(what) ?? 0) + times)
    }
    if (found.length > 0) {
      failures.push(`SEED=${seed} npm test -- simulation\n${found.join('\n')}`)
      if (isWanted(found)) {
        if (MUTATION_STORY !== undefined) console.log(`seed ${seed}`, retold(seed, found))
        break
      }
    }
  }
  context.diagnostic(JSON.stringify(Object.fromEntries(totals)))
  assert.equal(failures.length, 0, failures.slice(-5).join('\n\n'))
  if (repeats) return
  // A run in which nothing goes wrong proves nothing.
  for (const [what, least] of Object.entries(worthwhile)) {
    assert.ok((totals.get(what) ?? 0) >= least, `${what}: ${totals.get(what)}`)
  }
})

/** Times that this must at least have happened in the fixed seeds. */
const worthwhile = {
  ...{ transactions: 3_000, commit: 900, abort: 900, crashes: 1_000, pauses: 300, cuts: 500 },
  ...{ lost: 1_000, redeliveries: 1_000, checkpoints: 1_000, 'restarts in doubt': 100 },
  ...{ 'stalled disks': 300, 'failed saves': 50, 'damaged logs refused': 100, 'torn writes': 50 },
  ...{ 'told by a peer': 50, told: 100, TRANSACTION_ABORTED: 10, TRANSACTION_FINISHED: 5 },
}
