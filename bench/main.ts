import { type BenchOptions, benchRaft } from '../music-raft/bench/raft.ts'
import {
  benchTwoPhaseCommit,
  type BenchOptions as TwoPhaseCommitOptions,
} from '../picture-2pc/bench/two-phase-commit.ts'

const USAGE = `npm run bench -- 2pc            DELETE /delete-2pc at concurrency 1, 8, 32, 128
npm run bench -- 2pc --vs postgres   the same of three PostgreSQL servers, in turn with ours, and the ratios
npm run bench -- 2pc --only deletes|memory   one part
                                memory: over 100,000 transactions and 100 uploads of 32 MiB at once
npm run bench -- raft           writes and reads at concurrency 1, 16, 64, 256, 1024; failover
npm run bench -- raft --only writes|reads|failover|memory   one part
                                memory: at --tracks N, default 1,000,000
npm run bench -- raft --vs etcd the same of five etcd nodes, in turn with ours, and the ratios
Options: --concurrency N,N (2pc)  --seconds N (per concurrency, default 8)  --rounds N (default 3)  --out FILE.json
         --quick (a rough answer within two minutes)`

const PARTS = ['all', 'writes', 'reads', 'failover', 'memory'] as const

/** What follows a flag, or the default. */
function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(name)
  return (at === -1 ? undefined : process.argv[at + 1]) ?? otherwise
}

function isPart(word: string): word is BenchOptions['part'] {
  return PARTS.some((part) => part === word)
}

function isTwoPhaseCommitPart(word: string): word is TwoPhaseCommitOptions['part'] {
  return word === 'deletes' || word === 'memory'
}

const [, , what] = process.argv
const part = option('--only', 'all')
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
    concurrencies: option('--concurrency', '1,8,32,128').split(',').map(Number),
    out: option('--out', ''),
  })
} else if (what === 'raft' && isPart(part)) {
  await benchRaft({
    seconds: Number(option('--seconds', quick ? '1' : '8')),
    rounds: Number(option('--rounds', quick ? '1' : '3')),
    failovers: quick ? 3 : 9,
    versus: option('--vs', '') === 'etcd',
    part,
    tracks: Number(option('--tracks', '1000000')),
    out: option('--out', ''),
  })
} else {
  console.error(USAGE)
  process.exitCode = 2
}
