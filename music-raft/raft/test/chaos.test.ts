import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Chaos } from './chaos.ts'

const SEEDS = Number(process.env['SEEDS'] ?? 200)
const ROUNDS = Number(process.env['ROUNDS'] ?? 400)
const given = process.env['SEED']

test('five properties and linearizable reads hold under random schedules (O1–O10, R1–R12, R24)', () => {
  const seeds =
    given === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(given)]
  let committed = 0
  let reads = 0
  for (const seed of seeds) {
    const chaos = new Chaos(seed)
    try {
      chaos.safety(ROUNDS)
      chaos.liveness(3000)
      chaos.check()
    } catch (error) {
      const again = `SEED=${seed} npm test -- raft/test/chaos`
      const why = error instanceof Error ? error.stack : String(error)
      throw new Error(`seed ${seed} (again: ${again}): ${why}`, { cause: error })
    }
    committed += chaos.committed
    reads += chaos.readsAnswered
  }
  // A schedule in which nothing happens would prove nothing.
  assert(committed > seeds.length * 10, `only ${committed} entries committed`)
  assert(reads > seeds.length, `only ${reads} reads answered`)
})
