import { join } from 'node:path'
import { RAFT_USAGE, readRaftOptions } from '../music-raft/bench/options.ts'
import { benchRaft } from '../music-raft/bench/raft.ts'
import { readTwoPhaseCommitOptions, TWO_PHASE_COMMIT_USAGE } from '../picture-2pc/bench/options.ts'
import { benchTwoPhaseCommit } from '../picture-2pc/bench/two-phase-commit.ts'
import { report } from './report.ts'

const USAGE = `${TWO_PHASE_COMMIT_USAGE}

${RAFT_USAGE}

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
  if (check && files.length > 0) process.exitCode = 1
}

const [, , what, ...words] = process.argv
if (what === '2pc') await run(readTwoPhaseCommitOptions, benchTwoPhaseCommit)
else if (what === 'raft') await run(readRaftOptions, benchRaft)
else if (what === 'report') reportResults(words)
else wrong('')
