import { type BenchOptions, benchRaft } from '../music-raft/bench/raft.ts'
import { benchViewers } from '../music-raft/bench/viewers.ts'
import { benchTwoPhaseCommit } from '../picture-2pc/bench/two-phase-commit.ts'
import { machine } from './machine.ts'
import { benchPages } from './pages.ts'

const USAGE = `npm run bench -- 2pc            DELETE /delete-2pc at concurrency 1, 8, 32, 128
npm run bench -- 2pc --memory   memory over 100,000 transactions and 100 uploads of 32 MiB at once
npm run bench -- raft           writes and reads at concurrency 1, 16, 64, 256, 1024; failover
npm run bench -- raft --only writes|reads|failover|memory   one part
                                memory: at --tracks N, default 1,000,000
npm run bench -- raft --vs etcd the same of five etcd nodes, in turn with ours, and the ratios
npm run bench -- viewers        writes while nobody looks, 1 and 10 look, 1 and 10 look and never read
npm run bench -- pages          frames a second of both pages, at rest and at --events N (default 1000) a second
Options: --seconds N (per concurrency, default 8)  --rounds N (default 3)  --out FILE.json
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

const [, , what] = process.argv
const part = option('--only', 'all')
const quick = process.argv.includes('--quick')
if (what === '2pc') {
  await benchTwoPhaseCommit({
    seconds: Number(option('--seconds', '8')),
    rounds: Number(option('--rounds', '3')),
    memory: process.argv.includes('--memory'),
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
} else if (what === 'viewers') {
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
} else {
  console.error(USAGE)
  process.exitCode = 2
}
