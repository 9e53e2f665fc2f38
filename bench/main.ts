import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { RAFT_USAGE, readRaftOptions } from '../music-raft/bench/options.ts'
import { benchRaft } from '../music-raft/bench/raft.ts'
import { benchViewers } from '../music-raft/bench/viewers.ts'
import { readTwoPhaseCommitOptions, TWO_PHASE_COMMIT_USAGE } from '../picture-2pc/bench/options.ts'
import { benchTwoPhaseCommit } from '../picture-2pc/bench/two-phase-commit.ts'
import { machine } from './machine.ts'
import { benchPages } from './pages.ts'
import { notMeasured, report } from './report.ts'
import { numberIn, wholeIn } from './words.ts'

const USAGE = `${TWO_PHASE_COMMIT_USAGE}

${RAFT_USAGE}

npm run bench -- viewers [--seconds N] [--rounds N] [--quick]
  writes while nobody looks, 1 and 10 look, 1 and 10 look and never read

npm run bench -- pages [--seconds N] [--events N] [--quick]
  frames a second of both pages, at rest and at N (1000) events a second

npm run bench -- report [--check]   puts docs/results/*.json into docs/PERFORMANCE.md and README.md, and
                                draws docs/plots; --check: only says whether they agree`

const ROOT = join(import.meta.dirname, '../..')

/** Exit code 2 and the usage for words that make no sense. */
function wrong(why: string): void {
  console.error(why === '' ? USAGE : `${why}\n\n${USAGE}`)
  process.exitCode = 2
}

/** Reads the words, then runs the bench; words that make no sense run nothing. */
async function run<O>(
  read: (words: readonly string[]) => O,
  bench: (options: O) => Promise<void>,
): Promise<void> {
  let options: O
  try {
    options = read(words)
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
  await bench(options)
}

function reportResults(words: readonly string[]): void {
  const check = words.includes('--check')
  const files = report(ROOT, { check })
  for (const file of files) console.log(check ? `${file} is not what the results say` : file)
  for (const line of notMeasured(ROOT)) console.log(line)
  if (check && files.length > 0) process.exitCode = 1
}

const WATCHED = {
  options: {
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    events: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
} as const

function readWatched(words: readonly string[]) {
  const { quick, seconds, rounds, events } = parseArgs({ args: [...words], ...WATCHED }).values
  return {
    seconds: numberIn('seconds', seconds ?? (quick ? '2' : '8')),
    rounds: wholeIn('rounds', rounds ?? (quick ? '1' : '3')),
    events: numberIn('events', events ?? '1000'),
  }
}

async function printed(rows: Promise<readonly object[]>): Promise<void> {
  console.log(JSON.stringify({ machine: machine(), rows: await rows }))
}

const [, , what, ...words] = process.argv
if (what === '2pc') await run(readTwoPhaseCommitOptions, benchTwoPhaseCommit)
else if (what === 'raft') await run(readRaftOptions, benchRaft)
else if (what === 'viewers') {
  await run(readWatched, ({ seconds, rounds }) => printed(benchViewers(seconds, rounds)))
} else if (what === 'pages') {
  await run(readWatched, ({ events, seconds }) => printed(benchPages(events, seconds)))
} else if (what === 'report') reportResults(words)
else wrong('')
