import { join } from 'node:path'
import { RAFT_USAGE, readRaftOptions } from '../music-raft/bench/options.ts'
import { benchRaft } from '../music-raft/bench/raft.ts'
import { benchViewers } from '../music-raft/bench/viewers.ts'
import {
  benchTwoPhaseCommit,
  type BenchOptions as TwoPhaseCommitOptions,
} from '../picture-2pc/bench/two-phase-commit.ts'
import { machine } from './machine.ts'
import { benchPages } from './pages.ts'
import { report } from './report.ts'

const USAGE = `npm run bench -- 2pc            DELETE /delete-2pc at concurrency 1, 8, 32, 128
npm run bench -- 2pc --vs postgres   the same of three PostgreSQL servers, in turn with ours, and the ratios
npm run bench -- 2pc --only deletes|memory   one part
                                memory: over 100,000 transactions and 100 uploads of 32 MiB at once
Options: --seconds N (per concurrency, default 8)  --rounds N (default 3)  --out FILE.json
         --quick (a rough answer within two minutes)

${RAFT_USAGE}

npm run bench -- viewers        writes while nobody looks, 1 and 10 look, 1 and 10 look and never read
npm run bench -- pages          frames a second of both pages, at rest and at --events N (default 1000) a second

npm run bench -- report [--check]   puts docs/results/*.json into docs/PERFORMANCE.md and README.md, and
                                draws docs/plots; --check: only says whether they agree`

const ROOT = join(import.meta.dirname, '../..')

/** What follows a flag, or the default. */
function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(name)
  return (at === -1 ? undefined : process.argv[at + 1]) ?? otherwise
}

function isTwoPhaseCommitPart(word: string): word is TwoPhaseCommitOptions['part'] {
  return word === 'deletes' || word === 'memory'
}

/** Exit code 2 and the usage for words that make no sense. */
function wrong(why: string): void {
  console.error(why === '' ? USAGE : `${why}\n\n${USAGE}`)
  process.exitCode = 2
}

async function raft(words: readonly string[]): Promise<void> {
  let options: ReturnType<typeof readRaftOptions>
  try {
    options = readRaftOptions(words)
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
  await benchRaft(options)
}

function reportResults(words: readonly string[]): void {
  const check = words.includes('--check')
  const files = report(ROOT, { check })
  for (const file of files) console.log(check ? `${file} is not what the results say` : file)
  if (check && files.length > 0) process.exitCode = 1
}

const [, , what, ...words] = process.argv
const twoPhaseCommitPart = option(
  '--only',
  process.argv.includes('--memory') ? 'memory' : 'deletes',
)
const quick = process.argv.includes('--quick')
if (what === '2pc' && isTwoPhaseCommitPart(twoPhaseCommitPart)) {
  await benchTwoPhaseCommit({
    seconds: Number(option('--seconds', quick ? '1' : '8')),
    rounds: Number(option('--rounds', quick ? '1' : '3')),
    part: twoPhaseCommitPart,
    versus: option('--vs', '') === 'postgres',
    out: option('--out', ''),
  })
} else if (what === 'raft') await raft(words)
else if (what === 'viewers') {
  const rows = await benchViewers(
    Number(option('--seconds', quick ? '2' : '8')),
    Number(option('--rounds', quick ? '1' : '3')),
  )
  console.log(JSON.stringify({ machine: machine(), rows }))
} else if (what === 'pages') {
  const rows = await benchPages(
    Number(option('--events', '1000')),
    Number(option('--seconds', quick ? '3' : '10')),
  )
  console.log(JSON.stringify({ machine: machine(), rows }))
} else if (what === 'report') reportResults(words)
else wrong('')
