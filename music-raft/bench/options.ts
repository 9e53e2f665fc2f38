import { parseArgs } from 'node:util'
import { numberIn, partsIn, wholeIn } from '../../bench/words.ts'

export const PARTS = [
  'writes',
  'streams',
  'reads',
  'failover',
  'memory',
  'limits',
  'scale',
] as const
export type Part = (typeof PARTS)[number]

export interface BenchOptions {
  readonly parts: readonly Part[]
  /** Also measures etcd, in turn with ours. */
  readonly versus: boolean
  readonly quick: boolean
  /** Of each measurement. */
  readonly seconds: number
  readonly rounds: number
  /** Leaders killed, of each system. */
  readonly failovers: number
  /** Of each step of `memory`. */
  readonly writes: number
  /** How far the queue grows in `scale`. */
  readonly tracks: number
  readonly loadProcesses: number
  /** File for the result as JSON; empty: none. */
  readonly out: string
}

export const RAFT_USAGE = `npm run bench -- raft [--vs etcd] [--quick] [--only PART,...] [--out FILE.json]
  five nodes as shipped; PARTs: ${PARTS.join(', ')}; without --only all of them
  --vs etcd           five etcd nodes in turn with ours, and the ratios
  --quick             a rough answer for every row within two minutes
  --seconds N         of each measurement (2)
  --rounds N          how often each is repeated (5)
  --failovers N       leaders killed of each system (9)
  --writes N          of each step of "memory" (100000)
  --tracks N          how far the queue grows in "scale" (1000000)
  --load-processes N  that make the load (1, and one row with 2)`

/** Throws, in words for people, where the words make no sense. */
export function readRaftOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      vs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      out: { type: 'string', default: '' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      failovers: { type: 'string' },
      writes: { type: 'string' },
      tracks: { type: 'string' },
      'load-processes': { type: 'string' },
    },
  })
  const { quick, vs, only, out } = values
  if (vs !== undefined && vs !== 'etcd') throw new Error(`--vs takes etcd, not ${vs}`)
  const whole = (name: keyof typeof values, usual: number) =>
    wholeIn(name, String(values[name] ?? usual))
  return {
    ...{ quick, out, versus: vs === 'etcd' },
    parts: only === undefined ? PARTS : partsIn(PARTS, only),
    seconds: numberIn('seconds', values.seconds ?? (quick ? '0.4' : '2')),
    rounds: whole('rounds', quick ? 1 : 5),
    failovers: whole('failovers', quick ? 2 : 9),
    writes: whole('writes', quick ? 3000 : 100_000),
    tracks: whole('tracks', quick ? 10_000 : 1_000_000),
    loadProcesses: whole('load-processes', 1),
  }
}
