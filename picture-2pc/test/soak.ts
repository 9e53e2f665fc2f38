import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { assertWorked, soak } from './soak-run.ts'

// node .test-build/picture-2pc/test/soak.js --minutes N [--seed S]
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } },
})
const ROUND_MS = 20_000
const seed = Number(values.seed ?? randomInt(2 ** 31))
const rounds = Math.max(1, Math.round((Number(values.minutes) * 60_000) / ROUND_MS))
console.log(`seed ${seed}, ${rounds} rounds of ${ROUND_MS / 1000} s`)
const figures = await soak(seed, { rounds, roundMs: ROUND_MS })
assertWorked(figures)
console.log({ ...figures, contradictions: 0 })
