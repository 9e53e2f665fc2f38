import { parseArgs } from 'node:util'
import { numberIn, partsIn, wholeIn } from '../../bench/words.ts'

export const PARTS = ['deletes', 'memory', 'scale'] as const
export type Part = (typeof PARTS)[number]

export interface BenchOptions {
  readonly parts: readonly Part[]
  /** Also measures PostgreSQL, in turn with ours. */
  readonly versus: boolean
  readonly quick: boolean
  /** Of each measurement. */
  readonly seconds: number
  readonly rounds: number
  /** Deletes under way at a time. */
  readonly concurrencies: readonly number[]
  /** How many pictures each participant holds at the end of `scale`. */
  readonly pictures: number
  /** File for the result as JSON; empty: none. */
  readonly out: string
}

export const TWO_PHASE_COMMIT_USAGE = `npm run bench -- 2pc [--vs postgres] [--quick] [--only PART,...] [--out FILE.json]
  four processes as shipped; PARTs: ${PARTS.join(', ')}; without --only "deletes"
  --vs postgres       three PostgreSQL servers in turn with ours, and the ratios
  --quick             a rough answer for every row within two minutes
  --seconds N         of each measurement (8)
  --rounds N          how often each is repeated (5)
  --concurrency N,... deletes under way at a time (1,8,32,128)
  --pictures N        held by each participant at the end of "scale" (1000000)`

/** Throws, in words for people, where the words make no sense. */
export function readTwoPhaseCommitOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      vs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      out: { type: 'string', default: '' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      concurrency: { type: 'string' },
      pictures: { type: 'string' },
    },
  })
  const { quick, vs, only = 'deletes', out, concurrency = '1,8,32,128' } = values
  if (vs !== undefined && vs !== 'postgres') throw new Error(`--vs takes postgres, not ${vs}`)
  return {
    ...{ quick, out, versus: vs === 'postgres' },
    parts: partsIn(PARTS, only),
    seconds: numberIn('seconds', values.seconds ?? (quick ? '1' : '8')),
    rounds: wholeIn('rounds', values.rounds ?? (quick ? '1' : '5')),
    concurrencies: concurrency.split(',').map((word) => wholeIn('concurrency', word)),
    pictures: wholeIn('pictures', values.pictures ?? (quick ? '10000' : '1000000')),
  }
}
